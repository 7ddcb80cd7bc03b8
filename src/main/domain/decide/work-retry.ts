/** When work that failed is tried again. Pure. */

/** So many tries, all in all. */
export const mostTries = 6;
const firstMs = 60_000;
const times = 4;
const longestMs = 6 * 3_600_000;

/** When it is tried again after it failed for the `tries`th time, ms: a minute later, then four times as long, 6 h at most; null: not any more. */
export const retryAt = (tries: number, nowMs: number): number | null =>
  tries >= mostTries ? null : nowMs + Math.min(longestMs, firstMs * times ** (Math.max(1, tries) - 1));
