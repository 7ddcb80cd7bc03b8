/**
 * Puts the parts of one coded picture together where they lie. The parts come from ever higher places of the same receive
 * buffer, and what lies before them (headers of RTSP and RTP, small things that were copied out) is dead: so each part is
 * moved down to the end of the one before it, length prefixes are written into the dead bytes, and the picture ends up as one
 * piece of the receive buffer. Only where the buffer changes does a new piece begin.
 *
 * Rule for who uses the same buffer: nothing may be kept by reference between the first and the last part of a picture.
 */
import { type Holds, noHolds } from '../slab-pool.ts';

export type Sample = {
  /** Bytes so far. */
  bytes(): number;
  /** Begins a length-prefixed unit; `header` bytes (at most 2) are put before what follows. */
  open(buffer: Buffer, from: number, header?: readonly number[]): void;
  /** Adds `buffer[from, to)`. */
  add(buffer: Buffer, from: number, to: number): void;
  /** Writes the length of the open unit. Returns it. */
  close(): number;
  /** The pieces, in order; empties the sample. Their memory is held until `done`. */
  take(): Uint8Array[];
  /** Who wanted to keep what was taken has said so by now. */
  done(): void;
  clear(): void;
};

const none: Buffer = Buffer.alloc(0);

export function createSample(holds: Holds = noHolds): Sample {
  /** Memory that the pieces lie in, and that of what was taken last. */
  let held: ArrayBufferLike[] = [];
  let lent: ArrayBufferLike[] = [];
  let pieces: Uint8Array[] = [];
  let whole = 0;
  let buffer = none;
  let start = 0;
  let at = 0;
  /** The receive buffer of the newest part, and up to where it is in use. */
  let source = none;
  let used = 0;
  // the open unit
  let prefixBuffer = none;
  let prefixAt = -1;
  let unitBytes = 0;

  function cut(): void {
    if (at > start) pieces.push(buffer.subarray(start, at));
    start = at;
  }

  function keep(given: Buffer): void {
    if (held.at(-1) === given.buffer) return;
    held.push(given.buffer);
    holds.hold(given.buffer);
  }

  function reset(): void {
    for (const memory of held) holds.release(memory);
    held = [];
    pieces = [];
    whole = 0;
    buffer = none;
    source = none;
    start = 0;
    at = 0;
    used = 0;
    prefixAt = -1;
  }

  return {
    bytes: () => whole,
    open(given, from, header) {
      const need = 4 + (header?.length ?? 0);
      if (given !== buffer || at + need > from) {
        cut();
        if (from - need >= (given === source ? used : 0)) {
          keep(given);
          buffer = given;
          at = from - need;
        } else {
          buffer = Buffer.allocUnsafeSlow(need);
          at = 0;
        }
        start = at;
      }
      prefixBuffer = buffer;
      prefixAt = at;
      at += 4;
      for (const byte of header ?? []) buffer[at++] = byte;
      unitBytes = header?.length ?? 0;
      whole += need;
    },
    add(given, from, to) {
      if (given !== buffer || at > from) {
        cut();
        keep(given);
        buffer = given;
        start = from;
        at = to;
      } else {
        if (at === start) {
          start = from;
          at = from;
        } else if (at !== from) given.copyWithin(at, from, to);
        at += to - from;
      }
      source = given;
      used = at;
      unitBytes += to - from;
      whole += to - from;
    },
    close() {
      prefixBuffer.writeUInt32BE(unitBytes, prefixAt);
      prefixAt = -1;
      return unitBytes;
    },
    take() {
      cut();
      const out = pieces;
      lent = lent.length === 0 ? held : [...lent, ...held];
      held = [];
      reset();
      return out;
    },
    done() {
      for (const memory of lent) holds.release(memory);
      lent = [];
    },
    clear: reset,
  };
}
