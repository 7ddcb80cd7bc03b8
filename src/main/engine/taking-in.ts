/**
 * After a backup took the place of the index, or where a crash left more than a start has time for: takes in from the disk what the
 * index does not know, an hour at a time, while recording goes on. Goes on where it was after a restart.
 */
import { hourMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { StationClock } from './station-clock.ts';
import type { ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import { takeInKey } from './settings.ts';
import type { VolumeRoom } from './volumes.ts';

const retryMs = 60_000;

export type TakingIn = {
  /** From this moment on the disk may hold what the index does not know. */
  from(ms: number): void;
  start(): void;
  stop(): void;
};

export function createTakingIn(deps: {
  store: Pick<WriteStore, 'segment' | 'gap' | 'together' | 'setting'> & Pick<ReadStore, 'streams' | 'segmentsFrom'>;
  volumes: Pick<VolumeRoom, 'filesOf' | 'spread'>;
  events: Pick<EventRoom, 'note'>;
  clock: Clock;
  log: Log;
  clocks: () => Pick<StationClock, 'seamOf'>;
}): TakingIn {
  const { store, volumes, events, clock, log } = deps;
  let stopped = true;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running = false;

  const known = (): number | null => {
    const text = store.setting.get(takeInKey) ?? '';
    return text === '' || !Number.isFinite(Number(text)) ? null : Number(text);
  };

  /** What a stream has in an hour and the index has not. */
  const takeHour = async (stream: StreamRecord, fromMs: number, untilMs: number): Promise<number> => {
    let taken = 0;
    for (const file of await volumes.spread.list(stream.folder, fromMs, Math.min(fromMs + hourMs - 1, untilMs))) {
      if (stopped) return taken;
      if (file.kind !== stream.kind || store.segmentsFrom(stream.id, file.startMs, file.startMs, 1).length > 0)
        continue;
      const files = volumes.filesOf(file.volume);
      const content = (await files?.inspect(files.path(stream.folder, stream.kind, file.startMs))) ?? null;
      if (content === null) continue;
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

  const work = async (fromMs: number): Promise<void> => {
    const hour = (ms: number): number => Math.floor(ms / hourMs) * hourMs;
    // What begins now is told by its worker, and what is being written is not for us.
    const untilMs = clock.nowMs() - hourMs / 6;
    let taken = 0;
    for (let at = hour(fromMs); at <= untilMs; at += hourMs) {
      for (const stream of store.streams()) taken += await takeHour(stream, at, untilMs);
      if (stopped) return;
      store.setting.set(takeInKey, String(at + hourMs > untilMs ? untilMs : at + hourMs));
    }
    store.setting.set(takeInKey, '');
    log.info('what the disk had and the index had not was taken in', { segments: taken });
    if (taken > 0)
      events.note({
        kind: 'segment-recovered',
        severity: 'info',
        fromMs,
        toMs: Math.max(fromMs, untilMs),
        data: { segments: taken },
      });
  };

  const run = async (): Promise<void> => {
    const fromMs = known();
    if (stopped || running || fromMs === null) return;
    running = true;
    try {
      await work(fromMs);
    } catch (error) {
      log.error('what the index lacks could not be taken in; it is tried again', { error: String(error) });
      wake(retryMs);
    } finally {
      running = false;
    }
  };
  const wake = (ms: number): void => {
    if (stopped) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void run(), ms);
  };

  return {
    from(ms) {
      const before = known();
      store.setting.set(takeInKey, String(Math.min(ms, before ?? ms)));
      wake(0);
    },
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
