/**
 * Where something moved, packed small: looks of ten minutes of a camera are one piece of bytes, in chunks that are added as time
 * goes on. Pure.
 *
 * A chunk: its kind, then unsigned numbers of 7 bits a byte, the lowest first, the highest bit says that more follows. Kind 1, a
 * watched span: start and length, both in 100 ms from the start of the ten minutes. Kind 2, a picture in which something moved: its
 * time likewise, how many runs, and the lengths of runs of cells that did not and did move, in turns; the rest did not.
 */
import { cellCount, cellMask } from './motion-cells.ts';
import type { Point } from './place.ts';

export const motionSpanMs = 600_000;
const tickMs = 100;

export const motionSpanOf = (atMs: number): number => Math.floor(atMs / motionSpanMs) * motionSpanMs;

/** What is added to the bytes of one span. `moved`: one byte a cell. */
export type MotionChunk =
  | { is: 'watched'; fromMs: number; toMs: number }
  | { is: 'moved'; atMs: number; cells: Uint8Array };

/** Times outside of the span that begins at `spanMs` are brought to its nearest end. */
export function packMotion(spanMs: number, chunks: readonly MotionChunk[]): Uint8Array {
  const out: number[] = [];
  const put = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
    out.push(rest);
  };
  const tick = (atMs: number): number => Math.floor(Math.max(0, Math.min(motionSpanMs - 1, atMs - spanMs)) / tickMs);
  for (const chunk of chunks)
    if (chunk.is === 'watched') {
      out.push(1);
      put(tick(chunk.fromMs));
      put(Math.ceil(Math.max(0, Math.min(motionSpanMs, chunk.toMs - spanMs) - tick(chunk.fromMs) * tickMs) / tickMs));
    } else {
      const runs = runsOf(chunk.cells);
      out.push(2);
      put(tick(chunk.atMs));
      put(runs.length);
      for (const run of runs) put(run);
    }
  return Uint8Array.from(out);
}

function runsOf(cells: Uint8Array): number[] {
  const runs: number[] = [];
  let value = 0;
  let length = 0;
  for (let i = 0; i < cellCount; i += 1) {
    const cell = cells[i] === 1 ? 1 : 0;
    if (cell !== value) {
      runs.push(length);
      value = cell;
      length = 0;
    }
    length += 1;
  }
  if (value === 1) runs.push(length);
  return runs;
}

/** What was packed. From damage on the rest is left out. */
export function* unpackMotion(spanMs: number, bytes: Uint8Array): Generator<MotionChunk> {
  let at = 0;
  const get = (): number => {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = bytes[at];
      if (byte === undefined) return Number.NaN;
      at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const kind = bytes[at];
    at += 1;
    const fromMs = spanMs + get() * tickMs;
    if (kind === 1) {
      const toMs = fromMs + get() * tickMs;
      if (Number.isNaN(toMs)) return;
      yield { is: 'watched', fromMs, toMs };
      continue;
    }
    const runs = get();
    if (kind !== 2 || !(runs <= cellCount)) return;
    const cells = new Uint8Array(cellCount);
    let cell = 0;
    for (let n = 0; n < runs; n += 1) {
      const length = get();
      if (Number.isNaN(length)) return;
      if (n % 2 === 1) cells.fill(1, cell, cell + length);
      cell += length;
    }
    yield { is: 'moved', atMs: fromMs, cells };
  }
}

export type MotionHit = { fromMs: number; toMs: number; bestMs: number; part: number };
export type MotionSearch = {
  fromMs: number;
  toMs: number;
  /** null: the whole picture. */
  area: readonly Point[] | null;
  /** Part of the area, 0 … 1. */
  minPart: number;
  bridgeMs: number;
  limit: number;
};

/** Every change in an area, oldest first, from spans in the order of their time; and when pictures were looked at. */
export function searchMotion(
  spans: Iterable<{ spanMs: number; looks: Uint8Array }>,
  { fromMs, toMs, area, minPart, bridgeMs, limit }: MotionSearch,
): { hits: MotionHit[]; more: boolean; watched: [number, number][] } {
  const mask = area === null ? null : cellMask([{ kind: 'detect', points: [...area] }]);
  const all = mask === null ? cellCount : mask.reduce((n, is) => n + is, 0);
  const hits: MotionHit[] = [];
  const watched: [number, number][] = [];
  let more = false;
  const watch = (from: number, to: number): void => {
    const [begin, end] = [Math.max(from, fromMs), Math.min(to, toMs)];
    const last = watched.at(-1);
    if (last !== undefined && begin <= last[1] + tickMs) last[1] = Math.max(last[1], end);
    else if (end > begin) watched.push([begin, end]);
  };
  const move = (atMs: number, cells: Uint8Array): void => {
    if (atMs < fromMs || atMs >= toMs) return;
    let count = 0;
    for (let i = 0; i < cellCount; i += 1) count += (cells[i] ?? 0) & (mask?.[i] ?? 1);
    const part = count / Math.max(1, all);
    if (count === 0 || part < minPart) return;
    const last = hits.at(-1);
    if (last !== undefined && atMs - last.toMs <= bridgeMs && atMs >= last.toMs) {
      last.toMs = atMs;
      if (part > last.part) [last.bestMs, last.part] = [atMs, part];
    } else if (hits.length < limit) hits.push({ fromMs: atMs, toMs: atMs, bestMs: atMs, part });
    else more = true;
  };
  for (const { spanMs, looks } of spans)
    for (const chunk of unpackMotion(spanMs, looks))
      if (chunk.is === 'watched') watch(chunk.fromMs, chunk.toMs);
      else move(chunk.atMs, chunk.cells);
  return { hits, more, watched };
}
