/** Spreads bytes over time, so that on average no more than the given rate is sent. */
import type { Clock } from '#lib/clock.ts';

/** After a pause nothing is made up for but this much. */
const burstMs = 250;

export type SendPace = {
  /** Waits until so many bytes may go. `rate`: bytes a second; null: no limit. Rejects with the signal's reason. */
  wait(bytes: number, rate: number | null, signal: AbortSignal): Promise<void>;
  /** Bytes a second of the last minute. */
  perSecond(): number;
};

const windowMs = 60_000;

export function createSendPace(clock: Pick<Clock, 'monoMs'>): SendPace {
  let dueMs = 0;
  const sent: { atMs: number; bytes: number }[] = [];
  return {
    async wait(bytes, rate, signal) {
      signal.throwIfAborted();
      const nowMs = clock.monoMs();
      if (rate !== null && rate > 0) {
        dueMs = Math.max(dueMs, nowMs - burstMs) + (bytes / rate) * 1000;
        if (dueMs > nowMs) await rest(dueMs - nowMs, signal);
      }
      const last = sent.at(-1);
      const atMs = clock.monoMs();
      // Pieces of one second are one entry.
      if (last !== undefined && atMs - last.atMs < 1000) last.bytes += bytes;
      else sent.push({ atMs, bytes });
      while ((sent[0]?.atMs ?? Infinity) < atMs - windowMs) sent.shift();
    },
    perSecond() {
      const nowMs = clock.monoMs();
      const fresh = sent.filter((s) => s.atMs >= nowMs - windowMs);
      const first = fresh[0];
      if (first === undefined) return 0;
      const overMs = Math.max(1000, nowMs - first.atMs);
      return Math.round((fresh.reduce((sum, s) => sum + s.bytes, 0) / overMs) * 1000);
    },
  };
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    const stop = (): void => {
      end();
      reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    };
    const timer = setTimeout(() => {
      end();
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
