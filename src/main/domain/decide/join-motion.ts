/**
 * One event of motion for a camera at one time, although two see it: the camera itself and this station. Who comes second joins the
 * event of the first; it ends when both have ended. A camera that tells a moment (some tell a second of motion and rest) is waited
 * after, so that the station, which needs two pictures to be sure, still finds its event open. Pure; one state per camera.
 */

export type MotionSource = 'camera' | 'station';
export type JoinedMotion = {
  /** Who told of this event so far, and for whom it goes on. */
  by: readonly MotionSource[];
  on: readonly MotionSource[];
  /** When it ended as far as is known; ended for good at `untilMs`. */
  endMs: number;
  untilMs: number | null;
} | null;
export const noJoinedMotion: JoinedMotion = null;

/** So long the other may still join, ms: two pictures of the station's, a second apart, and what leads to them. */
export const joinWithinMs = 4_000;

export type JoinInput =
  | { is: 'begin'; source: MotionSource }
  /** `nowMs`: when that is known. `waits`: the other may still come. */
  | { is: 'end'; source: MotionSource; atMs: number; nowMs: number; waits: boolean }
  /** Time passes. */
  | { is: 'look'; nowMs: number }
  /** Nothing more will be told. */
  | { is: 'over' };
/** begin: a new event · join: the other saw it too · end: it is over. null: nothing to do. */
export type JoinOutput = { is: 'begin' } | { is: 'join' } | { is: 'end'; atMs: number } | null;

export function joinMotion(state: JoinedMotion, input: JoinInput): [JoinedMotion, JoinOutput] {
  switch (input.is) {
    case 'begin': {
      const { source } = input;
      if (state === null) return [{ by: [source], on: [source], endMs: 0, untilMs: null }, { is: 'begin' }];
      const on = state.on.includes(source) ? state.on : [...state.on, source];
      if (state.by.includes(source)) return [{ ...state, on, untilMs: null }, null];
      return [{ ...state, by: [...state.by, source], on, untilMs: null }, { is: 'join' }];
    }
    case 'end': {
      if (state === null) return [null, null];
      const on = state.on.filter((s) => s !== input.source);
      const endMs = Math.max(state.endMs, input.atMs);
      if (on.length > 0) return [{ ...state, on, endMs }, null];
      if (!input.waits || state.by.length > 1) return [null, { is: 'end', atMs: endMs }];
      return [{ ...state, on, endMs, untilMs: input.nowMs + joinWithinMs }, null];
    }
    case 'look':
      if (state?.untilMs == null || input.nowMs < state.untilMs) return [state, null];
      return [null, { is: 'end', atMs: state.endMs }];
    case 'over':
      return [null, state === null || state.on.length > 0 ? null : { is: 'end', atMs: state.endMs }];
  }
}
