/**
 * Looks at a key frame of every camera every few seconds and judges it. One after the other, through one decoder at the lowest
 * priority, and never for more than a quarter of the time: on a busy PC pictures are looked at less often, and that is said.
 */
import type { PictureWatching } from '#domain/camera-health.ts';
import {
  freshPictureWatch,
  pictureWatch,
  type PictureOutput,
  type PictureWatch,
} from '#domain/decide/picture-watch.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { StreamKind, StreamStatus } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { CameraRecord, Ffmpeg } from './ports.ts';

/** Each camera is looked at so often. */
const everyMs = 4_000;
/** Later than this says that the PC is too busy for it. */
const slowMs = 12_000;
/** After a look the decoder rests so many times as long as it took. */
const restTimes = 3;
const idleMs = 500;
/** After a camera was steered its scene is learned anew for so long. */
const steeredMs = 20_000;
/** Key frames that cannot be decoded in a row until it is said. */
const failuresToSay = 3;

type Watched = {
  watch: PictureWatch;
  dueMs: number;
  arrivedUs: number;
  size: string;
  stream: StreamKind | null;
  lastMs: number | null;
  everyMs: number | null;
  failures: number;
  none: boolean;
  anew: boolean;
};
export type PictureReport = {
  state: PictureWatching;
  stream: StreamKind | null;
  lastMs: number | null;
  everyMs: number | null;
};

export type PictureWatchRoom = {
  start(): void;
  stop(): void;
  report(id: CameraId): PictureReport;
  /** It was steered now: what it shows is meant to be another scene. */
  steered(id: CameraId): void;
  forget(id: CameraId): void;
};

export function createPictureWatch(deps: {
  clock: Clock;
  log: Log;
  ffmpeg: Pick<Ffmpeg, 'found' | 'grey'>;
  pool: () => Pick<IngestPool, 'picture'>;
  records: () => CameraRecord[];
  status: (streamId: StreamId, kind: StreamKind) => StreamStatus;
  /** null: it may be watched. */
  kept: (id: CameraId) => 'off' | 'maintenance' | null;
  /** What was seen to begin or end. */
  said: (camera: CameraRecord, output: PictureOutput) => void;
  /** It is not watched now: what goes on of it is over as far as anybody knows. */
  unwatched: (id: CameraId) => void;
}): PictureWatchRoom {
  const { clock, log, ffmpeg } = deps;
  const watched = new Map<CameraId, Watched>();
  const steered = new Map<CameraId, number>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = true;

  const isLive = (status: StreamStatus): boolean => status.state === 'live' || status.state === 'degraded';
  /** The small stream where it runs: its pictures cost a fifth. */
  const streamOf = (camera: CameraRecord): { id: StreamId; kind: StreamKind } | null => {
    const { main, sub } = camera.streamIds;
    if (sub !== null && isLive(deps.status(sub, 'sub'))) return { id: sub, kind: 'sub' };
    return isLive(deps.status(main, 'main')) ? { id: main, kind: 'main' } : null;
  };
  const fresh = (): Watched => ({
    watch: freshPictureWatch,
    dueMs: clock.monoMs() + Math.random() * everyMs,
    arrivedUs: 0,
    size: '',
    stream: null,
    lastMs: null,
    everyMs: null,
    failures: 0,
    none: false,
    anew: false,
  });
  const drop = (id: CameraId): void => {
    if (watched.delete(id)) deps.unwatched(id);
  };

  const look = async (camera: CameraRecord, mine: Watched): Promise<boolean> => {
    const stream = streamOf(camera);
    const picture = stream === null ? null : await deps.pool().picture(stream.id);
    mine.none = picture === null;
    if (stream === null || picture === null || picture.arrivedUs === mine.arrivedUs) return false;
    mine.arrivedUs = picture.arrivedUs;
    let grey: Uint8Array;
    try {
      grey = await ffmpeg.grey(picture.track, picture.data);
      mine.failures = 0;
    } catch (error) {
      mine.failures += 1;
      if (mine.failures === failuresToSay)
        log.warn('pictures of a camera cannot be judged', { camera: camera.name, error: String(error) });
      return true;
    }
    if (stopped || watched.get(camera.id) !== mine) return true;
    const atMs = clock.nowMs();
    const size = `${stream.kind} ${String(picture.track.width)} ${String(picture.track.height)}`;
    const turned = clock.monoMs() - (steered.get(camera.id) ?? -Infinity) < steeredMs;
    const anew = turned || mine.anew || (mine.size !== '' && mine.size !== size);
    mine.size = size;
    mine.anew = turned;
    mine.stream = stream.kind;
    mine.everyMs = mine.lastMs === null ? null : atMs - mine.lastMs;
    mine.lastMs = atMs;
    const [next, outputs] = pictureWatch(mine.watch, { atMs, grey, anew });
    mine.watch = next;
    for (const output of outputs) deps.said(camera, output);
    return true;
  };

  const round = async (): Promise<number> => {
    const cameras = deps.records().filter((c) => c.enabled && deps.kept(c.id) === null);
    const here = new Set(cameras.map((c) => c.id));
    for (const id of [...watched.keys()]) if (!here.has(id)) drop(id);
    let first: { camera: CameraRecord; mine: Watched } | null = null;
    for (const camera of cameras) {
      let mine = watched.get(camera.id);
      if (mine === undefined) watched.set(camera.id, (mine = fresh()));
      if (first === null || mine.dueMs < first.mine.dueMs) first = { camera, mine };
    }
    const now = clock.monoMs();
    if (first === null || first.mine.dueMs > now) return Math.min(idleMs, (first?.mine.dueMs ?? Infinity) - now);
    first.mine.dueMs = now + everyMs;
    const judged = await look(first.camera, first.mine);
    return judged ? (clock.monoMs() - now) * restTimes : 0;
  };
  const next = (ms: number): void => {
    if (stopped) return;
    timer = setTimeout(
      () => {
        round().then(next, (error: unknown) => {
          log.error('pictures could not be looked at', { error: String(error) });
          next(everyMs);
        });
      },
      Math.max(1, ms),
    );
  };

  const stateOf = (id: CameraId, mine: Watched | undefined): PictureWatching => {
    const kept = deps.kept(id);
    if (kept !== null) return kept;
    if (ffmpeg.found === null) return 'no-ffmpeg';
    if (mine === undefined) return 'waiting';
    if (mine.failures >= failuresToSay) return 'undecodable';
    if (mine.none) return 'no-picture';
    if (mine.lastMs === null) return 'waiting';
    return (mine.everyMs ?? 0) > slowMs ? 'slow' : 'watching';
  };

  return {
    start() {
      if (ffmpeg.found === null) return;
      stopped = false;
      next(idleMs);
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
    report(id) {
      const mine = watched.get(id);
      const { stream = null, lastMs = null, everyMs: every = null } = mine ?? {};
      return { state: stateOf(id, mine), stream, lastMs, everyMs: every };
    },
    steered(id) {
      steered.set(id, clock.monoMs());
    },
    forget(id) {
      steered.delete(id);
      drop(id);
    },
  };
}
