/** Says beforehand, twice at most, that guaranteed footage of a volume will have to go: a week ahead, and a day ahead. Pure. */
import { dayMs } from '../time.ts';

/** What was said last and still holds. */
export type Foretold = 'nothing' | 'week' | 'day';

const within: Record<Exclude<Foretold, 'nothing'>, number> = { week: 7 * dayMs, day: dayMs };
/** It must be this much further away again before it is taken back, so that a rate that goes up and down is not told each time. */
const slack = 1.5;

/** `shortAtMs` as forecast; null: never. Another answer than before is to be told. */
export function foretell(was: Foretold, of: { nowMs: number; shortAtMs: number | null }): Foretold {
  const aheadMs = of.shortAtMs === null ? Infinity : of.shortAtMs - of.nowMs;
  const near = (step: Exclude<Foretold, 'nothing'>): boolean =>
    aheadMs <= within[step] * (was === step || was === 'day' ? slack : 1);
  return near('day') ? 'day' : near('week') ? 'week' : 'nothing';
}
