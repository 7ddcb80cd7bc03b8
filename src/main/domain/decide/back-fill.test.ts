import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GapCause } from '../gap.ts';
import {
  cameraOffset,
  fillStep,
  holesOf,
  leastHoleMs,
  mostJobMs,
  nextJob,
  settleMs,
  within,
  without,
  type FillInput,
  type FillState,
  type Span,
} from './back-fill.ts';

const span = fc
  .tuple(fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: 1, max: 700_000 }))
  .map(([fromMs, ms]): Span => ({ fromMs, toMs: fromMs + ms }));
const spans = fc.array(span, { maxLength: 8 });
const gaps = fc.array(
  fc.tuple(span, fc.constantFrom(...GapCause.options)).map(([s, cause]) => ({ ...s, cause })),
  { maxLength: 6 },
);
const holds = (list: readonly Span[], atMs: number): boolean => list.some((s) => s.fromMs <= atMs && atMs < s.toMs);
const moment = fc.integer({ min: 0, max: 2_700_000 });

describe('back-fill', () => {
  it('splits a span into what lies within others and what does not, and loses nothing', () => {
    fc.assert(
      fc.property(span, spans, moment, (s, others, at) => {
        const inside = holds(within(s, others), at);
        expect(inside).toBe(holds([s], at) && holds(others, at));
        expect(holds(without(s, others), at)).toBe(holds([s], at) && !holds(others, at));
      }),
    );
  });

  it('asks for nothing that is recorded, was asked for, or is no fillable gap of the card', () => {
    fc.assert(
      fc.property(gaps, spans, spans, spans, moment, (all, recorded, asked, card, at) => {
        const job = nextJob(holesOf(all, recorded, asked), card);
        if (job === null || !holds([job], at)) return;
        expect(holds(recorded, at)).toBe(false);
        expect(holds(asked, at)).toBe(false);
        expect(holds(card, at)).toBe(true);
        expect(
          holds(
            all.filter((g) => g.cause !== 'clock-jump' && g.cause !== 'unsupported'),
            at,
          ),
        ).toBe(true);
      }),
    );
  });

  it('comes to an end, in bounded jobs, with every hole asked for that is worth it', () => {
    fc.assert(
      fc.property(gaps, spans, spans, (all, recorded, card) => {
        const asked: Span[] = [];
        for (;;) {
          const job = nextJob(holesOf(all, recorded, asked), card);
          if (job === null) break;
          expect(job.toMs - job.fromMs).toBeGreaterThanOrEqual(leastHoleMs);
          expect(job.toMs - job.fromMs).toBeLessThanOrEqual(mostJobMs + leastHoleMs);
          asked.push(job);
          expect(asked.length).toBeLessThan(200);
        }
        const left = holesOf(all, recorded, asked).flatMap((h) => within(h, card));
        for (const l of left) expect(l.toMs - l.fromMs).toBeLessThan(leastHoleMs);
      }),
    );
  });

  it('begins only when a camera has been live for a while, and waits longer after each refusal', () => {
    const input = fc.oneof(
      fc.record({ live: fc.boolean() }).map((r) => ({ is: 'seen' as const, ...r })),
      fc.constant({ is: 'refused' as const, why: 'busy' }),
      fc.constant({ is: 'done' as const, why: null }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(input, fc.integer({ min: 1, max: 20_000 })), { maxLength: 60 }), (steps) => {
        let state: FillState = { is: 'away' };
        let nowMs = 0;
        let liveMs: number | null = null;
        for (const [next, ms] of steps) {
          nowMs += ms;
          if (next.is !== 'seen' && state.is !== 'working') continue;
          const told: FillInput = next.is === 'done' ? next : { ...next, nowMs };
          const was: FillState = state;
          state = fillStep(state, told);
          if (next.is === 'seen') liveMs = next.live ? (liveMs ?? nowMs) : null;
          if (was.is === 'working' && next.is === 'refused' && state.is === 'waiting')
            expect(state.nextMs - nowMs).toBeGreaterThanOrEqual(30_000);
          if (state.is === 'waiting' && state.nextMs <= nowMs && (liveMs !== null || next.is !== 'seen')) {
            expect(liveMs === null ? settleMs : nowMs - liveMs).toBeGreaterThanOrEqual(settleMs);
            state = fillStep(state, { is: 'begin' });
          }
        }
      }),
    );
  });

  it('gives up after refusals in a row, and tries again when the camera comes back', () => {
    let state: FillState = { is: 'away' };
    let nowMs = 0;
    state = fillStep(state, { is: 'seen', live: true, nowMs });
    for (let tries = 0; state.is === 'waiting'; tries++) {
      expect(tries).toBeLessThan(10);
      nowMs = state.nextMs;
      state = fillStep(fillStep(state, { is: 'begin' }), { is: 'refused', why: 'busy', nowMs });
    }
    expect(state).toEqual({ is: 'over', why: 'busy' });
    expect(fillStep(state, { is: 'seen', live: true, nowMs })).toEqual(state);
    state = fillStep(state, { is: 'seen', live: false, nowMs });
    expect(fillStep(state, { is: 'seen', live: true, nowMs }).is).toBe('waiting');
  });

  it('believes sender reports where the clock that records agrees with them', () => {
    expect(cameraOffset(480, 37)).toEqual({ offsetMs: 37, offMs: 200 });
    expect(cameraOffset(-421_000, 3)).toMatchObject({ offsetMs: -421_000 });
    expect(cameraOffset(null, 3)).toMatchObject({ offsetMs: 3 });
    expect(cameraOffset(-7_000, null)).toMatchObject({ offsetMs: -7_000 });
    expect(cameraOffset(null, null)).toBeNull();
  });
});
