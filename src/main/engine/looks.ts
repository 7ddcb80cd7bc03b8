/** What is seen at cameras, as it is seen, for who looks; what the contract's `looks` says. */
import type { Outputs, Pushed, Signal } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import type { CameraId } from '#domain/id.ts';
import type { WatchLook, WatchState } from '#domain/watching.ts';
import type { Clock } from '#lib/clock.ts';
import { createBell } from './follow.ts';
import type { CameraRecord } from './index-port.ts';
import type { WatchRuleRoom } from './watch-rules.ts';

/** One that is older is not shown to who comes now, ms. */
const freshMs = 10_000;

export type Looks = {
  /** By number. */
  states(): Outputs['looks']['states'];
  /** Who is slow misses looks. Throws NOT_FOUND. Ends with `signal`. */
  watch(id: CameraId, signal: Signal): AsyncIterable<Pushed<WatchLook>>;
};
export type LookRoom = Looks & {
  take(id: CameraId, look: WatchLook): void;
  /** The camera is gone. */
  forget(id: CameraId): void;
  stop(): void;
};

export function createLooks(deps: {
  clock: Clock;
  records: () => CameraRecord[];
  record: (id: CameraId) => CameraRecord | null;
  rules: Pick<WatchRuleRoom, 'settings'>;
  state: (id: CameraId) => WatchState;
}): LookRoom {
  const last = new Map<CameraId, { look: WatchLook; takenMono: number }>();
  const followers = new Map<CameraId, Set<() => void>>();
  let stopped = false;
  const ring = (id: CameraId): void => {
    for (const wake of followers.get(id) ?? []) wake();
  };
  return {
    states: () =>
      deps
        .records()
        .sort((a, b) => a.number - b.number)
        .map(({ id }) => ({ cameraId: id, mode: deps.rules.settings(id).mode, state: deps.state(id) })),
    async *watch(id, signal) {
      if (deps.record(id) === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
      const bell = createBell(signal);
      const mine = followers.get(id) ?? new Set<() => void>();
      followers.set(id, mine);
      mine.add(bell.ring);
      let seen: WatchLook | null = null;
      try {
        for (;;) {
          const now = last.get(id);
          if (now !== undefined && now.look !== seen && deps.clock.monoMs() - now.takenMono < freshMs) {
            seen = now.look;
            yield { value: now.look };
            continue;
          }
          if (stopped || !(await bell.next()) || deps.record(id) === null) return;
        }
      } finally {
        mine.delete(bell.ring);
        if (mine.size === 0) followers.delete(id);
      }
    },
    take(id, look) {
      last.set(id, { look, takenMono: deps.clock.monoMs() });
      ring(id);
    },
    forget(id) {
      last.delete(id);
      ring(id);
    },
    stop() {
      stopped = true;
      for (const id of followers.keys()) ring(id);
    },
  };
}
