import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { CameraId } from '#domain/id.ts';
import { bandsOf, firstEndingAfter } from './bands.ts';
import { createCoverage, type CoverageAnswer } from './coverage.ts';
import { grainOf, levelFor, pieces, slotFrom, slotKey, slotsOver, slotTo, wantedSlots } from './slots.ts';

const moment = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });

describe('slots', () => {
  it('have a grain as fine as a pixel and at most half as fine', () => {
    fc.assert(
      fc.property(fc.double({ min: 125, max: 5e6, noNaN: true }), (msPerPx) => {
        const grain = grainOf(levelFor(msPerPx));
        expect(grain).toBeLessThanOrEqual(msPerPx);
        expect(grain).toBeGreaterThan(msPerPx / 2.01);
      }),
    );
  });

  it('cover a span without holes, and pieces fill it whatever is known', () => {
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 0, max: 14 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 16 }), fc.integer({ min: -2, max: 3 }))),
        (from, px, level, have) => {
          const to = from + px * grainOf(level);
          const slots = slotsOver(level, from, to);
          expect(slotFrom(slots[0] ?? { level, index: 0 })).toBeLessThanOrEqual(from);
          expect(slotTo(slots.at(-1) ?? { level, index: 0 })).toBeGreaterThanOrEqual(to);
          const known = new Set(
            have.map(([l, i]) => slotKey({ level: l, index: (slotsOver(l, from, from + 1)[0]?.index ?? 0) + i })),
          );
          const all = pieces(level, from, to, (s) => known.has(slotKey(s)));
          let at = from;
          for (const p of all) {
            expect(p.fromMs).toBe(at);
            at = p.toMs;
            if (p.slot) {
              expect(known.has(slotKey(p.slot))).toBe(true);
              expect(slotFrom(p.slot)).toBeLessThanOrEqual(p.fromMs);
              expect(slotTo(p.slot)).toBeGreaterThanOrEqual(p.toMs);
            }
          }
          expect(at).toBe(to);
        },
      ),
    );
  });

  it('never ask for the future', () => {
    const now = 1_800_000_000_000;
    const { seen, near } = wantedSlots(now - 3_600_000, now + 1_800_000, 3600, now);
    expect(seen.length).toBeGreaterThan(0);
    for (const s of [...seen, ...near]) expect(slotFrom(s)).toBeLessThanOrEqual(now);
  });
});

describe('bands', () => {
  it('count cameras as a plain look at every moment does', () => {
    const row = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 10 }).map((cuts) => {
      const c = cuts.sort((a, b) => a - b);
      const out: [number, number][] = [];
      for (let i = 0; i + 1 < c.length; i += 2) out.push([c[i] ?? 0, c[i + 1] ?? 0]);
      return out;
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
        const bands = bandsOf(rows);
        for (let t = 0; t < 61; t++) {
          const real = rows.filter((r) => r.some(([a, b]) => a <= t && t < b)).length;
          const i = firstEndingAfter(bands, t, (b) => b.toMs);
          const band = bands[i];
          expect(band && band.fromMs <= t ? band.count : 0).toBe(real);
        }
      }),
    );
  });
});

describe('coverage', () => {
  const camera = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZ1');
  const empty: CoverageAnswer = {
    rows: [{ cameraId: camera, stream: 'main', spans: [[0, 1]], gaps: [], backFilled: [], archived: [] }],
    ticks: [],
    firstMs: 0,
    lastMs: 1,
    seams: [],
    twice: [],
  };

  it('asks for what is seen first, once, and keeps the old picture while it refines', async () => {
    const now = 1_800_000_000_000;
    const asked: number[] = [];
    const changed = vi.fn();
    const coverage = createCoverage(
      {
        nowMs: () => now,
        ask: (input) => {
          asked.push(input.grainMs);
          return Promise.resolve(empty);
        },
      },
      changed,
    );
    try {
      const from = now - 86_400_000 * 3;
      coverage.want([camera], from, from + 3_600_000, 3600);
      coverage.want([camera], from, from + 3_600_000, 3600);
      await vi.waitFor(() => {
        expect(coverage.over(from, from + 3_600_000, 3600).every((p) => p.known !== null)).toBe(true);
      });
      expect(asked[0]).toBe(grainOf(levelFor(3600)));
      const slots = new Set(asked);
      expect(slots.size).toBeGreaterThan(1); // the next level out is fetched ahead
      // Closer: nothing finer is known yet, the coarse picture stands.
      const closer = coverage.over(from, from + 600_000, 600);
      expect(closer.every((p) => p.known !== null)).toBe(true);
      expect(changed).toHaveBeenCalled();
    } finally {
      coverage.stop();
    }
  });

  it('says so when the station cannot be asked, and keeps what it has', async () => {
    let fail = false;
    let now = 1_800_000_000_000;
    const coverage = createCoverage(
      { nowMs: () => now, ask: () => (fail ? Promise.reject(new Error('gone')) : Promise.resolve(empty)) },
      () => undefined,
    );
    try {
      coverage.want([camera], now - 60_000, now, 125);
      await vi.waitFor(() => {
        expect(coverage.over(now - 60_000, now, 125)[0]?.known).toBeTruthy();
      });
      fail = true;
      now += 10_000;
      coverage.want([camera], now - 60_000, now, 125);
      await vi.waitFor(() => {
        expect(coverage.stale()).toBe(true);
      });
      expect(coverage.over(now - 60_000, now - 20_000, 125)[0]?.known).toBeTruthy();
    } finally {
      coverage.stop();
    }
  });
});
