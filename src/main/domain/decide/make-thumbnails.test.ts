import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, levelOf, slotOf, thumbnailSlotMs, type ThumbnailLevel } from '../thumbnail.ts';
import { momentsUntil, nextThumbnail, thinThumbnails } from './make-thumbnails.ts';

const dayMs = 86_400_000;
const now = 20_000 * dayMs;

describe('which thumbnail is made next', () => {
  it('is of the camera that is furthest behind, in a slot of its own that was recorded', () => {
    const camera = fc.record({
      camera: fc.uuid(),
      doneMs: fc.integer({ min: now - 2 * dayMs, max: now }),
      recordedMs: fc.integer({ min: now - 2 * dayMs, max: now }),
    });
    fc.assert(
      fc.property(fc.array(camera, { maxLength: 12 }), (progress) => {
        const next = nextThumbnail(progress, now);
        const behind = progress.map((p) => p.recordedMs - Math.max(p.doneMs, now - dayMs));
        if (next === null) {
          // Nobody who is a slot and a step behind is left out.
          expect(Math.max(-1, ...behind)).toBeLessThan(2 * 600_000);
          return;
        }
        const own = progress.find((p) => p.camera === next.camera)!;
        expect(next.atMs).toBeGreaterThan(own.doneMs);
        expect(slotOf(next.atMs)).toBeGreaterThan(slotOf(own.doneMs));
        expect(next.atMs + thumbnailSlotMs).toBeLessThanOrEqual(own.recordedMs);
      }),
    );
  });

  it('goes coarser the further it is behind, and ends at the present', () => {
    let doneMs = now - 10 * 3_600_000;
    const steps: number[] = [];
    for (;;) {
      const next = nextThumbnail([{ camera: 'a', doneMs, recordedMs: now }], now);
      if (next === null) break;
      steps.push(next.atMs - doneMs);
      doneMs = next.atMs;
    }
    expect(now - doneMs).toBeLessThanOrEqual(2 * thumbnailSlotMs);
    expect(steps[0]).toBe(600_000);
    expect(steps.at(-1)).toBe(thumbnailSlotMs);
    expect(steps.filter((s) => s === 60_000).length).toBeGreaterThan(100);
  });
});

describe('what is made of one segment at once', () => {
  it('is every step from the next one to its end, at least one and never endless', () => {
    const step = fc.constantFrom(10_000, 60_000, 600_000);
    fc.assert(
      fc.property(step, fc.integer({ min: -60_000, max: 600_000 }), (stepMs, leftMs) => {
        const atMs = Math.ceil(now / stepMs) * stepMs;
        const moments = momentsUntil(atMs + leftMs, { atMs, stepMs });
        expect(moments[0]).toBe(atMs);
        expect(moments.length).toBeLessThanOrEqual(12);
        for (const [n, m] of moments.entries()) {
          expect(m).toBe(atMs + n * stepMs);
          if (n > 0) expect(m).toBeLessThan(atMs + leftMs);
        }
        if (moments.length < 12) expect((moments.at(-1) ?? 0) + stepMs).toBeGreaterThanOrEqual(atMs + leftMs);
      }),
    );
  });
});

describe('room for thumbnails', () => {
  const levels: ThumbnailLevel[] = [0, 1, 2];
  it('is made by the finest alone, and enough in the end', () => {
    const counts = fc.record({ 0: fc.nat(2000), 1: fc.nat(2000), 2: fc.nat(2000) });
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 1, max: 9000 }),
        fc.integer({ min: 1, max: 50_000_000 }),
        (start, each, maxBytes) => {
          const left = { ...start };
          const bytes = (): number => levels.reduce<number>((sum, l) => sum + left[l] * each, 0);
          for (let rounds = 0; ; rounds += 1) {
            const thin = thinThumbnails({ bytes: bytes(), maxBytes, counts: left });
            if (thin === null) break;
            expect(thin.count).toBeGreaterThan(0);
            expect(thin.count).toBeLessThanOrEqual(left[thin.level]);
            for (const finer of levels) if (finer > thin.level) expect(left[finer]).toBe(0);
            left[thin.level] -= thin.count;
            expect(rounds).toBeLessThan(10_000);
          }
          expect(bytes()).toBeLessThanOrEqual(Math.max(maxBytes, 0));
        },
      ),
    );
  });

  it('keeps one of each ten minutes and of each minute as coarse ones', () => {
    let [coarseMs, minuteMs]: [number | null, number | null] = [null, null];
    const got: ThumbnailLevel[] = [];
    for (let atMs = now + 3_000; atMs < now + 1_200_000; atMs += thumbnailSlotMs) {
      const level = levelOf(atMs, { coarseMs, minuteMs });
      if (level === 0) coarseMs = atMs;
      if (level <= 1) minuteMs = atMs;
      got.push(level);
    }
    expect(levels.map((l) => got.filter((g) => g === l).length)).toEqual([2, 18, 100]);
  });
});

it('splits a span into parts that meet and cover it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * dayMs }), fc.integer({ min: 1, max: 64 }), (span, count) => {
      const cells = cellsOf(now, now + span, count);
      if (span === 0) {
        expect(cells).toEqual([]);
        return;
      }
      expect(cells[0]?.fromMs).toBe(now);
      expect(cells.at(-1)?.toMs).toBe(now + span);
      cells.forEach((c, i) => {
        expect(c.toMs).toBeGreaterThan(c.fromMs);
        if (i > 0) expect(c.fromMs).toBe(cells[i - 1]?.toMs);
      });
    }),
  );
});
