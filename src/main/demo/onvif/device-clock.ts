/** The device's own clock: the PC's, off by what somebody has set. */
import type { Clock } from '#lib/clock.ts';

export type DeviceClock = {
  /** UTC milliseconds as the device believes. */
  nowMs(): number;
  offsetMs(): number;
  /** Sets it to a time of its own; tells those who asked. */
  set(utcMs: number): void;
  onSet(listener: (offsetMs: number) => void): void;
};

export function createDeviceClock(clock: Clock, offsetMs = 0): DeviceClock {
  let offset = offsetMs;
  const listeners: ((offsetMs: number) => void)[] = [];
  return {
    nowMs: () => clock.nowMs() + offset,
    offsetMs: () => offset,
    set(utcMs) {
      offset = utcMs - clock.nowMs();
      for (const listener of listeners) listener(offset);
    },
    onSet(listener) {
      listeners.push(listener);
    },
  };
}
