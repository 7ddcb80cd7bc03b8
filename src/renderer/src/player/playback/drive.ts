/** What a way of playing (forward, backward, by key frames) is given, and what it gives. */
import type { CameraId } from '#domain/id.ts';
import type { Picture, PictureDecoder } from './decoder.ts';
import type { PictureFormat } from './demux.ts';
import type { PictureQueue } from './picture-queue.ts';
import type { SegmentIndex } from './port.ts';
import type { Asked, Reader } from './reader.ts';
import type { Choice } from './source.ts';

export type Drive = {
  cameraId: CameraId;
  reader: Reader;
  signal: AbortSignal;
  /** The signal was given: asked anew after every wait. */
  stopped(): boolean;
  queue: PictureQueue<Picture>;
  /** The moment to be shown now, ms. */
  nowMs(): number;
  /** Recorded ms per ms; 0: standing still. */
  speed(): number;
  scrubbing(): boolean;
  /** Has what a moment needs read at once, together with the other tiles. */
  prime(atMs: number, what: 'key' | 'run'): Promise<void>;
  choose(atMs: number, onPlace?: (asked: Asked, index: SegmentIndex) => void): Promise<Choice>;
  /** A decoder for a format; the one in use when it fits, else a new one. `software`: many pictures will be held. */
  decoder(format: PictureFormat, software: boolean): PictureDecoder;
  /** Which of the decoder's pictures go to the queue; the others are closed. */
  accept(filter: (picture: Picture) => boolean): void;
  /** Resolves at the next drawing of the screen. */
  pulse(): Promise<void>;
  /** Nothing more is under way: what is in the queue may be shown although it ends before the moment. */
  settled(is: boolean): void;
  /** Tells why there is no picture. */
  without(choice: Exclude<Choice, { kind: 'segment' }>): void;
  /** A stream and format is being shown. */
  from(choice: Extract<Choice, { kind: 'segment' }>): void;
};

export const us = (ms: number): number => Math.floor(ms * 1000 + 0.5);

/** Waits while there is no video at the moment; returns when the moment may have some again. */
export async function waitOut(drive: Drive, choice: Exclude<Choice, { kind: 'segment' }>, atMs: number): Promise<void> {
  drive.settled(true);
  drive.without(choice);
  const began = performance.now();
  for (;;) {
    await drive.pulse();
    if (drive.stopped()) return;
    const now = drive.nowMs();
    if (choice.kind === 'gap') {
      if (choice.nextMs !== null && now >= choice.nextMs) return;
      if (choice.prevMs !== null && now < choice.prevMs) return;
      // A recording that was away may have been taken in meanwhile.
      if (performance.now() - began > 5_000) return;
    } else if (choice.kind === 'edge') {
      if (performance.now() - began > 200) return;
    } else if (Math.abs(now - atMs) > 1_000) return;
  }
}
