/**
 * What a stream will write a day, from what it has written: by hour of the week, so that a schedule, quiet nights and weekends count
 * as often as they come, and the newer the more. Pure.
 */
import { dayMs, hourMs } from '../time.ts';

/** What one hour (UTC, whole) of a stream had: bytes, how much of it was recorded, and how much was lost (in gaps). */
export type RecordedHour = { hourMs: number; bytes: number; coveredMs: number; lostMs: number };

export type RecordedRate = {
  bytesPerDay: number;
  /** How much time that is taken from; 0: nothing is known. */
  knownMs: number;
};

const hoursOfWeek = 168;
const hoursOfDay = 24;
/** What is a week older counts half. */
const halfLifeMs = 7 * dayMs;

/**
 * `fromMs`: when the oldest of what is known begins; hours without an entry since then had nothing. `always`: it is recorded without a
 * break, so that time that is not covered says nothing of it; else time that was not lost and has nothing counts as what it is.
 */
export function recordedRate(of: {
  hours: readonly RecordedHour[];
  fromMs: number;
  nowMs: number;
  always: boolean;
}): RecordedRate {
  const { nowMs, always } = of;
  const known = new Map(of.hours.map((h) => [h.hourMs, h]));
  const cells = Array.from({ length: hoursOfWeek }, () => ({ bytes: 0, ms: 0 }));
  let knownMs = 0;
  for (let at = of.fromMs - (of.fromMs % hourMs); at < nowMs; at += hourMs) {
    const hour = known.get(at) ?? { bytes: 0, coveredMs: 0, lostMs: 0 };
    const wholeMs = Math.min(at + hourMs, nowMs) - Math.max(at, of.fromMs);
    const ms = Math.min(wholeMs, Math.max(0, always ? hour.coveredMs : wholeMs - hour.lostMs));
    const cell = cells[Math.floor(at / hourMs) % hoursOfWeek];
    if (ms <= 0 || cell === undefined) continue;
    const weight = 2 ** (-(nowMs - at) / halfLifeMs);
    cell.bytes += hour.bytes * weight;
    cell.ms += ms * weight;
    knownMs += ms;
  }
  const sum = (some: readonly { bytes: number; ms: number }[]): { bytes: number; ms: number } => ({
    bytes: some.reduce((n, c) => n + c.bytes, 0),
    ms: some.reduce((n, c) => n + c.ms, 0),
  });
  const all = sum(cells);
  if (all.ms === 0) return { bytesPerDay: 0, knownMs: 0 };
  const perMs = ({ bytes, ms }: { bytes: number; ms: number }): number => bytes / ms;
  // An hour of the week that was never seen is like the same hour of other days, else like all.
  const hours = Array.from({ length: hoursOfDay }, (_, hour) => sum(cells.filter((_c, i) => i % hoursOfDay === hour)));
  const week = cells.reduce((total, cell, i) => {
    const same = hours[i % hoursOfDay] ?? all;
    return total + perMs(cell.ms > 0 ? cell : same.ms > 0 ? same : all) * hourMs;
  }, 0);
  return { bytesPerDay: week / 7, knownMs };
}
