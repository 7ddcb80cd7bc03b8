import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPacer, frameMs, frameSamples } from './pacer.ts';

type Sent = { atMs: number; timestamp: number; begins: boolean; first: number };
/** Ten ticks a frame; `arrivals`: how many frames come in each step of 20 ms. */
function play(arrivals: number[]): { sent: Sent[]; dropped: number } {
  const sent: Sent[] = [];
  let now = 0;
  let number = 0;
  const pacer = createPacer((frame, timestamp, begins) =>
    sent.push({ atMs: now, timestamp, begins, first: frame[0] ?? 0 }),
  );
  const run = (ms: number): void => {
    for (const end = now + ms; now < end; now += 2) pacer.tick(now);
  };
  for (const count of arrivals) {
    for (let i = 0; i < count; i++) pacer.push(new Uint8Array(frameSamples).fill(number++ % 256));
    run(frameMs);
  }
  pacer.flush();
  run(1_000);
  return { sent, dropped: pacer.dropped() };
}

describe('the pace of a talk', () => {
  it('gives all that comes in time, in order, by the clock of the sound', () => {
    fc.assert(
      // Bursts as a browser sends them: each second has 50 frames, however they are bundled.
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 4, maxLength: 20 }), (bundles) => {
        const arrivals = bundles.flatMap((n) => [n, ...Array<number>(n - 1).fill(0)]);
        const { sent, dropped } = play(arrivals);
        expect(dropped).toBe(0);
        expect(sent.map((s) => s.first)).toEqual(Array.from({ length: sent.length }, (_, i) => i % 256));
        expect(sent).toHaveLength(bundles.reduce((a, b) => a + b, 0));
        for (const [i, s] of sent.entries()) {
          const before = sent[i - 1];
          if (before === undefined) continue;
          expect(s.timestamp - before.timestamp).toBeGreaterThanOrEqual(frameSamples);
          if (s.begins) continue;
          expect(s.timestamp - before.timestamp).toBe(frameSamples);
          expect(s.atMs - before.atMs).toBeLessThanOrEqual(frameMs + 2);
        }
      }),
    );
  });

  it('never keeps more than half a second waiting, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 }), (arrivals) => {
        const { sent, dropped } = play(arrivals);
        expect(sent.length + dropped).toBe(arrivals.reduce((a, b) => a + b, 0));
        const last = sent.at(-1);
        if (last !== undefined) expect(last.atMs).toBeLessThanOrEqual((arrivals.length + 25) * frameMs + 10);
      }),
    );
  });

  it('lets the clock go on over a silence, and marks where sound begins again', () => {
    const { sent } = play([4, 0, 0, 0, ...Array<number>(20).fill(0), 4]);
    const begins = sent.filter((s) => s.begins);
    expect(begins).toHaveLength(2);
    const [a, b] = begins;
    expect(((b?.timestamp ?? 0) - (a?.timestamp ?? 0)) / 8).toBeCloseTo((b?.atMs ?? 0) - (a?.atMs ?? 0), -2);
  });
});
