/** Ingest workers (workers/ingest, supervised by workers/lib). Types only. */
import type { Transferable } from 'node:worker_threads';
import type { IngestCommand, IngestReport } from '#workers/ingest/port.ts';

/** One supervised worker: it is started again when it ends. */
export type IngestWorker = {
  /** False while it is being restarted: the message is lost. */
  post(command: IngestCommand, transfer?: readonly Transferable[]): boolean;
  restarts(): number;
  /**
   * Posts `ask`, waits for the thread to end, kills it when it says nothing for `graceMs`, or after `mostMs` (default: `graceMs`). No
   * restart any more.
   */
  stop(ask: IngestCommand | null, graceMs: number, mostMs?: number): Promise<unknown>;
};

export type StartIngestWorker = (on: {
  message(report: IngestReport): void;
  /** A new thread runs and knows nothing yet. */
  up(): void;
  /** It ended although nobody asked; a new one comes after `delayMs`. */
  down(why: string, delayMs: number): void;
}) => IngestWorker;
