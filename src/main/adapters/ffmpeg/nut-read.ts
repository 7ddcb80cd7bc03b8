/** Reads ffmpeg's NUT output as it comes (the NUT open container format): stream header, then frames with their times. */
import { nutFlag, nutStart } from './nut-write.ts';

export type NutSink = {
  /** Codec-specific data of the stream header (Annex B parameter sets for H.264). */
  config(config: Uint8Array): void;
  /** `ptsMs` in milliseconds, rounded. */
  frame(ptsMs: number, data: Uint8Array): void;
};

const maxPacketBytes = 64 * 1024 * 1024;
/** Frames above this size carry no elided header. */
const maxElidedBytes = 4096;

type Entry = {
  flags: number;
  stream: number;
  mul: number;
  lsb: number;
  ptsDelta: number;
  reserved: number;
  header: number;
};

/** Not enough bytes yet. */
const short = new Error('more bytes are needed');

/** Of memory of its own: of a larger piece a view, as long as that is not mostly other things, which it would keep alive. */
const own = (data: Buffer): Uint8Array =>
  2 * data.length >= data.buffer.byteLength
    ? new Uint8Array(data.buffer, data.byteOffset, data.length)
    : new Uint8Array(data);

/** Chunks are kept: nobody may write to them again. `push` throws on bytes that are no NUT; the reader cannot be used after that. */
export function createNutReader(sink: NutSink): { push(chunk: Uint8Array): void } {
  let buffer: Buffer = Buffer.alloc(0);
  /** What came since, not joined yet: a large frame comes in many pieces. */
  let pieces: Buffer[] = [];
  let bytesHere = 0;
  /** Bytes that are needed before it is worth looking again. */
  let need = nutStart.id.length;
  let begun = false;
  let at = 0;
  let table: Entry[] = [];
  let elided: Buffer[] = [];
  let timeBase = { num: 1, den: 1000 };
  let shift = 0;
  let last = 0;

  const byte = (): number => {
    const b = buffer[at];
    if (b === undefined) throw short;
    at += 1;
    return b;
  };
  const value = (): number => {
    let out = 0;
    for (let i = 0; i < 8; i++) {
      const b = byte();
      out = out * 128 + (b & 127);
      if (b < 128) return out;
    }
    throw new Error('a NUT value is too long');
  };
  const signed = (): number => {
    const n = value();
    return n % 2 === 1 ? (n + 1) / 2 : -n / 2;
  };
  const bytes = (n: number): Buffer => {
    if (n > maxPacketBytes) throw new Error('a NUT packet is too large');
    if (buffer.length < at + n) {
      need = at + n;
      throw short;
    }
    at += n;
    return buffer.subarray(at - n, at);
  };

  const readMain = (): void => {
    if (value() > 3) value();
    value(); // streams
    value(); // max distance
    const bases = Array.from({ length: value() }, () => ({ num: value(), den: value() }));
    timeBase = bases[0] ?? timeBase;
    table = [];
    let ptsDelta = 0;
    let mul = 1;
    let stream = 0;
    let header = 0;
    while (table.length < 256) {
      const flags = value();
      const fields = value();
      if (fields > 0) ptsDelta = signed();
      if (fields > 1) mul = value();
      if (fields > 2) stream = value();
      const lsb = fields > 3 ? value() : 0;
      const reserved = fields > 4 ? value() : 0;
      const count = fields > 5 ? value() : mul - lsb;
      if (fields > 6) signed();
      if (fields > 7) header = value();
      for (let i = 8; i < fields; i++) value();
      for (let j = 0; j < count && table.length < 256; ) {
        if (table.length === 0x4e) {
          table.push({ flags: nutFlag.invalid, stream: 0, mul: 1, lsb: 0, ptsDelta: 0, reserved: 0, header: 0 });
          continue;
        }
        table.push({ flags, stream, mul, lsb: lsb + j, ptsDelta, reserved, header });
        j += 1;
      }
      if (count <= 0) throw new Error('a NUT frame table is empty');
    }
    elided = [Buffer.alloc(0)];
    for (let n = value(); n > 0; n--) elided.push(Buffer.from(bytes(value())));
  };
  const readStream = (): void => {
    value(); // stream id
    value(); // class
    bytes(value()); // fourcc
    value(); // time base
    shift = value();
    value(); // max pts distance
    value(); // decode delay
    value(); // flags
    sink.config(Uint8Array.from(bytes(value())));
  };

  const readPacket = (): void => {
    if (buffer.length < 9) throw short;
    const code = buffer.readBigUInt64BE(0);
    at = 8;
    const length = value();
    if (length > 4096) at += 4;
    bytes(length); // all of it is here
    const end = at;
    at = end - length;
    if (code === nutStart.main) readMain();
    else if (code === nutStart.stream) readStream();
    else if (code === nutStart.sync) last = value();
    at = end;
  };
  const readFrame = (): void => {
    const entry = table[byte()];
    if (!entry) throw new Error('a NUT frame comes before its headers');
    let { flags, header, reserved } = entry;
    if (flags & nutFlag.coded) flags ^= value();
    if (flags & (nutFlag.invalid | nutFlag.sideData)) throw new Error('this is no NUT frame');
    if (flags & nutFlag.streamId) value();
    let pts = last + entry.ptsDelta;
    if (flags & nutFlag.codedPts) {
      const coded = value();
      const range = 2 ** shift;
      const from = last - range / 2;
      pts = coded >= range ? coded - range : ((((coded - from) % range) + range) % range) + from;
    }
    let size = entry.lsb;
    if (flags & nutFlag.sizeMsb) size += entry.mul * value();
    if (flags & nutFlag.matchTime) signed();
    if (flags & nutFlag.headerIdx) header = value();
    if (flags & nutFlag.reserved) reserved = value();
    for (; reserved > 0; reserved--) value();
    if (flags & nutFlag.checksum) bytes(4);
    const before = size > maxElidedBytes ? undefined : elided[header];
    const data = bytes(size - (before?.length ?? 0));
    last = pts;
    sink.frame(
      Math.round((pts * timeBase.num * 1000) / timeBase.den),
      before?.length ? Buffer.concat([before, data]) : own(data),
    );
  };

  return {
    push(chunk) {
      pieces.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      bytesHere += chunk.length;
      if (bytesHere < need) return;
      buffer = pieces.length === 1 && buffer.length === 0 ? (pieces[0] ?? buffer) : Buffer.concat([buffer, ...pieces]);
      pieces = [];
      while (buffer.length >= need && buffer.length > 0) {
        at = 0;
        need = 1;
        try {
          if (!begun) {
            if (!bytes(nutStart.id.length).equals(nutStart.id)) throw new Error('this is no NUT stream');
            begun = true;
          } else if (buffer[0] === 0x4e) readPacket();
          else readFrame();
        } catch (stop) {
          if (stop !== short) throw stop;
          need = Math.max(need, buffer.length + 1);
          break;
        }
        buffer = buffer.subarray(at);
      }
      bytesHere = buffer.length;
    },
  };
}
