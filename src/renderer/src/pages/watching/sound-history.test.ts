import { expect, it } from 'vitest';
import type { SoundLook } from '#domain/sound.ts';
import { addLook, historyPath, placeOf, type SoundHistory } from './sound-history.ts';

const look = (...rms: number[]): SoundLook => ({
  ...{ atMs: 0, backgroundDb: null, speech: null, goingOn: [] },
  levels: rms.map((rmsDb) => ({ rmsDb, peakDb: Math.min(0, rmsDb + 6) })),
});

it('keeps half a minute of levels and the peak of two seconds', () => {
  let history: SoundHistory | null = null;
  for (let i = 0; i < 400; i += 1) history = addLook(history, look(i === 380 ? -3 : -40, -41));
  expect(history?.levels).toHaveLength(300);
  expect(history?.rmsDb).toBe(-41);
  expect(history?.peakDb).toBe(-34);
  expect(addLook(history, look(-10)).peakDb).toBe(-4);
});

it('draws from the right edge, the loudest at the top', () => {
  expect([placeOf(-80), placeOf(-20), placeOf(3), placeOf(-96)]).toEqual([0, 0.75, 1, 0]);
  expect(historyPath([], 100, 40)).toBe('');
  expect(historyPath([-80, 0], 299, 40)).toBe('M298.0 40L298.0 40.0L299.0 0.0L299 40Z');
});
