import { parentPort, workerData } from 'node:worker_threads';

export type ParentChannel<In, Out> = {
  /** What the owner gave as `workerData`. */
  setup: unknown;
  post(message: Out, transfer?: ArrayBuffer[]): void;
  onMessage(listener: (message: In) => void): void;
  /** Lets the thread end once nothing else keeps it. */
  close(): void;
};

/** The owner as a worker sees it. Throws outside a worker. */
export function parentChannel<In, Out>(): ParentChannel<In, Out> {
  const port = parentPort;
  if (port === null) throw new Error('this file runs as a worker only');
  return {
    setup: workerData,
    post: (message, transfer) => port.postMessage(message, transfer),
    onMessage: (listener) => {
      port.on('message', listener);
    },
    close: () => port.close(),
  };
}
