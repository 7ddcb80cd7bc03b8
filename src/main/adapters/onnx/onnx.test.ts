/** Real models on real pictures. What comes with the product runs everywhere; the rest where the folder beside the project has it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { kinOf } from '#domain/object-class.ts';
import { type Candidate, coveredOf, sharedOf } from '#domain/decide/suppress.ts';
import type { I420 } from '#media/i420.ts';
import type { InferenceJobs, ModelToLoad, Provider, SpeechState } from '../../../workers/inference/port.ts';
import { blank, builtIn, hasMedia, hasMirror, mediaDir, mirrored, pictures } from '../../../../tests/support/media.ts';
import { noFfmpeg } from '../../../../tests/support/grey.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import { createCost } from './cost.ts';
import { openDetector } from './detector.ts';
import { createOnnx, loadRuntime, ModelError, type OnnxRoom, type Runtime } from './index.ts';
import { openSession } from './session.ts';

const runtime = loadRuntime();
const nowMs = (): number => performance.now();
const rooms: OnnxRoom[] = [];
const fallBacks: string[] = [];
function open(with_: Runtime = runtime, providers: Provider[] | null = null): OnnxRoom {
  const room = createOnnx({
    runtime: with_,
    threads: 1,
    providers,
    nowMs,
    onFellBack: (id, from, to) => fallBacks.push(`${id}: ${from} to ${to}`),
  });
  rooms.push(room);
  return room;
}
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.close();
  fallBacks.splice(0);
});

const detect = async (room: OnnxRoom, model: ModelToLoad, picture: I420, minScore: number | null = null) => {
  const ask = { modelId: model.manifest.id, picture, regions: [], minScore, classes: null };
  return (await room.ask('detect', ask)).value.detections;
};
const troubleOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ModelError ? error.trouble : String(error)),
  );

describe('what comes with the product', () => {
  it('loads, says by what it runs, and sees nothing in an empty picture of any shape', async () => {
    const room = open();
    const ssd = builtIn('ssd-mobilenet-v2');
    expect(await room.load(ssd)).toMatchObject({ modelId: 'ssd-mobilenet-v2', provider: 'cpu', mostAtOnce: 4 });
    for (const [width, height] of [
      [640, 360],
      [641, 479],
      [64, 1024],
      [16, 16],
    ] as const)
      expect(await detect(room, ssd, blank(width, height))).toEqual([]);
    expect((await room.providers()).at(-1)).toBe('cpu');
  });

  it('answers wrong questions with what is wrong, and the next one as ever', async () => {
    const room = open();
    const ssd = builtIn('ssd-mobilenet-v2');
    expect(await troubleOf(detect(room, ssd, blank(64, 64)))).toBe('no-model');
    await room.load(ssd);
    const short = { ...blank(64, 64), data: new Uint8Array(10) };
    expect(await troubleOf(detect(room, ssd, short))).toBe('bad-ask');
    const asText = { textModelId: ssd.manifest.id, plateModelId: ssd.manifest.id, picture: blank(64, 64), regions: [] };
    expect(await troubleOf(room.ask('plates', asText))).toBe('bad-ask');
    expect(await detect(room, ssd, blank(64, 64))).toEqual([]);
  });

  it('hears no speech in silence and noise, and takes sound in pieces of any length as it takes it whole', async () => {
    const room = open();
    const vad = builtIn('silero-vad');
    await room.load(vad);
    let seed = 1;
    const noise = Float32Array.from({ length: 16_000 }, () => {
      seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
      return (seed / 2 ** 32 - 0.5) * 0.02;
    });
    const whole = (await room.ask('speech', { modelId: vad.manifest.id, samples: noise, state: null })).value;
    expect(whole.chances).toHaveLength(31);
    expect(Math.max(...whole.chances)).toBeLessThan(0.5);
    const inPieces: number[] = [];
    let state: SpeechState | null = null;
    for (let at = 0; at < noise.length; at += 777) {
      const samples = noise.slice(at, at + 777);
      const ask: InferenceJobs['speech']['ask'] = { modelId: vad.manifest.id, samples, state };
      const answer: InferenceJobs['speech']['answer'] = (await room.ask('speech', ask)).value;
      inPieces.push(...answer.chances);
      state = answer.state;
    }
    expect(inPieces).toEqual(whole.chances);
  });
});

describe('files that are no models', () => {
  it('are refused by what is wrong with them, and the room goes on', async () => {
    const temp = tempFolder();
    try {
      const room = open();
      const ssd = builtIn('ssd-mobilenet-v2');
      const bytes = readFileSync(join(ssd.folder, 'ssd-mobilenet-v2-300.onnx'));
      const as = (name: string, content: Uint8Array, over: Partial<ModelToLoad['manifest']> = {}): ModelToLoad => {
        writeFileSync(join(temp.path, name), content);
        const [file] = ssd.manifest.files;
        return { folder: temp.path, manifest: { ...ssd.manifest, files: [{ ...file!, name }], ...over } };
      };
      expect(await troubleOf(room.load({ ...ssd, folder: temp.path }))).toBe('missing');
      expect(await troubleOf(room.load(as('text.onnx', Buffer.from('this is no model'))))).toBe('not-a-model');
      expect(await troubleOf(room.load(as('none.onnx', new Uint8Array(0))))).toBe('not-a-model');
      expect(await troubleOf(room.load(as('half.onnx', bytes.subarray(0, bytes.length / 2))))).toBe('not-a-model');
      for (const reader of ['yolox', 'yolo', 'silero-vad', 'plate-slots', 'ppocr-text'] as const)
        expect([reader, await troubleOf(room.load(as('other.onnx', bytes, { reader })))]).toEqual([
          reader,
          'other-shape',
        ]);
      expect(await troubleOf(room.load(as('few.onnx', bytes, { classes: ['person'] })))).toBe('other-shape');
      expect(await room.load(ssd)).toMatchObject({ provider: 'cpu' });
    } finally {
      temp.remove();
    }
  });
});

describe('a provider that fails', () => {
  /** A computer whose CUDA works for so many runs, and then does not any more: the runs are the CPU's. */
  function failing(after: number): Runtime {
    let runs = 0;
    return {
      ...runtime,
      known: () => ['tensorrt', 'cuda', 'cpu'],
      async open(model, provider, threads) {
        if (provider === 'tensorrt') throw new Error('libnvinfer.so: cannot open shared object file');
        const session = await runtime.open(model, 'cpu', threads);
        if (provider === 'cpu') return session;
        return {
          ...session,
          async run(feeds, outputs) {
            runs += 1;
            if (runs > after) throw new Error('CUDA failure 700: an illegal memory access was encountered');
            return session.run(feeds, outputs);
          },
        };
      },
    };
  }

  it('is passed over when it is not there, and left when it fails in the middle: the question is answered all the same', async () => {
    const room = open(failing(3));
    const ssd = builtIn('ssd-mobilenet-v2');
    expect(await room.providers()).toEqual(['cuda', 'cpu']);
    expect(await room.load(ssd)).toMatchObject({ provider: 'cuda' });
    expect(await detect(room, ssd, blank(300, 300))).toEqual([]);
    expect(fallBacks).toEqual([]);
    expect(await detect(room, ssd, blank(300, 300))).toEqual([]);
    expect(fallBacks).toEqual(['ssd-mobilenet-v2: cuda to cpu']);
    expect(await detect(room, ssd, blank(300, 300))).toEqual([]);
    expect(fallBacks).toHaveLength(1);
  });

  it('is not tried where the CPU is asked for', async () => {
    const room = open(failing(0), ['cpu']);
    expect(await room.load(builtIn('ssd-mobilenet-v2'))).toMatchObject({ provider: 'cpu' });
  });
});

const coco = join(mediaDir, 'coco');
type Annotations = {
  images: { id: number; file_name: string; width: number; height: number }[];
  annotations: { image_id: number; category_id: number; bbox: [number, number, number, number]; iscrowd: number }[];
  categories: { id: number; name: string }[];
};
const annotated = (): Annotations => JSON.parse(readFileSync(join(coco, 'annotations.json'), 'utf8')) as Annotations;
/** Pictures are decoded once for all models, and stay as they are. */
const decoded = new Map<string, I420[]>();
function once(path: string, ...how: [width: number, height: number, args?: string[]]): I420[] {
  const found = decoded.get(path) ?? pictures(path, ...how);
  decoded.set(path, found);
  return found;
}
const jpeg = (name: string): I420 => {
  const image = annotated().images.find((i) => i.file_name === name)!;
  return once(join(coco, 'images', name), image.width, image.height)[0]!;
};

describe.skipIf(!hasMedia || !hasMirror || noFfmpeg)('YOLOX-nano of the catalogue', () => {
  it('finds what the reference found, in the same places and as surely', async () => {
    const { yolox_nano_416: reference } = JSON.parse(
      readFileSync(join(mediaDir, 'reference_detections.json'), 'utf8'),
    ) as { yolox_nano_416: Record<string, { label: string; score: number; box: [number, number, number, number] }[]> };
    const labels = readFileSync(join(mediaDir, '..', 'models', 'coco80.txt'), 'utf8')
      .trim()
      .split('\n');
    const { manifest, folder } = mirrored('yolox-nano');
    const detector = await openDetector({
      runtime,
      // At the size of the reference, for every shape.
      manifest: { ...manifest, sizes: [[416, 416]] },
      model: readFileSync(join(folder, manifest.files[0]!.name)),
      open: (model) => openSession({ runtime, model, providers: ['cpu'], threads: 1, onFellBack: () => undefined }),
    });
    const off: string[] = [];
    let count = 0;
    for (const [name, expected] of Object.entries(reference)) {
      const found = await detector.find({
        picture: jpeg(name),
        regions: [],
        minScore: 0.25,
        classes: labels.map((_, i) => i),
        costing: createCost(nowMs),
      });
      for (const { label, score, box } of expected) {
        count += 1;
        const [left, top, right, bottom] = box;
        const same = found
          .filter((c) => labels[c.class] === label)
          .map((c) => ({ c, share: sharedOf(c, { left, top, right, bottom }) }))
          .sort((a, b) => b.share - a.share)[0];
        if (same === undefined || same.share < 0.9 || Math.abs(same.c.score - score) > 0.05)
          off.push(
            `${name} ${label} ${score}: ${same?.c.score.toFixed(3) ?? 'not found'} ${same?.share.toFixed(2) ?? ''}`,
          );
      }
      // Nothing that the reference does not have, well above its limit.
      const extra = found.filter(
        (c: Candidate) =>
          c.score >= 0.35 &&
          !expected.some(
            ({ label, box: [left, top, right, bottom] }) =>
              label === labels[c.class] && sharedOf(c, { left, top, right, bottom }) >= 0.9,
          ),
      );
      off.push(...extra.map((c) => `${name}: also ${labels[c.class] ?? ''} ${c.score.toFixed(3)}`));
    }
    await detector.close();
    expect(count).toBeGreaterThan(40);
    expect(off).toEqual([]);
  });
});

/** Recall and precision of persons at IoU 0.5, and pictures without people or vehicles in which something was found. */
async function persons(model: ModelToLoad): Promise<{ recall: number; precision: number; falseAlarms: number }> {
  const room = open();
  await room.load(model);
  const { images, annotations, categories } = annotated();
  const nameOf = new Map(categories.map((c) => [c.id, c.name]));
  let [hits, truths, said, falseAlarms] = [0, 0, 0, 0];
  for (const image of images) {
    const found = await detect(room, model, jpeg(image.file_name));
    const own = annotations.filter((a) => a.image_id === image.id);
    const counts = own.filter((a) => ['person', 'car', 'bus', 'truck'].includes(nameOf.get(a.category_id) ?? ''));
    if (counts.length === 0 && found.some((d) => ['person', 'vehicle'].includes(kinOf(d.class)))) falseAlarms += 1;
    const edges = ([x, y, w, h]: [number, number, number, number]) => ({
      left: x,
      top: y,
      right: x + w,
      bottom: y + h,
    });
    const people = own.filter((a) => nameOf.get(a.category_id) === 'person');
    const open_ = people.filter((a) => a.iscrowd === 0).map((a) => edges(a.bbox));
    const crowds = people.filter((a) => a.iscrowd === 1).map((a) => edges(a.bbox));
    truths += open_.length;
    for (const { box } of found.filter((d) => d.class === 'person')) {
      const at = edges([box.x * image.width, box.y * image.height, box.width * image.width, box.height * image.height]);
      const best = open_.findIndex((t) => sharedOf(t, at) >= 0.5);
      if (best >= 0) {
        open_.splice(best, 1);
        hits += 1;
        said += 1;
      } else if (!crowds.some((t) => coveredOf(t, at) > 0.5)) said += 1;
    }
  }
  return { recall: hits / truths, precision: hits / said, falseAlarms };
}

describe.skipIf(!hasMedia || noFfmpeg)('people in photographs', () => {
  it('are found by the built-in SSD as often as its reference says', async () => {
    const { recall, precision, falseAlarms } = await persons(builtIn('ssd-mobilenet-v2'));
    expect(recall).toBeGreaterThanOrEqual(0.51);
    expect(precision).toBeGreaterThanOrEqual(0.7);
    expect(falseAlarms).toBe(0);
  });
  it.skipIf(!hasMirror)(
    'are found by YOLOX-nano as often as its reference says, at every size',
    async () => {
      const { recall, precision, falseAlarms } = await persons(mirrored('yolox-nano'));
      expect(recall).toBeGreaterThanOrEqual(0.5);
      expect(precision).toBeGreaterThanOrEqual(0.8);
      expect(falseAlarms).toBe(0);
      expect((await persons(mirrored('yolox-nano-640'))).recall).toBeGreaterThanOrEqual(0.66);
    },
    240_000,
  );
});

describe.skipIf(!hasMedia || noFfmpeg)('the clip of visitors', () => {
  type Clip = { file: string; width: number; height: number; present: [number, number][] };
  it.each([
    ['the built-in SSD', builtIn('ssd-mobilenet-v2')],
    ...(hasMirror ? [['YOLOX-nano', mirrored('yolox-nano')] as const] : []),
  ] as const)(
    'shows %s a person in 98 of 100 seconds in which one is there, and none in the others',
    async (_, model) => {
      const { clips } = JSON.parse(readFileSync(join(mediaDir, 'clips', 'clips.json'), 'utf8')) as { clips: Clip[] };
      const { file, width, height, present } = clips.find((c) => c.file.startsWith('person_visits'))!;
      const room = open();
      await room.load(model);
      let [seen, there, wrong] = [0, 0, 0];
      const shown = once(join(mediaDir, 'clips', file), width, height, ['-vf', 'fps=1:start_time=0']);
      for (const [s, picture] of shown.entries()) {
        const found = (await detect(room, model, picture)).some((d) => d.class === 'person');
        // Half a second at each end is not sure.
        if (present.some(([from, to]) => s >= from + 0.5 && s <= to - 0.5)) {
          there += 1;
          if (found) seen += 1;
        } else if (found && !present.some(([from, to]) => s >= from - 1 && s <= to + 1)) wrong += 1;
      }
      expect(there).toBeGreaterThan(60);
      expect(seen / there).toBeGreaterThanOrEqual(0.98);
      expect(wrong).toBe(0);
    },
    60_000,
  );
});
