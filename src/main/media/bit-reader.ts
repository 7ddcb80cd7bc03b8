import { MediaError } from './media-error.ts';

/** Reads single bits, most significant first, and Exp-Golomb codes (ISO/IEC 14496-10 §9.1) from hostile bytes. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length * 8;
  }

  /** Bits not yet read. */
  get left(): number {
    return this.#end - this.#at;
  }

  bit(): number {
    if (this.#at >= this.#end) throw new MediaError('truncated', 'the bits end too early');
    const byte = this.#bytes[this.#at >> 3] ?? 0;
    const bit = (byte >> (7 - (this.#at & 7))) & 1;
    this.#at += 1;
    return bit;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  /** 0 … 32 bits as an unsigned number. */
  bits(count: number): number {
    if (count > this.left) throw new MediaError('truncated', 'the bits end too early');
    let value = 0;
    for (let i = 0; i < count; i += 1) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void {
    if (count > this.left) throw new MediaError('truncated', 'the bits end too early');
    this.#at += count;
  }

  /** ue(v): 0 … 2^32 - 2. */
  ue(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros += 1;
      if (zeros > 31) throw new MediaError('malformed', 'an Exp-Golomb code is longer than 32 bits');
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** ue(v) that may not exceed `max`. */
  ueMax(max: number, what: string): number {
    const value = this.ue();
    if (value > max) throw new MediaError('malformed', `${what} is ${value}, at most ${max} is allowed`);
    return value;
  }

  /** se(v). */
  se(): number {
    const k = this.ue();
    return k % 2 === 0 ? -(k / 2) : (k + 1) / 2;
  }
}
