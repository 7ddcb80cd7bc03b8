import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccessUnit, VideoTrack } from '#media/format.ts';
import { createMeter } from './meter.ts';

const track: VideoTrack = {
  kind: 'video',
  codec: 'h264',
  codecString: 'avc1.42C01F',
  config: new Uint8Array(),
  width: 640,
  height: 360,
};
const bytes = 1_000;
const unitAt = (ms: number): AccessUnit => ({
  track: 'video',
  data: [new Uint8Array(bytes)],
  bytes,
  key: false,
  ptsUs: ms * 1000,
  dtsUs: ms * 1000,
});

/** A stream of `fps` whose figures are taken after each of `spans` (ms), which are as long as the worker's timer lets them be. */
function run(fps: number, spans: readonly number[]) {
  const meter = createMeter();
  meter.format(track, null);
  let picture = 0;
  let nowMs = 0;
  for (const span of spans) {
    nowMs += span;
    for (; (picture * 1000) / fps < nowMs; picture++) meter.unit(unitAt((picture * 1000) / fps), nowMs * 1000);
    meter.second(span);
  }
  return meter;
}

test('seconds that are not quite seconds change no figure', () => {
  const spans = fc.array(fc.integer({ min: 1000, max: 1400 }), { minLength: 6, maxLength: 12 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), spans, (fps, of) => {
      const figures = run(fps, of).figures();
      // One picture more or less within what was counted, five seconds at least.
      expect(Math.abs(figures.fps - fps)).toBeLessThanOrEqual(0.25);
      expect(Math.abs(figures.bitsPerSecond - fps * bytes * 8)).toBeLessThanOrEqual((bytes * 8) / 5 + 1);
    }),
  );
});

test('the second in which pictures begin is not taken for a whole one, after a break neither', () => {
  const meter = createMeter();
  meter.format(track, null);
  const first = (): void => {
    for (let i = 0; i < 3; i++) meter.unit(unitAt(i * 40), 0);
    meter.second(1000);
    expect(meter.figures().fps).toBe(0);
    for (let i = 0; i < 25; i++) meter.unit(unitAt(i * 40), 0);
    meter.second(1000);
    expect(meter.figures().fps).toBe(25);
  };
  first();
  meter.interrupt();
  first();
});

test('a stream that has gone silent comes down to nothing', () => {
  const meter = run(25, [1000, 1000, 1000]);
  expect(meter.figures().fps).toBe(25);
  for (let i = 0; i < 5; i++) meter.second(1000);
  expect(meter.figures().fps).toBe(0);
});
