import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EncoderOptions } from '#domain/encoder.ts';
import { fitEncoder, optionOf } from './encoder-values.ts';

const options: EncoderOptions = [
  {
    codec: 'h264',
    sizes: [
      { width: 1920, height: 1080 },
      { width: 640, height: 360 },
    ],
    fps: { min: 1, max: 25, only: [5, 12.5, 25] },
    bitsPerSecond: { min: 64_000, max: 8_000_000 },
    keyEvery: { min: 1, max: 100 },
  },
  { codec: 'mjpeg', sizes: [], fps: { min: 1, max: 15, only: null }, bitsPerSecond: null, keyEvery: null },
];

test('another codec takes the nearest that the device offers with it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('h264' as const, 'mjpeg' as const),
      fc.integer({ min: 1, max: 8000 }),
      fc.integer({ min: 1, max: 8000 }),
      fc.double({ min: 0.1, max: 240, noNaN: true }),
      fc.integer({ min: 1000, max: 1e9 }),
      (codec, width, height, fps, bitsPerSecond) => {
        const fitted = fitEncoder({ codec, width, height, fps, bitsPerSecond, keyEvery: 3000 }, options);
        const option = optionOf(options, codec);
        if (option?.sizes.length) expect(option.sizes).toContainEqual({ width: fitted.width, height: fitted.height });
        if (option?.fps.only) expect(option.fps.only).toContain(fitted.fps);
        else expect(fitted.fps).toBeLessThanOrEqual(15);
        if (option?.bitsPerSecond) expect(fitted.bitsPerSecond).toBeLessThanOrEqual(option.bitsPerSecond.max);
        expect(fitEncoder(fitted, options)).toEqual(fitted);
      },
    ),
  );
});
