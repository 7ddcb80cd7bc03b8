/**
 * Keeps footage as long as it was said, and the disk from becoming full: `domain/decide/plan-retention.ts` says what goes next,
 * `deleting.ts` deletes it, a few files at a time and with rests between, so that recording never waits for it.
 */
import type { Caller } from '#contract/call.ts';
import { AppError, invalid } from '#contract/error.ts';
import { changeData } from '#domain/change.ts';
import type { ClockSeam } from '#domain/clock-seam.ts';
import { startAgeClock, tellAgeClock, type AgeClock } from '#domain/decide/age-clock.ts';
import type { Event } from '#domain/event.ts';
import { planRetention, type RetentionPlan } from '#domain/decide/plan-retention.ts';
import { spaceNeed, type SpaceNeed } from '#domain/decide/space-need.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import { conflictsOf, type CameraRetention } from '#domain/retention.ts';
import { cameraSaid, stationSaid } from '#domain/said-retention.ts';
import { isArchive } from '#domain/archive.ts';
import { hourMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createDeleting, type ToDelete } from './deleting.ts';
import type { EventRoom } from './events.ts';
import type { Guarantees } from './guarantees.ts';
import type { HoldRoom } from './holds.ts';
import type { ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import { createErasures } from './erasures.ts';
import { createLegalPictures } from './legal-pictures.ts';
import { createRefusals } from './refusals.ts';
import { createRetentionQueues } from './retention-queues.ts';
import type { VolumeLookup } from './volume-lookup.ts';
import { createRetentionRules, type RetentionRules } from './retention-rules.ts';
import type { Retention } from './retention-rooms.ts';

/** Files deleted before the others get their turn again. */
const batch = 128;
/** Streams read between two turns of the event loop. */
const readsAtOnce = 16;
const lookEveryMs = 5_000;
const afterTroubleMs = 30_000;
const shortestRestMs = 20;

/** A volume as retention sees it. `seen`: another object with every look at the disk. */
export type DiskSeen = {
  volume: number;
  path: string;
  /** Of the file system: volumes of one share its room. Empty: not known. */
  device: string;
  seen: { totalBytes: number; freeBytes: number };
  /** It takes nothing more, whatever it says to have free: a quota is used up, or what is free is for others. */
  full: boolean;
  /** null: as much as is good for a disk of its size. */
  reserveBytes: number | null;
  writeBytesPerSecond: number;
};

export type RetentionRoom = Retention & {
  rules: RetentionRules;
  start(aliveMs: number | null): void;
  /** Ends after the file that is going. */
  stop(): Promise<void>;
  /** Volumes that need room which minima and holds do not give. */
  stuck(): Pick<DiskSeen, 'volume' | 'path'>[];
  /** Why deleting does not go on; null: it does. */
  trouble(): string | null;
  /** Now, as far as the age of footage goes: a clock that jumped ahead is not believed at once. */
  ageMs(): number;
  forget(streamId: StreamId): void;
  /** A disk refuses for want of room: it is looked at once more, now. */
  wake(): void;
};

export function createRetention(deps: {
  clock: Clock;
  log: Log;
  store: WriteStore & ReadStore;
  volumes: Pick<VolumeLookup, 'filesOf'>;
  /** Those that there are. */
  archives: () => readonly number[];
  /** As in `createDeleting`. */
  release?: NonNullable<Parameters<typeof createDeleting>[0]['release']>;
  events: Pick<EventRoom, 'note'>;
  guarantees: Pick<Guarantees, 'went' | 'goes'>;
  holds: Pick<HoldRoom, 'spans' | 'isHeld' | 'version'>;
  disks: () => DiskSeen[];
  /** Of the station's clock. */
  seams: () => readonly ClockSeam[];
  /** No stream of a camera has anything of a span any more. */
  bare: (cameraId: CameraId, fromMs: number, toMs: number) => void;
  newId: () => string;
  cameraName: (id: CameraId) => string | null;
  /** What is kept beside the video of these cameras is another now. */
  changed: (cameraIds: readonly CameraId[]) => void;
}): RetentionRoom {
  const { clock, log, store, events, holds } = deps;
  const rows = store.retention;
  const rules = createRetentionRules({ store, log });
  const deleting = createDeleting({
    store,
    volumes: deps.volumes,
    ...(deps.release !== undefined && { release: deps.release }),
    clock,
    log,
    streams: () => store.streams(),
    isHeld: holds.isHeld,
    bare: deps.bare,
  });
  const refusals = createRefusals(clock);
  const saidVersion = (): number => holds.version() * 1_000_003 + rules.version();
  const queues = createRetentionQueues({
    store: rows,
    held: holds.spans,
    favour: () => rules.station().events,
    seams: deps.seams,
    refused: (streamId, startMs) => refusals.has(streamId, startMs),
    version: saidVersion,
  });
  const legalPictures = createLegalPictures({
    streams: () => store.streams(),
    legalMs: (id) => rules.rule(id, 'main').legalMs,
    held: holds.spans,
    version: saidVersion,
    bare: deps.bare,
  });
  let age: AgeClock = startAgeClock(null, { wallMs: clock.nowMs(), monoMs: clock.monoMs() });
  const erasures = createErasures({ store, volumes: deps.volumes, holds, clock, refused: refusals.has, batch });
  /** Freed since the volume was looked at. */
  const freed = new Map<number, { seen: object; bytes: number }>();
  let lacking = new Map<number, number>();
  let oversize = new Set<StreamId>();
  let trouble: string | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: Promise<void> | null = null;
  const stopping = new AbortController();
  /** A question, not a value: it changes while something is waited for. */
  const ended = (): boolean => stopping.signal.aborted;
  let resumed = false;

  const needOf = (disk: DiskSeen): SpaceNeed => {
    const known = freed.get(disk.volume);
    const more = known?.seen === disk.seen ? known.bytes : 0;
    return spaceNeed({ ...disk, ...disk.seen, freeBytes: (disk.full ? 0 : disk.seen.freeBytes) + more });
  };
  const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  /** What is to go next of all; queues are filled up as far as it takes. */
  const plan = async (): Promise<{ plan: RetentionPlan; streams: Map<StreamId, StreamRecord> }> => {
    const streams = new Map(store.streams().map((s) => [s.id, s]));
    const stored = Map.groupBy(rows.stored(), (s) => s.streamId);
    // What is on a volume that is not here now is told by nobody and deleted by nobody.
    const doubts = [null, ...queues.doubted()];
    const shelves = [...streams.values()].flatMap((s) => {
      // What is at archives is kept by rules of its own (archive-keeping.ts).
      const mine = (stored.get(s.id) ?? []).filter(({ volume }) => !isArchive(volume));
      const bytes = mine.reduce((sum, m) => sum + m.bytes, 0);
      const rule = rules.rule(s.cameraId, s.kind);
      return mine
        .filter(({ volume }) => deps.volumes.filesOf(volume) !== null)
        .flatMap(({ volume }) =>
          doubts.map((doubted) => ({ streamId: s.id, cameraId: s.cameraId, volume, rule, bytes, doubted })),
        );
    });
    const placeOf = (streamId: StreamId, volume: number, run: number | null): string =>
      `${streamId} ${volume} ${run ?? ''}`;
    const byPlace = new Map(shelves.map((s) => [placeOf(s.streamId, s.volume, s.doubted?.seam ?? null), s]));
    for (;;) {
      const nowMs = age.nowMs;
      const made = planRetention({
        nowMs,
        shelves: shelves.map((s) => queues.shelf(s, clock.monoMs())),
        needs: deps.disks().map((disk) => ({ volume: disk.volume, ...needOf(disk) })),
        limit: batch,
      });
      if (made.doomed.length > 0 || made.short.length === 0 || ended()) return { plan: made, streams };
      for (const [i, { shelf, of }] of made.short.entries()) {
        const mine = byPlace.get(placeOf(shelf.streamId, shelf.volume, shelf.run));
        if (mine !== undefined) queues.fill(mine, of, clock.monoMs());
        if (i % readsAtOnce === readsAtOnce - 1) await breathe();
        if (ended()) return { plan: made, streams };
      }
      await breathe();
    }
  };

  const carryOut = async (work: readonly ToDelete[]): Promise<number> => {
    const seen = deps.disks();
    const result = await deleting.delete(work);
    trouble = result.trouble;
    for (const { stream, segments } of work) {
      const startsMs = new Set(segments.map((s) => s.startMs));
      queues.drop(stream.id, startsMs);
      refusals.gone(stream.id, startsMs);
    }
    refusals.note(result.refused);
    for (const disk of seen) {
      const known = freed.get(disk.volume);
      freed.set(disk.volume, {
        seen: disk.seen,
        bytes: (known?.seen === disk.seen ? known.bytes : 0) + (result.bytes.get(disk.volume) ?? 0),
      });
    }
    return result.gone;
  };

  const tell = (made: RetentionPlan, streams: Map<StreamId, StreamRecord>): void => {
    const paths = new Map(deps.disks().map((d) => [d.volume, d.path]));
    for (const { shelf, stored, reason } of made.doomed) {
      const stream = streams.get(shelf.streamId);
      if (reason !== 'emergency' || stream === undefined) continue;
      const { cameraId, kind } = stream;
      const name = deps.cameraName(cameraId) ?? stream.camera;
      const keptMs = Math.max(0, age.nowMs - (stored.endMs - stored.aheadMs));
      const short = { cameraId, name, stream: kind, minMs: shelf.rule.minMs, keptMs };
      deps.guarantees.went(shelf.volume, paths.get(shelf.volume) ?? '', short);
    }
    if (made.doomed.length > 0) return;
    lacking = new Map(made.lacking.map((l) => [l.volume, l.bytes]));
    oversize = new Set(made.oversize);
  };

  /** One batch; how long to rest after it, ms. */
  const step = async (): Promise<number> => {
    const startedMs = clock.monoMs();
    age = tellAgeClock(age, { wallMs: clock.nowMs(), monoMs: startedMs });
    legalPictures.look(age.nowMs, startedMs);
    if (!resumed) {
      ({ trouble } = await deleting.resume());
      resumed = trouble === null;
      if (!resumed) return afterTroubleMs;
    }
    const erased = erasures.next();
    if (erased !== null && erased !== 'later') await carryOut([erased.work]);
    else {
      const { plan: made, streams } = await plan();
      tell(made, streams);
      if (made.doomed.length === 0) return lookEveryMs;
      const work = [...Map.groupBy(made.doomed, (d) => `${d.shelf.streamId} ${d.reason}`).values()].flatMap((list) => {
        const stream = streams.get(list[0]?.shelf.streamId ?? (0 as StreamId));
        const reason = list[0]?.reason;
        if (stream === undefined || reason === undefined) return [];
        return [
          {
            stream,
            reason,
            segments: list
              .map((d) => ({ ...d.stored, volume: d.shelf.volume }))
              .toSorted((a, b) => a.startMs - b.startMs),
          },
        ];
      });
      await carryOut(work);
    }
    if (trouble !== null) {
      resumed = false;
      return afterTroubleMs;
    }
    // As long as it took; not at all while the disk is about to be full.
    const hurry = deps.disks().some((disk) => needOf(disk).emergencyBytes > 0);
    return hurry ? 0 : Math.max(shortestRestMs, clock.monoMs() - startedMs);
  };

  const run = (): void => {
    timer = null;
    if (ended() || running !== null) return;
    running = step()
      .catch((error: unknown) => {
        log.error('retention failed; it is tried again', { error: String(error) });
        resumed = false;
        trouble = error instanceof Error ? error.message : String(error);
        return afterTroubleMs;
      })
      .then((restMs) => {
        running = null;
        if (!ended()) timer = setTimeout(run, restMs);
      });
  };
  const soon = (): void => {
    if (timer === null || ended()) return;
    clearTimeout(timer);
    timer = setTimeout(run, 0);
  };

  /** Who changed what, of one camera or (null) of all. */
  const told = (cameraId: CameraId | null, changed: Event['data'], { name: by }: Caller): void => {
    if (Object.keys(changed).length === 0) return;
    const camera = cameraId === null ? {} : { camera: deps.cameraName(cameraId) };
    const [atMs, data] = [clock.nowMs(), { ...camera, by, ...changed }];
    events.note({ kind: 'retention-changed', severity: 'info', cameraId, fromMs: atMs, toMs: atMs, data });
    log.info('how long video is kept was changed', { ...camera, by });
  };
  const present = (id: CameraId): void => {
    if (deps.cameraName(id) === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
  };

  return {
    rules,
    start(aliveMs) {
      age = startAgeClock(aliveMs, { wallMs: clock.nowMs(), monoMs: clock.monoMs() });
      timer ??= setTimeout(run, 0);
    },
    async stop() {
      stopping.abort();
      if (timer !== null) clearTimeout(timer);
      timer = null;
      deleting.halt();
      await running;
    },
    stuck: () => deps.disks().filter((d) => (lacking.get(d.volume) ?? 0) > 0 && needOf(d).emergencyBytes > 0),
    trouble() {
      const refused = refusals.state();
      return (
        trouble ?? (refused === null ? null : `${refused.count} of them are refused by themselves: ${refused.why}`)
      );
    },
    forget: queues.forget,
    ageMs: () => age.nowMs,
    wake: soon,

    state() {
      const counted = Map.groupBy(rows.stored(), (s) => s.streamId);
      const { legalDays } = rules.station();
      const archives = deps.archives();
      return {
        station: rules.station(),
        cameras: rules.cameras(),
        streams: store.streams().map((s) => {
          const mine = counted.get(s.id) ?? [];
          const segments = mine.reduce((sum, m) => sum + m.segments, 0);
          const bytes = mine.reduce((sum, m) => sum + m.bytes, 0);
          const oldestMs = store.segmentsFrom(s.id, 0, Number.MAX_SAFE_INTEGER, 1)[0]?.startMs ?? null;
          const { legalMs } = rules.rule(s.cameraId, s.kind);
          const limitMs = clock.nowMs() - (legalMs ?? Infinity);
          const heldOn =
            oldestMs !== null && oldestMs <= limitMs - hourMs && holds.isHeld(s.cameraId, oldestMs, limitMs);
          return {
            cameraId: s.cameraId,
            stream: s.kind,
            segments,
            bytes,
            oldestMs,
            archives: archives.flatMap((archive) =>
              store.archive.copies(s.id, archive, 0, 1).map(({ startMs }) => ({ archive, oldestMs: startMs })),
            ),
            conflicts: [
              ...conflictsOf(rules.station(), rules.camera(s.cameraId), s.kind),
              ...(heldOn && (legalDays !== null || legalMs !== null) ? (['hold-over-legal'] as const) : []),
              ...(oversize.has(s.id) ? (['minimum-over-size'] as const) : []),
            ],
          };
        }),
        volumes: deps.disks().map((disk) => {
          const need = needOf(disk);
          return {
            volume: disk.volume,
            path: disk.path,
            ...disk.seen,
            targetBytes: Math.round(need.targetBytes),
            writeBytesPerSecond: Math.round(disk.writeBytesPerSecond),
            lackingBytes: Math.round(lacking.get(disk.volume) ?? 0),
            emergency: deps.guarantees.goes(disk.volume),
          };
        }),
        clockDoubtedUntilMs:
          age.sinceMonoMs === null
            ? null
            : clock.nowMs() + Math.max(0, Math.round(hourMs - (clock.monoMs() - age.sinceMonoMs))),
        erasing: erasures.count(),
        refused: refusals.state(),
        trouble,
      };
    },
    setStation(retention, caller) {
      const was = stationSaid(rules.station());
      rules.setStation(retention);
      told(null, changeData(was, stationSaid(rules.station())), caller);
      deps.changed(store.cameras().map((c) => c.id));
      soon();
    },
    setCamera(id: CameraId, retention: CameraRetention | null, caller) {
      present(id);
      const said = () => cameraSaid(rules.station(), rules.camera(id));
      const was = said();
      rules.setCamera(id, retention);
      told(id, changeData(was, said()), caller);
      deps.changed([id]);
      soon();
    },
    deletions: (q) => rows.deletions(q),
    erase({ cameraIds, stream, fromMs, toMs, why }, caller) {
      const now = clock.nowMs();
      if (toMs <= fromMs || toMs > now)
        throw invalid(
          'toMs',
          toMs <= fromMs ? 'order' : 'future',
          'A span that is deleted ends after it starts, and is over.',
        );
      const ids = [...new Set(cameraIds)];
      ids.forEach(present);
      const held = ids.filter((id) => holds.isHeld(id, fromMs, toMs));
      if (held.length > 0)
        throw new AppError(
          'CONFLICT',
          `Footage of this span is held: ${held.map((id) => deps.cameraName(id) ?? '').join(', ')}. Lift the hold first.`,
          { data: { what: 'held', names: held.map((id) => deps.cameraName(id) ?? '') } },
        );
      store.together(() => {
        for (const cameraId of ids)
          rows.erasure.add({
            id: deps.newId(),
            cameraId,
            kind: stream,
            fromMs,
            toMs,
            why,
            by: caller.name,
            askedMs: now,
          });
      });
      erasures.reload();
      for (const cameraId of ids) {
        const data = {
          camera: deps.cameraName(cameraId),
          by: caller.name,
          text: why,
          spanFromMs: fromMs,
          spanToMs: toMs,
        };
        events.note({ kind: 'footage-deleted', severity: 'warning', cameraId, fromMs: now, toMs: now, data });
      }
      log.warn('footage is deleted by hand', { cameras: ids.length, by: caller.name });
      soon();
    },
  };
}
