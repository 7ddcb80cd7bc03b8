import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSoundBuffer } from './sound-buffer.ts';

const quantum = 128;

/** Plays a 440 Hz tone that arrives in packets of `packetMs`, each late by what `late` says, `drift` faster than it is played. */
function play(options: {
  rate: number;
  packetMs: number;
  seconds: number;
  drift?: number;
  late?: (n: number) => number;
}) {
  const { rate, packetMs, seconds, drift = 0, late = () => 0 } = options;
  const buffer = createSoundBuffer(rate);
  const size = Math.round((rate * packetMs) / 1000);
  const heard: number[] = [];
  const held: number[] = [];
  let sent = 0;
  for (let at = 0; at < rate * seconds; at += quantum) {
    while ((sent + 1) * size + (late(sent) * rate) / 1000 <= at * (1 + drift)) {
      const first = sent * size;
      buffer.push([
        Float32Array.from({ length: size }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * (first + i)) / rate)),
      ]);
      sent++;
    }
    const out = [new Float32Array(quantum), new Float32Array(quantum)];
    buffer.pull(out);
    heard.push(...(out[0] ?? []));
    held.push(buffer.heldS());
  }
  return { heard, held };
}

/** The largest step from one sample to the next. */
const roughest = (samples: readonly number[]): number =>
  samples.reduce((most, s, i) => Math.max(most, i === 0 ? 0 : Math.abs(s - (samples[i - 1] ?? 0))), 0);
/** That of the tone itself, played 1 % fast. */
const smooth = (rate: number): number => 0.5 * ((2 * Math.PI * 440) / rate) * 1.01 + 0.5 / (0.003 * rate);
/** Blocks of 5 ms without sound after the first with. */
function silences(samples: readonly number[], rate: number): number {
  const size = Math.round(rate * 0.005);
  const loud: boolean[] = [];
  for (let i = 0; i + size <= samples.length; i += size)
    loud.push(samples.slice(i, i + size).some((s) => Math.abs(s) > 0.05));
  return loud.slice(loud.indexOf(true)).filter((l) => !l).length;
}

describe('sound buffer', () => {
  it.each([
    [8000, 20],
    [16_000, 64],
    [48_000, 20],
  ])('plays packets of %i Hz, %i ms, without a seam', (rate, packetMs) => {
    const { heard } = play({ rate, packetMs, seconds: 5 });
    expect(silences(heard, rate)).toBe(0);
    expect(roughest(heard)).toBeLessThan(smooth(rate));
  });

  it('works a burst at the start off without a cut', () => {
    // 300 ms come at once, then all is even
    const { heard, held } = play({
      rate: 16_000,
      packetMs: 20,
      seconds: 40,
      late: (n) => (n < 15 ? (15 - n) * 20 : 0),
    });
    const { held: begun } = play({ rate: 16_000, packetMs: 20, seconds: 40, late: (n) => (n < 15 ? 0 : -200) });
    expect(silences(heard, 16_000)).toBe(0);
    for (const h of [held, begun]) expect(h.at(-1)).toBeLessThan(0.1);
  });

  it('follows a camera whose clock is fast or slow', () => {
    for (const drift of [0.002, -0.002]) {
      const { heard, held } = play({ rate: 16_000, packetMs: 20, seconds: 60, drift });
      expect(silences(heard, 16_000)).toBe(0);
      expect(Math.max(...held.slice(2000))).toBeLessThan(0.15);
    }
  });

  it('never clicks and never keeps more than it may, however packets come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 20, maxLength: 20 }),
        fc.constantFrom(8000, 16_000, 48_000),
        (lateness, rate) => {
          const { heard, held } = play({ rate, packetMs: 40, seconds: 3, late: (n) => lateness[n % 20] ?? 0 });
          expect(roughest(heard)).toBeLessThan(smooth(rate));
          expect(Math.max(...held)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 30 },
    );
  });
});
