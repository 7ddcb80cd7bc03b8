import fc from 'fast-check';
import { expect, it } from 'vitest';
import { alarmWatch, calm, type AlarmSign } from './alarm-watch.ts';

it('begins and ends in turn, only after its time, and never by what lies between', () => {
  const rule = { beginMs: 10_000, beginLooks: 3, endMs: 5_000 };
  const look = fc.record({
    sign: fc.constantFrom<AlarmSign>('bad', 'between', 'good', 'unknown'),
    ms: fc.integer({ min: 1, max: 6_000 }),
  });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 100 }), (looks) => {
      let state = calm;
      let atMs = 1_000_000;
      let run = { sign: 'none' as AlarmSign | 'none', fromMs: 0, looks: 0 };
      let open = false;
      for (const { sign, ms } of looks) {
        atMs += ms;
        run = run.sign === sign ? { ...run, looks: run.looks + 1 } : { sign, fromMs: atMs, looks: 1 };
        const [next, said] = alarmWatch(state, { atMs, sign }, rule);
        state = next;
        const long =
          sign === 'bad'
            ? atMs - run.fromMs >= rule.beginMs && run.looks >= rule.beginLooks
            : sign === 'good' && atMs - run.fromMs >= rule.endMs;
        expect(said !== null).toBe(open ? sign === 'good' && long : sign === 'bad' && long);
        if (said !== null) {
          expect(said.is).toBe(open ? 'end' : 'begin');
          expect(said.is === 'begin' ? said.fromMs : said.atMs).toBe(run.fromMs);
          open = !open;
          run = { sign: 'none', fromMs: 0, looks: 0 };
        }
        expect(state.open).toBe(open);
      }
    }),
  );
});
