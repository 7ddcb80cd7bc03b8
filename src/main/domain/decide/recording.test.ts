import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventKind } from '../event.ts';
import type { EventId } from '../id.ts';
import { RecordingPlan, type RecordingMode, type TriggerKind } from '../recording-plan.ts';
import { decideRecording, hearTrigger, noTriggers, type Triggers } from './recording.ts';

const modes: RecordingMode[] = ['off', 'continuous', 'motion', 'events'];
const kind = fc.constantFrom<TriggerKind>('motion', 'tamper', 'external', 'line-crossed');
const plan = fc
  .record({
    kinds: fc.uniqueArray(kind, { minLength: 1 }),
    preRollS: fc.nat(20),
    postRollS: fc.constantFrom(0, 1, 10, 60),
    audio: fc.boolean(),
  })
  .map((p) => RecordingPlan.parse(p));

type Said = { id: number; kind: EventKind; fromMs: number; toMs: number | null };
/** Events of a camera as they are told: begun and ended later, or told whole; some end ahead of their telling. */
const history = fc
  .array(
    fc.record({
      kind: fc.oneof(kind, fc.constant<EventKind>('camera-lost')),
      gapMs: fc.nat(30_000),
      lastsMs: fc.nat(40_000),
      whole: fc.boolean(),
      ended: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((list) => {
    const said: (Said & { heardMs: number })[] = [];
    let at = 100_000;
    for (const [id, e] of list.entries()) {
      at += e.gapMs;
      const toMs = at + e.lastsMs;
      const event = { id, kind: e.kind, fromMs: at };
      if (e.whole) said.push({ ...event, toMs, heardMs: at });
      else {
        said.push({ ...event, toMs: null, heardMs: at });
        if (e.ended) said.push({ ...event, toMs, heardMs: toMs });
      }
    }
    return said.sort((a, b) => a.heardMs - b.heardMs);
  });
const hear = (said: (Said & { heardMs: number })[], upToMs: number): Triggers =>
  said
    .filter((s) => s.heardMs <= upToMs)
    .reduce((state, s) => hearTrigger(state, { ...s, id: String(s.id) as EventId }, s.heardMs), noTriggers);

describe('deciding whether a stream is recorded', () => {
  it('records exactly while its mode says so, something of its kinds goes on or was just over, or a person asks', () => {
    fc.assert(
      fc.property(
        plan,
        fc.constantFrom(...modes),
        history,
        fc.integer({ min: 90_000, max: 400_000 }),
        fc.option(fc.integer({ min: 90_000, max: 400_000 })),
        (p, mode, said, atMs, manualUntilMs) => {
          const made = decideRecording({
            atMs,
            plan: p,
            now: { mode, untilMs: null },
            triggers: hear(said, atMs),
            manualUntilMs,
          });
          const counts = (k: EventKind): boolean =>
            mode === 'motion' ? k === 'motion' : mode === 'events' && p.kinds.some((x) => x === k);
          const heard = said.filter((s) => s.heardMs <= atMs && counts(s.kind));
          const over = (id: number): boolean => heard.some((s) => s.id === id && s.toMs !== null);
          const goesOn = heard.some((s) => s.toMs === null && s.kind !== 'external' && !over(s.id));
          const ends = heard.map((s) => s.toMs ?? (s.kind === 'external' ? s.fromMs : 0));
          const rolls = ends.some((end) => end > 0 && atMs < end + p.postRollS * 1000);
          const asked = manualUntilMs !== null && atMs < manualUntilMs;
          expect(made.wanted).toBe(mode === 'continuous' || goesOn || rolls || asked);
          expect(made.armed).toBe(mode === 'motion' || mode === 'events');
          expect(made.why === 'armed' || made.why === 'off').toBe(!made.wanted);
        },
      ),
    );
  });

  it('holds up to the moment that it names, if nothing is heard', () => {
    fc.assert(
      fc.property(
        plan,
        fc.constantFrom(...modes),
        history,
        fc.integer({ min: 90_000, max: 400_000 }),
        fc.option(fc.integer({ min: 90_000, max: 400_000 })),
        fc.option(fc.integer({ min: 1, max: 50_000 })),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (p, mode, said, atMs, manualUntilMs, modeMs, part) => {
          const triggers = hear(said, atMs);
          const now = { mode, untilMs: modeMs === null ? null : atMs + modeMs };
          const decide = (at: number) => decideRecording({ atMs: at, plan: p, now, triggers, manualUntilMs });
          const made = decide(atMs);
          if (made.untilMs !== null) expect(made.untilMs).toBeGreaterThan(atMs);
          const inside = Math.floor(atMs + ((made.untilMs ?? atMs + 10_000_000) - atMs) * part);
          expect({ ...decide(inside), untilMs: made.untilMs }).toEqual(made);
        },
      ),
    );
  });

  it('lets a trigger that comes again within the post-roll lengthen it', () => {
    const p = RecordingPlan.parse({ postRollS: 10 });
    const event = (id: string, toMs: number | null) => ({
      id: id as EventId,
      kind: 'motion' as const,
      fromMs: 0,
      toMs,
    });
    let triggers = hearTrigger(noTriggers, event('a', 20_000), 20_000);
    const at = (atMs: number) =>
      decideRecording({ atMs, plan: p, now: { mode: 'motion', untilMs: null }, triggers, manualUntilMs: null });
    expect(at(29_999)).toMatchObject({ wanted: true, why: 'post-roll', untilMs: 30_000 });
    triggers = hearTrigger(triggers, event('b', null), 29_000);
    expect(at(35_000)).toMatchObject({ wanted: true, why: 'motion', untilMs: null });
    triggers = hearTrigger(triggers, event('b', 40_000), 40_000);
    expect(at(49_999).wanted).toBe(true);
    expect(at(50_000)).toMatchObject({ wanted: false, why: 'armed' });
  });

  it('does not believe an end that lies far ahead', () => {
    const told = { id: 'a' as EventId, kind: 'external' as const, fromMs: 0, toMs: 10 ** 12 };
    expect(hearTrigger(noTriggers, told, 5_000).endedMs.external).toBe(3_605_000);
  });
});
