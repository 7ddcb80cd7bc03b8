import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceTrouble } from '../device.ts';
import {
  askBreaker,
  failuresToOpen,
  firstWaitMs,
  freshBreaker,
  hintBreaker,
  longestWaitMs,
  refusedWaitMs,
  tellBreaker,
  waitMs,
  type Breaker,
} from './breaker.ts';

const failing = fc.constantFrom<DeviceTrouble>('unreachable', 'timeout', 'not-onvif', 'invalid-answer', 'tls', 'busy');
const anything = fc.option(fc.constantFrom(...DeviceTrouble.options));

describe('breaker', () => {
  it('asks at once when pictures are back, one try, and never after a refused password', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 12 }), fc.integer({ min: 0, max: 5_000 }), (outcomes, pause) => {
        let state: Breaker = freshBreaker;
        for (const outcome of outcomes) state = tellBreaker(state, outcome, 1_000);
        const [next, may] = askBreaker(hintBreaker(state, 1_000 + pause), 1_000 + pause);
        if (state.is === 'open') expect(may).toBe(state.refusals === 0);
        if (state.is === 'open' && may) expect(askBreaker(next, 1_000 + pause)[1]).toBe(false);
        if (state.is === 'closed') expect(hintBreaker(state, 1_000)).toEqual(state);
      }),
    );
  });

  it('lets a dead device cost no more than its waits allow, however often it is asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 60_000 }), failing), { maxLength: 300 }), (asks) => {
        let state: Breaker = freshBreaker;
        let atMs = 0;
        const tries: number[] = [];
        for (const [pause, trouble] of asks) {
          atMs += pause;
          const [asked, may] = askBreaker(state, atMs);
          state = asked;
          if (!may) {
            expect(state.is).toBe('open');
            expect(state.nextTryMs).toBeGreaterThan(atMs);
            continue;
          }
          tries.push(atMs);
          state = tellBreaker(state, trouble, atMs);
        }
        for (const [i, at] of tries.entries()) {
          const before = tries[i - 1];
          if (before === undefined || i < failuresToOpen) continue;
          expect(at - before).toBeGreaterThanOrEqual(waitMs(i));
          expect(waitMs(i)).toBeGreaterThanOrEqual(firstWaitMs);
          expect(waitMs(i)).toBeLessThanOrEqual(longestWaitMs);
        }
      }),
    );
  });

  it('lets one try at most through at a time while it is not closed, and closes with the first answer', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 400_000 }), anything, fc.boolean())), (steps) => {
        let state: Breaker = freshBreaker;
        let atMs = 0;
        let underWay = false;
        for (const [pause, outcome, ends] of steps) {
          atMs += pause;
          if (underWay && ends) {
            state = tellBreaker(state, outcome, atMs);
            underWay = false;
            if (outcome === null) expect(state).toEqual({ ...freshBreaker, proven: true });
          }
          const before = state.is;
          const [asked, may] = askBreaker(state, atMs);
          state = asked;
          if (before === 'half-open') expect(may).toBe(false);
          if (before !== 'closed' && may) {
            expect(state.is).toBe('half-open');
            underWay = true;
          }
          if (state.is === 'open') expect(state.nextTryMs).not.toBeNull();
        }
      }),
    );
  });

  it('asks a device that refused the password once in ten minutes at most', () => {
    let state: Breaker = freshBreaker;
    let tries = 0;
    for (let atMs = 0; atMs < 3_600_000; atMs += 1_000) {
      const [asked, may] = askBreaker(state, atMs);
      state = asked;
      if (!may) continue;
      tries += 1;
      state = tellBreaker(state, 'credentials-refused', atMs);
    }
    expect(tries).toBe(3_600_000 / refusedWaitMs);
  });

  it('takes one refusal of credentials that worked for a matter of that operation, two for the password', () => {
    const proven = tellBreaker(freshBreaker, null, 0);
    const once = tellBreaker(proven, 'credentials-refused', 1);
    expect(once.is).toBe('closed');
    expect(tellBreaker(once, 'credentials-refused', 2)).toMatchObject({ is: 'open', nextTryMs: 2 + refusedWaitMs });
    expect(tellBreaker(tellBreaker(once, null, 2), 'credentials-refused', 3).is).toBe('closed');
  });

  it('counts a clear no to one thing as an answer', () => {
    const shaky = tellBreaker(tellBreaker(freshBreaker, 'timeout', 0), 'timeout', 1);
    expect(tellBreaker(shaky, 'unsupported', 2).failures).toBe(0);
    expect(tellBreaker(shaky, 'refused', 2).failures).toBe(0);
    expect(tellBreaker(shaky, 'timeout', 2).is).toBe('open');
  });
});
