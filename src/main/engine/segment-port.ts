/** Segments that lie elsewhere, in the words of the engine. Types only. */

/** Bytes of a whole, finished segment that do not lie in a file of a volume. */
export type SegmentSource = {
  bytes: number;
  /** Bytes [offset, offset + length); fewer at the end only. Rejects where they cannot be had now. */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
};
