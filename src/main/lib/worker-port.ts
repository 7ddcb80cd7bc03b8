import type { Transferable } from 'node:worker_threads';

/** A worker thread as its owner sees it: typed messages both ways and one end. Transports differ, this does not. */
export type WorkerPort<In, Out> = {
  /** What is in `transfer` is there afterwards and not here. */
  post(message: In, transfer?: readonly Transferable[]): void;
  onMessage(listener: (message: Out) => void): void;
  /** Told once, when the thread has ended for whatever reason. */
  onExit(listener: (why: string) => void): void;
  /** Ends the thread without asking it. Prefer a message that lets it end by itself. */
  kill(): Promise<void>;
};
