/**
 * Watches cameras: says which pictures of which streams go to the watch worker, how often, and takes what it says. A camera's
 * small stream where that runs, else its main one. Nothing that records waits for any of it: what cannot be looked at in time is
 * left out, and a PC that is too busy for it looks less often, and says so.
 */
import type { WorkerKind } from '#contract/station.ts';
import { isDeepStrictEqual } from 'node:util';
import type { MessagePort } from 'node:worker_threads';
import { fullPace, setPace, type Pace } from '#domain/decide/analysis-pace.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import { cellMask } from '#domain/motion-cells.ts';
import type { StreamKind, StreamStatus } from '#domain/stream.ts';
import type { WatchZone } from '#domain/watch-zone.ts';
import type { WatchState, WatchTrouble } from '#domain/watching.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { shownSlot, shownSlotBytes } from '#workers/ingest/port.ts';
import type { WatchOrder, WatchReport } from '#workers/watch/port.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { Ffmpeg } from './ffmpeg-port.ts';
import type { CameraRecord } from './index-port.ts';
import { createWatchAsks } from './watch-asks.ts';
import { createWatchDetails } from './watch-detail.ts';
import type { StartWatchWorker, WatchWorker } from './watch-port.ts';
import type { WatchRuleRoom } from './watch-rules.ts';

const tickMs = 1_000;
const stopMs = 1_000;
/** The worker ends when nothing was watched for so long: it holds memory. */
const unusedMs = 60_000;
/** Pictures a second where they are only judged. */
const judgedPerSecond = 0.25;
/** No picture for so long, and for so many of its usual pauses: something is stuck, and it is asked for anew. */
const stuckMs = 20_000;
const stuckPauses = 8;
/** Key frames that cannot be decoded in a row until it is said. */
const failuresToSay = 3;
const minuteMs = 60_000;
/** Fewer than this part of what was asked for is said. */
const rare = 0.7;

export type Looked = Extract<WatchReport, { op: 'looked' }>;
export type Framed = Extract<WatchReport, { op: 'frame' }>;

/** Who hears what the worker says. */
export type WatchEars = {
  looked(camera: CameraRecord, kind: StreamKind, look: Looked): void;
  frame(camera: CameraRecord, frame: Framed): void;
  failed(camera: CameraRecord, inRow: number): void;
  /** It is not watched now. */
  unwatched(id: CameraId): void;
};

type Watched = {
  camera: CameraRecord;
  stream: { id: StreamId; kind: StreamKind };
  /** What was ordered: told again when it is another. null: nothing yet. */
  ordered: WatchOrder | null;
  slot: SharedArrayBuffer;
  perSecond: number;
  sinceMono: number;
  lookedMono: number | null;
  /** When pictures were looked at, of the last minute. */
  times: number[];
  droppedSeen: number;
  droppedTicked: number;
  pace: Pace;
  /** When it was looked at less often last, because the PC did not manage. */
  slowMono: number | null;
  /** Pictures that came too soon, when the last one was looked at. */
  missed: number;
  failures: number;
};
type Counts = { looked: number; gated: number; dropped: number; lastMs: number | null };

export type WatchingRoom = {
  start(): void;
  stop(): Promise<void>;
  /** What is set for a camera, or what it is, may be another now. */
  settle(): void;
  /** It was steered now: what it shows is meant to be another scene, for a while. */
  anew(id: CameraId): void;
  /** Something is followed there. */
  eager(id: CameraId, on: boolean): void;
  /** Its newest picture as JPEG; null: there is none, or the worker is away. */
  still(id: CameraId): Promise<Still>;
  /** `width`: at most so wide; absent: 960. */
  encode(picture: Framed['picture'], width?: number): Promise<Still>;
  /** The newest picture of its main stream in its own size; null: there is none. Costs nothing until it is asked for. */
  detail(id: CameraId): Promise<Shown>;
  state(id: CameraId): WatchState;
  workers(): { kind: WorkerKind; streams: number; restarts: number; cpuSeconds: number }[];
  forget(id: CameraId): void;
};
export type Still = { data: Uint8Array<ArrayBuffer>; atMs: number } | null;
export type Shown = { picture: Framed['picture']; atMs: number } | null;

export function createWatching(deps: {
  clock: Clock;
  log: Log;
  ffmpeg: Pick<Ffmpeg, 'found'>;
  startWorker: StartWatchWorker;
  pool: () => Pick<IngestPool, 'picturesTo' | 'show'>;
  records: () => CameraRecord[];
  status: (streamId: StreamId, kind: StreamKind) => StreamStatus;
  rules: WatchRuleRoom;
  /** Whether its pictures are judged. */
  judged: (id: CameraId) => boolean;
  /** Whether there is a model for its pictures. */
  detects: (id: CameraId) => boolean;
  /** Whether somebody needs its main stream's pictures besides, and its pictures although nothing is to be detected. */
  reads: (id: CameraId) => boolean;
  /** Of the pictures for a detector, the share that the PC manages, 0 … 1. */
  share: (id: CameraId) => number;
  ears: () => WatchEars;
}): WatchingRoom {
  const { clock, log, rules } = deps;
  const watched = new Map<CameraId, Watched>();
  const byStream = new Map<StreamId, Watched>();
  const counts = new Map<CameraId, Counts>();
  /** null: nothing is watched. */
  let worker: WatchWorker | null = null;
  const ending = new Set<Promise<unknown>>();
  let usedMono = 0;
  let timer: ReturnType<typeof setInterval> | null = null;
  let cpuSeconds = 0;
  let spentSeconds = 0;
  let spentRestarts = 0;

  const isLive = (status: StreamStatus): boolean => status.state === 'live' || status.state === 'degraded';
  const streamOf = (camera: CameraRecord): Watched['stream'] | null => {
    const { main, sub } = camera.streamIds;
    if (sub !== null && isLive(deps.status(sub, 'sub'))) return { id: sub, kind: 'sub' };
    return isLive(deps.status(main, 'main')) ? { id: main, kind: 'main' } : null;
  };
  const countsOf = (id: CameraId): Counts => {
    let mine = counts.get(id);
    if (mine === undefined) counts.set(id, (mine = { looked: 0, gated: 0, dropped: 0, lastMs: null }));
    return mine;
  };
  const wantedPerSecond = (id: CameraId): number => {
    const { mode, perSecond } = rules.settings(id);
    if (mode !== 'off') return perSecond;
    return deps.judged(id) ? judgedPerSecond : 0;
  };

  /** A list of zones never changes: another takes its place. */
  const masks = new WeakMap<readonly WatchZone[], Uint8Array>();
  const maskOf = (zones: readonly WatchZone[]): Uint8Array => {
    let mask = masks.get(zones);
    if (mask === undefined) masks.set(zones, (mask = cellMask(zones)));
    return mask;
  };
  const orderOf = (camera: CameraRecord, { id, kind }: Watched['stream'], slot: SharedArrayBuffer): WatchOrder => {
    const { mode, sensitivity, minArea, minMotionMs } = rules.settings(camera.id);
    return {
      streamId: id,
      label: `${camera.name} ${kind}`,
      slot,
      gate: mode === 'off' ? null : { sensitivity, minArea, minMotionMs, mask: maskOf(rules.zones(camera.id)) },
      privacy: rules.privacy(camera.id),
      judge: deps.judged(camera.id),
      natives: (mode === 'objects' && deps.detects(camera.id)) || deps.reads(camera.id),
      share: deps.share(camera.id),
      detail: false,
    };
  };
  const give = (mine: Watched): void => {
    const order = orderOf(mine.camera, mine.stream, mine.slot);
    if (mine.ordered !== null && isDeepStrictEqual(order, mine.ordered)) return;
    mine.ordered = order;
    worker?.post({ op: 'watch', order });
  };
  const asks = createWatchAsks((ask) => worker?.post(ask) === true);
  const details = createWatchDetails({
    show: (id, order) => {
      deps.pool().show(id, order);
    },
    post: (command) => void worker?.post(command),
    privacy: rules.privacy,
  });
  /** The main stream beside the small one, where it runs and somebody needs it. */
  const settleDetail = ({ camera, stream }: Watched, perSecond: number): void => {
    const wanted = stream.kind === 'sub' && deps.reads(camera.id) && isLive(deps.status(camera.streamIds.main, 'main'));
    details.settle(camera, wanted ? perSecond : 0);
  };
  const show = (mine: Watched, perSecond: number): void => {
    if (Math.abs(perSecond - mine.perSecond) < 1e-6) return;
    mine.perSecond = perSecond;
    deps.pool().show(mine.stream.id, { perSecond, between: true, slot: mine.slot });
  };
  const begin = (camera: CameraRecord, stream: Watched['stream'], perSecond: number): void => {
    worker ??= startWorker();
    const mine: Watched = {
      ...{ camera, stream, ordered: null, perSecond: 0, sinceMono: clock.monoMs(), lookedMono: null, times: [] },
      ...{ slot: new SharedArrayBuffer(shownSlotBytes), droppedSeen: 0, droppedTicked: 0, pace: fullPace },
      ...{ slowMono: null, missed: 0, failures: 0 },
    };
    watched.set(camera.id, mine);
    byStream.set(stream.id, mine);
    give(mine);
    show(mine, perSecond);
    settleDetail(mine, perSecond);
  };
  const end = (mine: Watched): void => {
    details.end(mine.camera.id);
    watched.delete(mine.camera.id);
    byStream.delete(mine.stream.id);
    deps.pool().show(mine.stream.id, null);
    worker?.post({ op: 'unwatch', streamId: mine.stream.id });
    deps.ears().unwatched(mine.camera.id);
  };

  const settle = (): void => {
    if (timer === null) return;
    const here = new Map<CameraId, CameraRecord>();
    for (const camera of deps.records()) {
      if (!camera.enabled) continue;
      here.set(camera.id, camera);
      const wanted = wantedPerSecond(camera.id);
      const stream = wanted === 0 ? null : streamOf(camera);
      const mine = watched.get(camera.id);
      if (mine !== undefined && mine.stream.id !== stream?.id) end(mine);
      if (stream === null) continue;
      const kept = watched.get(camera.id);
      if (kept === undefined) begin(camera, stream, wanted);
      else {
        kept.camera = camera;
        give(kept);
        show(kept, wanted * kept.pace.share);
        settleDetail(kept, wanted * kept.pace.share);
      }
    }
    for (const mine of [...watched.values()]) if (!here.has(mine.camera.id)) end(mine);
  };

  const tick = (): void => {
    const now = clock.monoMs();
    for (const mine of [...watched.values()]) {
      while ((mine.times[0] ?? now) < now - minuteMs) mine.times.shift();
      mine.pace = setPace(mine.pace, mine.droppedSeen - mine.droppedTicked);
      mine.droppedTicked = mine.droppedSeen;
      if (mine.pace.share < 1) mine.slowMono = now;
      const since = now - (mine.lookedMono ?? mine.sinceMono);
      if (mine.failures === 0 && since > Math.max(stuckMs, (stuckPauses * 1_000) / mine.perSecond)) {
        const { camera, stream } = mine;
        end(mine);
        begin(camera, stream, wantedPerSecond(camera.id));
      }
    }
    settle();
    if (watched.size > 0) usedMono = now;
    else if (now - usedMono > unusedMs) endWorker();
  };

  const take = (report: WatchReport): void => {
    switch (report.op) {
      case 'ready':
        return;
      case 'looked': {
        const mine = byStream.get(report.streamId);
        if (mine === undefined) return;
        const count = countsOf(mine.camera.id);
        mine.failures = 0;
        mine.lookedMono = clock.monoMs();
        mine.missed = wordOf(mine, shownSlot.missed);
        mine.times.push(mine.lookedMono);
        count.looked += 1;
        count.lastMs = report.atMs;
        count.dropped += Math.max(0, report.dropped - mine.droppedSeen);
        mine.droppedSeen = report.dropped;
        deps.ears().looked(mine.camera, mine.stream.kind, report);
        return;
      }
      case 'frame': {
        const mine = byStream.get(report.streamId);
        if (mine === undefined) return;
        countsOf(mine.camera.id).gated += 1;
        deps.ears().frame(mine.camera, report);
        return;
      }
      case 'failed': {
        const mine = byStream.get(report.streamId);
        if (mine === undefined) return;
        mine.failures = report.inRow;
        mine.lookedMono = clock.monoMs();
        if (report.inRow === failuresToSay)
          log.warn('pictures of a camera cannot be decoded', { camera: mine.camera.name, error: report.message });
        deps.ears().failed(mine.camera, report.inRow);
        return;
      }
      case 'jpeg':
      case 'picture':
        asks.answered(report);
        return;
      case 'log':
        log[report.level](report.text, report.fields);
        return;
      case 'usage':
        cpuSeconds = report.cpuSeconds;
        return;
    }
  };

  const wordOf = ({ slot }: Watched, word: number): number => Atomics.load(new Int32Array(slot), word);
  /** A port for one ingest worker; its other end goes to the watch worker of now. */
  const openPort = (): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    if (worker?.post({ op: 'source', port: port2 }, [port2]) !== true) port2.close();
    return port1;
  };

  const troubleOf = (id: CameraId, mine: Watched | undefined, perSecond: number): WatchTrouble | null => {
    if (deps.ffmpeg.found === null) return 'no-ffmpeg';
    if (mine === undefined) return 'no-picture';
    if (mine.failures >= failuresToSay) return 'undecodable';
    const now = clock.monoMs();
    if (now - (mine.lookedMono ?? mine.sinceMono) > Math.max(stuckMs / 2, 4_000 / mine.perSecond))
      // Where some came meanwhile, the camera is well.
      return wordOf(mine, shownSlot.missed) > mine.missed ? 'busy' : 'no-picture';
    if (mine.pace.share < 1) return 'busy';
    // Between its key frames it is looked at where something happens.
    if (wordOf(mine, shownSlot.between) !== 0) return null;
    const settled = now - mine.sinceMono > minuteMs / 2;
    if (!settled || perSecond >= rare * wantedPerSecond(id)) return null;
    // Of a minute in which the PC did not manage, nothing is known of the camera.
    return mine.slowMono !== null && now - mine.slowMono < minuteMs ? 'busy' : 'key-frames-rare';
  };

  const ready = (): void => {
    // The first one comes up before it has a name here, and before anything is watched.
    if (worker === null) return;
    details.forgotten();
    for (const mine of watched.values()) {
      mine.ordered = null;
      mine.slot = new SharedArrayBuffer(shownSlotBytes);
      mine.droppedSeen = 0;
      mine.droppedTicked = 0;
      mine.missed = 0;
      give(mine);
      deps.pool().show(mine.stream.id, { perSecond: mine.perSecond, between: true, slot: mine.slot });
      settleDetail(mine, mine.perSecond);
    }
    deps.pool().picturesTo(openPort);
  };
  const startWorker = (): WatchWorker => {
    if (deps.ffmpeg.found === null) throw new Error('there is no ffmpeg to watch with');
    const { path, version } = deps.ffmpeg.found;
    usedMono = clock.monoMs();
    const started = deps.startWorker(
      { ffmpeg: { path, version } },
      {
        message: take,
        up: ready,
        down(why, delayMs) {
          spentSeconds += cpuSeconds;
          cpuSeconds = 0;
          asks.gone();
          log.error('the watch worker stopped and is restarted', { why, delayMs });
        },
      },
    );
    worker = started;
    deps.pool().picturesTo(openPort);
    return started;
  };
  const endWorker = (): void => {
    if (worker === null) return;
    asks.gone();
    spentSeconds += cpuSeconds;
    cpuSeconds = 0;
    spentRestarts += worker.restarts();
    const end = worker.stop({ op: 'stop' }, stopMs).finally(() => ending.delete(end));
    ending.add(end);
    worker = null;
  };

  return {
    start() {
      if (deps.ffmpeg.found === null) return;
      timer = setInterval(tick, tickMs);
      settle();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      for (const mine of [...watched.values()]) end(mine);
      endWorker();
      await Promise.all(ending);
    },
    settle,
    anew(id) {
      const mine = watched.get(id);
      if (mine !== undefined) worker?.post({ op: 'anew', streamId: mine.stream.id });
    },
    eager(id, on) {
      const mine = watched.get(id);
      if (mine !== undefined) worker?.post({ op: 'eager', streamId: mine.stream.id, on });
    },
    still(id) {
      const mine = watched.get(id);
      if (mine === undefined) return Promise.resolve(null);
      const { id: streamId } = mine.stream;
      return asks.jpeg((ask) => ({ op: 'still', id: ask, streamId }));
    },
    encode: (picture, width) =>
      asks.jpeg((id) => ({ op: 'encode', id, picture, ...(width !== undefined && { width }) })),
    detail(id) {
      const streamId = details.streamOf(id);
      return streamId === null ? Promise.resolve(null) : asks.picture((ask) => ({ op: 'picture', id: ask, streamId }));
    },
    state(id) {
      const mine = watched.get(id);
      const { looked, gated, dropped, lastMs } = countsOf(id);
      const { mode } = rules.settings(id);
      const span = Math.min(minuteMs, Math.max(tickMs, clock.monoMs() - (mine?.sinceMono ?? 0)));
      const perSecond = mine === undefined ? 0 : (mine.times.length * 1_000) / span;
      const watching = mode !== 'off' && mine !== undefined && mine.lookedMono !== null;
      return {
        ...{ watching, perSecond, looked, gated, dropped, lastMs },
        wantedPerSecond: mode === 'off' ? 0 : wantedPerSecond(id),
        trouble: mode === 'off' ? null : troubleOf(id, mine, perSecond),
        stream: mine?.stream.kind ?? null,
        ...{ detected: 0, modelId: null, plates: null, lines: [] },
      };
    },
    workers: () =>
      worker === null
        ? []
        : [
            {
              kind: 'watch',
              streams: watched.size,
              restarts: spentRestarts + worker.restarts(),
              cpuSeconds: spentSeconds + cpuSeconds,
            },
          ],
    forget(id) {
      const mine = watched.get(id);
      if (mine !== undefined) end(mine);
      counts.delete(id);
    },
  };
}
