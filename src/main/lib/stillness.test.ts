import { expect, it } from 'vitest';
import { createStillness, heldMs } from './stillness.ts';

it('tells how long nothing ran, of the time that is asked about', () => {
  const still = createStillness();
  for (let at = 0; at <= 10_000; at += 100) still.look(at);
  expect(still.heldSince(0)).toBe(0);
  still.look(15_000);
  expect(still.heldSince(9_990)).toBe(5_000);
  expect(still.heldSince(12_000)).toBe(3_000);
  expect(still.heldSince(15_000)).toBe(0);
  for (let at = 15_100; at <= 16_000; at += 100) still.look(at);
  // A timer that comes late, as on a busy machine, says nothing.
  still.look(16_000 + heldMs);
  expect(still.heldSince(15_000)).toBe(0);
  still.look(20_000);
  expect(still.heldSince(9_000)).toBe(5_000 + 3_000);
});
