/**
 * The mark of a segment that was not recorded live but fetched from the camera's own card: a `uuid` box at the end of `moov`
 * (ISO/IEC 14496-12 §4.2, §11.1), which players skip. It says which recording on the card it came from, in ASCII.
 */
import type { Box } from './box-reader.ts';
import { ascii, box } from './box-writer.ts';

/** Ours alone: made once, at random (RFC 9562 §5.4). */
const extendedType = [0x8f, 0x3b, 0x51, 0xd4, 0x6a, 0x0e, 0x4c, 0x87, 0x9d, 0x52, 0x1f, 0xe7, 0x30, 0xb9, 0x6c, 0x14];
const maxTextBytes = 64;

/** `recording`: as the camera names it; what is not printable ASCII becomes `?`, what is beyond 64 bytes is left out. */
export function writeOriginMark(recording: string): Uint8Array {
  const text = recording.replace(/[^\x20-\x7e]/g, '?').slice(0, maxTextBytes);
  return box('uuid', extendedType, [1], ascii(text));
}

/** The recording named in a `uuid` box; null where the box is not this mark. */
export function readOriginMark(bytes: Uint8Array, { start, end }: Box): string | null {
  const text = start + extendedType.length + 1;
  if (text > end || extendedType.some((b, i) => bytes[start + i] !== b)) return null;
  const stop = Math.min(end, text + maxTextBytes);
  return Array.from(bytes.subarray(text, stop), (c) => (c >= 0x20 && c < 0x7f ? String.fromCharCode(c) : '?')).join('');
}
