/** Decides when a camera counts as lost and as back, so that a short break makes no event. Pure. */
export type PresenceState = { lost: boolean; absentSinceMs: number | null; presentSinceMs: number | null };
/** `sinceMs`: since when it is as it is, as far as known. */
export type PresenceInput = { atMs: number; present: boolean; sinceMs: number };
export type PresenceOutput = { is: 'lost'; fromMs: number } | { is: 'back'; atMs: number } | null;

/** A camera without a picture for this long is lost … */
export const lostAfterMs = 5_000;
/** … and with pictures for this long it is back. */
export const backAfterMs = 2_000;

export const unknownPresence: PresenceState = { lost: false, absentSinceMs: null, presentSinceMs: null };

/** To be called about once a second. */
export function cameraPresence(state: PresenceState, input: PresenceInput): [PresenceState, PresenceOutput] {
  if (input.present) {
    const presentSinceMs = state.presentSinceMs ?? input.atMs;
    const next = { ...state, absentSinceMs: null, presentSinceMs };
    if (!state.lost || input.atMs - presentSinceMs < backAfterMs) return [next, null];
    return [
      { ...next, lost: false },
      { is: 'back', atMs: presentSinceMs },
    ];
  }
  const absentSinceMs = state.absentSinceMs ?? Math.min(input.sinceMs, input.atMs);
  const next = { ...state, absentSinceMs, presentSinceMs: null };
  if (state.lost || input.atMs - absentSinceMs < lostAfterMs) return [next, null];
  return [
    { ...next, lost: true },
    { is: 'lost', fromMs: absentSinceMs },
  ];
}
