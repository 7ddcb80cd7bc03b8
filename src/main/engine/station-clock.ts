/**
 * Watches the station's own clock: where it is set, or stands still while the machine sleeps, a seam is written down, so that
 * everything recorded can be told apart by the clock that it was recorded by. Nothing is ever dated anew.
 */
import { clockStepMs, overlapLeadMs, type ClockSeam } from '#domain/clock-seam.ts';
import { seamOf } from '#domain/decide/clock-runs.ts';
import { steadyMsOf, type Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { IndexJournal } from './index-journal.ts';
import type { ClockStore } from './clock-port.ts';

const lookEveryMs = 1_000;
/** Two looks further apart, and the station did not run in between. */
const heldMs = 15_000;

export type StationClock = {
  /** `aliveMs`: the last moment that the last run has seen; null: there was none. */
  start(aliveMs: number | null): void;
  stop(): void;
  /** Compares the clocks now: before anything is judged by them. */
  look(): void;
  /** All seams, by number. */
  seams(): readonly ClockSeam[];
  /** The same of a segment that was begun just now, in this run. */
  seamNow(startMs: number, steadyMs: number): number;
  /** The number of the seam after which a segment was recorded. `clocks` null: its file does not say. */
  seamOf(startMs: number, clocks: { steadyMs: number; boot: string } | null): number;
};

export function createStationClock(deps: {
  clock: Clock;
  log: Log;
  boot: string;
  store: { clock: ClockStore };
  journal: Pick<IndexJournal, 'add'>;
  events: Pick<EventRoom, 'note'>;
  /** Who is told that the clock was set from `beforeMs` to `atMs`. */
  ingest: () => { clockSet(beforeMs: number, atMs: number): void };
}): StationClock {
  const { clock, log, boot } = deps;
  let seams: ClockSeam[] = deps.store.clock.seams();
  /** Wall clock minus steady clock. */
  let offsetMs = 0;
  let steadyMs = 0;
  let sleptMs = 0;
  let monoMs = 0;
  let runFromMs = 0;
  let timer: ReturnType<typeof setInterval> | null = null;

  const read = (): void => {
    monoMs = clock.monoMs();
    steadyMs = steadyMsOf(clock);
    sleptMs = steadyMs - monoMs;
    offsetMs = clock.nowMs() - steadyMs;
  };
  // Steps before `start` are found too.
  read();
  runFromMs = clock.nowMs();

  const add = (kind: ClockSeam['kind'], beforeMs: number, atMs: number): void => {
    const seam: ClockSeam = {
      id: (seams.at(-1)?.id ?? 0) + 1,
      kind,
      fromMs: Math.max(0, Math.min(runFromMs, beforeMs)),
      beforeMs,
      atMs,
      steadyMs,
      boot,
    };
    runFromMs = atMs;
    seams = [...seams, seam];
    deps.journal.add(({ clock: index }) => index.add(seam));
    log.warn('the clock is not continuous', { kind, beforeMs, atMs, byMs: atMs - beforeMs });
    const slept = kind === 'sleep';
    deps.events.note({
      kind: slept ? 'station-suspended' : 'clock-jumped',
      severity: slept ? 'info' : 'warning',
      fromMs: slept ? beforeMs : atMs,
      toMs: atMs,
      data: slept ? { forMs: atMs - beforeMs } : { byMs: atMs - beforeMs, exact: kind === 'step' },
    });
  };

  const look = (): void => {
    const was = { offsetMs, steadyMs, sleptMs, monoMs };
    read();
    const slept = sleptMs - was.sleptMs;
    const silentMs = monoMs - was.monoMs;
    if (slept > clockStepMs || silentMs > heldMs) {
      // By the clock before a step, if there is one too.
      const atMs = Math.round(steadyMs + was.offsetMs);
      add('sleep', Math.round(atMs - Math.max(slept, silentMs)), atMs);
    }
    if (Math.abs(offsetMs - was.offsetMs) <= clockStepMs) return;
    const [beforeMs, atMs] = [Math.round(steadyMs + was.offsetMs), clock.nowMs()];
    add('step', beforeMs, atMs);
    deps.ingest().clockSet(beforeMs, atMs);
  };

  return {
    start(aliveMs) {
      look();
      const nowMs = clock.nowMs();
      if (aliveMs !== null && nowMs < aliveMs - overlapLeadMs) {
        runFromMs = nowMs;
        add('off', aliveMs, nowMs);
      }
      timer ??= setInterval(look, lookEveryMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
    look,
    seams: () => seams,
    seamNow(startMs, steadyMsThen) {
      look(); // a worker may have seen a step before this thread has
      return seamOf(seams, { startMs, steadyMs: steadyMsThen, boot });
    },
    seamOf: (startMs, clocks) =>
      seamOf(seams, { startMs, steadyMs: clocks?.steadyMs ?? null, boot: clocks?.boot ?? null }),
  };
}
