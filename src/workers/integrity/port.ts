/** The whole public face of the integrity worker: reads and copies that take long, on threads of the lowest priority. */
import type { Finding } from '#domain/integrity.ts';
import type { StreamId } from '#domain/id.ts';
import type { LogFields } from '#lib/log.ts';

/** Given once, as workerData: absolute path of the database. */
export type IntegritySetup = { database: string };

/** What presence brought of one segment that is to be looked at again. `streamId` null: of a camera that the index does not know. */
export type OddSegment = {
  is: 'no-file' | 'no-row' | 'unsure';
  folder: string;
  kind: 'main' | 'sub';
  streamId: StreamId | null;
  startMs: number;
};

type Found = (Finding & { startMs: number | null })[];

/**
 * What it does, each with what it is asked and what it answers. What reads a volume names it: each volume has a thread of its own, so
 * that one that hangs holds up nothing but itself. All else reads the index alone.
 */
export type IntegrityJobs = {
  /** null: there is no such file. At most so many bytes a second. */
  hash: {
    ask: { volume: number; path: string; bytesPerSecond: number };
    answer: { sha256: string; bytes: number } | null;
  };
  /** Segments that start before `untilMs`; of what is odd the first 10,000. */
  presence: {
    ask: { volume: number; root: string; untilMs: number };
    answer: { files: number; bytes: number; odd: OddSegment[] };
  };
  /** The chain of one stream, by itself and against its segments. */
  chain: { ask: { streamId: StreamId }; answer: { links: number; findings: Found } };
  /** The chain of one stream against what lies beside the video of a volume. */
  lists: { ask: { volume: number; root: string; streamId: StreamId }; answer: { findings: Found } };
  /** A copy of the database in a new file, looked through; rejects when it is not sound. */
  backUp: { ask: { to: string }; answer: { bytes: number } };
};
export type IntegrityJob = keyof IntegrityJobs;

/** Engine to worker. Jobs are done one after the other. */
export type IntegrityCommand =
  | { [J in IntegrityJob]: { op: 'ask'; id: number; job: J; ask: IntegrityJobs[J]['ask'] } }[IntegrityJob]
  /** Ends what is going on at its next step, and the thread by itself. */
  | { op: 'stop' };

/** Worker to engine. */
export type IntegrityReport =
  /** A job got on, once a second at most. */
  | { op: 'alive' }
  | { op: 'answer'; id: number; value: unknown }
  | { op: 'failed'; id: number; message: string }
  | { op: 'log'; level: 'warn' | 'error'; text: string; fields?: LogFields };
