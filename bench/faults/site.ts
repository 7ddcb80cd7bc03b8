/** A station that records the load cameras, and one try of a fault on it: before, during, after, and what was sent against what is kept. */
import { existsSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Deletion } from '#domain/deletion.ts';
import type { Gap, GapCause } from '#domain/gap.ts';
import { prepareStation } from '../known-cameras.ts';
import { segmentFiles } from '../sent-and-kept.ts';
import { checkStation } from '../station-check.ts';
import { pauseMs, startStation, until } from '../station-process.ts';
import type { StationProcess } from '../station-process.ts';
import { accountOf, keptPictures, knowPictures } from './account.ts';
import type { FaultResult, FaultRun } from './fault.ts';

type Row = { cameraId: string; spans: [number, number][]; gaps: Gap[] };
type Starting = { env?: Record<string, string>; execArgv?: string[] };

/** What a fault has in its hands during a try. */
export type Hands = {
  /** The one that runs now. */
  station(): StationProcess;
  /** Starts it (again). */
  start(): Promise<StationProcess>;
  /** Resolves when every camera's recording has gone on after `sinceMs` (UTC). */
  recording(sinceMs: number): Promise<void>;
};
/** From when to when recording cannot be had, UTC ms. */
export type FaultSpan = {
  beginMs: number;
  endMs: number;
  /** Time of which the index cannot know that it was to be recorded. */
  unasked?: readonly [number, number];
};

type TryOptions = {
  causes: readonly GapCause[];
  fault(hands: Hands): Promise<FaultSpan>;
  /** Files that were damaged: `vigie check` must find these, and nothing else. */
  damaged?: readonly string[];
  /** Whether `vigie check` reads every byte. */
  hashes?: boolean;
  /** How far from now what is recorded may lie, ms. */
  aroundMs?: number;
  starting?: Starting;
};

export type Site = {
  data: string;
  video: string;
  /** All segments. */
  files(): string[];
  /** Runs the station until all cameras have recorded something, and stops it in order. */
  record(): Promise<void>;
  /** One try; its figures are added to `result`. */
  attempt(options: TryOptions): Promise<void>;
  result: FaultResult;
};

/** Recording goes on before a fault comes: at least, and at random up to. */
const calmMs = [1_500, 4_500] as const;
/** What was handed over this long ago is on disk, or never will be: fragments wait 0.9 s, and a busy machine is late. */
const underWayMs = 2_500;
const recordAgainLimitMs = 60_000;
/** A machine that others keep busy tells the index late; what it does not know after so long is an error. */
const toldLimitMs = 10_000;

const random = ([from, to]: readonly [number, number]): number => from + Math.random() * (to - from);

/**
 * Makes a data folder in `data` that knows the cameras. `video` may be a mounted volume already. `second`: the folder of another
 * volume, on which all is recorded as long as it can be.
 */
export async function createSite(run: FaultRun, data: string, second: string | null = null): Promise<Site> {
  const { root, load, clip } = run;
  const video = join(data, 'video');
  const known = knowPictures(clip);
  const result: FaultResult = { tries: 0, lostMs: 0, indexErrors: 0, gapErrors: 0, recoveredMs: 0, notes: [] };

  const { cameras: added } = await prepareStation({ root, dir: data, load, cameras: run.cameras });
  const folders = added.map((c) => c.folder);
  if (second !== null) {
    const station = await startStation({ root, dir: data });
    await station.call('POST', '/volumes', { path: second });
    await station.call('PATCH', '/volumes/1', { change: { weight: 0 } });
    await station.stop();
  }

  const places = [video, ...(second === null ? [] : [join(second, 'video')])];
  const filesOf = (folder: string): string[] =>
    places.flatMap((place) => (existsSync(join(place, folder)) ? segmentFiles(place, folder, 'main') : []));
  const rowsOf = async (station: StationProcess, fromMs: number, aroundMs: number): Promise<Row[]> => {
    const span = `fromMs=${fromMs - aroundMs}&toMs=${Date.now() + aroundMs}`;
    return (await station.call<{ rows: Row[] }>('GET', `/timeline?${span}&grainMs=0`)).rows;
  };

  const recordingOf = (station: StationProcess, sinceMs: number): Promise<void> =>
    until(
      'all cameras record',
      async () => {
        const rows = await rowsOf(station, sinceMs, 60_000);
        const reached = Math.max(sinceMs, Date.now() - 3_000);
        return rows.length === run.cameras && rows.every((r) => r.spans.some(([, to]) => to > reached));
      },
      { limitMs: recordAgainLimitMs },
    );
  /** Resolves when the index has come past a moment of every camera that records; it tells what it lacks by then where it does not. */
  const toldOf = async (station: StationProcess, fromMs: number, atMs: number): Promise<void> => {
    const told = async (): Promise<boolean> =>
      (await rowsOf(station, fromMs, 60_000)).every((r) => r.spans.some(([, to]) => to > atMs));
    await until('the index knows what is on disk', told, { limitMs: toldLimitMs }).catch(() => undefined);
  };
  const deletedOf = async (station: StationProcess, fromMs: number): Promise<Deletion[]> =>
    (await station.call<{ deletions: Deletion[] }>('GET', `/retention/deletions?fromMs=${fromMs}&limit=1000`))
      .deletions;

  const attempt = async (o: TryOptions): Promise<void> => {
    const beganMs = Date.now();
    /** Nothing may touch what no run writes any more. */
    const before = folders.map((folder) => new Map(filesOf(folder).map((path) => [path, statSync(path).size])));
    await load.ended();
    const start = (): Promise<StationProcess> => startStation({ root, dir: data, ...o.starting });
    let station = await start();
    const recording = (sinceMs: number): Promise<void> => recordingOf(station, sinceMs);
    const hands: Hands = {
      station: () => station,
      async start() {
        station = await start();
        return station;
      },
      recording,
    };
    try {
      await recording(beganMs);
      await pauseMs(random(calmMs));
      const span = await o.fault(hands);
      try {
        await recording(span.endMs + 1_000);
      } catch (error) {
        result.notes.push(error instanceof Error ? error.message : String(error));
      }
      await pauseMs(2_000);
      const live = await load.sessions();
      const sessions = [...(await load.ended()), ...live];
      await pauseMs(underWayMs);
      await toldOf(station, beganMs, Date.now() - underWayMs);
      const rows = await rowsOf(station, beganMs, o.aroundMs ?? 60_000);
      const cameras = await station.cameras();
      const deletions = await deletedOf(station, beganMs);
      if (deletions.length > 0)
        run.say(`  ${deletions.reduce((n, d) => n + d.segments, 0)} segments were deleted by the rules to make room`);
      await station.stop();
      const figures = { lostMs: 0, recoveredMs: 0, longestMs: 0 };
      for (const [i, folder] of folders.entries()) {
        const kept = [];
        for (const file of filesOf(folder)) if (!before[i]?.has(file)) kept.push(...(await keptPictures(file, known)));
        const id = cameras.find((c) => c.folder === folder)?.id;
        const row = rows.find((r) => r.cameraId === id);
        const handed = sessions
          .filter((s) => s.path === `/cam/${i + 1}/main`)
          .flatMap((s): [number, number][] =>
            s.firstPicture === null || s.lastPicture === null ? [] : [[s.firstPicture, s.lastPicture]],
          );
        if (handed.length === 0) throw new Error(`camera ${i + 1} was never played`);
        const account = accountOf(
          {
            fps: clip.fps,
            length: clip.pictures.length,
            sent: await load.sent(i + 1),
            handed,
            kept,
            gaps: row?.gaps ?? [],
            spans: row?.spans ?? [],
            deleted: deletions.filter((d) => d.cameraId === id).map((d) => [d.fromMs, d.toMs]),
            unasked: span.unasked ?? null,
            fault: span,
            causes: o.causes,
          },
          Math.max(...handed.map(([, to]) => to)),
        );
        for (const key of ['lostMs', 'recoveredMs', 'longestMs'] as const)
          figures[key] = Math.max(figures[key], account[key]);
        result.indexErrors += account.foreign + account.uncovered;
        result.gapErrors += account.wrongGaps.length;
        if (account.foreign + account.uncovered > 0)
          result.notes.push(`${folder}: ${account.foreign} foreign pictures, ${account.uncovered} not in the index`);
        for (const [path, was] of before[i] ?? []) {
          const size = statSync(path, { throwIfNoEntry: false })?.size ?? -1;
          if (size === was || (size < 0 && deletions.length > 0)) continue;
          result.indexErrors += 1;
          result.notes.push(`${path} changed from ${was} to ${size} bytes`);
        }
        for (const wrong of account.wrongGaps) result.notes.push(`${folder}: ${wrong}`);
      }
      result.lostMs = Math.max(result.lostMs, figures.lostMs);
      result.recoveredMs = Math.max(result.recoveredMs, figures.recoveredMs);
      const findings = checkStation(root, data, o.hashes);
      const damaged = new Set((o.damaged ?? []).map((path) => relative(video, path)));
      const found = new Set(findings.map((f) => f.path));
      const wrong = findings.filter((f) => !damaged.has(f.path ?? ''));
      const unseen = [...damaged].filter((path) => !found.has(path));
      if (wrong.length > 0) result.notes.push(`check found: ${JSON.stringify(wrong.slice(0, 5))}`);
      if (unseen.length > 0) result.notes.push(`check did not find: ${unseen.join(', ')}`);
      result.indexErrors += wrong.length + unseen.length;
      result.tries += 1;
      run.say(
        `  try ${result.tries} of ${run.tries}: ${figures.lostMs.toFixed(0)} ms lost, ${findings.length} found by check, recording again after ${figures.recoveredMs.toFixed(0)} ms (${figures.longestMs.toFixed(0)} ms missing at a stretch)`,
      );
    } finally {
      await station.stop('SIGKILL');
    }
  };
  return {
    data,
    video,
    files: () => folders.flatMap(filesOf),
    async record() {
      const beganMs = Date.now();
      const station = await startStation({ root, dir: data });
      try {
        await recordingOf(station, beganMs);
      } finally {
        await station.stop();
      }
    },
    attempt,
    result,
  };
}
