/** Whether cameras' pictures can be trusted (`domain/decide/picture-watch.ts`): what the watch worker judges, kept and told on. */
import type { PictureWatching } from '#domain/camera-health.ts';
import type { PictureOutput } from '#domain/decide/picture-watch.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamKind, StreamStatus } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Ffmpeg } from './ffmpeg-port.ts';
import type { CameraRecord } from './index-port.ts';

/** Judged later than this: the PC is too busy for it. */
const slowMs = 12_000;
/** After a camera was steered its scene is learned anew for so long. */
const steeredMs = 20_000;
const againMs = 1_000;
/** Key frames that cannot be decoded in a row until it is said. */
const failuresToSay = 3;
/** A camera that runs and gives no picture for so long has none. */
const noneMs = 30_000;

type Judged = { stream: StreamKind; lastMs: number; everyMs: number | null };
export type PictureReport = {
  state: PictureWatching;
  stream: StreamKind | null;
  lastMs: number | null;
  everyMs: number | null;
};

export type PictureWatchRoom = {
  stop(): void;
  report(camera: CameraRecord): PictureReport;
  /** What the worker judged of one picture. */
  judged(camera: CameraRecord, stream: StreamKind, outputs: readonly PictureOutput[]): void;
  failed(id: CameraId, inRow: number): void;
  /** It is not watched now: what goes on of it is over as far as anybody knows. */
  unwatched(id: CameraId): void;
  /** It was steered now: what it shows is meant to be another scene. */
  steered(id: CameraId): void;
  forget(id: CameraId): void;
};

export function createPictureWatch(deps: {
  clock: Clock;
  ffmpeg: Pick<Ffmpeg, 'found'>;
  status: (camera: CameraRecord) => StreamStatus;
  /** null: it may be judged. */
  kept: (id: CameraId) => 'off' | 'maintenance' | null;
  /** What was seen to begin or end. */
  said: (camera: CameraRecord, output: PictureOutput) => void;
  over: (id: CameraId) => void;
  /** Its scene is to be learned anew. */
  anew: (id: CameraId) => void;
}): PictureWatchRoom {
  const { clock } = deps;
  const known = new Map<CameraId, Judged>();
  const failures = new Map<CameraId, number>();
  const steering = new Map<CameraId, { untilMono: number; timer: ReturnType<typeof setInterval> }>();

  const settle = (id: CameraId): void => {
    clearInterval(steering.get(id)?.timer);
    steering.delete(id);
  };
  const unwatched = (id: CameraId): void => {
    failures.delete(id);
    if (known.delete(id)) deps.over(id);
  };
  const stateOf = (camera: CameraRecord, mine: Judged | undefined): PictureWatching => {
    const kept = deps.kept(camera.id);
    if (kept !== null) return kept;
    if (deps.ffmpeg.found === null) return 'no-ffmpeg';
    if ((failures.get(camera.id) ?? 0) >= failuresToSay) return 'undecodable';
    const { state, sinceMs } = deps.status(camera);
    const runs = state === 'live' || state === 'degraded';
    const now = clock.nowMs();
    if (!runs || (now - sinceMs > noneMs && now - (mine?.lastMs ?? 0) > noneMs)) return 'no-picture';
    if (mine === undefined) return 'waiting';
    return (mine.everyMs ?? 0) > slowMs ? 'slow' : 'watching';
  };

  return {
    stop() {
      for (const id of [...steering.keys()]) settle(id);
    },
    report(camera) {
      const mine = known.get(camera.id);
      const { stream = null, lastMs = null, everyMs = null } = mine ?? {};
      return { state: stateOf(camera, mine), stream, lastMs, everyMs };
    },
    judged(camera, stream, outputs) {
      const atMs = clock.nowMs();
      const before = known.get(camera.id);
      failures.delete(camera.id);
      known.set(camera.id, { stream, lastMs: atMs, everyMs: before === undefined ? null : atMs - before.lastMs });
      for (const output of outputs) deps.said(camera, output);
    },
    failed(id, inRow) {
      failures.set(id, inRow);
    },
    unwatched,
    steered(id) {
      settle(id);
      deps.anew(id);
      const untilMono = clock.monoMs() + steeredMs;
      const timer = setInterval(() => {
        if (clock.monoMs() >= untilMono) settle(id);
        else deps.anew(id);
      }, againMs);
      steering.set(id, { untilMono, timer });
    },
    forget(id) {
      settle(id);
      unwatched(id);
    },
  };
}
