/** One threshold with patience and hysteresis: begins after a while of bad looks, ends after a while of good ones. Pure. */

/** `between`: neither bad enough to begin nor good enough to end. `unknown`: nothing can be said now. */
export type AlarmSign = 'bad' | 'between' | 'good' | 'unknown';
export type AlarmRule = {
  /** So long, and so many looks in a row, must it be bad … */
  beginMs: number;
  beginLooks: number;
  /** … and so long good to end. */
  endMs: number;
};
export type AlarmWatch = { open: boolean; badMs: number | null; looks: number; goodMs: number | null };
export type AlarmOutput = { is: 'begin'; fromMs: number } | { is: 'end'; atMs: number } | null;

export const calm: AlarmWatch = { open: false, badMs: null, looks: 0, goodMs: null };

export function alarmWatch(
  state: AlarmWatch,
  { atMs, sign }: { atMs: number; sign: AlarmSign },
  rule: AlarmRule,
): [AlarmWatch, AlarmOutput] {
  if (sign === 'unknown') return [{ ...state, badMs: null, looks: 0, goodMs: null }, null];
  if (!state.open) {
    if (sign !== 'bad') return [calm, null];
    const badMs = Math.min(state.badMs ?? atMs, atMs);
    const looks = state.looks + 1;
    if (atMs - badMs < rule.beginMs || looks < rule.beginLooks) return [{ ...state, badMs, looks }, null];
    return [
      { open: true, badMs: null, looks: 0, goodMs: null },
      { is: 'begin', fromMs: badMs },
    ];
  }
  if (sign !== 'good') return [{ ...state, goodMs: null }, null];
  const goodMs = Math.min(state.goodMs ?? atMs, atMs);
  if (atMs - goodMs < rule.endMs) return [{ ...state, goodMs }, null];
  return [calm, { is: 'end', atMs: goodMs }];
}
