/** A round through presets: when the head goes where. All times are of the monotonic clock, in ms. */
import type { PtzTour } from '../ptz.ts';

/** A tour waits so long after the last hand. */
export const tourRestMs = 60_000;

/** `at`: the stop it is at or on its way to; `next`: the one it goes to at `dueMs`. */
export type TourRun = { tour: PtzTour; at: number; next: number; dueMs: number };

export const beginTour = (tour: PtzTour, monoMs: number): TourRun => ({ tour, at: 0, next: 0, dueMs: monoMs });

/** Somebody steered: the tour rests, then begins again with the stop it was at. */
export const restTour = (run: TourRun, monoMs: number): TourRun => ({
  ...run,
  next: run.at,
  dueMs: monoMs + tourRestMs,
});

/** What is due: the preset to go to, or null. The stay counts from the moment the head is sent there. */
export function stepTour(run: TourRun, monoMs: number): [TourRun, string | null] {
  const stop = run.tour.stops[run.next];
  if (monoMs < run.dueMs || stop === undefined) return [run, null];
  const next = (run.next + 1) % run.tour.stops.length;
  return [{ ...run, at: run.next, next, dueMs: monoMs + stop.stayMs }, stop.preset];
}
