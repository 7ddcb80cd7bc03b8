import fc from 'fast-check';
import { expect, it } from 'vitest';
import { heightsOf, isWhole, lookedPart } from './line-bars.ts';

it('draws bars of one scale, none for nobody, and one that can be seen for each who crossed', () => {
  const span = fc.record({ in: fc.nat(5_000), out: fc.nat(5_000) });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 30 }), (spans) => {
      const { most, up, down } = heightsOf(spans);
      spans.forEach((s, i) => {
        for (const [n, height] of [
          [s.in, up[i]!],
          [s.out, down[i]!],
        ] as const) {
          expect(height === 0).toBe(n === 0);
          expect(height).toBeLessThanOrEqual(30);
          if (n === most && n > 0) expect(height).toBe(30);
        }
      });
    }),
  );
});

it('judges of the hour that goes on what has passed of it', () => {
  const hour = { fromMs: 0, toMs: 3_600_000 };
  expect(isWhole({ ...hour, lookedMs: 595_000 }, 600_000)).toBe(true);
  expect(isWhole({ ...hour, lookedMs: 595_000 }, 4_000_000)).toBe(false);
  expect(lookedPart({ ...hour, lookedMs: 0 }, 0)).toBe(1);
  expect(lookedPart({ ...hour, lookedMs: 900_000 }, 9_000_000)).toBe(0.25);
});
