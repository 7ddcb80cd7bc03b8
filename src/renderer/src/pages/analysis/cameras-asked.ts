/** What two rooms say of a camera, put together: the watch, which takes and decodes pictures, and the pool, which asks models of them. Pure. */
import type { AnalysisNow } from '#domain/analysis.ts';
import type { CameraId } from '#domain/id.ts';
import type { WatchState, WatchTrouble } from '#domain/watching.ts';

export type CameraAsked = {
  cameraId: CameraId;
  /** Somebody asked for its pictures to be looked at, and it runs. */
  isWatched: boolean;
  trouble: WatchTrouble | null;
  /** Pictures a second over the last minute; null: it is not watched. */
  rate: { now: number; wanted: number } | null;
  /** Part of what the gate lets through that is given to the pool. */
  share: number;
  /** Since the start: looked at by the gate, let through by it, and left out before it. null: it is not watched. */
  looked: number | null;
  gated: number | null;
  before: number | null;
  /** Since the start, of what the pool was asked: answered, and why it was not. */
  detected: number;
  newer: number;
  full: number;
  late: number;
  failed: number;
};

const none = { done: 0, newer: 0, full: 0, late: 0, failed: 0 };

/** Each camera that is to be watched, or for which models were asked. */
export function camerasAsked(
  states: readonly { cameraId: CameraId; mode: string; state: WatchState }[],
  pool: AnalysisNow['cameras'],
): CameraAsked[] {
  const watched = new Map(states.flatMap((s) => (s.mode === 'off' ? [] : [[s.cameraId, s.state] as const])));
  const asked = new Map(pool.map((c) => [c.cameraId, c]));
  return [...new Set([...watched.keys(), ...asked.keys()])].map((cameraId) => {
    const state = watched.get(cameraId);
    const { done, newer, full, late, failed } = asked.get(cameraId)?.counts ?? none;
    const isWatched = state?.watching === true;
    return {
      ...{ cameraId, isWatched, trouble: state?.trouble ?? null, share: asked.get(cameraId)?.share ?? 1 },
      rate: isWatched ? { now: state.perSecond, wanted: state.wantedPerSecond } : null,
      ...{ looked: state?.looked ?? null, gated: state?.gated ?? null, before: state?.dropped ?? null },
      ...{ detected: done, newer, full, late, failed },
    };
  });
}
