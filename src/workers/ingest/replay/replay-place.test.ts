import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mjpegTrack } from '#media/jpeg.ts';
import type { KnownPictures } from './known-pictures.ts';
import { createReplayPlace } from './replay-place.ts';

const frameUs = 66_667;
const gop = 15;
const t0Us = Date.UTC(2026, 10, 22, 14, 3, 12) * 1000;
const holeFrames = 120;

/** Finds pictures by their number, as the real one by what is in them. */
function knownOf(pictures: readonly { n: number; us: number }[]): KnownPictures {
  return {
    find({ data }, nearUs, withinUs) {
      const found = pictures.find((p) => p.n === data[0]?.[0]);
      return found !== undefined && Math.abs(found.us - nearUs) <= withinUs ? found.us : null;
    },
  };
}

describe('the place of a replayed picture', () => {
  it('is in the hole alone: none that is on disk before or after it comes again, however live times wavered', () => {
    const waver = fc.array(fc.integer({ min: -140, max: 140 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 70 }),
        waver,
        fc.integer({ min: -140, max: 140 }),
        fc.integer({ min: -190, max: 190 }),
        (recorded, waverMs, returnMs, clockMs) => {
          /** Live, a group of pictures came so much later than the camera made it. */
          const live = (n: number): number => t0Us + n * frameUs + (waverMs[Math.floor(n / gop)] ?? 0) * 1000;
          const end = recorded - 1;
          const firstAfter = Math.ceil((recorded + holeFrames) / gop) * gop;
          const afterUs = t0Us + firstAfter * frameUs + returnMs * 1000;
          const keys = Array.from({ length: Math.ceil(recorded / gop) }, (_, i) => ({ n: i * gop, us: live(i * gop) }));
          const job = {
            fromMs: Math.floor((live(end) + frameUs) / 1000),
            toMs: Math.floor(afterUs / 1000),
            offsetMs: 0,
            marginMs: 4_200,
          };
          const given: { n: number; us: number }[] = [];
          let complete = false;
          const place = createReplayPlace(job, knownOf(keys), knownOf([{ n: firstAfter, us: afterUs }]), {
            format() {},
            picture: ({ ptsUs, data }) => void given.push({ n: data[0]?.[0] ?? -1, us: ptsUs }),
            interrupt() {},
            complete: () => (complete = true),
            untimed: () => expect.unreachable(),
          });
          place.video.format(mjpegTrack(640, 360), 0);
          // What came in the same read goes on coming.
          for (let n = 0; n < 250; n++) {
            const cameraUs = t0Us + n * frameUs + clockMs * 1000;
            place.marks(n, { cameraUs, discontinuity: false, terminal: false });
            place.video.picture(n, n % gop === 0, [Uint8Array.of(n)], 1);
          }
          expect(complete).toBe(true);
          const firstKey = Math.ceil(recorded / gop) * gop;
          const numbers = given.map((p) => p.n);
          expect(numbers).toEqual(numbers.map((_, i) => firstKey + i));
          expect(numbers.at(-1)).toBeLessThan(firstAfter);
          // The clock of the return may be early by so much: what would lie beyond the hole is left out.
          expect(numbers.at(-1)).toBeGreaterThan(firstAfter - 7);
          for (const { us } of given) expect(us).toBeGreaterThanOrEqual(job.fromMs * 1000);
        },
      ),
      { numRuns: 500 },
    );
  });
});
