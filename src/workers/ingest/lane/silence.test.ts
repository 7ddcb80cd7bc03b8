import { expect, test } from 'vitest';
import { createSilence, firstKeyMs, silentMs } from './silence.ts';

/** Looks every 100 ms up to `toMs`, and what the last one said. */
function looks(
  silence: ReturnType<typeof createSilence>,
  fromMs: number,
  toMs: number,
  sight: { activity: number; live: boolean },
) {
  let said = silence.look({ nowMs: fromMs, ...sight });
  for (let nowMs = fromMs + 100; nowMs <= toMs && said === null; nowMs += 100) said = silence.look({ nowMs, ...sight });
  return said;
}

test('a live stream is lost when no picture comes for five seconds, whatever else comes', () => {
  const silence = createSilence();
  silence.begin(0);
  silence.open(300, false);
  silence.picture(1_000);
  expect(looks(silence, 1_000, 1_000 + silentMs, { activity: 1, live: true })).toBeNull();
  expect(silence.look({ nowMs: 1_001 + silentMs, activity: 2, live: true })).toBe('silent');
});

test('before the first picture data is enough, for half a minute', () => {
  const silence = createSilence();
  silence.begin(0);
  silence.open(300, false);
  expect(looks(silence, 300, 300 + silentMs + 100, { activity: 0, live: false })).toBe('silent');
  silence.begin(0);
  silence.open(300, false);
  let said: string | null = null;
  for (let nowMs = 400; said === null; nowMs += 100) {
    said = silence.look({ nowMs, activity: nowMs, live: false });
    if (said !== null) expect(nowMs).toBe(firstKeyMs + 100);
  }
  expect(said).toBe('no-key');
});

test('time in which the thread was held is not the silence of a camera, and what follows it is', () => {
  const silence = createSilence();
  silence.begin(0);
  silence.open(300, false);
  silence.picture(1_000);
  expect(looks(silence, 1_000, 2_000, { activity: 1, live: true })).toBeNull();
  // Nothing ran for a minute: what came meanwhile has not been read yet.
  expect(looks(silence, 62_000, 62_000 + silentMs - 1_000, { activity: 1, live: true })).toBeNull();
  expect(silence.look({ nowMs: 62_001 + silentMs - 1_000, activity: 1, live: true })).toBe('silent');
});

test('the time until a connection is tried again is not time in which the thread was held', () => {
  const silence = createSilence();
  silence.begin(0);
  silence.open(300, false);
  expect(silence.look({ nowMs: 400, activity: 0, live: false })).toBeNull();
  silence.begin(60_000);
  silence.open(60_200, false);
  expect(looks(silence, 60_200, 60_200 + silentMs, { activity: 0, live: false })).toBeNull();
  expect(silence.look({ nowMs: 60_201 + silentMs, activity: 0, live: false })).toBe('silent');
});
