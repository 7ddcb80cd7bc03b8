/** What was found moving, for a list and a strip. Pure. */
import type { Point } from '#domain/place.ts';
import type { MotionFound } from '../../stores/motion-search.ts';

export type Hit = MotionFound['hits'][number];
export type Order = 'time' | 'most';

/** Newest first, or where most of the area moved. */
export const ordered = (hits: readonly Hit[], order: Order): Hit[] =>
  [...hits].sort((a, b) => (order === 'most' ? b.part - a.part || b.fromMs - a.fromMs : b.fromMs - a.fromMs));

export type Bar = { left: number; width: number };
/** Parts of the strip's width; what is narrower than `least` is still seen. */
export function barOf(span: { fromMs: number; toMs: number }, fromMs: number, toMs: number, least: number): Bar {
  const long = Math.max(1, span.toMs - span.fromMs);
  const from = Math.min(1, Math.max(0, (fromMs - span.fromMs) / long));
  const to = Math.min(1, Math.max(0, (toMs - span.fromMs) / long));
  const width = Math.max(least, to - from);
  return { left: Math.min(from, 1 - width), width };
}

/** An area as it stands in the page's address, and back: corners in thousandths of the picture. */
export const areaText = (points: readonly Point[]): string =>
  points.map((p) => `${String(Math.round(p.x * 1000))}.${String(Math.round(p.y * 1000))}`).join('_');
export function areaFrom(text: string | null): Point[] | null {
  const points = (text ?? '').split('_').map((pair) => {
    const [x, y] = pair.split('.');
    return { x: Number(x) / 1000, y: Number(y) / 1000 };
  });
  const sound = (v: number): boolean => Number.isFinite(v) && v >= 0 && v <= 1;
  return points.length >= 3 && points.length <= 32 && points.every((p) => sound(p.x) && sound(p.y)) ? points : null;
}
