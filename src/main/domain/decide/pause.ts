/**
 * Pauses in which nobody looked: the PC was too busy, the detector failed, the camera gave no pictures. Of what was there meanwhile
 * nothing is known, so that they count as no time of anything: not in a zone, not in a place, not away from it. Pure.
 */

/**
 * Two looks at something that lie farther apart, ms, have a pause between them. So long what moves is waited for while it is looked for in
 * vain (`track-ends.ts`): by then a walker is 15 m away, and who stands in his place may be another.
 */
export const longestPauseMs = 12_000;

/** How much of the time between two looks is a pause: all of it, or none. */
export const pauseOf = (beforeMs: number, atMs: number): number =>
  atMs - beforeMs > longestPauseMs ? atMs - beforeMs : 0;
