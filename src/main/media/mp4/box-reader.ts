/** Walks the boxes inside a box (ISO/IEC 14496-12 §4.2). Hostile input: sizes are checked, nothing recurses. */
import { ByteReader } from '../byte-reader.ts';
import { MediaError } from '../media-error.ts';

export type Box = { type: string /** Of the body, in the bytes walked. */; start: number; end: number };

/** More children than this in one box are refused. */
const maxChildren = 4096;

/** The boxes in `[from, to)`, in order. Throws `MediaError` when one leads beyond the end. */
export function boxes(bytes: Uint8Array, from = 0, to = bytes.length): Box[] {
  const out: Box[] = [];
  let at = from;
  while (to - at >= 8) {
    if (out.length >= maxChildren) throw new MediaError('too-large', 'a box has too many boxes in it');
    const r = new ByteReader(bytes, at, to);
    let size = r.u32();
    const type = r.fourCc();
    if (size === 1) size = r.u64();
    else if (size === 0) size = to - at;
    if (size < r.at - at) throw new MediaError('malformed', 'a box is smaller than its own head');
    if (size > to - at)
      throw new MediaError('truncated', `the box ${JSON.stringify(type)} is longer than what holds it`);
    out.push({ type, start: r.at, end: at + size });
    at += size;
  }
  return out;
}

/** The first child of this type, or null. */
export function findBox(bytes: Uint8Array, parent: Box | null, type: string): Box | null {
  if (parent === null) return null;
  return boxes(bytes, parent.start, parent.end).find((b) => b.type === type) ?? null;
}

/** The box at the end of a path of types, or null. */
export function boxAt(bytes: Uint8Array, parent: Box, ...path: string[]): Box | null {
  let at: Box | null = parent;
  for (const type of path) at = findBox(bytes, at, type);
  return at;
}
