/**
 * Room that nothing is in, so that what is written ends on a block of the disk: a `free` box inside `moov` or `mfra`
 * (ISO/IEC 14496-12 §8.1.2), bytes behind the last sample in `mdat` (§8.1.1: samples are found by their offsets, not by order).
 */
import { ascii, u32 } from './box-writer.ts';

const leastFree = 8;

/** Bytes from `bytes` up to the next multiple of `block`; 0 where it is one. */
export const upTo = (bytes: number, block: number): number => (block - (bytes % block)) % block;

/** The size of a `free` box that fills up to a multiple of `block`: 0, or 8 and more. */
export function freeUpTo(bytes: number, block: number): number {
  const room = upTo(bytes, block);
  return room > 0 && room < leastFree ? room + block : room;
}

/** Writes the head of a `free` box of `size` bytes. What follows it must be zero already. */
export function putFree(out: Uint8Array, at: number, size: number): void {
  out.set(u32(size), at);
  out.set(ascii('free'), at + 4);
}

/** `ftyp moov` with a `free` box at the end of `moov`, so that its length is a multiple of `block` (≥ 8). */
export function roundUpInit(init: Uint8Array, block: number): Uint8Array {
  const room = freeUpTo(init.length, block);
  if (room === 0) return init;
  const out = new Uint8Array(init.length + room);
  out.set(init);
  putFree(out, init.length, room);
  const view = new DataView(out.buffer);
  const moovAt = view.getUint32(0);
  view.setUint32(moovAt, view.getUint32(moovAt) + room);
  return out;
}

/** Makes the `mdat` whose header ends `head` longer by `room` bytes, which are to follow its samples. */
export function lengthenData(head: Uint8Array, room: number): void {
  const view = new DataView(head.buffer, head.byteOffset + head.length - 8, 8);
  view.setUint32(0, view.getUint32(0) + room);
}
