/** Wakes a worker that blocks itself while nothing is asked of it: a message alone would lie until it looks. */
import type { WorkerPort } from '#lib/worker-port.ts';

/** Shared by a worker and its owner: one word, which counts the messages. */
export const createBell = (): SharedArrayBuffer => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

/** The same worker, whose bell is rung at each message. */
export function withBell<In, Out>(port: WorkerPort<In, Out>, bell: SharedArrayBuffer): WorkerPort<In, Out> {
  const count = new Int32Array(bell);
  return {
    ...port,
    post(message, transfer) {
      port.post(message, transfer);
      Atomics.add(count, 0, 1);
      Atomics.notify(count, 0);
    },
  };
}
