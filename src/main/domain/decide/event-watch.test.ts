import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventWatch,
  flickerMs,
  floodBegins,
  floodCalmMs,
  floodMs,
  freshEventWatch,
  type EventWatch,
  type EventWatchInput,
  type EventWatchOutput,
} from './event-watch.ts';

type Said = Exclude<EventWatchOutput, null>;
function run(steps: EventWatchInput[]): { state: EventWatch; said: Said[] } {
  let state = freshEventWatch;
  const said: Said[] = [];
  for (const step of steps) {
    const [next, output] = eventWatch(state, step);
    state = next;
    if (output !== null) said.push(output);
  }
  return { state, said };
}

describe('events of devices', () => {
  it('begin and end in turn, never many, and never open for ever', () => {
    const word = fc.record({
      is: fc.constantFrom('on', 'off', 'moment', 'look', 'lost'),
      source: fc.constantFrom('a', 'b', 'c'),
      ms: fc.integer({ min: 0, max: 5_000 }),
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 200 }), (words) => {
        let atMs = 1_000_000;
        const steps = words.map(({ is, source, ms }): EventWatchInput => {
          atMs += ms;
          return is === 'look' || is === 'lost' ? { is, atMs } : { is, atMs, source };
        });
        const { state, said } = run(steps);
        said.forEach((s, i) => {
          expect(s.is).toBe(i % 2 === 0 ? 'begin' : 'end');
          if (i > 0) expect(s.atMs).toBeGreaterThanOrEqual(said[i - 1]?.atMs ?? 0);
          if (s.is === 'end') expect(s.times).toBeGreaterThanOrEqual(1);
        });
        expect(state.openMs === null).toBe(said.length % 2 === 0);
        // Something is on and known to be: then an event tells of it.
        if (state.on.length > 0) expect(state.openMs).not.toBeNull();
        const begins = said.filter((s) => s.is === 'begin').map((s) => s.atMs);
        const lostOnes = words.filter((w) => w.is === 'lost').length;
        for (const from of begins)
          expect(begins.filter((ms) => ms >= from && ms < from + floodMs).length).toBeLessThanOrEqual(
            floodBegins + floodMs / floodCalmMs + lostOnes,
          );
        // All off and calm for long enough: it ends, at the moment at which it went off.
        const off = ['a', 'b', 'c'].map((source): EventWatchInput => ({ is: 'off', atMs, source }));
        const rest = run([...steps, ...off, { is: 'look', atMs: atMs + floodCalmMs }]);
        expect(rest.state.openMs).toBeNull();
        expect(rest.said.at(-1)?.atMs ?? 0).toBeLessThanOrEqual(atMs);
        const lost = run([...steps, { is: 'lost', atMs }]);
        expect([lost.state.openMs, lost.state.on]).toEqual([null, []]);
      }),
    );
  });

  it('take flicker for one event, and say how often', () => {
    const { said } = run([
      { is: 'on', atMs: 0, source: 'x' },
      { is: 'off', atMs: 500, source: 'x' },
      { is: 'look', atMs: 1_500 },
      { is: 'on', atMs: 500 + flickerMs - 1, source: 'x' },
      { is: 'off', atMs: 9_000, source: 'x' },
      { is: 'look', atMs: 9_000 + flickerMs },
    ]);
    expect(said).toEqual([
      { is: 'begin', atMs: 0, flood: false },
      { is: 'end', atMs: 9_000, times: 2, flood: false, lost: false },
    ]);
  });

  it('say when they end only because nobody listens any more', () => {
    const { said } = run([
      { is: 'on', atMs: 0, source: 'x' },
      { is: 'lost', atMs: 7_000 },
    ]);
    expect(said[1]).toEqual({ is: 'end', atMs: 7_000, times: 1, flood: false, lost: true });
  });

  /** On for a moment every so often, for ten minutes. */
  const every = (ms: number): EventWatchInput[] =>
    Array.from({ length: Math.floor((10 * floodMs) / ms) }, (_, i): EventWatchInput[] => [
      { is: 'on', atMs: i * ms, source: 'x' },
      { is: 'off', atMs: i * ms + 100, source: 'x' },
      { is: 'look', atMs: i * ms + ms - 100 },
    ]).flat();

  it('become one when a camera floods, until it is calm again', () => {
    const steps = every(4_000);
    const { said, state } = run(steps);
    expect(said.filter((s) => s.is === 'begin')).toHaveLength(floodBegins);
    expect(said.at(-1)).toMatchObject({ is: 'begin', flood: true });
    expect(state.times).toBe(steps.length / 3 - floodBegins + 1);
    const calmMs = 20 * floodMs;
    const after = run([...steps, { is: 'look', atMs: calmMs }, { is: 'on', atMs: calmMs, source: 'x' }]).said;
    expect(after.slice(-2)).toMatchObject([
      { is: 'end', flood: true },
      { is: 'begin', flood: false },
    ]);
  });

  it('are told one by one where people come and go every ten seconds, for hours', () => {
    const { said } = run(every(9_000));
    expect(said.filter((s) => s.is === 'begin')).toHaveLength(Math.floor((10 * floodMs) / 9_000));
    expect(said.some((s) => s.is === 'begin' && s.flood)).toBe(false);
  });
});
