/**
 * Moves one head as long as somebody says so. The newest wish wins and nothing queues; who falls silent has let go: then the
 * head is told to stop until it says that it has. The device's own timeout is the second belt.
 */
import type { PtzVelocity } from '#domain/ptz.ts';
import type { Clock } from '#lib/clock.ts';

/** At most ten moves a second. */
const betweenMs = 100;
/** The device would stop by itself so much after us, and never sooner than most devices can (1 s). */
const beltMs = 500;
const leastBeltMs = 1_000;
const stopRetriesMs = [250, 500, 1_000, 2_000] as const;
/** A head that does not confirm for so long is left to its own timeout. */
const stopGiveUpMs = 30_000;

export type MoverDoor = {
  move(velocity: PtzVelocity, timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
};

export type Mover = {
  /** Resolves when the device took this wish or a newer one; rejects with what it said. */
  move(velocity: PtzVelocity, holdMs: number): Promise<void>;
  /** Resolves when the device confirmed; rejects when the first try failed, and goes on trying. */
  stop(): Promise<void>;
  /** Another movement took its place: no stop is owed any more. */
  supersede(): void;
  moving(): boolean;
  close(): void;
};

type Wish = { velocity: PtzVelocity; timeoutMs: number; waiters: PromiseWithResolvers<undefined>[] };

const same = (a: PtzVelocity, b: PtzVelocity): boolean => a.pan === b.pan && a.tilt === b.tilt && a.zoom === b.zoom;

export function createMover(deps: {
  clock: Pick<Clock, 'monoMs'>;
  door: MoverDoor;
  /** It fell silent, and is being stopped. */
  silent: () => void;
  /** It began or ended to move. */
  changed: () => void;
  /** It never confirmed a stop. */
  gaveUp: (error: unknown) => void;
}): Mover {
  const { clock, door } = deps;
  let wish: Wish | null = null;
  let sending: Promise<void> | null = null;
  let lastSentMs = -Infinity;
  /** What the device was told last and runs. */
  let told: { velocity: PtzVelocity; atMs: number; timeoutMs: number } | null = null;
  let wanted: PtzVelocity | null = null;
  let deadMan: ReturnType<typeof setTimeout> | null = null;
  /** Changes with every order: who retries an older one gives way. */
  let order = 0;
  let wake: (() => void) | null = null;
  let closed = false;

  const disarm = (): void => {
    if (deadMan !== null) clearTimeout(deadMan);
    deadMan = null;
  };
  const become = (velocity: PtzVelocity | null): void => {
    const began = (wanted === null) !== (velocity === null);
    wanted = velocity;
    if (began) deps.changed();
  };
  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        wake = null;
        resolve();
      }
      wake = done;
    });
  const drop = (): void => {
    for (const waiter of wish?.waiters ?? []) waiter.resolve(undefined);
    wish = null;
  };

  async function pump(): Promise<void> {
    while (wish !== null && !closed) {
      const waitMs = lastSentMs + betweenMs - clock.monoMs();
      if (waitMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        continue;
      }
      const now: Wish = wish;
      wish = null;
      lastSentMs = clock.monoMs();
      try {
        await door.move(now.velocity, now.timeoutMs);
        told = { velocity: now.velocity, atMs: lastSentMs, timeoutMs: now.timeoutMs };
        for (const waiter of now.waiters) waiter.resolve(undefined);
      } catch (error) {
        told = null;
        for (const waiter of now.waiters) waiter.reject(error);
      }
    }
  }

  /** Sends stops until one is confirmed that no move could have overtaken. */
  async function halt(mine: number, first: PromiseWithResolvers<undefined>): Promise<void> {
    const sinceMs = clock.monoMs();
    for (let tries = 0; order === mine && !closed; tries++) {
      const beside = sending;
      try {
        await door.stop();
        if (beside !== null) {
          // A move was on its way: it may have been heard after the stop.
          await beside;
          if (order === mine) await door.stop();
        }
        first.resolve(undefined);
        return;
      } catch (error) {
        first.reject(error);
        if (clock.monoMs() - sinceMs > stopGiveUpMs) {
          deps.gaveUp(error);
          return;
        }
        await rest(stopRetriesMs[Math.min(tries, stopRetriesMs.length - 1)] ?? 2_000);
      }
    }
    first.resolve(undefined);
  }

  function stop(): Promise<void> {
    order++;
    disarm();
    drop();
    told = null;
    become(null);
    wake?.();
    const first = Promise.withResolvers<undefined>();
    void halt(order, first);
    return first.promise;
  }

  return {
    move(velocity, holdMs) {
      if (velocity.pan === 0 && velocity.tilt === 0 && velocity.zoom === 0) return stop();
      order++;
      wake?.();
      disarm();
      deadMan = setTimeout(() => {
        deps.silent();
        stop().catch(() => undefined); // it is tried again, and said when it never works
      }, holdMs);
      become(velocity);
      const timeoutMs = Math.max(leastBeltMs, holdMs + beltMs);
      // The same again only tells that the hand is still there: the device hears of it when half of its own time is over.
      const runs = told !== null && same(told.velocity, velocity) && told.timeoutMs >= timeoutMs;
      if (runs && wish === null && sending === null && clock.monoMs() - (told?.atMs ?? 0) < timeoutMs / 2)
        return Promise.resolve();
      const waiter = Promise.withResolvers<undefined>();
      wish = { velocity, timeoutMs, waiters: [...(wish?.waiters ?? []), waiter] };
      sending ??= pump().finally(() => {
        sending = null;
      });
      return waiter.promise;
    },
    stop,
    supersede() {
      order++;
      disarm();
      drop();
      told = null;
      become(null);
      wake?.();
    },
    moving: () => wanted !== null,
    close() {
      closed = true;
      disarm();
      drop();
      wake?.();
    },
  };
}
