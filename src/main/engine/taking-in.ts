/**
 * After a crash, after a backup took the place of the index, and when a disk is back: takes in from
 * the disks what the index does not know, an hour at a time, while recording goes on. Goes on where it was after a restart, and is done
 * only when all has been looked through that was there when it was asked for, on disks that were away meanwhile too.
 */
import { longestSegmentMs } from '#domain/clock-seam.ts';
import { hourMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { StationClock } from './station-clock.ts';
import type { ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import { takeInAwayKey, takeInKey, takeInUntilKey } from './settings.ts';
import type { VolumeRoom } from './volumes.ts';

/** What cannot be read is tried again after so long, doubled each time, so often: then `vigie check` tells of it, and it holds nothing up. */
const retryMs = 60_000;
const mostRetries = 6;
/** What begins now is told by its worker, and what is being written is not for us: files that began less long ago are left for later. */
const settleMs = 600_000;

export type TakingIn = {
  /** From this moment up to now the disks may hold what the index does not know. */
  from(ms: number): void;
  /** The same of one that was away: from then on, and from what was asked for while it was. */
  returned(ms: number): void;
  /** The last run died; it was last known to be alive then, and what it left began close to that. */
  crashed(aliveMs: number): void;
  start(): void;
  stop(): void;
};

export function createTakingIn(deps: {
  store: Pick<WriteStore, 'segment' | 'gap' | 'together' | 'setting'> & Pick<ReadStore, 'streams' | 'segmentsFrom'>;
  volumes: Pick<VolumeRoom, 'filesOf' | 'seen' | 'spread'>;
  events: Pick<EventRoom, 'note'>;
  clock: Clock;
  log: Log;
  clocks: () => Pick<StationClock, 'seamOf'>;
}): TakingIn {
  const { store, volumes, events, clock, log } = deps;
  let stopped = true;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running = false;
  /** More was asked for than the run that is under way began with. */
  let more = false;
  /** Runs in a row in which something could not be read or written. */
  let failures = 0;

  const momentOf = (key: string): number | null => {
    const text = store.setting.get(key) ?? '';
    return text === '' || !Number.isFinite(Number(text)) ? null : Number(text);
  };
  const earlier = (key: string, ms: number): void => {
    store.setting.set(key, String(Math.min(ms, momentOf(key) ?? ms)));
  };
  /** Whether some disk is away, for which it is kept from when on it has to be looked through. */
  const isAway = (fromMs: number): boolean => {
    if (volumes.seen().every((v) => v.here)) return false;
    earlier(takeInAwayKey, fromMs);
    return true;
  };

  /** What a stream has in an hour and the index has not. What cannot be read is left out and told to `unread`. */
  const takeHour = async (
    stream: StreamRecord,
    fromMs: number,
    untilMs: number,
    unread: (error: unknown) => void,
  ): Promise<number> => {
    let taken = 0;
    const listed = volumes.spread.list(stream.folder, fromMs, Math.min(fromMs + hourMs - 1, untilMs));
    for (const file of await listed.catch((error: unknown) => (unread(error), []))) {
      if (stopped) return taken;
      if (file.kind !== stream.kind || store.segmentsFrom(stream.id, file.startMs, file.startMs, 1).length > 0)
        continue;
      const files = volumes.filesOf(file.volume);
      const path = files?.path(stream.folder, stream.kind, file.startMs) ?? '';
      const content = await files?.inspect(path).catch((error: unknown) => (unread(error), null));
      if (content === null || content === undefined) continue;
      const { endMs, bytes, sealed, origin, clocks, format } = content;
      const seam = deps.clocks().seamOf(file.startMs, clocks);
      const state = sealed ? 'sealed' : 'recovered';
      store.together(() => {
        const { startMs, volume } = file;
        store.segment.adopt({ streamId: stream.id, startMs, endMs, bytes, state, origin, seam, volume, format });
        store.gap.cut(stream.id, file.startMs, endMs);
      });
      taken += 1;
    }
    return taken;
  };

  /** Answers the moment before which all was looked through; null: it was left off. Throws what kept it from that. */
  const work = async (fromMs: number): Promise<number | null> => {
    const hour = (ms: number): number => Math.floor(ms / hourMs) * hourMs;
    const untilMs = clock.nowMs() - settleMs;
    let away = isAway(fromMs);
    let taken = 0;
    /** Hours in which something could not be read, and why. */
    const unread: { atMs: number; error: unknown }[] = [];
    /** The first of them, if it is tried again. */
    const held = (): { atMs: number; error: unknown } | null => (failures < mostRetries ? (unread[0] ?? null) : null);
    for (let at = hour(fromMs); at <= untilMs; at += hourMs) {
      for (const stream of store.streams())
        taken += await takeHour(stream, at, untilMs, (error) => void unread.push({ atMs: at, error }));
      away = isAway(fromMs) || away;
      if (stopped || more) break;
      // One that cannot be read holds up nothing that lies behind it.
      store.setting.set(takeInKey, String(Math.min(at + hourMs, untilMs, held()?.atMs ?? untilMs)));
    }
    if (taken > 0) {
      log.info('what the disk had and the index had not was taken in', { segments: taken });
      events.note({
        kind: 'segment-recovered',
        severity: 'info',
        fromMs,
        toMs: Math.max(fromMs, untilMs),
        data: { segments: taken },
      });
    }
    if (stopped || more) return null;
    const left = held();
    if (left !== null) throw left.error;
    if (!away && fromMs <= (momentOf(takeInAwayKey) ?? fromMs)) store.setting.set(takeInAwayKey, '');
    return Math.max(fromMs, untilMs);
  };

  const run = async (): Promise<void> => {
    const fromMs = momentOf(takeInKey);
    if (stopped || running || fromMs === null) return;
    running = true;
    more = false;
    try {
      const doneMs = await work(fromMs);
      if (doneMs === null) {
        wake(0);
        return;
      }
      failures = 0;
      // Where the clock was set back meanwhile, nothing of what lies ahead is waited for.
      const untilMs = Math.min(momentOf(takeInUntilKey) ?? 0, clock.nowMs());
      const isOver = untilMs <= doneMs;
      store.setting.set(takeInUntilKey, isOver ? '' : String(untilMs));
      store.setting.set(takeInKey, isOver ? '' : String(doneMs));
      if (!isOver) wake(untilMs - doneMs);
    } catch (error) {
      log.error('what the index lacks could not be taken in; it is tried again', { error: String(error) });
      wake(retryMs * 2 ** Math.min(failures, mostRetries));
      failures += 1;
    } finally {
      running = false;
    }
  };
  const wake = (ms: number): void => {
    if (stopped) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void run(), ms);
  };
  const from = (ms: number): void => {
    earlier(takeInKey, ms);
    store.setting.set(takeInUntilKey, String(clock.nowMs()));
    more = true;
    wake(0);
  };

  return {
    from,
    crashed: (aliveMs) => from(Math.min(aliveMs, clock.nowMs()) - longestSegmentMs),
    returned: (ms) => from(Math.min(ms, momentOf(takeInAwayKey) ?? ms)),
    start() {
      stopped = false;
      wake(0);
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
