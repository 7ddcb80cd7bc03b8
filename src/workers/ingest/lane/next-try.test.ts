import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBackoff } from '#lib/backoff.ts';
import type { StreamTrouble } from '#domain/stream.ts';
import { StreamFault } from '../fault.ts';
import { createNextTry, mostMoves, refusedRetryMs, steadyMs, unsupportedRetryMs } from './next-try.ts';

const make = (hasFfmpeg = true) => createNextTry({ backoff: createBackoff({ random: () => 1 }), hasFfmpeg });
const closed = new StreamFault('closed', 'The connection ended.');

describe('the next try', () => {
  test('waits longer from loss to loss, and starts anew after a connection that held', () => {
    const next = make();
    expect([null, null, 500].map((held) => next.after(closed, null, held).waitMs)).toEqual([900, 1800, 3600]);
    expect(next.after(closed, null, steadyMs + 1).waitMs).toBe(900);
  });

  test('does not hurry where the password was refused or the codec is unknown', () => {
    expect(make().after(new StreamFault('credentials-refused', ''), null, null).waitMs).toBe(refusedRetryMs);
    expect(make(false).after(new StreamFault('codec', '', { fallback: true }), null, null).waitMs).toBe(
      unsupportedRetryMs,
    );
  });

  test('takes ffmpeg at once where it may help, first to copy, then to transcode, and then waits', () => {
    const next = make();
    const odd = new StreamFault('protocol', '', { fallback: true });
    const codec = new StreamFault('codec', '', { fallback: true });
    expect([next.after(odd, null, null).waitMs, next.via()]).toEqual([0, 'ffmpeg-copy']);
    expect([next.after(codec, null, null).waitMs, next.via()]).toEqual([0, 'ffmpeg-transcode']);
    expect(next.after(codec, null, null).waitMs).toBe(unsupportedRetryMs);
    expect(next.via()).toBe('ffmpeg-transcode');
  });

  test('whatever happens, it goes where it is sent, at most five times between two waits or steady connections', () => {
    const trouble = fc.constantFrom<StreamTrouble>('closed', 'protocol', 'codec', 'credentials-refused', 'no-data');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(trouble, fc.boolean(), fc.boolean(), fc.option(fc.integer({ min: 0, max: 2 * steadyMs }))), {
          maxLength: 60,
        }),
        (ends) => {
          const next = make();
          let atOnce = 0;
          for (const [why, fallback, moved, heldMs] of ends) {
            const to = moved ? 'rtsp://10.0.0.9/moved' : null;
            const { waitMs, lost } = next.after(new StreamFault(why, '', { fallback }), to, heldMs);
            if (heldMs !== null && heldMs > steadyMs) atOnce = 0;
            atOnce = waitMs === 0 ? atOnce + 1 : 0;
            // five moves, and two changes to ffmpeg in all
            expect(atOnce).toBeLessThanOrEqual(mostMoves + 2);
            expect(next.at()).toBe(lost ? null : to);
            if (!lost) expect(waitMs).toBe(0);
          }
        },
      ),
    );
  });
});
