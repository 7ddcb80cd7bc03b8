import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backAfterMs, cameraPresence, lostAfterMs, unknownPresence } from './camera-presence.ts';

describe('camera presence', () => {
  it('says lost and back in turn, and only after the time that each needs', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ present: fc.boolean(), ms: fc.integer({ min: 1, max: 8000 }) })), (looks) => {
        let state = unknownPresence;
        let atMs = 1_000_000;
        let expected: 'lost' | 'back' = 'lost';
        let since = atMs;
        let was: boolean | null = null;
        for (const { present, ms } of looks) {
          atMs += ms;
          if (present !== was) since = atMs;
          was = present;
          const [next, said] = cameraPresence(state, { atMs, present, sinceMs: atMs });
          state = next;
          const long = atMs - since >= (present ? backAfterMs : lostAfterMs);
          if (said === null) expect(long && state.lost === present).toBe(false);
          else {
            expect(said.is).toBe(expected);
            expect(said.is === 'back').toBe(present);
            expect(long).toBe(true);
            expected = said.is === 'lost' ? 'back' : 'lost';
          }
        }
      }),
    );
  });

  it('counts from when the picture went, not from when it was looked at', () => {
    const [, said] = cameraPresence(unknownPresence, { atMs: 10_000, present: false, sinceMs: 4_000 });
    expect(said).toEqual({ is: 'lost', fromMs: 4_000 });
  });
});
