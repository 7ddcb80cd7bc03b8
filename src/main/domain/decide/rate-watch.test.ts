import fc from 'fast-check';
import { expect, it } from 'vitest';
import { freshRateWatch, rateWatch, sampleMs, usual, type RateOutput, type RateSample } from './rate-watch.ts';

function run(samples: (Omit<RateSample, 'atMs'> | null)[]): RateOutput[] {
  let state = freshRateWatch;
  const said: RateOutput[] = [];
  samples.forEach((sample, i) => {
    const [next, outputs] = rateWatch(state, sample && { ...sample, atMs: 1_000_000 + i * sampleMs });
    state = next;
    said.push(...outputs);
  });
  return said;
}
const good = { bitsPerSecond: 2_000_000, fps: 20, packetsLost: 0 };
const many = <T>(n: number, of: T): T[] => Array<T>(n).fill(of);

it('says when a rate is far from what it was, and when it is back; nothing is usual at first', () => {
  const low = { ...good, bitsPerSecond: 200_000, fps: 4 };
  expect(run([...many(10, good), ...many(15, low)])).toEqual([]);
  expect(run([...many(40, good), ...many(6, low), ...many(6, good)]).map((o) => `${o.matter} ${o.is}`)).toEqual([
    'bit-rate-off begin',
    'frame-rate-off begin',
    'bit-rate-off end',
    'frame-rate-off end',
  ]);
});

it('says nothing for what a scene does to a bit rate: within a third and three times the usual', () => {
  const rates = fc.array(fc.integer({ min: 700_000, max: 6_000_000 }), { minLength: 10, maxLength: 100 });
  fc.assert(
    fc.property(rates, (values) => {
      const samples = values.map((bitsPerSecond) => ({ ...good, bitsPerSecond }));
      expect(run([...many(200, good), ...samples])).toEqual([]);
    }),
  );
});

it('tells loss by its share, and forgets it with the connection', () => {
  const lossy = Array.from({ length: 6 }, (_, i) => ({ ...good, packetsLost: (i + 1) * 100 }));
  const after = many(6, { ...good, packetsLost: 600 });
  expect(run([...many(3, good), ...lossy, ...after]).map((o) => `${o.matter} ${o.is}`)).toEqual([
    'packet-loss begin',
    'packet-loss end',
  ]);
  expect(run([...many(3, good), ...lossy.slice(0, 3), null, ...many(3, good)])).toEqual([]);
});

it('takes the median', () => {
  expect(usual([1, 2, 3])).toBeNull();
  expect(usual([...many(20, 5), ...many(19, 1_000)])).toBe(5);
});
