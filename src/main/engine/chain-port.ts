/** Chains of hashes: in the index (adapters/sqlite) and beside the video (adapters/files). Types only. */
import type { StreamId } from '#domain/id.ts';
import type { ChainHead, ChainLink, ChainSeam, ChainedStream, HashedFile } from '#domain/segment-chain.ts';
import type { StreamKind } from '#domain/stream.ts';

/** Hashes of segments, and the chain of each stream (domain/segment-chain.ts). A deleted segment leaves a seam by itself. */
export type ChainStore = {
  head(streamId: StreamId): ChainHead;
  /** Up to which link the list beside the video goes. */
  listedTo(streamId: StreamId): number;
  /**
   * Adds a segment's file to its stream's chain. null: it is linked already as it is, or the index has no such segment. One that
   * was linked otherwise is linked anew.
   */
  link(streamId: StreamId, stream: ChainedStream, file: HashedFile): ChainLink | null;
  /** Takes over what a list beside the video has after the head, in the order of numbers. */
  join(streamId: StreamId, items: readonly (ChainLink | ChainSeam)[]): void;
  of(streamId: StreamId, startMs: number): ChainLink | null;
  links(streamId: StreamId, fromLink: number, limit: number): ChainLink[];
  seams(streamId: StreamId): ChainSeam[];
  /** Of the next `limit` closed segments those without a hash, and where to go on; null: that was all. */
  unhashed(streamId: StreamId, fromMs: number, limit: number): { startsMs: number[]; nextMs: number | null };
  listed(streamId: StreamId, link: number): void;
  /** Streams whose head or seams have changed since they were noted beside the video. */
  toNote(limit: number): StreamId[];
  /** `headLink`: of the head that was noted; a chain that has grown meanwhile is still to be noted. */
  noted(streamId: StreamId, headLink: number): void;
  /** Forgets all chains, to take them in again from beside the video (`rebuild-index`). */
  clear(): void;
};

/** Where the chains of a camera end, and what is no longer in them. */
export type ChainNote = Partial<Record<StreamKind, { head: ChainHead; seams: ChainSeam[] }>>;

/** The chains of a volume's streams, kept beside its video. Reject with the system's error. */
export type ChainFiles = {
  /** Adds links to the lists of their days; durable. A day that has no folder any more needs no list. */
  append(stream: ChainedStream, links: readonly ChainLink[]): Promise<void>;
  /** The highest link that the note or the newest list tells of; 0: none. Reads little. */
  newest(stream: ChainedStream): Promise<number>;
  /** All lists of a stream, in the order of links. */
  read(stream: ChainedStream): Promise<ChainLink[]>;
  /** The list of the UTC day of a moment. */
  day(stream: ChainedStream, atMs: number): Promise<ChainLink[]>;
  /** The same as `read`, a day at a time, newest first. */
  days(stream: ChainedStream): AsyncIterable<ChainLink[]>;
  note(folder: string, streams: ChainNote): Promise<void>;
  noted(folder: string): Promise<ChainNote | null>;
};
