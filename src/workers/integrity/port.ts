/** The whole public face of the integrity worker: reads and copies that take long, on a thread of the lowest priority. */
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

/** What it does, each with what it is asked and what it answers. */
export type IntegrityJobs = {
  /** null: there is no such file. At most so many bytes a second. */
  hash: { ask: { path: string; bytesPerSecond: number }; answer: { sha256: string; bytes: number } | null };
  /** Segments that start before `untilMs`; of what is odd the first 10,000. */
  presence: {
    ask: { root: string; volume: number; untilMs: number };
    answer: { files: number; bytes: number; odd: OddSegment[] };
  };
  /** The chain of one stream, by itself, against its segments and against what lies beside the video. */
  chain: {
    ask: { roots: string[]; streamId: StreamId };
    answer: { links: number; findings: (Finding & { startMs: number | null })[] };
  };
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
  | { op: 'answer'; id: number; value: unknown }
  | { op: 'failed'; id: number; message: string }
  | { op: 'log'; level: 'warn' | 'error'; text: string; fields?: LogFields };
