/** Cameras' streams in and out of the ingest: start after recovery, stop, change, and what a crash of a worker means. */
import { wantedAfter } from '#domain/decide/wanted-after.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { IngestStream, MetadataWant, RecordManner, RecordMove, RecordTarget } from '#workers/ingest/port.ts';
import { createCrashSuspects } from './crash-suspects.ts';
import type { EventRoom } from './events.ts';
import type { Gaps } from './gaps.ts';
import type { IndexJournal } from './index-journal.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { CameraRecord, ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import type { Secrets } from './secret-port.ts';
import type { Recovered, StreamRecovery } from './recovery.ts';
import { noteRecovered } from './recovery-events.ts';
import type { Segments } from './segments.ts';
import type { StreamOrder, StreamOrders } from './stream-order.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import type { VolumeChoice } from './volume-lookup.ts';
import type { VolumeRoom } from './volumes.ts';

type Lane = { id: StreamId; kind: StreamKind };
type Running = { record: CameraRecord; kind: StreamKind };

export const lanesOf = (camera: CameraRecord): Lane[] => {
  const { main, sub } = camera.streamIds;
  return sub === null
    ? [{ id: main, kind: 'main' }]
    : [
        { id: main, kind: 'main' },
        { id: sub, kind: 'sub' },
      ];
};

const settingsOf = (camera: CameraRecord, kind: StreamKind) => (kind === 'main' ? camera.main : camera.sub);

const nothingAsked: StreamOrder = { wanted: false, armed: false, audio: true, preRollMs: 0, fromMs: 0 };
const targetOf = (place: VolumeChoice, camera: CameraRecord, order: StreamOrder): RecordTarget | null =>
  order.wanted || order.armed ? { ...place, folder: camera.folder } : null;
const mannerOf = ({ wanted, preRollMs, fromMs, audio }: StreamOrder): RecordManner => ({
  write: wanted,
  preRollMs,
  fromMs,
  audio,
});

export type Ingest = {
  /** At the start of the station: recovers what was left, then records. One camera's trouble is its own. */
  resume(camera: CameraRecord, aliveMs: number): Promise<void>;
  /** A camera was added or enabled. */
  begin(camera: CameraRecord): void;
  /** A camera goes: its segments are sealed. */
  end(camera: CameraRecord): Promise<void>;
  /** Settings changed: what is the same goes on undisturbed. */
  change(before: CameraRecord, after: CameraRecord): Promise<void>;
  /** What is to be recorded of a stream changed, and nothing else. */
  obey(camera: CameraRecord, kind: StreamKind, order: StreamOrder): void;
  /** Whether recording of a stream is asked for now. */
  wanted(streamId: StreamId): boolean;
  /** What is recorded of these streams goes to other volumes. */
  relocate(streamIds: readonly StreamId[], move: (streamId: StreamId) => RecordMove): void;
  /** Takes a stream anew because its device sends it otherwise now; what is missing meanwhile has that cause. */
  reconnect(camera: CameraRecord, kind: StreamKind): Promise<void>;
  /** A worker ended: see `IngestPool`. */
  crashed(streamIds: StreamId[], why: string): Map<StreamId, Promise<number>>;
  /** The clock was set from `beforeMs` to `atMs`: the account of every stream goes on in the new time. */
  clockSet(beforeMs: number, atMs: number): void;
  /** Nothing waits any more. */
  stop(): void;
};

export function createIngest(deps: {
  clock: Clock;
  log: Log;
  store: ReadStore & Pick<WriteStore, 'retention'>;
  secrets: Secrets;
  volumes: Pick<VolumeRoom, 'choose' | 'release' | 'unasked'>;
  pool: () => IngestPool;
  recovery: StreamRecovery;
  journal: IndexJournal;
  gaps: Gaps;
  segments: Segments;
  statuses: StreamStatuses;
  events: Pick<EventRoom, 'note'>;
  recordings: () => StreamOrders;
  /** What to read of the metadata beside a stream's pictures. */
  metadata: (camera: CameraRecord, kind: StreamKind) => MetadataWant | null;
}): Ingest {
  const { clock, log, store, gaps, segments, statuses, journal } = deps;
  const running = new Map<StreamId, Running>();
  /** What was last asked of each stream. */
  const orders = new Map<StreamId, StreamOrder>();
  /** Cameras that were taken up: a change of another is known when the start of the station comes to it. */
  const begun = new Set<CameraId>();
  const suspects = createCrashSuspects();
  /** Streams that wait after crashes of their worker. */
  const waiting = new Map<StreamId, ReturnType<typeof setTimeout>>();
  const stopWaiting = (id: StreamId): void => {
    clearTimeout(waiting.get(id));
    waiting.delete(id);
  };

  const password = (camera: CameraRecord): string | null => {
    if (camera.sealedPassword === null) return null;
    try {
      return deps.secrets.open(camera.sealedPassword, camera.id);
    } catch {
      log.error('the password of a camera cannot be unsealed: give it again', { camera: camera.name });
      return null;
    }
  };

  const toStream = (camera: CameraRecord, { id, kind }: Lane, notBeforeMs: number): IngestStream | null => {
    const settings = settingsOf(camera, kind);
    if (settings === null) return null;
    const order = orders.get(id) ?? nothingAsked;
    return {
      streamId: id,
      cameraId: camera.id,
      kind,
      label: `${camera.name} ${kind}`,
      url: settings.url,
      transport: settings.transport,
      username: camera.username,
      password: password(camera),
      record: targetOf(deps.volumes.choose(id), camera, order),
      manner: mannerOf(order),
      notBeforeMs,
      metadata: deps.metadata(camera, kind),
    };
  };

  /** End of what this stream has on disk, as far as the clock has come. */
  const recordedTo = (lane: Lane): number =>
    Math.max(segments.coveredMs(lane.id), store.lastSegment(lane.id, clock.nowMs())?.endMs ?? 0);

  const launch = (camera: CameraRecord, lane: Lane, notBeforeMs: number): void => {
    const stream = toStream(camera, lane, notBeforeMs);
    if (stream === null) return;
    running.set(lane.id, { record: camera, kind: lane.kind });
    statuses.say(lane.id, lane.kind, 'connecting');
    deps.pool().start(stream);
  };

  const halt = async (lane: Lane): Promise<void> => {
    running.delete(lane.id);
    stopWaiting(lane.id);
    suspects.forget(lane.id);
    await deps.pool().stop(lane.id);
    statuses.say(lane.id, lane.kind, 'disabled');
  };

  const streamRecord = (camera: CameraRecord, { id, kind }: Lane): StreamRecord => ({
    id,
    kind,
    cameraId: camera.id,
    camera: camera.name,
    folder: camera.folder,
    removed: false,
  });

  const recover = async (camera: CameraRecord, lane: Lane, aliveMs: number): Promise<Recovered | null> => {
    try {
      const found = await deps.recovery(streamRecord(camera, lane), {
        nowMs: clock.nowMs(),
        sinceMs: camera.createdMs,
        aliveMs,
        unlessOpen: (startMs) => segments.mayChange(lane.id, startMs),
      });
      noteRecovered(deps, camera, lane.kind, found);
      return found;
    } catch (error) {
      log.error('what was left on disk could not be looked at', {
        camera: camera.name,
        stream: lane.kind,
        error: String(error),
      });
      return null;
    }
  };

  /** Takes an order over (`fresh`: nothing of the stream was ever asked for); index and gaps are told where what is asked for becomes otherwise. */
  const take = (lane: Lane, order: StreamOrder, fresh = false): void => {
    const was = orders.get(lane.id)?.wanted ?? false;
    orders.set(lane.id, order);
    if (!order.wanted && !order.armed) deps.volumes.unasked(lane.id);
    if (order.wanted === was) return;
    const atMs = order.wanted ? order.fromMs : clock.nowMs();
    journal.add(({ wanted }) => {
      if (order.wanted) wanted.begin(lane.id, atMs);
      else wanted.end(lane.id, atMs);
    });
    gaps.tell(lane.id, { is: 'wanted', atMs, wanted: order.wanted, fresh });
  };

  const sameConnection = (a: CameraRecord, b: CameraRecord, kind: StreamKind): boolean => {
    const [x, y] = [settingsOf(a, kind), settingsOf(b, kind)];
    const secret = (c: CameraRecord): string =>
      c.sealedPassword === null ? '' : Buffer.from(c.sealedPassword).toString('base64');
    return x?.url === y?.url && x?.transport === y?.transport && a.username === b.username && secret(a) === secret(b);
  };

  const begin = (camera: CameraRecord, lane: Lane): void => {
    const coveredMs = recordedTo(lane);
    const fresh = coveredMs === 0 && store.wantedRuns(lane.id, 0, Number.MAX_SAFE_INTEGER).length === 0;
    take(lane, deps.recordings().order(camera, lane.kind), fresh);
    launch(camera, lane, coveredMs);
  };
  const end = async (lane: Lane): Promise<void> => {
    if (!running.has(lane.id)) return;
    if (orders.get(lane.id)?.wanted === true) {
      take(lane, nothingAsked);
      journal.flush();
    }
    orders.delete(lane.id);
    await halt(lane);
    deps.volumes.release(lane.id);
  };

  /** What was asked for since the last picture, also while the station was off, and what of it is missing. */
  const account = (camera: CameraRecord, lane: Lane, coveredMs: number | null, aliveMs: number): void => {
    const nowMs = clock.nowMs();
    const order = deps.recordings().order(camera, lane.kind);
    const open = store.openGap(lane.id);
    const sinceMs = Math.min(coveredMs ?? camera.createdMs, nowMs);
    const endedMs = Math.min(nowMs, Math.max(aliveMs, coveredMs ?? 0));
    const meanwhile = deps.recordings().continuous(camera, lane.kind, endedMs, nowMs);
    const runs = store.wantedRuns(lane.id, sinceMs, Number.MAX_SAFE_INTEGER);
    const { wanted, unwanted } = wantedAfter({ runs, meanwhile, sinceMs, endedMs, nowMs });
    journal.add((index) => {
      index.wanted.end(lane.id, endedMs);
      for (const span of meanwhile) index.wanted.add(lane.id, span.fromMs, span.toMs);
      if (order.wanted) index.wanted.begin(lane.id, nowMs);
    });
    orders.set(lane.id, order);
    const first = wanted[0];
    if (first === undefined && !order.wanted) {
      if (open !== null)
        journal.add(({ gap }) => {
          gap.close(lane.id, Math.max(open.fromMs, endedMs));
        });
      return;
    }
    const fromMs = first?.fromMs ?? nowMs;
    const resumed = open === null ? [] : store.segmentsFrom(lane.id, open.fromMs, clock.nowMs(), 1);
    gaps.tell(lane.id, {
      is: 'station-start',
      atMs: nowMs,
      coveredMs: coveredMs === null ? null : Math.max(coveredMs, fromMs),
      open: open === null ? null : { fromMs: open.fromMs, cause: open.cause },
      resumedMs: resumed[0]?.startMs ?? null,
      aliveMs,
      sinceMs: fromMs,
    });
    if (!order.wanted) gaps.tell(lane.id, { is: 'wanted', atMs: nowMs, wanted: false });
    journal.add(({ gap }) => {
      for (const span of unwanted) gap.cut(lane.id, span.fromMs, span.toMs);
    });
  };

  return {
    async resume(camera, aliveMs) {
      begun.add(camera.id);
      await Promise.all(
        lanesOf(camera).map(async (lane) => {
          const found = await recover(camera, lane, aliveMs);
          const onDiskMs =
            found === null ? (store.lastSegment(lane.id, clock.nowMs())?.endMs ?? null) : found.coveredMs;
          // What was recorded and is deleted by now was no gap.
          const deletedMs = store.retention.deletedUntil(lane.id);
          const coveredMs = deletedMs === null ? onDiskMs : Math.max(onDiskMs ?? 0, deletedMs);
          account(camera, lane, coveredMs, aliveMs);
          if (camera.enabled) launch(camera, lane, coveredMs ?? 0);
        }),
      );
    },
    begin(camera) {
      begun.add(camera.id);
      if (!camera.enabled) return;
      for (const lane of lanesOf(camera)) begin(camera, lane);
    },
    async end(camera) {
      await Promise.all(lanesOf(camera).map((lane) => end(lane)));
    },
    async change(before, after) {
      if (!begun.has(before.id)) return;
      const was = new Map(lanesOf(before).map((l) => [l.kind, l]));
      const is = new Map(lanesOf(after).map((l) => [l.kind, l]));
      const kinds: StreamKind[] = ['main', 'sub'];
      await Promise.all(
        kinds.map(async (kind) => {
          const [old, now] = [was.get(kind), is.get(kind)];
          const ran = before.enabled && old !== undefined;
          if (now === undefined || !after.enabled) {
            if (ran) await end(old);
            if (now !== undefined) deps.recordings().order(after, kind);
            return;
          }
          if (!ran) {
            begin(after, now);
            return;
          }
          const order = deps.recordings().order(after, kind);
          take(now, order);
          if (!order.wanted) journal.flush();
          if (!sameConnection(before, after, kind)) {
            await halt(now);
            launch(after, now, recordedTo(now));
            return;
          }
          running.set(now.id, { record: after, kind });
          deps.pool().record(now.id, targetOf(deps.volumes.choose(now.id), after, order), mannerOf(order));
        }),
      );
    },
    obey(camera, kind, order) {
      const lane = lanesOf(camera).find((l) => l.kind === kind);
      if (lane === undefined || !orders.has(lane.id)) return;
      take(lane, order);
      deps.pool().record(lane.id, targetOf(deps.volumes.choose(lane.id), camera, order), mannerOf(order));
    },
    wanted: (streamId) => orders.get(streamId)?.wanted === true,
    relocate(streamIds, move) {
      for (const id of streamIds) {
        const lane = running.get(id);
        const order = orders.get(id);
        if (lane === undefined || order === undefined) continue;
        const target = targetOf(deps.volumes.choose(id), lane.record, order);
        deps.pool().record(id, target, mannerOf(order), move(id));
      }
    },
    async reconnect(camera, kind) {
      const lane = lanesOf(camera).find((l) => l.kind === kind);
      if (lane === undefined || !running.has(lane.id)) return;
      await halt(lane);
      if (orders.get(lane.id)?.wanted === true)
        gaps.tell(lane.id, { is: 'uncovered', fromMs: clock.nowMs(), cause: 'reconfigured' });
      launch(camera, lane, recordedTo(lane));
    },
    crashed(streamIds, why) {
      deps.events.note({
        kind: 'worker-restarted',
        severity: 'warning',
        toMs: clock.nowMs(),
        data: { reason: why, streams: streamIds.length },
      });
      // What was heard goes into the index first: recovery then looks only at what came after.
      journal.flush();
      const holds = suspects.crashed(streamIds, clock.monoMs());
      const out = new Map<StreamId, Promise<number>>();
      for (const id of streamIds) {
        const lane = running.get(id);
        if (lane === undefined) continue;
        stopWaiting(id);
        const hold = holds.get(id);
        statuses.say(id, lane.kind, 'lost', 'worker', wordsOf(hold));
        if (hold?.culprit === true)
          log.error('a stream keeps crashing its worker and waits, so that other cameras record', {
            camera: lane.record.name,
            stream: lane.kind,
            waitMs: hold.holdMs,
          });
        const known = takeOver(id, lane);
        out.set(id, hold === undefined ? known : after(id, hold.holdMs, known));
      }
      return out;
    },
    clockSet(beforeMs, atMs) {
      for (const [id] of running) {
        gaps.tell(id, { is: 'clock-set', beforeMs, atMs });
        if (atMs < beforeMs)
          journal.add(({ gap }) => {
            gap.passAgain(id, atMs);
          });
        // A clock that was ahead asked for recording in time to come: it is asked for now.
        const run = store.wantedRuns(id, atMs, Number.MAX_SAFE_INTEGER).find((r) => r.toMs === null);
        if (run === undefined || run.fromMs <= atMs) continue;
        journal.add(({ wanted }) => {
          wanted.end(id, beforeMs);
          wanted.begin(id, atMs);
        });
      }
    },
    stop() {
      for (const id of [...waiting.keys()]) stopWaiting(id);
    },
  };

  /** What is known, told only after a wait; never when the stream is stopped meanwhile or its worker crashes again. */
  function after(id: StreamId, holdMs: number, known: Promise<number>): Promise<number> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(id);
        resolve(known);
      }, holdMs);
      waiting.set(id, timer);
    });
  }

  /** Takes in what a dead worker left of one stream; answers where the stream may go on. */
  async function takeOver(id: StreamId, { record, kind }: Running): Promise<number> {
    const openStarts = segments.abandon(id);
    const found = await recover(record, { id, kind }, clock.nowMs());
    for (const startMs of openStarts) {
      const row = store.segmentsFrom(id, startMs, startMs, 1)[0];
      gaps.tell(id, { is: 'closed', startMs, endMs: row?.endMs ?? null });
    }
    gaps.tell(id, { is: 'worker-crash' });
    return found?.coveredMs ?? segments.coveredMs(id);
  }
}

const wordsOf = (hold: { holdMs: number; culprit: boolean } | undefined): string => {
  if (hold === undefined) return 'The part of Vigie that takes this stream stopped and is being restarted.';
  if (!hold.culprit)
    return 'The part of Vigie that takes this stream keeps stopping. It waits some seconds while the cause is found.';
  const minutes = Math.max(1, Math.round(hold.holdMs / 60_000));
  return `This stream keeps stopping the part of Vigie that takes it. It is tried again in ${String(minutes)} min, so that other cameras record.`;
};

/** The camera of a stream, for reports that name only the stream. */
export const cameraOf = (cameras: Iterable<CameraRecord>, streamId: StreamId): CameraId | null => {
  for (const c of cameras) if (c.streamIds.main === streamId || c.streamIds.sub === streamId) return c.id;
  return null;
};
