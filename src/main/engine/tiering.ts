/**
 * Sends finished recordings to archives and lets them leave the disks. One loop for each archive, so that none waits for another:
 * `domain/decide/plan-tiering.ts` says what is next. A file leaves only when its copy was verified and the index says where it is now,
 * in this order: copy, verify, index, file. What a crash broke off is gone on with.
 */
import { paceAt, type TierRule } from '#domain/archive.ts';
import type { ClockSeam } from '#domain/clock-seam.ts';
import { clockError } from '#domain/decide/clock-runs.ts';
import { planTiering, type TierLane, type TierStep } from '#domain/decide/plan-tiering.ts';
import type { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import { ArchiveError } from '#lib/archive-error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { WaitingRow, LeavingFile } from './archive-port.ts';
import type { ArchiveRoom, OpenArchive } from './archives.ts';
import { durableOrEnded } from './durable-or-ended.ts';
import type { ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import { createRecount, type Recount } from './recount.ts';
import { createSendPace, type SendPace } from './send-pace.ts';
import type { TierRulesRoom } from './tier-rules.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import type { VolumeLookup } from './volume-lookup.ts';

const pageRows = 200;
/** Rows of one stream that are walked past in one turn. */
const maxPages = 10;
const restMs = 5_000;
/** One that failed for a reason of its own is tried again after this. */
const failedRestMs = 10 * 60_000;
/** … and one whose file is not what was recorded. */
const changedRestMs = dayMs;
/** Footage that came late (from a camera's card) is behind what was walked past: the walk begins anew. */
const afreshMs = hourMs;
const releaseBatch = 64;
const countLimit = 2_000;
/** Files that are still to go are looked at so many at once. */
const leavingRows = 500;

type Cursor = { fromMs: number; sinceMonoMs: number; rule: string };
type Loop = {
  pace: SendPace;
  cursors: Map<StreamId, Cursor>;
  /** Until when, on the clock that never jumps. */
  resting: Map<string, number>;
  is: 'sending' | 'paused' | 'idle' | 'away';
  waiting: Recount<{ segments: number; bytes: number; more: boolean }>;
  running: Promise<void> | null;
  timer: ReturnType<typeof setTimeout> | null;
};
/** The hours say no, in the middle of a file. */
class Paused extends Error {}

export type Tiering = {
  start(): void;
  stop(): Promise<void>;
  /** Rules, hours or archives are others now. */
  changed(): void;
  /**
   * Of these segments those that have a copy leave their volume; answers which. Their rows are the archive's before a file goes.
   */
  release(
    stream: StreamRecord,
    startsMs: readonly number[],
  ): Promise<{ startMs: number; volume: number; bytes: number }[]>;
  /** Files whose footage is at an archive that their disk refuses to delete by themselves; null: none. */
  refused(): ReturnType<Refusals['state']>;
  state(archive: number): {
    is: Loop['is'];
    bytesPerSecond: number;
    waiting: { segments: number; bytes: number; more: boolean };
    resting: number;
  };
  forget(archive: number): void;
};

export function createTiering(deps: {
  store: WriteStore & ReadStore;
  archives: ArchiveRoom;
  rules: TierRulesRoom;
  volumes: Pick<VolumeLookup, 'filesOf'>;
  /** Deletes at the archive what is to go there; true: something went. */
  tidy: (entry: OpenArchive) => Promise<boolean>;
  minuteOfDay: (atMs: number) => number;
  /** Of the station's clock: what a wrong one recorded has no age to go by, and stays. */
  seams: () => readonly ClockSeam[];
  clock: Clock;
  log: Log;
}): Tiering {
  const { store, archives, rules, clock, log } = deps;
  const rows = store.archive;
  const loops = new Map<number, Loop>();
  const refusals = createRefusals(clock);
  let resumedTo: LeavingFile | null = null;
  const stopping = new AbortController();
  const ended = (): boolean => stopping.signal.aborted;
  let started = false;

  const loopOf = (archive: number): Loop => {
    let loop = loops.get(archive);
    if (loop === undefined) {
      loop = {
        pace: createSendPace(clock),
        cursors: new Map(),
        resting: new Map(),
        is: 'idle',
        waiting: createRecount(clock),
        running: null,
        timer: null,
      };
      loops.set(archive, loop);
    }
    return loop;
  };
  const rateOf = ({ row }: OpenArchive): number | null => paceAt(row.pace, deps.minuteOfDay(clock.nowMs()));

  /** Streams that go to this archive. */
  const mineOf = (archive: number): { stream: StreamRecord; rule: TierRule }[] =>
    store.streams().flatMap((stream) => {
      const rule = rules.rule(stream.cameraId, stream.kind);
      return rule?.archive === archive ? [{ stream, rule }] : [];
    });

  /** The oldest of a stream that needs something; walks past what needs nothing. */
  const nextOf = (loop: Loop, { stream, rule }: { stream: StreamRecord; rule: TierRule }): WaitingRow[] => {
    const named = JSON.stringify(rule);
    let cursor = loop.cursors.get(stream.id);
    if (cursor?.rule !== named || clock.monoMs() - cursor.sinceMonoMs > afreshMs) {
      cursor = { fromMs: 0, sinceMonoMs: clock.monoMs(), rule: named };
      loop.cursors.set(stream.id, cursor);
    }
    for (let n = 0; n < maxPages; n++) {
      const page = rows.page(stream.id, cursor.fromMs, pageRows);
      const needing = page.findIndex((w) => !(w.archived && rule.mode === 'copy'));
      const found = page[needing];
      if (found !== undefined) {
        cursor.fromMs = found.startMs;
        return page.slice(needing);
      }
      const last = page.at(-1);
      if (last === undefined) return [];
      cursor.fromMs = last.startMs + 1;
      if (page.length < pageRows) return [];
    }
    return [];
  };

  const removeLeft = async (
    left: readonly { stream: StreamRecord; startMs: number; volume: number }[],
  ): Promise<void> => {
    for (const [place, mine] of Map.groupBy(left, (l) => `${l.stream.id} ${l.volume}`)) {
      const [first] = mine;
      const files = first === undefined ? null : deps.volumes.filesOf(first.volume);
      if (first === undefined || files === null) continue; // it is not here now: it goes when it is
      const { gone, refused, trouble } = await files.remove(
        first.stream.folder,
        mine.map((m) => ({ kind: first.stream.kind, startMs: m.startMs })),
        () => false,
      );
      for (const { startMs } of gone) rows.left(first.stream.id, startMs);
      refusals.gone(
        first.stream.id,
        gone.map((g) => g.startMs),
      );
      refusals.note(refused.map(({ segment, why }) => ({ streamId: first.stream.id, startMs: segment.startMs, why })));
      if (trouble !== null) log.warn('archived files cannot be removed from a disk yet', { place, error: trouble });
    }
  };
  const release: Tiering['release'] = async (stream, startsMs) => {
    const left = rows.leave(stream.id, startsMs);
    // No file goes before a power cut would leave it with the archive.
    if (left.length > 0) await durableOrEnded(store, stopping.signal);
    if (!ended()) await removeLeft(left.map((l) => ({ ...l, stream })));
    return left;
  };
  /** What a crash or an absent disk left behind. */
  const resume = async (): Promise<void> => {
    const streams = new Map(store.streams().map((s) => [s.id, s]));
    // On from where it was: what is away, or refused, holds up nothing behind it.
    const page = rows.leaving(leavingRows, resumedTo);
    resumedTo = page.length < leavingRows ? null : (page.at(-1) ?? null);
    const left = page.flatMap(({ streamId, startMs, volume }) => {
      const stream = streams.get(streamId);
      return stream === undefined || refusals.has(streamId, startMs) ? [] : [{ stream, startMs, volume }];
    });
    await removeLeft(left);
  };

  const send = async (entry: OpenArchive, loop: Loop, stream: StreamRecord, step: TierStep): Promise<void> => {
    const { archive } = entry.row;
    const { startMs, endMs } = step.waiting;
    const [row] = store.segmentsFrom(stream.id, startMs, startMs, 1);
    const link = store.chain.of(stream.id, startMs);
    if (row === undefined || link === null || row.volume === undefined) return;
    const files = deps.volumes.filesOf(row.volume);
    const name = `${stream.id} ${startMs}`;
    if (files === null) {
      loop.resting.set(name, clock.monoMs() + 60_000);
      return;
    }
    const key = segmentPath(stream.folder, stream.kind, startMs);
    const file = { sha256: link.sha256, bytes: link.bytes };
    const pausing = new AbortController();
    const signal = AbortSignal.any([stopping.signal, pausing.signal]);
    const outcome = await entry.health.run(() =>
      entry.store.send({
        key,
        path: files.path(stream.folder, stream.kind, startMs),
        file,
        note: {
          cameraId: stream.cameraId,
          folder: stream.folder,
          kind: stream.kind,
          startMs,
          endMs,
          sha256: link.sha256,
          ...row.format,
        },
        begun: rows.sending.of(archive, stream.id, startMs),
        begin: (mark) => {
          rows.sending.begin(archive, stream.id, startMs, mark);
        },
        pace: async (bytes) => {
          const rate = rateOf(entry);
          if (rate === 0) pausing.abort(new Paused('the hours of this archive are over'));
          await loop.pace.wait(bytes, rate, signal);
        },
        signal,
      }),
    );
    rows.sending.end(archive, stream.id, startMs);
    if (outcome === 'changed') {
      log.error('a recording is not as it was recorded: it stays where it is', { key });
      loop.resting.set(name, clock.monoMs() + changedRestMs);
      return;
    }
    const known = rows.put({ streamId: stream.id, startMs, archive, file, verifiedMs: clock.nowMs() });
    // It was deleted here meanwhile: it is not to live on there.
    if (!known) await entry.health.run(() => entry.store.remove(key));
  };

  /** Uploads of what nobody wants to send any more. */
  const abandon = async (entry: OpenArchive): Promise<void> => {
    const streams = new Map(store.streams().map((s) => [s.id, s]));
    for (const { streamId, startMs, begun } of rows.sending.all(entry.row.archive)) {
      const stream = streams.get(streamId);
      const rule = stream === undefined ? null : rules.rule(stream.cameraId, stream.kind);
      const there = store.segmentsFrom(streamId, startMs, startMs, 1)[0];
      if (stream !== undefined && rule?.archive === entry.row.archive && there !== undefined) continue;
      if (stream !== undefined)
        await entry.health.run(() => entry.store.abandon(segmentPath(stream.folder, stream.kind, startMs), begun));
      rows.sending.end(entry.row.archive, streamId, startMs);
    }
  };

  /** One turn; how long to rest after it, ms. */
  const step = async (entry: OpenArchive, loop: Loop): Promise<number> => {
    await resume();
    const nowMono = clock.monoMs();
    for (const [name, untilMs] of loop.resting) if (untilMs <= nowMono) loop.resting.delete(name);
    const ready = entry.health.ready();
    const rate = rateOf(entry);
    const streams = new Map<StreamId, StreamRecord>();
    const lanes = mineOf(entry.row.archive).map(({ stream, rule }): TierLane => {
      streams.set(stream.id, stream);
      const seams = deps.seams();
      const next = nextOf(loop, { stream, rule }).map((w) => ({
        ...w,
        hashed: w.hashed && clockError(seams, w) === null,
      }));
      const resting = new Set(next.map((w) => w.startMs).filter((ms) => loop.resting.has(`${stream.id} ${ms}`)));
      return { streamId: stream.id, rule, next, resting };
    });
    const plan = planTiering({
      nowMs: clock.nowMs(),
      archive: entry.row.archive,
      lanes,
      maySend: ready && rate !== 0,
      limit: releaseBatch,
    });
    const released = plan.filter((s) => s.do === 'release');
    for (const [id, mine] of Map.groupBy(released, (s) => s.streamId)) {
      const stream = streams.get(id);
      if (stream !== undefined)
        await release(
          stream,
          mine.map((s) => s.waiting.startMs),
        );
    }
    const next = plan.find((s) => s.do === 'send');
    const stream = next === undefined ? undefined : streams.get(next.streamId);
    if (next !== undefined && stream !== undefined) {
      loop.is = 'sending';
      await send(entry, loop, stream, next).catch((error: unknown) => {
        if (error instanceof Paused || ended()) return;
        // Of one recording, or of the archive: that one rests a while either way, so that others get their turn.
        if (!(error instanceof ArchiveError) || error.trouble === 'corrupt')
          loop.resting.set(`${stream.id} ${next.waiting.startMs}`, clock.monoMs() + failedRestMs);
        if (error instanceof ArchiveError && error.trouble !== 'corrupt') return;
        log.error('a recording could not be archived; it is tried again later', {
          key: segmentPath(stream.folder, stream.kind, next.waiting.startMs),
          error: error instanceof Error ? error.message : String(error),
        });
      });
    }
    if (ended()) return restMs;
    const tidied = ready ? await deps.tidy(entry) : false;
    if (ready && next === undefined) await abandon(entry);
    if (next !== undefined || released.length > 0 || tidied) return 0;
    loop.is = !ready ? 'away' : rate === 0 ? 'paused' : 'idle';
    return restMs;
  };

  const run = (archive: number): void => {
    const entry = archives.list().find((e) => e.row.archive === archive);
    if (entry === undefined || ended()) return;
    const loop = loopOf(archive);
    if (loop.running !== null) return;
    if (loop.timer !== null) clearTimeout(loop.timer);
    loop.timer = null;
    loop.running = step(entry, loop)
      .catch((error: unknown) => {
        if (!(error instanceof ArchiveError) && !ended())
          log.error('archiving failed; it is tried again', { error: String(error) });
        return restMs;
      })
      .then((rest) => {
        loop.running = null;
        if (!entry.health.ready()) loop.is = 'away';
        if (!ended()) loop.timer = setTimeout(() => run(archive), rest);
      });
  };
  const runAll = (): void => {
    if (started) for (const { row } of archives.list()) run(row.archive);
  };

  const waitingOf = (archive: number, loop: Loop): ReturnType<Tiering['state']>['waiting'] => {
    const waiting = { segments: 0, bytes: 0, more: false };
    for (const { stream, rule } of mineOf(archive)) {
      const untilMs = clock.nowMs() - Math.round(rule.afterDays * dayMs);
      const some = rows.waiting(stream.id, loop.cursors.get(stream.id)?.fromMs ?? 0, untilMs, countLimit);
      waiting.segments += some.segments;
      waiting.bytes += some.bytes;
      if (some.segments >= countLimit) waiting.more = true;
    }
    return waiting;
  };

  return {
    start() {
      started = true;
      runAll();
    },
    async stop() {
      stopping.abort(new Error('the station stops'));
      for (const loop of loops.values()) if (loop.timer !== null) clearTimeout(loop.timer);
      await Promise.all([...loops.values()].flatMap((l) => (l.running === null ? [] : [l.running])));
    },
    changed() {
      for (const loop of loops.values()) {
        loop.waiting.forget();
        loop.cursors.clear();
        loop.resting.clear();
      }
      runAll();
    },
    release,
    refused: refusals.state,
    state(archive) {
      const loop = loopOf(archive);
      return {
        is: loop.is,
        bytesPerSecond: loop.pace.perSecond(),
        waiting: loop.waiting.of(() => waitingOf(archive, loop)),
        resting: loop.resting.size,
      };
    },
    forget(archive) {
      const loop = loops.get(archive);
      if (loop?.timer != null) clearTimeout(loop.timer);
      loops.delete(archive);
    },
  };
}
