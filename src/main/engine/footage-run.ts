/**
 * One search of recorded footage from where it is to its end: camera after camera, key picture after key picture, at the lowest urgency.
 * Reading, decoding and asking overlap; what comes of them is taken in order.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#contract/error.ts';
import { footageHits, noFootageHits, type FootageHits } from '#domain/decide/footage-hits.ts';
import { keysToLook, motionWindows, planFootage, type FootagePiece } from '#domain/decide/plan-footage.ts';
import { weakPart, type Detection } from '#domain/detection.ts';
import {
  FootageLeftOut,
  mostFootageHits,
  type FootageAsk,
  type FootageHit,
  type FootageSearchWhy,
} from '#domain/footage-search.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { I420 } from '#media/i420.ts';
import { MediaError } from '#media/media-error.ts';
import { readInit } from '#media/mp4/read-init.ts';
import type { CameraRoom } from './cameras.ts';
import type { FootageDecoder } from './footage-decode.ts';
import { createFootageBook, type FootageBook } from './footage-hits.ts';
import type { FootageCursor } from './footage-port.ts';
import type { InferencePool } from './inference.ts';
import { keyIn } from './key-picture.ts';
import type { Models } from './model-rooms.ts';
import type { StreamRecord } from './index-port.ts';
import type { PlacedSegment, Queries } from './query-port.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { WatchRuleRoom } from './watch-rules.ts';

/** The index is asked for so much at once, ms. */
const chunkMs = 2 * 3_600_000;
const segmentsAtOnce = 1_000;
const motionAtOnce = 20_000;
const motionBridgeMs = 5_000;
/** Pictures that are read, decoded and looked at while one is taken. */
const ahead = 4;
/** Of a segment in which so many in a row cannot be decoded, the rest is left out. */
const failuresToLeave = 3;
const busyMs = 500;
const restsMs = 2_000;
const mostTries = 30;
const strainedMs = 1_000;

export type FootageRunDeps = {
  queries: Pick<Queries, 'segments' | 'motion' | 'coverage'>;
  /** Where segments are read, on volumes and at archives. Throws UNAVAILABLE. */
  places: { need(volume: number): Pick<SegmentFiles, 'path' | 'inspect' | 'open'> };
  cameras: Pick<CameraRoom, 'stream' | 'record'>;
  rules: Pick<WatchRuleRoom, 'privacy' | 'settings'>;
  pool: () => Pick<InferencePool, 'submit'>;
  models: () => Pick<Models, 'choose'>;
  decoder: FootageDecoder;
  /** Recording has trouble to keep up. */
  strained: () => boolean;
};

/** What a run tells. */
export type FootageEars = {
  /** Recorded time that is to be gone through, ms. */
  total(ms: number): void;
  camera(id: CameraId): void;
  /** So much recorded time more is behind it; nothing before the cursor is looked at again. */
  passed(ms: number, cursor: FootageCursor): void;
  looked(): void;
  leftOut(why: FootageLeftOut, ms: number): void;
  paused(is: boolean): void;
  hit(hit: FootageHit, jpeg: Uint8Array | null): void;
};

type Looked = { picture: I420; atMs: number; detections: Detection[]; stream: StreamKind };
type Step = { is: 'looked'; looked: Looked | null; ms: number } | { is: 'passed'; ms: number; cursor: FootageCursor };

class Refused extends Error {
  readonly why: FootageSearchWhy;
  constructor(why: FootageSearchWhy) {
    super(why);
    this.why = why;
  }
}

/** Answers `full` where it ended early, null where it went through all. Rejects with an `AbortError` when `signal` ends it. */
export async function runFootage(
  deps: FootageRunDeps,
  ask: FootageAsk,
  from: { cursor: FootageCursor; hits: number; fresh: boolean },
  ears: FootageEars,
  signal: AbortSignal,
): Promise<FootageSearchWhy | null> {
  let hits = from.hits;
  if (from.fresh) ears.total(await recordedMs(deps, ask));
  try {
    for (let n = from.cursor.camera; n < ask.cameras.length; n += 1) {
      const camera = ask.cameras[n];
      if (camera === undefined || deps.cameras.record(camera.id) === null) continue;
      ears.camera(camera.id);
      const book = createFootageBook({
        cameraId: camera.id,
        nextId: () => (hits += 1),
        encode: (picture) => deps.decoder.encode(picture),
        keep: ears.hit,
      });
      const startMs = n === from.cursor.camera ? from.cursor.atMs : ask.fromMs;
      const full = await runCamera(
        deps,
        { ask, n, camera, startMs, book, full: () => hits >= mostFootageHits },
        ears,
        signal,
      );
      await book.close();
      if (full) return 'full';
    }
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.why;
    throw error;
  }
}

type CameraRun = {
  ask: FootageAsk;
  n: number;
  camera: FootageAsk['cameras'][number];
  startMs: number;
  book: FootageBook;
  full: () => boolean;
};

async function runCamera(
  deps: FootageRunDeps,
  { ask, n, camera, startMs, book, full }: CameraRun,
  ears: FootageEars,
  signal: AbortSignal,
): Promise<boolean> {
  let state: FootageHits = noFootageHits;
  let failures = 0;
  let lastKeyMs: number | null = null;
  const steps: Promise<Step>[] = [];
  let looking = 0;

  const take = async (): Promise<void> => {
    const step = await steps.shift();
    signal.throwIfAborted();
    if (step === undefined) return;
    if (step.is === 'passed') {
      book.flush();
      ears.passed(step.ms, step.cursor);
      return;
    }
    looking -= 1;
    if (step.looked === null) {
      failures += 1;
      ears.leftOut('undecodable', step.ms);
      return;
    }
    failures = 0;
    ears.looked();
    const { picture, atMs, detections, stream } = step.looked;
    const [next, outputs] = footageHits(state, {
      ...{ atMs, detections, aspect: picture.width / picture.height },
      ...{ minScore: ask.minScore, area: camera.area },
    });
    state = next;
    await book.take(outputs, picture, stream);
  };
  const put = async (step: Promise<Step>, looks: boolean): Promise<void> => {
    // What fails is told when its turn comes.
    step.catch(() => undefined);
    steps.push(step);
    if (!looks) return;
    looking += 1;
    while (looking >= ahead) await take();
  };
  /** Up to where a piece is gone through. */
  let behindMs = startMs;
  const passTo = (toMs: number): Promise<void> => {
    const ms = Math.max(0, toMs - behindMs);
    behindMs = toMs;
    return put(Promise.resolve({ is: 'passed', ms, cursor: { camera: n, atMs: toMs } }), false);
  };

  const look = async (piece: FootagePiece<PlacedSegment>, stream: StreamRecord, windows: [number, number][] | null) => {
    const { segment, fromMs, toMs } = piece;
    const files = deps.places.need(segment.volume);
    const path = files.path(stream.folder, stream.kind, segment.startMs);
    const content = await files.inspect(path);
    if (content === null) throw new MediaError('truncated', 'The file of this recording is missing or damaged.');
    const fragments = content.fragments.filter(([offset, bytes]) => offset + bytes <= segment.bytes);
    const keys = keysToLook(fragments, { fromMs, toMs }, windows, lastKeyMs);
    if (keys.length === 0) return;
    const file = await files.open(path);
    if (file === null) throw new MediaError('truncated', 'The file of this recording is missing.');
    const ms = (toMs - fromMs) / keys.length;
    failures = 0;
    try {
      const init = await readInit((at, length) => file.read(at, length));
      for (const [done, index] of keys.entries()) {
        await whileStrained();
        if (full()) return;
        if (failures >= failuresToLeave) {
          ears.leftOut('undecodable', ms * (keys.length - done));
          return;
        }
        const fragment = fragments[index];
        const found = fragment === undefined ? null : await keyIn(file, init, fragment);
        lastKeyMs = found?.atMs ?? lastKeyMs;
        await passTo(Math.max(behindMs, Math.round(fragment?.[2] ?? behindMs)));
        await put(
          found === null
            ? Promise.resolve({ is: 'looked', looked: null, ms })
            : lookAt(deps, { ...found, cameraId: camera.id, ask, stream: stream.kind }, signal).then((looked) => ({
                ...{ is: 'looked' as const, looked, ms },
              })),
          true,
        );
      }
    } finally {
      await file.close();
    }
  };
  const whileStrained = async (): Promise<void> => {
    signal.throwIfAborted();
    if (!deps.strained()) return;
    ears.paused(true);
    while (deps.strained()) await delay(strainedMs, undefined, { signal });
    ears.paused(false);
  };

  const streams = { main: deps.cameras.stream(camera.id, 'main'), sub: deps.cameras.stream(camera.id, 'sub') };
  const other = ask.stream === 'main' ? 'sub' : 'main';
  const segmentsOf = (stream: StreamRecord | null, fromMs: number, toMs: number): Promise<PlacedSegment[]> =>
    stream === null
      ? Promise.resolve([])
      : deps.queries.segments({ streamId: stream.id, fromMs, toMs, limit: segmentsAtOnce });
  for (let atMs = startMs; atMs < ask.toMs; atMs += chunkMs) {
    const untilMs = Math.min(ask.toMs, atMs + chunkMs);
    const [wanted, rest, windows] = await Promise.all([
      segmentsOf(streams[ask.stream], atMs, untilMs),
      segmentsOf(streams[other], atMs, untilMs),
      ask.onlyMotion ? windowsOf(deps, camera, atMs, untilMs) : null,
    ]);
    const marked = [...wanted.map((s) => ({ ...s, kind: ask.stream })), ...rest.map((s) => ({ ...s, kind: other }))];
    const [first, second] = [marked.slice(0, wanted.length), marked.slice(wanted.length)];
    for (const piece of planFootage(first, second, atMs, untilMs)) {
      signal.throwIfAborted();
      if (deps.cameras.record(camera.id) === null) return false;
      const stream = streams[piece.segment.kind as StreamKind];
      behindMs = piece.fromMs;
      const matters = windows === null || windows.some(([from, to]) => from < piece.toMs && piece.fromMs < to);
      if (stream !== null && matters)
        try {
          await look(piece, stream, windows);
        } catch (error) {
          if (signal.aborted || error instanceof Refused) throw error;
          ears.leftOut(whyOf(error), lookedMs(piece, windows));
        }
      await passTo(piece.toMs);
      while (steps.length > 2 * ahead) await take();
      if (full()) break;
    }
    while (steps.length > 0) await take();
    if (full()) return true;
    ears.passed(0, { camera: n, atMs: untilMs });
  }
  return false;
}

/** How much of a piece was to be looked at, ms. */
const lookedMs = ({ fromMs, toMs }: FootagePiece<PlacedSegment>, windows: [number, number][] | null): number =>
  windows === null
    ? toMs - fromMs
    : windows.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, toMs) - Math.max(from, fromMs)), 0);

function whyOf(error: unknown): FootageLeftOut {
  const data: unknown = error instanceof AppError ? error.data : null;
  const reason: unknown = typeof data === 'object' && data !== null && 'reason' in data ? data.reason : null;
  return FootageLeftOut.safeParse(reason).data ?? 'unreadable';
}

async function windowsOf(
  { queries }: FootageRunDeps,
  camera: FootageAsk['cameras'][number],
  fromMs: number,
  toMs: number,
): Promise<[number, number][] | null> {
  const found = await queries.motion({
    ...{ cameraId: camera.id, fromMs, toMs, area: camera.area, minPart: 0 },
    ...{ bridgeMs: motionBridgeMs, limit: motionAtOnce },
  });
  return found.more ? null : motionWindows(found, fromMs, toMs);
}

/** What is recorded of all cameras in the span by either stream, ms. */
async function recordedMs({ queries, cameras }: FootageRunDeps, { cameras: asked, fromMs, toMs }: FootageAsk) {
  let sum = 0;
  for (const { id } of asked) {
    const streamIds = (['main', 'sub'] as const).flatMap((kind) => cameras.stream(id, kind)?.id ?? []);
    const covered = await queries.coverage({ streamIds, fromMs, toMs, grainMs: 1_000 });
    let atMs = fromMs;
    for (const [from, to] of covered.flatMap((c) => c.spans).sort((a, b) => a[0] - b[0])) {
      sum += Math.max(0, Math.min(to, toMs) - Math.max(from, atMs));
      atMs = Math.max(atMs, to);
    }
  }
  return sum;
}

async function lookAt(
  deps: FootageRunDeps,
  key: {
    track: Parameters<FootageDecoder['decode']>[0];
    key: Uint8Array;
    atMs: number;
    cameraId: CameraId;
    ask: FootageAsk;
    stream: StreamKind;
  },
  signal: AbortSignal,
): Promise<Looked | null> {
  const { atMs, ask, cameraId, stream } = key;
  const picture = await deps.decoder.decode(key.track, key.key, deps.rules.privacy(cameraId));
  if (picture === null) return null;
  for (let tries = 0; ; tries += 1) {
    signal.throwIfAborted();
    const modelId = deps.models().choose('detect', deps.rules.settings(cameraId).modelId);
    if (modelId === null) throw new Refused('no-model');
    const answer = await deps.pool().submit({
      // For no camera: what is dropped here says nothing of how well cameras are watched.
      ...{ from: null, lane: null, waitMs: null, urgency: 'idle', job: 'detect' },
      ask: { modelId, picture, regions: [], minScore: ask.minScore * weakPart, classes: ask.classes },
    });
    if (answer.ok) return { picture, atMs, detections: answer.value.detections, stream };
    if (answer.why === 'bad-ask') return null;
    if (answer.why === 'no-model') throw new Refused('no-model');
    if (answer.why === 'model' || tries >= mostTries) throw new Refused('model-failed');
    await delay(answer.why === 'model-rests' ? restsMs : busyMs, undefined, { signal });
  }
}
