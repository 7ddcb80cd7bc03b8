/** What a check of recordings looks at and what it finds. */
import { z } from 'zod';
import { CameraId } from './id.ts';
import { StreamKind } from './stream.ts';
import { TimeMs } from './time.ts';

/** Closed; the screen and the check's report have words for each. */
export const FindingCode = z.enum([
  'no-file', // the index names a file that is not there
  'too-short', // the file has fewer bytes than the index says: video was lost outside Vigie
  'damaged', // the file cannot be read as far as the index says
  'unreadable', // an error of the disk while reading it
  'hash-differs', // the file is not as it was recorded
  'not-authentic', // an encrypted segment that fails its authentication
  'chain-changed', // what is kept of a link does not give the value of the chain
  'chain-missing', // links are gone, and nothing says why
  'chain-cut', // the chain ends before the head that was noted beside the video, or elsewhere than it
  'list-differs', // index and list beside the video tell different links
  'link-differs', // the index tells otherwise of a segment than its link
  'no-row', // a segment on disk that the index does not know
  'end-differs', // index and file tell different ends
  'tail', // bytes beyond what the index says: harmless, players stop before them
  'unknown-file', // a name that Vigie did not give
  'volume-away', // a disk that has recordings is not here: nothing of it was looked at
  'archive-missing', // what was archived is not at its archive any more
  'archive-differs', // it is there, and is not what was archived
  'archive-away', // an archive could not be looked at
  'index', // the database's own check, or a schema that is not as it should be
  'derived', // tables made from others disagree with those
]);
export type FindingCode = z.infer<typeof FindingCode>;

export const Finding = z.object({
  code: FindingCode,
  /** Under the volume's `video` folder with `/` between parts; a stream (`gate/main`); or `index`. */
  path: z.string(),
  /** One sentence for a person. */
  text: z.string(),
});
export type Finding = z.infer<typeof Finding>;

/** A finding of the running station, kept until a later look finds nothing wrong any more. */
export const StationFinding = Finding.extend({
  cameraId: CameraId.nullable(),
  stream: StreamKind.nullable(),
  /** The segment; null: it is about a whole stream. */
  startMs: TimeMs.nullable(),
  foundMs: TimeMs,
});
export type StationFinding = z.infer<typeof StationFinding>;

/** A segment as the index has it, as far as presence goes. */
export type IndexedFile = {
  startMs: number;
  endMs: number;
  bytes: number;
  state: 'open' | 'sealed' | 'recovered';
  /** Absent: the data folder's own. */
  volume?: number;
};
export type FileOnDisk = { startMs: number; bytes: number };

/** How often everything is looked at, and how much of the disk that may take. */
export const IntegrityPlan = z.object({
  everyDays: z.number().int().min(1).max(90),
  /** Read at most so much a second: 1 MB to 1 GB. */
  bytesPerSecond: z.number().int().min(1_000_000).max(1_000_000_000),
});
export type IntegrityPlan = z.infer<typeof IntegrityPlan>;
export const usualPlan: IntegrityPlan = { everyDays: 7, bytesPerSecond: 20_000_000 };

/** Parts of a pass, in this order. */
export const PassStage = z.enum(['files', 'chains', 'hashes']);
export type PassStage = z.infer<typeof PassStage>;

/** One pass through everything; kept, so that it goes on where it was after a restart. */
export const IntegrityPass = z.object({
  startedMs: TimeMs,
  /** null: it is over. */
  stage: PassStage.nullable(),
  finishedMs: TimeMs.nullable(),
  /** Where the stage goes on: the stream, and in it the start. */
  streamId: z.number().int().min(0),
  fromMs: z.number().int().min(0),
  /** Segments whose hash was looked at (or made), and their bytes. */
  segments: z.number().int().min(0),
  bytes: z.number().int().min(0),
  /** Segments that had no hash and have one now. */
  hashed: z.number().int().min(0),
  found: z.number().int().min(0),
  /** Segments on volumes that are away or do not answer: they wait to be looked at until these do, and are fewer then. */
  passedOver: z.number().int().min(0).default(0),
});
export type IntegrityPass = z.infer<typeof IntegrityPass>;

export const newPass = (startedMs: number): IntegrityPass => ({
  startedMs,
  stage: 'files',
  finishedMs: null,
  streamId: 0,
  fromMs: 0,
  segments: 0,
  bytes: 0,
  hashed: 0,
  found: 0,
  passedOver: 0,
});
