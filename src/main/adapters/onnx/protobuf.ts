/** As much of Protocol Buffers' wire format as an ONNX file needs (protobuf.dev/programming-guides/encoding). */

export type Field = {
  number: number;
  /** 0 a number, 1 eight bytes, 2 bytes with their length, 5 four bytes. */
  wire: number;
  /** Of wire 0. */
  value: number;
  /** Of wire 2. */
  bytes: Uint8Array;
  /** As it stands, its key included. */
  whole: Uint8Array;
};

/** Throws RangeError on bytes that are no message. */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('a number that does not end');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number of more than 64 bits');
  };
  while (at < message.length) {
    const from = at;
    const key = varint();
    const [number, wire] = [Math.floor(key / 8), key % 8];
    let value = 0;
    let bytes = message.subarray(at, at);
    if (wire === 0) value = varint();
    else if (wire === 2) {
      const length = varint();
      bytes = message.subarray(at, at + length);
      at += length;
    } else if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4;
    else throw new RangeError(`a field of wire type ${wire}`);
    if (at > message.length) throw new RangeError('a field that goes beyond its message');
    yield { number, wire, value, bytes, whole: message.subarray(from, at) };
  }
}

function varintOf(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) + 128);
  }
}

/** A field of whole number ≥ 0. */
export const numberField = (number: number, value: number): Uint8Array =>
  Uint8Array.from([...varintOf(number * 8), ...varintOf(value)]);

/** A field of bytes, text or a message. */
export function bytesField(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return joinBytes([Uint8Array.from([...varintOf(number * 8 + 2), ...varintOf(bytes.length)]), bytes]);
}

export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
