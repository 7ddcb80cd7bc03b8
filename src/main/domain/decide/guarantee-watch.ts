/**
 * Says beforehand, twice at most, that guaranteed footage of a volume will have to go: a week ahead, and a day ahead; and then, once, that it
 * goes, for as long as that is so. Pure.
 */
import { dayMs, hourMs } from '../time.ts';

/** How it stands with what is guaranteed on a volume: it is kept · the first goes within a week · within a day · it is being deleted. */
export type GuaranteeStep = 'kept' | 'week' | 'day' | 'going';

/** `shortAtMs`: when the first will have to go, as forecast; null: never. `wentMs`: when some of it was deleted last; null: none was. */
export type GuaranteeSight = { nowMs: number; shortAtMs: number | null; wentMs: number | null };

const within: Record<'week' | 'day', number> = { week: 7 * dayMs, day: dayMs };
/** It must be this much further away again before it is taken back, so that a rate that goes up and down is not told each time. */
const slack = 1.5;
/** Guaranteed footage goes one recording at a time, as its room is written over: between two of them it is still going. */
const goesOnMs = hourMs;

/** Another answer than before is to be told. What is going goes on until the forecast too has it a day and a half away, or never. */
export function guaranteeStep(was: GuaranteeStep, { nowMs, shortAtMs, wentMs }: GuaranteeSight): GuaranteeStep {
  const aheadMs = shortAtMs === null ? Infinity : shortAtMs - nowMs;
  const loud = was === 'day' || was === 'going';
  const near = (step: 'week' | 'day'): boolean => aheadMs <= within[step] * (was === step || loud ? slack : 1);
  if (wentMs !== null && nowMs - wentMs < goesOnMs) return 'going';
  if (near('day')) return was === 'going' ? 'going' : 'day';
  return near('week') ? 'week' : 'kept';
}
