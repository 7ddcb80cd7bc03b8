import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cellCount } from './motion-cells.ts';
import { motionSpanMs, packMotion, searchMotion, unpackMotion, type MotionChunk } from './motion-index.ts';
import { gateGrid } from './watching.ts';

const spanMs = 1_800_000_000_000 - (1_800_000_000_000 % motionSpanMs);
const tick = fc.integer({ min: 0, max: motionSpanMs / 100 - 1 }).map((n) => spanMs + n * 100);
const cells = fc.array(fc.tuple(fc.nat(cellCount - 1), fc.nat(40)), { maxLength: 20 }).map((runs) => {
  const out = new Uint8Array(cellCount);
  for (const [from, length] of runs) out.fill(1, from, from + length);
  return out;
});
const chunk: fc.Arbitrary<MotionChunk> = fc.oneof(
  fc.tuple(tick, tick).map(([a, b]) => ({ is: 'watched' as const, fromMs: Math.min(a, b), toMs: Math.max(a, b) })),
  fc.tuple(tick, cells).map(([atMs, moved]) => ({ is: 'moved' as const, atMs, cells: moved })),
);

it('gives back what was packed, also in parts', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 30 }), fc.nat(30), (chunks, at) => {
      const whole = packMotion(spanMs, chunks);
      expect([...unpackMotion(spanMs, whole)]).toEqual(chunks);
      const parts = [...packMotion(spanMs, chunks.slice(0, at)), ...packMotion(spanMs, chunks.slice(at))];
      expect(parts).toEqual([...whole]);
    }),
  );
});

it('survives any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const found of unpackMotion(spanMs, bytes))
        if (found.is === 'moved') expect(found.cells).toHaveLength(cellCount);
    }),
  );
});

it('takes little room: an hour of a person who walks, looked at every second', () => {
  let bytes = 0;
  for (let s = 0; s < 600; s += 1) {
    const moved = new Uint8Array(cellCount);
    for (let row = 10; row < 20; row += 1)
      moved.fill(1, row * gateGrid.columns + (s % 36), row * gateGrid.columns + (s % 36) + 4);
    bytes += packMotion(spanMs, [{ is: 'moved', atMs: spanMs + s * 1_000, cells: moved }]).length;
  }
  expect(bytes * 6).toBeLessThan(100_000);
});

it('finds in an area what moved in it, joins what is near in time, and says when nobody looked', () => {
  const left = new Uint8Array(cellCount);
  for (let row = 0; row < gateGrid.rows; row += 1) left.fill(1, row * gateGrid.columns, row * gateGrid.columns + 4);
  const right = left.map((_, i) => (i % gateGrid.columns >= 30 ? 1 : 0));
  const at = (s: number): number => spanMs + s * 1_000;
  const looks = packMotion(spanMs, [
    { is: 'watched', fromMs: at(0), toMs: at(60) },
    { is: 'moved', atMs: at(10), cells: left },
    { is: 'moved', atMs: at(12), cells: left },
    { is: 'moved', atMs: at(14), cells: right },
    { is: 'moved', atMs: at(40), cells: left },
    { is: 'watched', fromMs: at(60), toMs: at(100) },
    { is: 'watched', fromMs: at(300), toMs: at(310) },
  ]);
  const search = { fromMs: at(0), toMs: at(600), area: null, minPart: 0.02, bridgeMs: 5_000, limit: 100 };
  const whole = searchMotion([{ spanMs, looks }], search);
  expect(whole.hits.map((h) => [h.fromMs, h.toMs])).toEqual([
    [at(10), at(14)],
    [at(40), at(40)],
  ]);
  expect(whole.watched).toEqual([
    [at(0), at(100)],
    [at(300), at(310)],
  ]);
  const strip = [
    { x: 0, y: 0 },
    { x: 0.05, y: 0 },
    { x: 0.05, y: 1 },
    { x: 0, y: 1 },
  ];
  const found = searchMotion([{ spanMs, looks }], { ...search, area: strip });
  expect(found.hits.map((h) => [h.fromMs, h.toMs, h.part])).toEqual([
    [at(10), at(12), 1],
    [at(40), at(40), 1],
  ]);
  expect(searchMotion([{ spanMs, looks }], { ...search, limit: 1 })).toMatchObject({ more: true, hits: [{}] });
  expect(searchMotion([{ spanMs, looks }], { ...search, fromMs: at(13), toMs: at(30) }).hits).toHaveLength(1);
});
