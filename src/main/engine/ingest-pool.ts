/**
 * The ingest workers and which stream lives in which. A worker that ends is started again by its supervisor; the pool then
 * gives it its streams back. Streams are spread over two workers at least, so that one crash never stops all cameras.
 */
import type { WorkerKind } from '#contract/station.ts';
import { AppError } from '#contract/error.ts';
import type { StreamId } from '#domain/id.ts';
import type { StreamTrouble } from '#domain/stream.ts';
import type { Log } from '#lib/log.ts';
import type {
  IngestReport,
  IngestStream,
  MetadataWant,
  ProbeOutcome,
  RecordManner,
  RecordMove,
  RecordTarget,
  ReplayJob,
  ReplayOutcome,
  VolumeKeyRing,
} from '#workers/ingest/port.ts';
import { createGiving, type Giving } from './ingest-giving.ts';
import { createLaunchTurns, type LaunchTurns } from './launch-turns.ts';
import type { IngestWorker, StartIngestWorker } from './ingest-port.ts';
import type { LiveSource } from './live-port.ts';

/** A further worker is started when all have this many streams. */
const streamsPerWorker = 64;
/** So many begin at once in a worker; more wait for their turn. */
const launchesAtOnce = 8;
/** A worker whose streams wait so long for the disk has enough to do. */
const behindMs = 1_500;
const probeTimeoutMs = 12_000;
const stopTimeoutMs = 3_000;

/** What is left of reports when the pool has taken what is its own. */
export type StreamReport = Extract<
  IngestReport,
  {
    op:
      | 'status'
      | 'uncovered'
      | 'opened'
      | 'grew'
      | 'sealed'
      | 'dropped'
      | 'left'
      | 'let-go'
      | 'disk'
      | 'behind'
      | 'clock-jumped'
      | 'metadata-line'
      | 'metadata';
  }
>;

export type IngestPool = LiveSource &
  Giving & {
    start(stream: IngestStream): void;
    /** Resolves when its segment is sealed and it is forgotten (3 s at most). */
    stop(streamId: StreamId): Promise<void>;
    /** The keys of volumes from now on, for every worker, also one that comes later. */
    useKeys(volumes: VolumeKeyRing[]): void;
    /** These streams give way while their disk is slow, no others; for every worker, also one that comes later. */
    giveWay(streamIds: readonly StreamId[]): void;
    /** `move`: how it gets to another place; absent: with its next segment. */
    record(streamId: StreamId, target: RecordTarget | null, manner: RecordManner, move?: RecordMove): void;
    /** What to read of the metadata beside a stream's pictures; from or to null it holds from its next connection on. */
    metadata(streamId: StreamId, want: MetadataWant | null): void;
    probe(input: {
      url: string;
      transport: IngestStream['transport'];
      username: string | null;
      password: string | null;
    }): Promise<ProbeOutcome>;
    /** Opens the way to a camera's loudspeaker. `ended` is told once, also when nothing could be opened. */
    talk(input: { url: string; username: string | null; password: string | null }, on: TalkEvents): TalkLine;
    /**
     * Fetches a hole from a camera's own card in the worker that has least to do. `filled` is told of each segment that is on
     * disk. Never rejects; ends early with `signal`.
     */
    replay(job: ReplayJob, filled: (segment: FilledSegment) => void, signal: AbortSignal): Promise<ReplayOutcome>;
    workers(): { kind: WorkerKind; streams: number; restarts: number; cpuSeconds: number }[];
    /** Ends all workers; each writes what it has first. One that says nothing for `graceMs` is ended, all are after `mostMs`. */
    drain(graceMs: number, mostMs: number): Promise<void>;
  };

export type TalkEvents = {
  open(): void;
  /** `trouble` null: it was asked to end. */
  ended(trouble: StreamTrouble | null, detail: string | null): void;
};
export type TalkLine = { sound(sound: Uint8Array): void; end(): void };

export type FilledSegment = Extract<IngestReport, { op: 'filled' }>['segment'];

type Slot = {
  worker: IngestWorker;
  streams: Set<StreamId>;
  down: boolean;
  /** Streams of it wait for their turn to begin. */
  turns: LaunchTurns<Lane>;
  /** What came from its cameras waits to be written. */
  behind: boolean;
  cpuSeconds: number;
  /** CPU of threads that ended. */
  spentSeconds: number;
};
type Lane = { stream: IngestStream; slot: Slot; running: boolean; stopped: (() => void) | null };

const restarting = (message: string): AppError =>
  new AppError('UNAVAILABLE', message, { data: { reason: 'restarting' } });
const workerGone: ReplayOutcome = {
  ok: false,
  trouble: 'worker',
  detail: 'The part of Vigie that fetches from this camera stopped.',
  bytes: 0,
  pictures: 0,
};

export function createIngestPool(deps: {
  log: Log;
  startWorker: StartIngestWorker;
  maxWorkers: number;
  report: (report: StreamReport) => void;
  /**
   * A worker ended. Answers, per stream, with where it may go on (`notBeforeMs`), once what it left on disk is known. The
   * stream starts again when that is known and the worker is back.
   */
  crashed: (streamIds: StreamId[], why: string) => Map<StreamId, Promise<number>>;
}): IngestPool {
  const { log, startWorker, maxWorkers } = deps;
  const slots: Slot[] = [];
  const lanes = new Map<StreamId, Lane>();
  const sinks = new Map<StreamId, (frame: ArrayBuffer) => void>();
  const probes = new Map<
    number,
    { slot: Slot; done: (outcome: ProbeOutcome) => void; failed: (error: Error) => void }
  >();
  const talks = new Map<number, { slot: Slot; on: TalkEvents }>();
  const replays = new Map<
    number,
    { slot: Slot; filled: (segment: FilledSegment) => void; done: (outcome: ReplayOutcome) => void }
  >();
  let nextProbe = 1;
  let nextReplay = 1;
  let nextTalk = 1;
  let keys: VolumeKeyRing[] = [];
  let yielding: readonly StreamId[] = [];
  let draining = false;

  const begin = (lane: Lane): void => {
    if (draining || lane.running || lane.stopped !== null || lane.slot.down) return;
    if (lanes.get(lane.stream.streamId) !== lane) return; // it was stopped while it waited for its turn
    lane.running = lane.slot.worker.post({ op: 'start', stream: lane.stream });
    if (lane.running && sinks.has(lane.stream.streamId)) {
      lane.slot.worker.post({ op: 'watch', streamId: lane.stream.streamId, on: true });
    }
    if (lane.running) giving.started(lane.stream.streamId, lane.slot.worker.post);
  };
  const launch = (lane: Lane): void => lane.slot.turns.add(lane, lane.stream.kind);

  const onReport = (slot: Slot, report: IngestReport): void => {
    switch (report.op) {
      case 'ready':
        return;
      case 'live':
        sinks.get(report.streamId)?.(report.frame);
        return;
      case 'probed':
        probes.get(report.probeId)?.done(report.outcome);
        return;
      case 'talk': {
        const on = talks.get(report.talkId)?.on;
        if (report.state === 'open') on?.open();
        else if (talks.delete(report.talkId)) on?.ended(report.trouble, report.detail);
        return;
      }
      case 'filled':
        replays.get(report.replayId)?.filled(report.segment);
        return;
      case 'replayed':
        replays.get(report.replayId)?.done(report.outcome);
        return;
      case 'stopped':
        lanes.get(report.streamId)?.stopped?.();
        return;
      case 'draining':
      case 'drained':
        return;
      case 'usage':
        slot.cpuSeconds = report.cpuSeconds;
        return;
      case 'behind':
        slot.behind = report.streams.some((stream) => stream.dropping || stream.lagMs >= behindMs);
        deps.report(report);
        return;
      case 'log':
        log[report.level](report.text, report.fields);
        return;
      default:
        deps.report(report);
    }
  };

  const onDown = (slot: Slot, why: string, delayMs: number): void => {
    slot.down = true;
    slot.behind = false;
    slot.spentSeconds += slot.cpuSeconds;
    slot.cpuSeconds = 0;
    log.error('an ingest worker stopped and is restarted', { why, streams: slot.streams.size, delayMs });
    for (const probe of probes.values()) {
      if (probe.slot === slot) probe.failed(restarting('The worker that tried this address stopped. Try again.'));
    }
    for (const [id, talk] of talks) {
      if (talk.slot !== slot) continue;
      talks.delete(id);
      talk.on.ended('worker', 'The part of Vigie that speaks to this camera stopped. Try again.');
    }
    for (const replay of replays.values()) if (replay.slot === slot) replay.done(workerGone);
    const ids = [...slot.streams];
    for (const id of ids) {
      const lane = lanes.get(id);
      if (lane !== undefined) lane.running = false;
      lane?.stopped?.();
    }
    for (const [id, known] of deps.crashed(
      ids.filter((id) => lanes.has(id)),
      why,
    )) {
      const lane = lanes.get(id);
      if (lane === undefined) continue;
      const again = (notBeforeMs: number): void => {
        if (lanes.get(id) !== lane) return;
        lane.stream = { ...lane.stream, notBeforeMs: Math.max(notBeforeMs, lane.stream.notBeforeMs) };
        held.delete(id);
        launch(lane);
      };
      held.add(id);
      known.then(again, (error: unknown) => {
        log.error('what a worker left on disk could not be looked at', { error: String(error) });
        again(0);
      });
    }
  };
  /** Streams whose files are being looked at after a crash: they start when that is done. */
  const held = new Set<StreamId>();

  const tellKeys = (slot: Slot): void => {
    if (keys.length > 0) slot.worker.post({ op: 'keys', volumes: keys });
  };

  const giving = createGiving({
    workers: () => slots.filter((s) => !s.down).map((s) => s.worker.post),
    worker(streamId) {
      const lane = lanes.get(streamId);
      return lane?.running === true ? lane.slot.worker.post : null;
    },
  });

  const addSlot = (): Slot => {
    let slot: Slot | null = null;
    const worker = startWorker({
      message: (report) => {
        if (slot !== null) onReport(slot, report);
      },
      up: () => {
        // The first thread comes up while `startWorker` has not returned; it has no streams yet.
        if (slot === null) return;
        slot.down = false;
        tellKeys(slot);
        giving.began(slot.worker.post);
        if (yielding.length > 0) slot.worker.post({ op: 'give-way', streamIds: [...yielding] });
        for (const id of slot.streams) {
          const lane = lanes.get(id);
          if (lane !== undefined && !held.has(id)) launch(lane);
        }
      },
      down: (why, delayMs) => {
        if (slot !== null) onDown(slot, why, delayMs);
      },
    });
    const turns = createLaunchTurns<Lane>(launchesAtOnce, begin, () => made.behind);
    const made: Slot = {
      worker,
      streams: new Set(),
      down: false,
      turns,
      behind: false,
      cpuSeconds: 0,
      spentSeconds: 0,
    };
    slot = made;
    slots.push(made);
    tellKeys(made);
    giving.began(worker.post);
    if (yielding.length > 0) worker.post({ op: 'give-way', streamIds: [...yielding] });
    return made;
  };
  const place = (): Slot => {
    const least = slots.reduce<Slot | null>((a, b) => (a === null || b.streams.size < a.streams.size ? b : a), null);
    if (least === null) return addSlot();
    const full = slots.length < 2 ? least.streams.size > 0 : least.streams.size >= streamsPerWorker;
    return full && slots.length < Math.max(2, maxWorkers) ? addSlot() : least;
  };

  return {
    ...giving.orders,
    start(stream) {
      if (lanes.has(stream.streamId)) throw new Error(`stream ${stream.streamId} is already ingested`);
      const slot = place();
      const lane: Lane = { stream, slot, running: false, stopped: null };
      slot.streams.add(stream.streamId);
      lanes.set(stream.streamId, lane);
      launch(lane);
    },
    async stop(streamId) {
      const lane = lanes.get(streamId);
      if (lane === undefined) return;
      if (lane.running && lane.stopped === null) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => {
            log.warn('a stream did not stop in time', { stream: lane.stream.label });
            resolve();
          }, stopTimeoutMs);
          lane.stopped = () => {
            clearTimeout(timer);
            resolve();
          };
          lane.slot.worker.post({ op: 'stop', streamId });
        });
      }
      lane.slot.streams.delete(streamId);
      lanes.delete(streamId);
    },
    record(streamId, target, manner, move = 'turn') {
      const lane = lanes.get(streamId);
      if (lane === undefined) return;
      lane.stream = { ...lane.stream, record: target, manner };
      if (lane.running) lane.slot.worker.post({ op: 'record', streamId, record: target, manner, move });
    },
    giveWay(streamIds) {
      yielding = streamIds;
      for (const slot of slots) slot.worker.post({ op: 'give-way', streamIds: [...streamIds] });
    },
    metadata(streamId, want) {
      const lane = lanes.get(streamId);
      if (lane === undefined) return;
      lane.stream = { ...lane.stream, metadata: want };
      if (lane.running) lane.slot.worker.post({ op: 'metadata', streamId, want });
    },
    useKeys(volumes) {
      keys = volumes;
      for (const slot of slots) tellKeys(slot);
    },
    watch(streamId, sink) {
      if (sinks.has(streamId)) throw new Error(`stream ${streamId} is already watched`);
      sinks.set(streamId, sink);
      const post = (on: boolean): void => {
        const lane = lanes.get(streamId);
        if (lane?.running === true) lane.slot.worker.post({ op: 'watch', streamId, on });
      };
      post(true);
      return () => {
        if (sinks.get(streamId) !== sink) return;
        sinks.delete(streamId);
        post(false);
      };
    },
    probe(input) {
      const slot = slots.find((s) => !s.down) ?? (slots.length === 0 ? addSlot() : null);
      if (slot === null || draining)
        return Promise.reject(restarting('The ingest is being restarted. Try again in a moment.'));
      const probeId = nextProbe++;
      return new Promise<ProbeOutcome>((resolve, reject) => {
        const timer = setTimeout(() => {
          resolve({ ok: false, trouble: 'timeout', detail: 'The camera did not answer within 10 seconds.' });
        }, probeTimeoutMs);
        probes.set(probeId, {
          slot,
          done: (outcome) => {
            clearTimeout(timer);
            resolve(outcome);
          },
          failed: (error) => {
            clearTimeout(timer);
            reject(error);
          },
        });
        slot.worker.post({ op: 'probe', probeId, ...input });
      }).finally(() => probes.delete(probeId));
    },
    talk(input, on) {
      const slot = slots.find((s) => !s.down) ?? (slots.length === 0 ? addSlot() : null);
      if (slot === null || draining) throw restarting('The ingest is being restarted. Try again in a moment.');
      const talkId = nextTalk++;
      talks.set(talkId, { slot, on });
      slot.worker.post({ op: 'talk', talkId, ...input });
      return {
        sound(sound) {
          if (talks.has(talkId)) slot.worker.post({ op: 'talk-sound', talkId, sound });
        },
        end() {
          if (talks.has(talkId)) slot.worker.post({ op: 'talk-end', talkId });
        },
      };
    },
    async replay(job, filled, signal) {
      const up = slots.filter((s) => !s.down);
      const slot = up.reduce<Slot | null>((a, b) => (a === null || b.streams.size < a.streams.size ? b : a), null);
      if (slot === null || draining || signal.aborted) return workerGone;
      const replayId = nextReplay++;
      const stop = (): void => {
        slot.worker.post({ op: 'replay-stop', replayId });
      };
      const outcome = new Promise<ReplayOutcome>((done) => replays.set(replayId, { slot, filled, done }));
      signal.addEventListener('abort', stop, { once: true });
      slot.worker.post({ op: 'replay', replayId, job });
      try {
        return await outcome;
      } finally {
        signal.removeEventListener('abort', stop);
        replays.delete(replayId);
      }
    },
    workers: () =>
      slots.map((s) => ({
        kind: 'ingest',
        streams: s.streams.size,
        restarts: s.worker.restarts(),
        cpuSeconds: s.spentSeconds + s.cpuSeconds,
      })),
    async drain(graceMs, mostMs) {
      draining = true;
      for (const slot of slots) slot.turns.stop();
      await Promise.all(slots.map((s) => s.worker.stop({ op: 'drain' }, graceMs, mostMs)));
      for (const replay of replays.values()) replay.done(workerGone);
    },
  };
}
