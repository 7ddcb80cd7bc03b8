import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampView,
  followed,
  maxSpanMs,
  minSpanMs,
  panBy,
  resized,
  showSpan,
  timeAt,
  wheelFactor,
  xOf,
  zoomAbout,
} from './view.ts';

const now = Date.UTC(2026, 10, 22, 12);
const width = fc.integer({ min: 200, max: 4000 });
const view = fc
  .record({
    ago: fc.integer({ min: 0, max: 400 * 86_400_000 }),
    span: fc.integer({ min: minSpanMs, max: maxSpanMs }),
    width,
  })
  .map((v) => ({ width: v.width, view: clampView({ fromMs: now - v.ago, msPerPx: v.span / v.width }, v.width, now) }));

describe('view', () => {
  it('keeps the moment under the pointer while zooming, unless a limit stops it', () => {
    fc.assert(
      fc.property(
        view,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        (v, share, factor) => {
          const x = share * v.width;
          const zoomed = zoomAbout(v.view, x, factor, v.width, now);
          const span = zoomed.msPerPx * v.width;
          expect(span).toBeGreaterThanOrEqual(minSpanMs * 0.999);
          expect(span).toBeLessThanOrEqual(maxSpanMs * 1.001);
          const atEdge = Math.abs(timeAt(zoomed, v.width) - (now + span / 2)) < 1 || zoomed.fromMs === 0;
          if (!atEdge) expect(Math.abs(timeAt(zoomed, x) - timeAt(v.view, x))).toBeLessThan(1);
        },
      ),
    );
  });

  it('loses no place by zooming in and out again', () => {
    const start = clampView({ fromMs: now - 40 * 86_400_000, msPerPx: 1000 }, 1000, now);
    let v = start;
    for (let i = 0; i < 20; i++) v = zoomAbout(v, 300, wheelFactor(-100, 0), 1000, now);
    for (let i = 0; i < 20; i++) v = zoomAbout(v, 300, wheelFactor(100, 0), 1000, now);
    // The closest look was reached on the way in, so the scale may differ, the place may not.
    expect(Math.abs(timeAt(v, 300) - timeAt(start, 300))).toBeLessThan(1);
  });

  it('moves by what the hand moved, and never far beyond now', () => {
    fc.assert(
      fc.property(view, fc.integer({ min: -5000, max: 5000 }), (v, px) => {
        const moved = panBy(v.view, px, v.width, now);
        const span = moved.msPerPx * v.width;
        expect(timeAt(moved, v.width)).toBeLessThanOrEqual(now + span / 2 + 1);
        if (px <= 0 && moved.fromMs > 0) expect(moved.fromMs - v.view.fromMs).toBeCloseTo(px * v.view.msPerPx, 0);
      }),
    );
  });

  it('shows a span whole', () => {
    const v = showSpan(now - 60_000, now - 30_000, 800, now);
    expect(xOf(v, now - 60_000)).toBeGreaterThan(0);
    expect(xOf(v, now - 30_000)).toBeLessThan(800);
  });

  it('keeps the right edge when the window is resized', () => {
    const v = { fromMs: now - 3_600_000, msPerPx: 3600 };
    expect(timeAt(resized(v, 1000, 700, now), 700)).toBeCloseTo(timeAt(v, 1000), 0);
  });

  it('follows a playhead that walks out, in its direction only', () => {
    const v = { fromMs: now - 2_000_000, msPerPx: 1000 };
    expect(followed(v, now - 1_500_000, 1, 1000, now)).toBe(v);
    const after = followed(v, now - 1_010_000, 1, 1000, now);
    expect(xOf(after, now - 1_010_000)).toBeCloseTo(940, 3);
    expect(followed(v, now - 1_990_000, 1, 1000, now)).toBe(v);
    expect(xOf(followed(v, now - 1_990_000, -1, 1000, now), now - 1_990_000)).toBeCloseTo(60, 3);
  });
});
