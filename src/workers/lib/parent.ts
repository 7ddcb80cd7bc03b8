import { parentPort, workerData } from 'node:worker_threads';

/** The owner as a worker sees it. Throws outside a worker. `close` lets the thread end once nothing else keeps it. */
export function parentChannel<In, Out>(): {
  setup: unknown;
  post(message: Out, transfer?: ArrayBuffer[]): void;
  onMessage(listener: (message: In) => void): void;
  close(): void;
} {
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
