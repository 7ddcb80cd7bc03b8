import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ownVolume } from '#domain/volume.ts';
import { type CallRank, callRanks, createVolumeCalls, mostCalls } from './volume-calls.ts';

/** Calls that end when they are told to, in the order in which they began. */
function hanging() {
  const begun: { name: string; end(): void }[] = [];
  return {
    begun,
    call: (name: string) => () => {
      const over = Promise.withResolvers<string>();
      begun.push({ name, end: () => over.resolve(name) });
      return over.promise;
    },
  };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('a volume that hangs keeps so many calls and no more, and holds up no other', async () => {
  const calls = createVolumeCalls();
  const { begun, call } = hanging();
  const asked = Array.from({ length: 50 }, (_, i) => calls.to(2, 'write')(call(String(i))));
  await settle();
  expect(begun).toHaveLength(mostCalls);
  expect(calls.waiting()).toBe(true);
  expect(await calls.to(3, 'make-sub')(() => Promise.resolve('another'))).toBe('another');
  expect(await calls.to(ownVolume, 'make-sub')(() => Promise.resolve('own'))).toBe('own');
  expect(await calls.to(undefined, 'write')(() => Promise.resolve('nowhere'))).toBe('nowhere');
  for (let i = 0; i < 50; i += 1) {
    begun[i]?.end();
    await settle();
  }
  expect(await Promise.all(asked)).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
  expect(calls.waiting()).toBe(false);
});

it('gives the place of a call that fails to the next, and tells of the failure', async () => {
  const calls = createVolumeCalls();
  const failing = Array.from({ length: 20 }, () => calls.to(2, 'write')(() => Promise.reject(new Error('EIO'))));
  const outcomes = await Promise.allSettled(failing);
  expect(outcomes.every((o) => o.status === 'rejected')).toBe(true);
  expect(await calls.to(2, 'write')(() => Promise.resolve(1))).toBe(1);
});

it('makes a file that was begun before the next, and writes in the order of asking, whichever file is older', async () => {
  const calls = createVolumeCalls();
  const { begun, call } = hanging();
  const busy = Array.from({ length: mostCalls }, () => calls.to(2, 'write')(call('busy')));
  const [first, second] = [calls.to(2, 'make-main'), calls.to(2, 'make-main')];
  const [old, young] = [calls.to(2, 'write'), calls.to(2, 'write')];
  const asked = [
    second(call('second, step 1')),
    first(call('first, step 1')),
    young(call('young')),
    old(call('old')),
    first(call('first, step 2')),
  ];
  for (let i = 0; i < begun.length; i += 1) {
    begun[i]?.end();
    await settle();
  }
  await Promise.all([...busy, ...asked]);
  expect(begun.slice(mostCalls).map((b) => b.name)).toEqual([
    ...['young', 'old'],
    ...['first, step 1', 'first, step 2', 'second, step 1'],
  ]);
});

it('lets what is recorded go before files are made, those of main streams first, each in the order of asking', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...callRanks), { maxLength: 40 }), async (ranks) => {
      const calls = createVolumeCalls();
      const { begun, call } = hanging();
      const busy = Array.from({ length: mostCalls }, () => calls.to(2, 'make-sub')(call('busy')));
      const asked = ranks.map((rank, i) => calls.to(2, rank)(call(`${rank} ${String(i)}`)));
      for (let i = 0; i < begun.length; i += 1) {
        expect(begun.length - i).toBeLessThanOrEqual(mostCalls);
        begun[i]?.end();
        await settle();
      }
      await Promise.all([...busy, ...asked]);
      const order = (rank: CallRank): string[] => ranks.flatMap((r, i) => (r === rank ? [`${rank} ${String(i)}`] : []));
      expect(begun.slice(mostCalls).map((b) => b.name)).toEqual(callRanks.flatMap(order));
      expect(calls.waiting()).toBe(false);
    }),
  );
});
