import { expect, it } from 'vitest';
import { CameraId } from '#domain/id.ts';
import type { WatchState } from '#domain/watching.ts';
import { camerasAsked } from './cameras-asked.ts';

const camera = (n: number): CameraId => CameraId.parse(`01HZZZZZZZZZZZZZZZZZZZZZZ${String(n)}`);
const state = (over: Partial<WatchState> = {}): WatchState => ({
  ...{ watching: true, trouble: null, stream: 'sub', perSecond: 1, wantedPerSecond: 1, looked: 60, gated: 20 },
  ...{ detected: 18, dropped: 0, lastMs: null, modelId: null, plates: null, lines: [], ...over },
});
const counts = { asked: 20, done: 18, newer: 1, full: 0, late: 1, failed: 0 };

it('says of a camera whose pictures are left out before the pool that it is looked at less often', () => {
  const cameraId = camera(1);
  const busy = state({ perSecond: 0.4, dropped: 31, trouble: 'busy' });
  // The pool was never asked for what was left out before: to it all is well.
  const [row] = camerasAsked([{ cameraId, mode: 'objects', state: busy }], [{ cameraId, counts, share: 1 }]);
  expect(row).toMatchObject({ trouble: 'busy', rate: { now: 0.4, wanted: 1 }, before: 31, detected: 18, late: 1 });
});

it('names those that only one of the two knows, and nobody who is not to be watched', () => {
  const [motion, off, searched] = [camera(1), camera(2), camera(3)];
  const rows = camerasAsked(
    [
      { cameraId: motion, mode: 'motion', state: state({ gated: 0 }) },
      { cameraId: off, mode: 'off', state: state({ watching: false }) },
    ],
    [{ cameraId: searched, counts, share: 0.5 }],
  );
  expect(rows.map((r) => [r.cameraId, r.isWatched, r.rate, r.detected, r.share])).toEqual([
    [motion, true, { now: 1, wanted: 1 }, 0, 1],
    [searched, false, null, 18, 0.5],
  ]);
});
