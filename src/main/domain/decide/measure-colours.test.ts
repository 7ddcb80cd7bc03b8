import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { I420 } from '#media/i420.ts';
import { bytesOfI420 } from '#media/i420.ts';
import type { Box } from '../place.ts';
import { measureColours } from './measure-colours.ts';

type Rgb = readonly [number, number, number];
const [width, height] = [640, 360];

/** A picture of rectangles, with as much noise as a camera has; `light`: of each channel so much comes. */
function drawn(parts: readonly [Box, Rgb][], { noise = 6, light = [1, 1, 1] as Rgb, seed = 1 } = {}): I420 {
  const data = new Uint8Array(bytesOfI420(width, height));
  const chroma = width / 2;
  const u0 = width * height;
  let random = seed;
  const next = (): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
    return random / 0x7fffffff - 0.5;
  };
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      let rgb: Rgb = [118, 120, 112];
      for (const [box, colour] of parts)
        if (
          x >= box.x * width &&
          x < (box.x + box.width) * width &&
          y >= box.y * height &&
          y < (box.y + box.height) * height
        )
          rgb = colour;
      const n = noise * 2 * next();
      const [r, g, b] = rgb.map((v, i) => Math.min(255, Math.max(0, v * (light[i] ?? 1) + n))) as unknown as Rgb;
      data[y * width + x] = 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256;
      const at = (y >> 1) * chroma + (x >> 1);
      data[u0 + at] = 128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256;
      data[u0 + chroma * (height / 2) + at] = 128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256;
    }
  return { width, height, data };
}
const grass: [Box, Rgb] = [{ x: 0, y: 0.7, width: 1, height: 0.3 }, [84, 120, 62]];
const sky: [Box, Rgb] = [{ x: 0, y: 0, width: 1, height: 0.3 }, [160, 180, 205]];
const at: Box = { x: 0.4, y: 0.3, width: 0.25, height: 0.3 };
const dark: Rgb = [34, 38, 42];
/** A car: bodywork, a row of windows, tyres and a shadow below it. */
const car = (paint: Rgb): [Box, Rgb][] => [
  [at, paint],
  [{ x: 0.46, y: 0.33, width: 0.13, height: 0.08 }, dark],
  [{ x: 0.4, y: 0.55, width: 0.25, height: 0.05 }, [24, 24, 24]],
];
const paints: Record<string, Rgb[]> = {
  red: [
    [176, 28, 30],
    [120, 24, 30],
    [200, 50, 40],
  ],
  blue: [
    [30, 62, 140],
    [70, 120, 190],
    [24, 36, 84],
  ],
  green: [
    [40, 110, 60],
    [30, 74, 50],
  ],
  yellow: [
    [222, 190, 30],
    [240, 215, 80],
  ],
  orange: [[226, 120, 30]],
  white: [
    [232, 233, 230],
    [220, 224, 226],
  ],
  grey: [
    [130, 133, 136],
    [170, 172, 174],
    [100, 102, 104],
  ],
  black: [
    [28, 29, 31],
    [40, 41, 44],
  ],
  brown: [[98, 66, 38]],
  beige: [[204, 188, 152]],
  purple: [[104, 60, 150]],
};
const person: Box = { x: 0.45, y: 0.2, width: 0.1, height: 0.55 };
const inPerson = (x: number, y: number, w: number, h: number): Box => ({
  x: person.x + x * person.width,
  y: person.y + y * person.height,
  width: w * person.width,
  height: h * person.height,
});
const clothed = (top: Rgb, legs: Rgb): [Box, Rgb][] => [
  [inPerson(0.35, 0.02, 0.3, 0.14), [196, 150, 122]],
  [inPerson(0.2, 0.16, 0.6, 0.36), top],
  [inPerson(0.28, 0.52, 0.44, 0.42), legs],
];

describe('colours of vehicles', () => {
  it('are those of their paint, in more and less light, whatever glass, tyres and shadow are like', () => {
    for (const [name, rgbs] of Object.entries(paints))
      for (const rgb of rgbs)
        for (const light of [0.8, 1]) {
          const measured = measureColours(
            drawn([sky, grass, ...car(rgb)], { light: [light, light, light] }),
            at,
            'vehicle',
          );
          // With less light it may be unsure, and white is grey; it is nothing else.
          const dim = name === 'white' ? ['unsure', 'grey'] : ['unsure'];
          const right = light === 1 ? [name] : [name, ...dim];
          expect(measured.of === 'vehicle' && right.includes(measured.vehicle), `${name} ${rgb.join()} ${light}`).toBe(
            true,
          );
        }
  });

  it('are unsure by infrared, in the dark, in coloured light, on too few pixels, and where they are private', () => {
    const red = car([176, 28, 30]);
    const unsure = { of: 'vehicle', vehicle: 'unsure' };
    const grey = drawn([sky, grass, ...red], { noise: 0 });
    grey.data.fill(128, width * height);
    expect(measureColours(grey, at, 'vehicle')).toEqual(unsure);
    expect(measureColours(drawn([sky, grass, ...red], { light: [0.08, 0.08, 0.08] }), at, 'vehicle')).toEqual(unsure);
    expect(measureColours(drawn([sky, grass, ...red], { light: [1, 0.6, 0.2] }), at, 'vehicle')).toEqual(unsure);
    const far = { x: 0.5, y: 0.4, width: 0.03, height: 0.04 };
    expect(measureColours(drawn([sky, grass, [far, [176, 28, 30]]]), far, 'vehicle')).toEqual(unsure);
    const hidden = drawn([sky, grass, ...red]);
    for (let y = 0; y < height; y += 1) hidden.data.fill(16, y * width + 320, (y + 1) * width);
    hidden.data.fill(128, width * height);
    expect(measureColours(hidden, at, 'vehicle')).toEqual(unsure);
    // Half one, half the other.
    const two = drawn([sky, grass, ...car([176, 28, 30]), [{ ...at, width: at.width / 2 }, [30, 62, 170]]]);
    expect(measureColours(two, at, 'vehicle')).toEqual(unsure);
  });
});

describe('colours of clothes', () => {
  it('are told of the upper and the lower half of who stands', () => {
    const picture = drawn([sky, grass, ...clothed([228, 230, 228], [36, 56, 110])]);
    expect(measureColours(picture, person, 'person')).toEqual({ of: 'person', upper: 'white', lower: 'blue' });
    const other = drawn([sky, grass, ...clothed([190, 34, 40], [30, 30, 32])]);
    expect(measureColours(other, person, 'person')).toEqual({ of: 'person', upper: 'red', lower: 'black' });
  });

  it('are unsure of legs before ground of their colour, which is seen between them', () => {
    const water: [Box, Rgb] = [{ x: 0, y: 0.45, width: 1, height: 0.4 }, [40, 62, 120]];
    const picture = drawn([sky, water, ...clothed([228, 230, 228], [36, 56, 110])]);
    expect(measureColours(picture, person, 'person')).toEqual({ of: 'person', upper: 'white', lower: 'unsure' });
  });

  it('are unsure of who does not stand, of who is cut off, and of a pattern', () => {
    const unsure = { of: 'person', upper: 'unsure', lower: 'unsure' };
    const picture = drawn([sky, grass, ...clothed([228, 230, 228], [36, 56, 110])]);
    expect(measureColours(picture, { ...person, width: 0.3 }, 'person')).toEqual(unsure);
    expect(measureColours(picture, { ...person, y: 0, height: 0.75 }, 'person')).toEqual(unsure);
    const stripes = Array.from({ length: 12 }, (_, i): [Box, Rgb] => [
      inPerson(0.2, 0.16 + i * 0.03, 0.6, 0.03),
      (
        [
          [228, 230, 228],
          [190, 34, 40],
          [36, 56, 140],
        ] as Rgb[]
      )[i % 3] as Rgb,
    ]);
    const patterned = drawn([sky, grass, ...clothed([228, 230, 228], [36, 56, 110]), ...stripes]);
    expect(measureColours(patterned, person, 'person')).toMatchObject({ upper: 'unsure', lower: 'blue' });
  });
});

it('answers for every box, the same each time', () => {
  const picture = drawn([sky, grass, ...car([176, 28, 30])]);
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(part, part, part, part, fc.constantFrom('vehicle', 'person'), (x, y, w, h, of) => {
      const box = { x, y, width: w * (1 - x), height: h * (1 - y) };
      const measured = measureColours(picture, box, of);
      expect(measured.of).toBe(of);
      expect(measureColours(picture, box, of)).toEqual(measured);
    }),
    { numRuns: 30 },
  );
});
