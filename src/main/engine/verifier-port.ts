/** What the engine needs of the integrity workers. Types only. */
import type { IntegrityJob, IntegrityJobs } from '#workers/integrity/port.ts';

/**
 * Reads and copies that take long, on threads of their own: one for the index, one for each volume. Each rejects when it cannot be done;
 * what a volume does not answer in time, with UNAVAILABLE (`volume-silent`).
 */
export type Verifier = {
  [J in IntegrityJob]: (ask: IntegrityJobs[J]['ask']) => Promise<IntegrityJobs[J]['answer']>;
} & {
  /** Volumes that have not come back to their thread. */
  hanging(): number[];
};
