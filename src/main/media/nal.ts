/** NAL units of H.264 and H.265: how they are framed, and how payload bytes are told from start codes. */
import { MediaError } from './media-error.ts';

/**
 * The NAL units of an Annex B byte stream (ISO/IEC 14496-10 Annex B), as views, without start codes and trailing zeros.
 * Bytes before the first start code are ignored.
 */
export function splitAnnexB(bytes: Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = [];
  const push = (from: number, to: number): void => {
    let end = to;
    while (end > from && bytes[end - 1] === 0) end -= 1; // trailing_zero_8bits, and the first zero of a 4-byte start code
    if (end > from) out.push(bytes.subarray(from, end));
  };
  let start = -1;
  let i = 2;
  while (i < bytes.length) {
    const b = bytes[i] ?? 0;
    if (b > 1) i += 3;
    else if (b === 1) {
      if (bytes[i - 1] === 0 && bytes[i - 2] === 0) {
        if (start >= 0) push(start, i - 2);
        start = i + 1;
      }
      i += 3;
    } else i += 1;
  }
  if (start >= 0) push(start, bytes.length);
  return out;
}

/**
 * The NAL units of a length-prefixed sample (ISO/IEC 14496-15 §5.3.2), as views. Empty units are left out. Throws
 * `MediaError('truncated')` when a length leads beyond the end.
 */
export function splitLengthPrefixed(sample: Uint8Array, lengthBytes: 1 | 2 | 4 = 4): Uint8Array[] {
  const out: Uint8Array[] = [];
  let at = 0;
  while (at < sample.length) {
    if (sample.length - at < lengthBytes) throw new MediaError('truncated', 'a NAL unit length is cut off');
    let length = 0;
    for (let i = 0; i < lengthBytes; i += 1) length = length * 256 + (sample[at + i] ?? 0);
    at += lengthBytes;
    if (length > sample.length - at) throw new MediaError('truncated', 'a NAL unit is longer than its sample');
    if (length > 0) out.push(sample.subarray(at, at + length));
    at += length;
  }
  return out;
}

/** NAL units as one length-prefixed sample with 4-byte lengths. */
export function joinLengthPrefixed(nals: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const nal of nals) size += 4 + nal.length;
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const nal of nals) {
    view.setUint32(at, nal.length);
    out.set(nal, at + 4);
    at += 4 + nal.length;
  }
  return out;
}

/** NAL units as an Annex B byte stream with 4-byte start codes. */
export function joinAnnexB(nals: readonly Uint8Array[]): Uint8Array {
  const out = joinLengthPrefixed(nals);
  let at = 0;
  for (const nal of nals) {
    out[at] = 0;
    out[at + 1] = 0;
    out[at + 2] = 0;
    out[at + 3] = 1;
    at += 4 + nal.length;
  }
  return out;
}

/** The payload without emulation prevention bytes (00 00 03 → 00 00), §7.3.1.1; `from` skips the NAL unit header. */
export function unescapeNal(nal: Uint8Array, from = 0): Uint8Array {
  const out = new Uint8Array(Math.max(0, nal.length - from));
  let size = 0;
  let zeros = 0;
  for (let i = from; i < nal.length; i += 1) {
    const b = nal[i] ?? 0;
    if (zeros >= 2 && b === 3) {
      zeros = 0;
      continue;
    }
    zeros = b === 0 ? zeros + 1 : 0;
    out[size] = b;
    size += 1;
  }
  return out.subarray(0, size);
}
