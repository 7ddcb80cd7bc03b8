import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { quietLog } from '#lib/log.ts';
import { cameraRow } from '../../../tests/support/camera-row.ts';
import { writeSegment } from '../../../tests/support/recorded.ts';
import { storeStage, t0 } from '../../../tests/support/store-stage.ts';
import { createSegmentFiles } from '../adapters/files/segment-files.ts';
import { createSpreadFiles } from './spread-files.ts';
import { createTakingIn } from './taking-in.ts';

const minute = 60_000;
const stage = storeStage();
let nowMs = t0;
let secondHere = true;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  nowMs = t0;
  secondHere = true;
});
afterEach(() => void vi.useRealTimers());

/** Waits for files, which no clock moves. */
async function until(look: () => boolean): Promise<void> {
  for (let turns = 0; !look(); turns++) {
    if (turns > 100_000) throw new Error('waited in vain');
    await turn();
  }
}

/** An index that knows no file, two disks, and what takes in from them. */
function rig() {
  const store = stage.open();
  const camera = store.camera.add(cameraRow({ createdMs: t0 }));
  const roots = [1, 2].map((n) => join(stage.dir(), `disk-${n}`));
  const all = roots.map((root, i) => ({ volume: i + 1, files: createSegmentFiles(root) }));
  const here = () => all.filter(({ volume }) => volume === 1 || secondHere);
  const told: unknown[] = [];
  /** Files that their disk does not give out now, by start. */
  const sick = new Set<number>();
  const ofVolume = (volume: number) => {
    const files = here().find((v) => v.volume === volume)?.files;
    if (files === undefined) return null;
    const inspect: typeof files.inspect = (path) =>
      [...sick].some((startMs) => path === files.path('gate', 'main', startMs))
        ? Promise.reject(new Error('EIO: i/o error, read'))
        : files.inspect(path);
    return { ...files, inspect };
  };
  const takingIn = createTakingIn({
    store,
    volumes: {
      filesOf: ofVolume,
      seen: () => all.map(({ volume }) => ({ here: volume === 1 || secondHere }) as never),
      spread: createSpreadFiles(here, () => undefined),
    },
    events: { note: (event) => void told.push(event.data) as never },
    clock: { nowMs: () => nowMs, monoMs: () => nowMs - t0, nowUs: () => nowMs * 1000 },
    log: quietLog,
    clocks: () => ({ seamOf: () => 0 }),
  });
  return {
    ...{ store, takingIn, told, sick },
    write: (volume: 1 | 2, startMs: number) => void writeSegment(roots[volume - 1] ?? '', startMs, { seconds: 2 }),
    minutes: () =>
      store.segmentsFrom(camera.streamIds.main, 0, Number.MAX_SAFE_INTEGER, 100).map((s) => (s.startMs - t0) / minute),
    isDone: () => (store.setting.get('take-in-from-ms') ?? '') === '',
    pass(ms: number) {
      nowMs += ms;
      vi.advanceTimersByTime(ms);
    },
  };
}

it('takes in the last minutes too, once nobody can be writing them', async () => {
  const { store, takingIn, told, write, minutes, isDone, pass } = rig();
  for (const at of [0, 55, 58]) write(2, t0 + at * minute);
  nowMs = t0 + 60 * minute;
  takingIn.start();
  takingIn.from(t0);
  pass(0);
  await until(() => minutes().length === 1);
  expect(minutes()).toEqual([0]);
  // Begun after it was asked for: told by who writes it.
  write(2, t0 + 61 * minute);
  await until(() => vi.getTimerCount() > 0);
  // A start in the middle of the wait goes on with it.
  takingIn.stop();
  takingIn.start();
  pass(10 * minute);
  await until(isDone);
  expect(minutes()).toEqual([0, 55, 58]);
  expect(told).toEqual([{ segments: 1 }, { segments: 2 }]);
  store.close();
});

it('looks through a disk that was away from where the others were looked through', async () => {
  const { store, takingIn, write, minutes, isDone, pass } = rig();
  for (const at of [1, 3]) write(1, t0 + at * minute);
  for (const at of [2, 4]) write(2, t0 + at * minute);
  secondHere = false;
  nowMs = t0 + 30 * minute;
  // As a backup that took the place of the index leaves it.
  store.setting.set('take-in-from-ms', String(t0));
  takingIn.start();
  pass(0);
  await until(isDone);
  expect(minutes()).toEqual([1, 3]);
  secondHere = true;
  pass(60 * minute);
  takingIn.returned(t0 + 29 * minute);
  pass(10 * minute);
  await until(() => minutes().length === 4);
  await until(() => vi.getTimerCount() > 0 || isDone());
  pass(10 * minute);
  await until(isDone);
  expect(minutes()).toEqual([1, 2, 3, 4]);
  expect(store.setting.get('take-in-away-from-ms')).toBe('');
  store.close();
});

it('begins anew where an earlier moment is asked for while it looks', async () => {
  const { store, takingIn, write, minutes, isDone, pass } = rig();
  for (const at of [1, 130]) write(1, t0 + at * minute);
  nowMs = t0 + 180 * minute;
  takingIn.start();
  takingIn.from(t0 + 120 * minute);
  pass(0);
  takingIn.from(t0);
  pass(0);
  await until(() => vi.getTimerCount() > 0);
  pass(0);
  await until(() => minutes().length === 2);
  await until(() => vi.getTimerCount() > 0);
  pass(10 * minute);
  await until(isDone);
  expect(minutes()).toEqual([1, 130]);
  store.close();
});

it('does not wait for what a clock that was wrong called the future', async () => {
  const { store, takingIn, write, minutes, isDone, pass } = rig();
  write(1, t0);
  nowMs = t0 + 24 * 60 * minute;
  takingIn.start();
  takingIn.from(t0);
  nowMs = t0 + 60 * minute;
  pass(0);
  await until(() => minutes().length === 1);
  await until(() => vi.getTimerCount() > 0);
  pass(10 * minute);
  await until(isDone);
  store.close();
});

it('takes in what lies behind a file that cannot be read, and that file once it can', async () => {
  const { store, takingIn, sick, write, minutes, isDone, pass } = rig();
  for (const at of [1, 2, 65]) write(1, t0 + at * minute);
  sick.add(t0 + minute);
  nowMs = t0 + 120 * minute;
  takingIn.start();
  takingIn.from(t0);
  pass(0);
  await until(() => minutes().length === 2);
  expect(minutes()).toEqual([2, 65]);
  await until(() => vi.getTimerCount() > 0);
  expect(isDone()).toBe(false);
  sick.clear();
  pass(minute);
  await until(() => minutes().length === 3);
  await until(() => vi.getTimerCount() > 0 || isDone());
  pass(10 * minute);
  await until(isDone);
  expect(minutes()).toEqual([1, 2, 65]);
  store.close();
});

it('waits not for ever for what can never be read', async () => {
  const { store, takingIn, sick, write, minutes, isDone, pass } = rig();
  for (const at of [1, 2]) write(1, t0 + at * minute);
  sick.add(t0 + minute);
  nowMs = t0 + 120 * minute;
  takingIn.start();
  takingIn.from(t0);
  pass(0);
  for (let n = 0; n < 12 && !isDone(); n += 1) {
    await until(() => vi.getTimerCount() > 0 || isDone());
    pass(64 * minute);
  }
  await until(isDone);
  expect(minutes()).toEqual([2]);
  store.close();
});
