import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joinMotion,
  joinWithinMs,
  noJoinedMotion,
  type JoinInput,
  type JoinOutput,
  type MotionSource,
} from './join-motion.ts';

function run(inputs: readonly JoinInput[]): JoinOutput[] {
  let state = noJoinedMotion;
  return inputs.map((input) => {
    const [next, output] = joinMotion(state, input);
    state = next;
    return output;
  });
}
const begin = (source: MotionSource): JoinInput => ({ is: 'begin', source });
const end = (source: MotionSource, atMs: number, waits = false): JoinInput => ({
  ...{ is: 'end', source, atMs, nowMs: atMs, waits },
});

describe('joinMotion', () => {
  it('makes one event of what both see, which ends when both have ended', () => {
    const said = run([begin('camera'), begin('station'), end('camera', 5_000, true), end('station', 9_000)]);
    expect(said).toEqual([{ is: 'begin' }, { is: 'join' }, null, { is: 'end', atMs: 9_000 }]);
    const other = run([begin('station'), begin('camera'), end('station', 9_000), end('camera', 5_000)]);
    expect(other).toEqual([{ is: 'begin' }, { is: 'join' }, null, { is: 'end', atMs: 9_000 }]);
  });

  it('waits for the station after a moment of the camera’s, and ends when that was, if it does not come', () => {
    const comes = run([begin('camera'), end('camera', 1_000, true), begin('station'), end('station', 8_000)]);
    expect(comes).toEqual([{ is: 'begin' }, null, { is: 'join' }, { is: 'end', atMs: 8_000 }]);
    const alone = run([
      begin('camera'),
      end('camera', 1_000, true),
      { is: 'look', nowMs: 1_000 + joinWithinMs - 1 },
      { is: 'look', nowMs: 1_000 + joinWithinMs },
    ]);
    expect(alone).toEqual([{ is: 'begin' }, null, null, { is: 'end', atMs: 1_000 }]);
    expect(run([begin('camera'), end('camera', 1_000)])[1]).toEqual({ is: 'end', atMs: 1_000 });
    expect(run([begin('camera'), end('camera', 1_000, true), { is: 'over' }])[2]).toEqual({ is: 'end', atMs: 1_000 });
  });

  it('tells begin and end by turns, and joins only within', () => {
    const source = fc.constantFrom<MotionSource>('camera', 'station');
    const step = fc.oneof(
      source.map(begin),
      fc.tuple(source, fc.nat(100), fc.boolean()).map(([s, at, waits]) => end(s, at * 1_000, waits)),
      fc.nat(200).map((s): JoinInput => ({ is: 'look', nowMs: s * 1_000 })),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let open = false;
        for (const output of run(steps)) {
          if (output === null) continue;
          expect(open).toBe(output.is !== 'begin');
          open = output.is !== 'end';
        }
      }),
    );
  });
});
