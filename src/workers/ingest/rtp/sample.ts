/**
 * Puts the parts of one coded picture together where they lie. The parts come from ever higher places of the same receive
 * buffer, and what lies before them (headers of RTSP and RTP, small things that were copied out) is dead: so each part is
 * moved down to the end of the one before it, length prefixes are written into the dead bytes, and the picture ends up as one
 * piece of the receive buffer. Only where the buffer changes does a new piece begin.
 *
 * Rule for who uses the same buffer: nothing may be kept by reference between the first and the last part of a picture.
 */
export type Sample = {
  /** Bytes so far. */
  bytes(): number;
  /** Begins a length-prefixed unit; `header` bytes (at most 2) are put before what follows. */
  open(buffer: Buffer, from: number, header?: readonly number[]): void;
  /** Adds `buffer[from, to)`. */
  add(buffer: Buffer, from: number, to: number): void;
  /** Writes the length of the open unit. Returns it. */
  close(): number;
  /** Takes the open unit back. */
  drop(): void;
  /** The pieces, in order; empties the sample. */
  take(): Uint8Array[];
  clear(): void;
};

const none: Buffer = Buffer.alloc(0);

export function createSample(): Sample {
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
  let mark = { pieces: 0, buffer: none, start: 0, at: 0, whole: 0 };

  function cut(): void {
    if (at > start) pieces.push(buffer.subarray(start, at));
    start = at;
  }

  function reset(): void {
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
      mark = { pieces: pieces.length, buffer, start, at, whole };
      if (given !== buffer || at + need > from) {
        cut();
        if (from - need >= (given === source ? used : 0)) {
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
    drop() {
      if (prefixAt === -1) return;
      pieces.length = mark.pieces;
      ({ buffer, start, at, whole } = mark);
      prefixAt = -1;
    },
    take() {
      cut();
      const out = pieces;
      reset();
      return out;
    },
    clear: reset,
  };
}
