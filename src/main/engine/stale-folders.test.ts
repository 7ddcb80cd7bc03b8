import { expect, it } from 'vitest';
import { createStaleFolders } from './stale-folders.ts';

it('has what was refused written again after longer and longer waits, and at once where the volume takes video again', () => {
  let monoMs = 0;
  const stale = createStaleFolders({ monoMs: () => monoMs });
  expect([...stale.due(false)]).toEqual([]);
  const tries: number[] = [];
  // A folder that refuses whenever it is tried, looked at every two seconds for an hour.
  stale.add('gate');
  for (; monoMs < 3_600_000; monoMs += 2_000)
    if (stale.due(false).size > 0) {
      tries.push(monoMs / 1000);
      stale.add('gate');
    }
  expect(tries).toEqual([30, 90, 210, 450, 930, 1_830, 2_730]);
  stale.add('yard');
  expect([...stale.due(true)]).toEqual(['gate', 'yard']);
  expect(stale.due(true).size).toBe(0);
  stale.add('gate');
  monoMs += 30_000;
  expect([...stale.due(false)]).toEqual(['gate']);
  stale.add('gate');
  stale.clear();
  expect(stale.due(true).size).toBe(0);
});
