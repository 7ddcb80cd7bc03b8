import { MediaError } from './media-error.ts';

/** Reads big-endian numbers from hostile bytes; a read beyond the end throws `MediaError('truncated')`. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  readonly #view: DataView;

  /** Reads `[at, end)` of `bytes`. */
  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = Math.min(end, bytes.length);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.end - this.at;
  }

  #take(count: number): number {
    const at = this.at;
    if (count < 0 || count > this.end - at)
      throw new MediaError('truncated', `needs ${count} more bytes, ${this.left} are left`);
    this.at = at + count;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }
  u24(): number {
    const at = this.#take(3);
    return (this.#view.getUint16(at) << 8) | this.#view.getUint8(at + 2);
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }
  i32(): number {
    return this.#view.getInt32(this.#take(4));
  }
  /** 64 bits; more than 2^53 - 1 is refused. */
  u64(): number {
    const high = this.u32();
    const low = this.u32();
    if (high > 0x1fffff) throw new MediaError('malformed', 'a 64-bit number is larger than 2^53');
    return high * 0x1_0000_0000 + low;
  }
  skip(count: number): void {
    this.#take(count);
  }
  /** The next `count` bytes, as a view. */
  view(count: number): Uint8Array {
    const at = this.#take(count);
    return this.bytes.subarray(at, at + count);
  }
  /** Four characters, e.g. a box type. */
  fourCc(): string {
    const at = this.#take(4);
    const b = this.bytes;
    return String.fromCharCode(b[at] ?? 0, b[at + 1] ?? 0, b[at + 2] ?? 0, b[at + 3] ?? 0);
  }
}
