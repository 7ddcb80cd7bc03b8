import { Worker } from 'node:worker_threads';
import type { WorkerPort } from '#lib/worker-port.ts';

/**
 * Starts a worker thread from a file (TypeScript source or the built `.cjs`). `data` is given once, as `workerData`. A
 * failure to start is an exit like any other. `youngMb`: room for its young objects, MB; absent: V8's own.
 */
export function startThread<In, Out>(
  file: string | URL,
  name: string,
  data: unknown,
  youngMb?: number,
): WorkerPort<In, Out> {
  const resourceLimits = youngMb === undefined ? {} : { maxYoungGenerationSizeMb: youngMb };
  const worker = new Worker(file, { name, workerData: data, resourceLimits });
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
