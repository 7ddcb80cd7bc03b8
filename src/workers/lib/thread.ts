import { Worker } from 'node:worker_threads';
import type { WorkerPort } from '#lib/worker-port.ts';

/**
 * Starts a worker thread from a file (TypeScript source or the built `.cjs`). `data` is given once, as `workerData`. A
 * failure to start is an exit like any other.
 */
export function startThread<In, Out>(file: string | URL, name: string, data: unknown): WorkerPort<In, Out> {
  const worker = new Worker(file, { name, workerData: data });
  let failure: string | null = null;
  worker.on('error', (error) => {
    failure = error instanceof Error ? error.message : String(error);
  });
  worker.on('messageerror', (error) => {
    failure = `a message could not be read: ${error.message}`;
  });
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    onMessage: (listener) => {
      worker.on('message', listener);
    },
    onExit: (listener) => {
      worker.once('exit', (code) => listener(failure ?? `ended with code ${code}`));
    },
    kill: async () => {
      await worker.terminate();
    },
  };
}
