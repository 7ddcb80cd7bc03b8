import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockStepMs } from '../clock-seam.ts';
import { clockError } from './clock-runs.ts';
import { createSeamFinder, type ClockNote } from './find-seams.ts';

const t0 = Date.UTC(2026, 10, 22, 14);

describe('finding seams again from recorded files', () => {
  it('finds every step of a boot, in whatever order files are looked at', () => {
    const steps = fc.array(
      fc.record({
        minutes: fc.integer({ min: 2, max: 200 }),
        setMs: fc.integer({ min: -9e7, max: 9e7 }).filter((ms) => Math.abs(ms) > 2 * clockStepMs),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(steps, fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (life, mix) => {
        const notes: (ClockNote & { off: number })[] = [];
        let steadyMs = 50_000;
        let off = 0;
        for (const { minutes, setMs } of [...life, { minutes: 5, setMs: 0 }]) {
          for (let i = 0; i < minutes; i += 1) {
            // Two streams begin a segment each minute, and the clock drifts a little.
            for (const late of [0, 400]) {
              const at = steadyMs + late;
              notes.push({ boot: 'a', steadyMs: at, wallMs: Math.round(t0 + at * 1.00005 + off), off });
            }
            steadyMs += 60_000;
          }
          off += setMs;
        }
        const finder = createSeamFinder();
        const order = notes
          .map((note, i) => ({ note, by: ((mix[i % mix.length] ?? 0) * (i + 7)) % 1009 }))
          .sort((a, b) => a.by - b.by);
        for (const { note } of order) finder.note(note);
        const seams = finder.seams();
        expect(seams.map((s) => s.kind)).toEqual(life.map(() => 'step'));
        for (const [i, { setMs }] of life.entries()) {
          const seam = seams[i];
          expect(Math.abs((seam?.atMs ?? 0) - (seam?.beforeMs ?? 0) - setMs)).toBeLessThan(100);
        }
        // What they say of the footage is what was.
        for (const note of notes) {
          const after = seams.filter((s) => s.steadyMs <= note.steadyMs).length;
          const wrong = clockError(seams, { startMs: note.wallMs, seam: after });
          expect(Math.abs((wrong?.ms ?? 0) - (note.off - off))).toBeLessThan(clockStepMs + 500);
        }
      }),
    );
  });

  it('tells a boot whose clock stood before what an earlier one had seen', () => {
    const finder = createSeamFinder();
    finder.note({ boot: 'a', steadyMs: 10_000, wallMs: t0 });
    finder.note({ boot: 'a', steadyMs: 3_610_000, wallMs: t0 + 3_600_000 });
    finder.note({ boot: 'b', steadyMs: 5_000, wallMs: t0 + 1_800_000 });
    finder.note({ boot: 'b', steadyMs: 7_205_000, wallMs: t0 + 9_000_000 });
    expect(finder.seams()).toMatchObject([{ kind: 'off', beforeMs: t0 + 3_600_000, atMs: t0 + 1_800_000, boot: 'b' }]);
  });

  it('finds none where the clock only drifts', () => {
    const finder = createSeamFinder();
    for (let day = 0; day < 400; day += 1)
      finder.note({ boot: 'a', steadyMs: day * 86_400_000, wallMs: Math.round(t0 + day * 86_400_000 * 1.0001) });
    expect(finder.seams()).toEqual([]);
  });
});
