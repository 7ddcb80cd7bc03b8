/** `vigie eval`: the product's own analysis over labelled pictures and clips, and how good it is. */
import { createFfmpeg } from '../adapters/ffmpeg/index.ts';
import { createOnnx, loadRuntime } from '../adapters/onnx/index.ts';
import { matchPlate } from '#domain/decide/plate-match.ts';
import { legible, plateParts } from '#domain/decide/plate-picture.ts';
import { weakPart, type Detection } from '#domain/detection.ts';
import { kinOf, type ObjectClass } from '#domain/object-class.ts';
import { overlapOf, type Box } from '#domain/place.ts';
import { quietLog } from '#lib/log.ts';
import type { I420 } from '#media/i420.ts';
import { runClip, type ClipResult, type Look } from './eval-clip.ts';
import { secondLookUs } from '#domain/decide/between-looks.ts';
import { framesOf, pictureOf } from './eval-frames.ts';
import { readMedia, type LabelledClip, type LabelledPicture, type PlatePicture } from './eval-media.ts';
import { chooseModel, findModels } from './eval-models.ts';
import type { EvalOptions } from './eval-options.ts';
import { evalText, type ClipReport, type CocoReport, type EvalReport, type PlateReport } from './eval-report.ts';
import { addTally, averagePrecision, judge, judgeEvents, noTally, tally } from './eval-score.ts';
import { StationError } from './stop-with.ts';

/** What is right overlaps what is there so much. */
const overlap = 0.5;
const kins = ['person', 'vehicle', 'cycle'] as const;
const vehicles: readonly ObjectClass[] = ['car', 'bus', 'truck', 'motorcycle'];

export async function evaluate(
  options: EvalOptions,
  environment: { ffmpegBin: string | null; searchPath: string },
  places: { root: string },
): Promise<number> {
  const media = readMedia(options.folder);
  const ffmpeg = await createFfmpeg({
    given: environment.ffmpegBin,
    searchPath: environment.searchPath,
    log: quietLog,
  });
  ffmpeg.stop();
  const { found } = ffmpeg;
  if (found === null) throw new StationError('There is no ffmpeg to decode with: set FFMPEG_BIN, or install it.');
  const models = findModels(places.root, options.models);
  const detector = chooseModel(models, 'detect', options.model);
  const text = media.plates.length === 0 ? null : chooseModel(models, 'text', null);
  const plate = media.plates.length === 0 ? null : chooseModel(models, 'plate', options.plateModel);
  const room = createOnnx({
    runtime: loadRuntime(),
    threads: 1,
    providers: ['cpu'],
    nowMs: () => performance.now(),
    onFellBack: () => undefined,
  });
  try {
    for (const model of [detector, text, plate]) if (model !== null) await room.load(model);
    const spent = { pictures: 0, cpuMs: 0 };
    /** As cameras are watched, `weakPart`; in a still picture what is surely there. */
    const detect = async (picture: I420, regions: Box[], part = 1): Promise<Detection[]> => {
      const from = process.cpuUsage();
      const ask = {
        modelId: detector.manifest.id,
        picture,
        regions,
        minScore: detector.manifest.minScore * part,
        classes: null,
      };
      const { value } = await room.ask('detect', ask);
      const { user, system } = process.cpuUsage(from);
      spent.pictures += 1;
      spent.cpuMs += (user + system) / 1_000;
      return value.detections;
    };
    const readPlates = async (picture: I420, regions: Box[]) => {
      if (text === null || plate === null) return [];
      const ask = { textModelId: text.manifest.id, plateModelId: plate.manifest.id, picture, regions };
      return (await room.ask('plates', ask)).value.plates;
    };
    const report: EvalReport = {
      model: detector.manifest.id,
      plateModel: plate?.manifest.id ?? null,
      rate: options.rate,
      pictures: await pictures(found.path, media.coco, detect),
      clips: [],
      plates: await plates(found.path, media.plates, detect, readPlates),
      gate: { pictures: 0, let: 0, cpuMsPerPicture: 0, cpuMsPerLetPicture: 0 },
    };
    const before = { ...spent };
    let gateCpuMs = 0;
    for (const clip of media.clips) {
      const also = [...clip.frames, ...clip.people].map((f) => f.frame);
      const every = Math.max(1, Math.round(clip.fps / options.rate));
      // As cameras are watched: what moves is looked at again soon, unless the next picture comes as soon.
      const after = Math.ceil((clip.fps * secondLookUs) / 1e6);
      const choice = { every, second: after < every ? after : null, also };
      const look: Look = (picture, regions) => detect(picture, regions, weakPart);
      const result = await runClip(framesOf(found.path, clip, choice), clip, detector.manifest.minScore, look);
      report.clips.push(clipReport(clip, result));
      report.gate.pictures += result.looks.length;
      gateCpuMs += result.gateCpuMs;
    }
    report.gate.let = spent.pictures - before.pictures;
    report.gate.cpuMsPerPicture = gateCpuMs / Math.max(1, report.gate.pictures);
    report.gate.cpuMsPerLetPicture = (spent.cpuMs - before.cpuMs) / Math.max(1, report.gate.let);
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : evalText(report));
    return 0;
  } finally {
    await room.close();
  }
}

/** Still pictures: what the detector says of them, class by class. */
async function pictures(
  ffmpeg: string,
  labelled: readonly LabelledPicture[],
  detect: Look,
): Promise<CocoReport | null> {
  if (labelled.length === 0) return null;
  const all = kins.map((kin) => ({ kin, judged: [] as ReturnType<typeof judge>[] }));
  let [empty, alarms] = [0, 0];
  for (const p of labelled) {
    const found = await detect(await pictureOf(ffmpeg, p), []);
    for (const { kin, judged } of all) judged.push(judge(found, p.objects, kin, overlap));
    const matters = (cls: ObjectClass): boolean => kinOf(cls) === 'person' || kinOf(cls) === 'vehicle';
    if (p.objects.some((o) => matters(o.class))) continue;
    empty += 1;
    if (found.some((d) => matters(d.class))) alarms += 1;
  }
  return {
    pictures: labelled.length,
    empty,
    falseAlarms: alarms,
    classes: all.map(({ kin, judged }) => ({
      class: kin,
      tally: judged.map(tally).reduce(addTally, noTally),
      averagePrecision: averagePrecision(judged),
    })),
  };
}

/** Plates of still pictures: as a camera reads them, where a vehicle was found; and in the whole picture, as in a zone where plates are read. */
async function plates(
  ffmpeg: string,
  labelled: readonly PlatePicture[],
  detect: Look,
  read: (picture: I420, regions: Box[]) => Promise<{ text: string; box: Box }[]>,
): Promise<PlateReport | null> {
  if (labelled.length === 0) return null;
  const ways = { camera: noReading(), zone: noReading() };
  for (const p of labelled) {
    const picture = await pictureOf(ffmpeg, p);
    const found = (await detect(picture, [])).filter((d) => vehicles.includes(d.class));
    const near = legible(picture, found).map((d) => d.box);
    const parts = plateParts(picture, near, [], true);
    const whole = await read(picture, []);
    score(ways.camera, p, near.length === 0 ? [] : parts.length === 0 ? whole : await read(picture, parts));
    score(ways.zone, p, whole);
  }
  return { pictures: labelled.length, ...ways };
}
const noReading = () => ({ plates: 0, found: 0, legible: 0, exact: 0, alike: 0 });
function score(way: ReturnType<typeof noReading>, p: PlatePicture, reads: readonly { text: string; box: Box }[]): void {
  for (const { box, text } of p.plates) {
    const mine = reads.filter((r) => near(r.box, box)).sort((a, b) => overlapOf(b.box, box) - overlapOf(a.box, box))[0];
    way.plates += 1;
    if (mine !== undefined) way.found += 1;
    if (text === null) continue;
    way.legible += 1;
    const match = mine === undefined ? null : matchPlate(text, mine.text);
    if (match === 'exact') way.exact += 1;
    if (match === 'exact' || match === 'alike') way.alike += 1;
  }
}
/** A text's box is the letters', a plate's its rim: the middle of one lies in the other. */
function near(a: Box, b: Box): boolean {
  const holds = (box: Box, other: Box): boolean => {
    const [x, y] = [other.x + other.width / 2, other.y + other.height / 2];
    return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
  };
  return holds(a, b) && holds(b, a);
}

function clipReport(clip: LabelledClip, result: ClipResult): ClipReport {
  const seconds = result.looks.at(-1)?.seconds ?? 0;
  const report: ClipReport = {
    file: clip.file,
    seconds,
    looks: result.looks.length,
    looked: result.looks.filter((l) => l.looked).length,
    events: result.objects.length,
    motionEvents: result.motion.length,
    presence: null,
    boxes: [],
    people: null,
  };
  if (clip.present !== null) {
    const { classes, spans, toleranceS } = clip.present;
    const mine = new Set(classes.map(kinOf));
    const has = (l: ClipResult['looks'][number]): boolean => l.tracks.some((t) => mine.has(kinOf(t.class)));
    const inside = result.looks.filter((l) =>
      spans.some(([a, b]) => l.seconds >= a + toleranceS && l.seconds <= b - toleranceS),
    );
    const outside = result.looks.filter((l) =>
      spans.every(([a, b]) => l.seconds < a - toleranceS || l.seconds > b + toleranceS),
    );
    const objects = result.objects.filter((o) => mine.has(kinOf(o.class))).map((o) => o.span);
    const emptyHours = outside.length === 0 ? 0 : (outside.length / result.looks.length) * (seconds / 3_600);
    const told = judgeEvents(objects, spans, toleranceS);
    const moved = judgeEvents(result.motion, spans, toleranceS);
    report.presence = {
      frames: inside.length,
      found: inside.filter(has).length,
      emptyFrames: outside.length,
      falseFrames: outside.filter(has).length,
      objects: told,
      motion: moved,
      falsePerHour: emptyHours === 0 ? null : told.false / emptyHours,
    };
  }
  for (const kin of ['person', 'vehicle'] as const) {
    if (!clip.frames.some((f) => f.objects.some((o) => kinOf(o.class) === kin))) continue;
    const judged = clip.frames.map((f) =>
      judge(result.looks.find((l) => l.frame === f.frame)?.tracks ?? [], f.objects, kin, overlap),
    );
    report.boxes.push({ class: kin, tally: judged.map(tally).reduce(addTally, noTally) });
  }
  if (clip.people.length > 0) {
    const off = clip.people.map(({ frame, count }) => {
      const tracks = result.looks.find((l) => l.frame === frame)?.tracks ?? [];
      return { there: count, found: tracks.filter((t) => t.class === 'person').length };
    });
    report.people = { frames: off.length, equal: off.filter((o) => o.there === o.found).length, ...sum(off) };
  }
  return report;
}
const sum = (all: readonly { there: number; found: number }[]): { there: number; found: number } => ({
  there: all.reduce((n, o) => n + o.there, 0),
  found: all.reduce((n, o) => n + o.found, 0),
});
