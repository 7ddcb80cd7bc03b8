import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeColumns, codeGrid, codeMargin, codeRows, frameCodeCells, readFrameCode } from './frame-code.ts';

/** A picture with the code in it, drawn with the area that each pixel shares with each cell. */
function picture(
  camera: number,
  frame: number,
  width: number,
  height: number,
  options: { light: number; dark: number; rgba: boolean },
) {
  const cells = frameCodeCells({ camera, frame });
  const u = width / codeGrid;
  const left = width - (codeMargin + codeColumns) * u;
  const top = height - (codeMargin + codeRows) * u;
  const depth = options.rgba ? 4 : 1;
  const pixels = new Uint8ClampedArray(width * height * depth).fill(120);
  for (let y = Math.floor(top - u / 2); y < height; y++) {
    for (let x = Math.floor(left - u / 2); x < width; x++) {
      const c = Math.floor((x + 0.5 - left) / u);
      const r = Math.floor((y + 0.5 - top) / u);
      const white = c >= 0 && c < codeColumns && r >= 0 && r < codeRows && cells[r * codeColumns + c];
      for (let k = 0; k < Math.min(3, depth); k++)
        pixels[(y * width + x) * depth + k] = white ? options.light : options.dark;
    }
  }
  return pixels;
}

describe('the code in the picture', () => {
  it('is read back at any size from 320 pixels on, bright or dim', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 15 }),
        fc.integer({ min: 0, max: 4095 }),
        fc.integer({ min: 320, max: 1920 }),
        fc.integer({ min: 0, max: 90 }),
        fc.boolean(),
        (camera, frame, width, dark, rgba) => {
          const height = Math.round((width * 9) / 16);
          const pixels = picture(camera, frame, width, height, { light: dark + 60, dark, rgba });
          expect(readFrameCode(pixels, width, height)).toEqual({ camera, frame });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is refused when any single cell is wrong', () => {
    const [width, height] = [320, 180];
    const u = width / codeGrid;
    const clean = picture(3, 217, width, height, { light: 220, dark: 20, rgba: false });
    for (let cell = 0; cell < codeColumns * codeRows; cell++) {
      const pixels = clean.slice();
      const x0 = width - (codeMargin + codeColumns) * u + (cell % codeColumns) * u;
      const y0 = height - (codeMargin + codeRows) * u + Math.floor(cell / codeColumns) * u;
      for (let y = y0; y < y0 + u; y++)
        for (let x = x0; x < x0 + u; x++) pixels[y * width + x] = 240 - (pixels[y * width + x] ?? 0);
      expect(readFrameCode(pixels, width, height)).toBeNull();
    }
  });

  it('is not seen where there is none', () => {
    expect(readFrameCode(new Uint8Array(320 * 180).fill(90), 320, 180)).toBeNull();
    expect(readFrameCode(new Uint8Array(320 * 180 * 4).fill(255), 320, 180)).toBeNull();
    expect(readFrameCode(new Uint8Array(10), 320, 180)).toBeNull();
  });
});
