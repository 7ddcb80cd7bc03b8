/** The recorder of one stream, as who feeds it sees it. */
import type { StreamId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { AccessUnit } from '#media/format.ts';
import type { IngestReport, RecordMove, RecordTarget } from '../port.ts';
import type { UnitSink } from '../unit-sink.ts';
import type { RecordDisk } from './disk.ts';
import type { WritingKey } from './volume-keys.ts';

export type RecorderOptions = {
  streamId: StreamId;
  kind: StreamKind;
  target: RecordTarget;
  /**
   * End of what is recorded. What begins a little before it is moved behind it (`slew.ts`); what begins long before it is time
   * that a wrong clock has gone through already, and is recorded with its own times.
   */
  notBeforeMs: number;
  /** No segment ends after it; who feeds the recorder gives no picture shown later. Absent: no end. */
  notAfterMs?: number;
  /** A box that says where the video came from, at the end of `moov`. */
  mark?: Uint8Array;
  /** By which key segments that begin now below this root are encrypted; null, or absent: by none. */
  encryption?: (root: string) => WritingKey | null;
  /** How long a segment lasts that does not continue one of the usual length; absent: as long as all. */
  firstMs?: number;
  /** Bytes that may wait for the disk; beyond, pictures are dropped up to the next key frame. */
  maxPendingBytes: number;
  clock: Clock;
  /** How long this thread was held since then (ms, monotonic); absent: never. */
  heldSince?: (sinceMonoMs: number) => number;
  /** Which boot of the machine the steady clock counts from; absent (a card's recording, whose times are another clock's): no clocks are noted. */
  boot?: string;
  disk: RecordDisk;
  report(report: IngestReport): void;
};

export type Dropping = 'full' | 'gives-way';

export type Recorder = UnitSink & {
  /** To be called about every `napMs`, after what came was taken: writes what has waited long enough though nothing new came. */
  tick(): void;
  /** Bytes held in memory: buffered, on their way to disk, or kept while no disk takes them. */
  pendingBytes(): number;
  /**
   * How long ago the oldest was taken that was handed to the disk and is not durable, ms; 0: nothing waits. Without the time in which this
   * thread was held: it may be durable since then, and nothing has heard of it.
   */
  lagMs(): number;
  /** That one waits for the file of its segment to be made, or has waited for it. */
  opening(): boolean;
  /** It gives way to others while the disk is slow: what comes is dropped up to the first key frame after that. */
  giveWay(on: boolean): void;
  /** Pictures are being dropped because the disk does not keep up: its own memory is full, or it gives way; null: none is. */
  dropping(): Dropping | null;
  /** Ends the segment right before a key frame that is not taken: what is recorded next may begin with it. */
  endBefore(next: AccessUnit): void;
  /** Goes on at another place. */
  retarget(target: RecordTarget, move: RecordMove): void;
  /** Up to where everything taken is, or will be, on disk; `notBeforeMs` before the first segment. */
  coveredToMs(): number;
  /** Closes the segment and resolves when it is on disk. Nothing is taken afterwards. */
  stop(): Promise<void>;
};
