import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  betweenLooks,
  freshBetweenLooks,
  given,
  looksBetween,
  secondLookUs,
  type LookCause,
  type ShownUnit,
} from './between-looks.ts';

type Camera = {
  fps: number;
  gop: number;
  seconds: number;
  perSecond?: number;
  pixels?: number;
  bytes?: (s: number, n: number) => number;
  active?: (s: number) => boolean;
  unsure?: (s: number) => boolean;
};

/** When it is looked at, seconds, and how many pictures are decoded for each look. */
function run({ fps, gop, seconds, perSecond = 1, pixels = 640 * 360, bytes, active, unsure }: Camera) {
  let state = freshBetweenLooks;
  const looks: { s: number; key: boolean; units: number; cause: LookCause }[] = [];
  for (let n = 0; n < fps * seconds; n += 1) {
    const s = n / fps;
    const key = n % gop === 0;
    const unit: ShownUnit = {
      ...{ key, ptsUs: Math.round(s * 1e6), bytes: key ? 20_000 : (bytes?.(s, n) ?? 400), pixels, perSecond },
      ...{ active: active?.(s) ?? unsure?.(s) ?? false, unsure: unsure?.(s) ?? false },
    };
    const [next, cause] = betweenLooks(state, unit);
    state = cause === null ? next : given(next, unit, cause);
    if (cause !== null) looks.push({ s, key, units: (n % gop) + 1, cause });
  }
  return { looks, state };
}
/** Noise of an encoder, the same each time. */
const noisy = (n: number): number => 400 + ((n * 7_919) % 97) - 48;
const between = <L extends { s: number; key: boolean }>(looks: L[], from: number, to: number) =>
  looks.filter((l) => !l.key && l.s >= from && l.s < to);

describe('betweenLooks', () => {
  it('takes key frames as often as asked for, and nothing between them where they come that often', () => {
    const { looks, state } = run({ fps: 10, gop: 10, seconds: 60, active: () => true });
    expect(looks.every((l) => l.key)).toBe(true);
    expect(looks).toHaveLength(60);
    expect(looksBetween(state, 1, 640 * 360)).toBe(false);
    expect(run({ fps: 10, gop: 5, seconds: 60 }).looks).toHaveLength(60);
  });

  it('looks half as often as asked for while nothing happens, and not between key frames that come so', () => {
    const { looks, state } = run({ fps: 15, gop: 60, seconds: 120, bytes: (_, n) => noisy(n) });
    expect(between(looks, 8, 120)).toHaveLength(28);
    for (const { units } of between(looks, 8, 120)) expect(units).toBeLessThanOrEqual(32);
    expect(looks.filter((l) => l.key)).toHaveLength(30);
    expect(looksBetween(state, 1, 640 * 360)).toBe(true);
    const each2s = run({ fps: 15, gop: 30, seconds: 120, bytes: (_, n) => noisy(n) });
    expect(between(each2s.looks, 8, 120)).toEqual([]);
  });

  it('looks within half a second when pictures grow, and each second while something moves', () => {
    const walks = (s: number): boolean => s >= 61 && s < 75;
    const { looks } = run({
      ...{ fps: 10, gop: 40, seconds: 100 },
      bytes: (s, n) => noisy(n) + (walks(s) ? 500 : 0),
      active: (s) => s >= 61.5 && s < 78,
    });
    const first = between(looks, 61, 75)[0];
    expect(first?.s).toBeLessThan(61.5);
    const during = looks.filter((l) => l.s >= 61.5 && l.s < 75);
    for (const [n, { s }] of during.entries()) if (n > 0) expect(s - during[n - 1]!.s).toBeLessThanOrEqual(1.31);
    expect(between(looks, 85, 100).length).toBeLessThanOrEqual(4);
  });

  it('believes no sizes that said nothing while something moved, for ten minutes', () => {
    // A constant bit rate: what moves makes nothing larger. It is seen at a key frame.
    const { looks } = run({
      ...{ fps: 10, gop: 40, seconds: 800 },
      bytes: (_, n) => noisy(n),
      active: (s) => s > 100 && s < 110,
    });
    expect(between(looks, 20, 100).length).toBeLessThanOrEqual(20);
    expect(between(looks, 200, 300).length).toBeGreaterThan(60);
    expect(between(looks, 760, 800).length).toBeLessThanOrEqual(10);
  });

  it('decodes no more for a camera than a bounded number of pixels a second, and nothing of what is reordered', () => {
    const large = run({ fps: 25, gop: 100, seconds: 60, pixels: 1920 * 1080, active: () => true });
    const decoded = large.looks.reduce((sum, l) => sum + (l.key ? 0 : l.units), 0) * 1920 * 1080;
    expect(decoded / 60).toBeLessThan(60 * 640 * 360);
    expect(looksBetween(large.state, 1, 1920 * 1080)).toBe(false);
    let state = freshBetweenLooks;
    let looks = 0;
    for (let n = 0; n < 600; n += 1) {
      // B-pictures: each second one is shown before the one that came before it.
      const ptsUs = (n % 2 === 0 ? n : n - 2) * 100_000 + 200_000;
      const unit = {
        key: n % 40 === 0,
        ptsUs,
        bytes: 400,
        pixels: 640 * 360,
        active: true,
        unsure: true,
        perSecond: 1,
      };
      const [next, cause] = betweenLooks(state, unit);
      state = cause === null ? next : given(next, unit, cause);
      if (cause !== null && !unit.key && n > 4) looks += 1;
    }
    expect(looks).toBe(0);
    expect(looksBetween(state, 1, 640 * 360)).toBe(false);
  });

  it.each([
    { fps: 10, gop: 10, at: [30.5] },
    { fps: 15, gop: 15, at: [30 + 8 / 15] },
    { fps: 25, gop: 50, at: [30.48] },
    { fps: 5, gop: 5, at: [30.6] },
    // A key frame that comes so soon is waited for.
    { fps: 20, gop: 12, at: [30.6] },
  ])('looks a second time half a second after the first, at $fps fps and a key frame each $gop pictures', (camera) => {
    const { looks } = run({ ...camera, seconds: 40, unsure: (s) => s > 30.1 && s < 30.75 });
    const seconds = looks.filter((l) => l.cause === 'second').map((l) => l.s);
    expect(seconds).toEqual(camera.at.map((s) => expect.closeTo(s, 5) as number));
    const others = looks.filter((l) => l.cause === 'turn').map((l) => l.s);
    expect(others).toEqual(run({ ...camera, seconds: 40, active: (s) => s > 30.1 && s < 30.75 }).looks.map((l) => l.s));
  });

  it('looks no second time in what is too large, and not all the time', () => {
    const unsure = (s: number): boolean => s > 30;
    const seconds = (camera: Partial<Camera>) =>
      run({ fps: 10, gop: 10, seconds: 130, unsure, ...camera }).looks.filter((l) => l.cause === 'second');
    expect(seconds({ pixels: 1920 * 1080 })).toEqual([]);
    expect(seconds({ fps: 30, gop: 120 }).every((l) => l.units <= 60)).toBe(true);
    expect(seconds({ fps: 25, gop: 25, pixels: 1280 * 720 }).every((l) => l.units <= 15)).toBe(true);
    // As many as are spare, then one in 4 s.
    expect(seconds({}).length).toBeGreaterThan(4 + 22);
    expect(seconds({}).length).toBeLessThanOrEqual(4 + 25);
    expect(seconds({}).filter((l) => l.s < 34)).toHaveLength(4);
    expect(run({ fps: 10, gop: 10, seconds: 60, active: () => true }).looks.every((l) => l.cause === 'turn')).toBe(
      true,
    );
  });

  it('never looks more often than asked for, but for second looks, whatever comes', () => {
    const unit = fc.record({
      key: fc.boolean(),
      step: fc.integer({ min: 1, max: 2_000 }),
      bytes: fc.nat(5_000),
      active: fc.boolean(),
      unsure: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 300 }), fc.constantFrom(0.2, 1, 5), (units, perSecond) => {
        let state = freshBetweenLooks;
        let ptsUs = 0;
        let last: { us: number; turnUs: number } | null = null;
        let hadKey = false;
        for (const { key, step, ...seen } of units) {
          ptsUs += step * 1_000;
          hadKey ||= key;
          const now = { key, ptsUs, ...seen, pixels: 640 * 360, perSecond };
          const [next, cause] = betweenLooks(state, now);
          state = cause === null ? next : given(next, now, cause);
          if (cause === null) continue;
          expect(hadKey).toBe(true);
          if (cause === 'second') expect([seen.unsure, ptsUs - last!.us >= secondLookUs]).toEqual([true, true]);
          else if (last !== null) expect(ptsUs - last.turnUs).toBeGreaterThanOrEqual((0.9e6 / perSecond) * 0.999);
          last = { us: ptsUs, turnUs: cause === 'turn' ? ptsUs : last!.turnUs };
        }
      }),
    );
  });
});
