import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createVolumeGate } from './volume-gate.ts';

describe('what may wait for a volume', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is never more at once than it says, each is done once, in turn, and all answer in time whatever hangs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        // How long each takes, ms; -1: it hangs for ever.
        fc.array(fc.constantFrom(1, 20, 90, -1), { maxLength: 25 }),
        async (limit, times) => {
          const gate = createVolumeGate(limit);
          let [busy, most] = [0, 0];
          const begun: number[] = [];
          const all = times.map((ms, i) =>
            gate.run(100, async () => {
              begun.push(i);
              busy += 1;
              most = Math.max(most, busy);
              if (ms < 0) await new Promise(() => undefined);
              await new Promise((done) => setTimeout(done, ms));
              busy -= 1;
              return i;
            }),
          );
          const settled = Promise.allSettled(all);
          await vi.advanceTimersByTimeAsync(100);
          const results = await settled; // nobody waits for longer
          expect(most).toBeLessThanOrEqual(limit);
          expect(begun).toEqual(begun.toSorted((a, b) => a - b));
          expect(gate.hanging()).toBe(busy);
          for (const [i, result] of results.entries()) {
            if (result.status === 'fulfilled') expect(result.value).toBe(i);
            else expect(result.reason).toMatchObject({ code: 'UNAVAILABLE', data: { reason: 'volume-silent' } });
          }
        },
      ),
    );
  });

  it('lets others in when what hung comes back, and tells of its failure as it is', async () => {
    const gate = createVolumeGate(1);
    const hung = Promise.withResolvers<number>();
    const first = gate.run(10, () => hung.promise);
    const second = gate.run(10, () => Promise.resolve(2));
    const both = Promise.allSettled([first, second]);
    await vi.advanceTimersByTimeAsync(10);
    expect((await both).map((r) => r.status)).toEqual(['rejected', 'rejected']);
    expect(gate.hanging()).toBe(1);
    hung.resolve(1);
    expect(await gate.run(10, () => Promise.resolve(3))).toBe(3);
    expect(gate.hanging()).toBe(0);
    await expect(gate.run(10, () => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO');
    await expect(
      gate.run(10, () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    expect(await gate.run(10, () => Promise.resolve(4))).toBe(4);
  });
});
