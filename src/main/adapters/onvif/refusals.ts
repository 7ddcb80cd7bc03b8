/**
 * Which user and password a device has refused, so that nobody tries them again and again: many devices close an account
 * after a few wrong tries. Kept for the whole adapter, since several connections may be opened to one device.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '#lib/clock.ts';
import type { DeviceTrouble } from '#domain/device.ts';

export type Refusals = {
  /** The trouble to fail with at once; null when a try is allowed. */
  standing(key: string): DeviceTrouble | null;
  add(key: string, trouble: 'credentials-refused' | 'locked'): void;
  forget(key: string): void;
};

/** One try per minute at most. */
const holdMs = 60_000;
const most = 10_000;

export function createRefusals(clock: Clock): Refusals {
  const refused = new Map<string, { untilMs: number; trouble: DeviceTrouble }>();
  return {
    standing(key) {
      const found = refused.get(key);
      if (found === undefined) return null;
      if (clock.monoMs() < found.untilMs) return found.trouble;
      refused.delete(key);
      return null;
    },
    add(key, trouble) {
      if (refused.size >= most) refused.delete(refused.keys().next().value ?? '');
      refused.set(key, { untilMs: clock.monoMs() + holdMs, trouble });
    },
    forget: (key) => void refused.delete(key),
  };
}

/** One key per device, user and password; holds neither of the two in clear. */
export const refusalKey = (url: URL, username: string, password: string): string =>
  createHash('sha256').update(`${url.host}\0${username}\0${password}`).digest('base64');
