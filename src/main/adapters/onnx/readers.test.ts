/** What goes into models and comes out of them, number by number. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfI420, type I420 } from '#media/i420.ts';
import { blank } from '../../../../tests/support/media.ts';
import { loadRuntime } from './index.ts';
import { fit, liftOf, paint, plain, planesOf, stretch } from './paint.ts';
import { fieldsOf } from './protobuf.ts';
import { smallestModel } from './providers.ts';
import { plateLetters, readSlots, readSteps } from './read-letters.ts';
import { readSsd } from './read-ssd.ts';
import { readText } from './read-text.ts';
import { readYolo } from './read-yolo.ts';
import { readYolox, rowsOfYolox } from './read-yolox.ts';
import { resizeGraph } from './resize-graph.ts';

const size = fc.integer({ min: 2, max: 40 });
const picture = fc.tuple(size, size, fc.integer()).map(([width, height, seed]): I420 => {
  let state = seed >>> 0;
  const data = Uint8Array.from({ length: bytesOfI420(width, height) }, () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  return { width, height, data };
});

describe('painting', () => {
  it('keeps a picture of one colour that colour, at every size, and touches nothing beside it', () => {
    fc.assert(
      fc.property(size, size, size, fc.integer({ min: 16, max: 235 }), (width, height, side, luma) => {
        const pixels = side * side;
        const to = new Float32Array(3 * pixels).fill(-7);
        const placed = fit({ left: 0, top: 0, width, height }, { width: side, height: side });
        paint(to, planesOf('rgb', 0, pixels), side, blank(width, height, luma), placed, plain);
        const grey = (255 / 219) * (luma - 16);
        to.forEach((value, i) => {
          const [x, y] = [i % side, Math.floor((i % pixels) / side)];
          if (x < placed.width && y < placed.height) expect(Math.abs(value - grey)).toBeLessThan(0.01);
          else expect(value).toBe(-7);
        });
      }),
    );
  });

  it('at its own size gives each pixel its luma, and stays within 0 … 255 and within the crop', () => {
    fc.assert(
      fc.property(picture, (p) => {
        const chromaless: I420 = { ...p, data: p.data.slice().fill(128, p.width * p.height) };
        const crop = { left: 1, top: 1, width: p.width - 1, height: p.height - 1 };
        const to = new Float32Array(3 * crop.width * crop.height);
        const planes = planesOf('bgr', 0, crop.width * crop.height);
        paint(to, planes, crop.width, chromaless, stretch(crop, crop), plain);
        for (let y = 0; y < crop.height; y += 1) {
          for (let x = 0; x < crop.width; x += 1) {
            const luma = (255 / 219) * (p.data[(y + 1) * p.width + x + 1]! - 16);
            expect(to[y * crop.width + x]!).toBeCloseTo(Math.min(255, Math.max(0, luma)), 2);
          }
        }
        paint(to, planes, crop.width, p, stretch(crop, crop), plain);
        expect(to.every((v) => v >= 0 && v <= 255)).toBe(true);
      }),
    );
  });

  it('lifts what is dark, never turns light and dark round, and leaves the rest as it is', () => {
    fc.assert(
      fc.property(size, size, fc.integer({ min: 16, max: 235 }), (width, height, luma) => {
        const crop = { left: 0, top: 0, width, height };
        const lift = liftOf(blank(width, height, luma), crop);
        if (luma >= 16 + 60) {
          expect(lift).toBeNull();
          return;
        }
        if (lift === null) throw new Error(`a crop of luma ${luma} is not taken for dark`);
        expect(lift[16]).toBeCloseTo(16);
        expect(lift[235]).toBeCloseTo(235);
        for (let i = 17; i <= 235; i += 1) expect(lift[i]! > lift[i - 1]! && lift[i]! >= i - 1e-3).toBe(true);
        // Dusk becomes what dark begins at and a little more; the darkest is not made day.
        if (luma >= 16 + 15) expect(lift[luma]).toBeCloseTo(16 + 75, 0);
        else if (luma > 16) expect(lift[luma]! < 16 + 76).toBe(true);
      }),
    );
    // What lies beside the crop does not count.
    const p = blank(40, 40, 200);
    for (let y = 0; y < 20; y += 1) p.data.fill(30, 40 * y, 40 * y + 20);
    expect(liftOf(p, { left: 0, top: 0, width: 20, height: 20 })).not.toBeNull();
    expect(liftOf(p, { left: 20, top: 20, width: 20, height: 20 })).toBeNull();
  });

  it('shows the lifted luma', () => {
    const dark = blank(8, 8, 40);
    const crop = { left: 0, top: 0, width: 8, height: 8 };
    const lift = liftOf(dark, crop);
    const to = new Float32Array(3);
    paint(to, planesOf('rgb', 0, 1), 1, dark, stretch(crop, { width: 1, height: 1 }), plain, lift);
    for (const value of to) expect(value).toBeCloseTo((255 / 219) * 75, 0);
  });

  it('tells red from blue, and puts each where the model has it', () => {
    // BT.601 red: Y 81, U 90, V 240.
    const red = blank(8, 8, 81);
    red.data.fill(90, 64, 80).fill(240, 80, 96);
    const of = (colours: 'rgb' | 'bgr'): number[] => {
      const to = new Float32Array(3);
      const placed = stretch({ left: 0, top: 0, width: 8, height: 8 }, { width: 1, height: 1 });
      paint(to, planesOf(colours, 0, 1), 1, red, placed, plain);
      return [...to].map((v) => Math.round(v));
    };
    const [r, g, b] = of('rgb') as [number, number, number];
    expect(r).toBeGreaterThan(250);
    expect(Math.max(g, b)).toBeLessThan(5);
    expect(of('bgr')).toEqual([b, g, r]);
  });
});

describe('boxes', () => {
  const input = { width: 64, height: 32 };
  it('of YOLOX stand at their cell, times the stride', () => {
    const rows = rowsOfYolox(64, 32);
    expect(rows).toBe(8 * 4 + 4 * 2 + 2 * 1);
    const output = new Float32Array(rows * 7);
    // Stride 16: the cell (2, 1); a box of 16 × 32 around 1/4 right of its corner.
    output.set([0.25, 0.5, Math.log(1), Math.log(2), 0.9, 0.1, 0.8], (32 + 6) * 7);
    // What is no number is nothing.
    output.set([0, 0, 0, 0, Number.NaN, 1, 1], 0);
    const found = readYolox(output, 2, input, 0.3);
    expect(found).toHaveLength(1);
    const { class: cls, left, right, top, bottom } = found[0]!;
    expect([cls, ...[left, right, top, bottom].map((n) => Math.round(n * 1000) / 1000)]).toEqual([1, 28, 44, 8, 40]);
    expect(found[0]!.score).toBeCloseTo(0.72, 5);
    expect(readYolox(output, 2, input, 0.73)).toEqual([]);
  });
  it('of YOLO lie column by column', () => {
    // Two rows: [cx], [cy], [w], [h], class 0, class 1.
    const output = Float32Array.of(10, 50, 12, 20, 4, 6, 8, 2, 0.9, 0.1, 0.2, 0.2);
    const found = readYolo(output, 2, 2, 0.3);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ class: 0, left: 8, right: 12, top: 8, bottom: 16 });
  });
  it('of SSD are their anchor where the codes are 0, and only of the classes that are wanted', () => {
    const anchors = Float32Array.of(0.25, 0.25, 0.75, 0.5);
    const scores = Float32Array.of(0.9, 0.6, 0.8);
    const read = (codes: number[], wanted: number[]) =>
      readSsd(Float32Array.from(codes), scores, anchors, 3, wanted, { width: 100, height: 100 }, 0.3);
    expect(read([0, 0, 0, 0], [1])).toHaveLength(1);
    expect(read([0, 0, 0, 0], [1])[0]).toMatchObject({ class: 1, left: 25, right: 50, top: 25, bottom: 75 });
    expect(read([0, 0, 0, 0], [1, 2]).map((c) => c.class)).toEqual([1, 2]);
    const [moved] = read([10, 0, 5 * Math.log(2), 0], [2]);
    expect(moved!.top).toBeCloseTo(50, 3); // one height down, twice as high
    expect(moved!.bottom).toBeCloseTo(150, 3);
  });
});

describe('text', () => {
  it('stands where chances are joined; specks and faint places are none', () => {
    const [width, height] = [64, 32];
    const map = new Float32Array(width * height);
    const mark = (left: number, top: number, w: number, h: number, chance: number): void => {
      for (let y = top; y < top + h; y += 1) map.fill(chance, y * width + left, y * width + left + w);
    };
    mark(10, 10, 20, 4, 0.9);
    mark(50, 2, 2, 2, 0.9);
    mark(40, 20, 10, 6, 0.4);
    const [place, ...others] = readText(map, width, height);
    expect(others).toEqual([]);
    const by = (20 * 4 * 1.6) / (2 * 24);
    expect(place).toMatchObject({ left: 10 - by, right: 30 + by, top: 10 - by, bottom: 14 + by });
    expect(readText(new Float32Array(width * height).fill(1), width, height)).toHaveLength(1);
  });
  const allowed = Array.from(plateLetters, (letter, i) => ({ class: i + 1, letter }));
  const text = fc
    .array(fc.constantFrom(...Array.from(plateLetters)), { minLength: 1, maxLength: 9 })
    .map((l) => l.join(''));

  it('read in steps is what was shown: repeats join, unless nothing is between them', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 3 }), (shown, times) => {
        const steps = Array.from(shown).flatMap((letter) => [...Array<string>(times).fill(letter), '']);
        const classes = allowed.length + 2; // one more, that no plate has
        const chances = new Float32Array(steps.length * classes);
        steps.forEach((letter, s) => {
          chances[s * classes + (letter === '' ? 0 : 1 + plateLetters.indexOf(letter))] = 0.5;
          chances[s * classes + classes - 1] = 0.4;
        });
        const read = readSteps(chances, steps.length, classes, allowed);
        expect(read.text).toBe(shown);
        expect(read.chances).toEqual(Array<number>(shown.length).fill(1));
      }),
    );
  });
  it('read in slots is what was shown, empty slots left out', () => {
    fc.assert(
      fc.property(text, (shown) => {
        const alphabet = `${plateLetters}_`;
        const slots = Array.from(shown.padEnd(9, '_'));
        const chances = new Float32Array(9 * alphabet.length);
        slots.forEach((letter, s) => (chances[s * alphabet.length + alphabet.indexOf(letter)] = 0.75));
        expect(readSlots(chances, 9, alphabet)).toEqual({
          text: shown,
          chances: Array<number>(shown.length).fill(0.75),
        });
      }),
    );
  });
});

describe('ONNX files', () => {
  it('are written so that the runtime reads them, and taken apart without a byte lost', async () => {
    const model = smallestModel();
    const session = await loadRuntime().open(model, 'cpu', 1);
    expect(session.inputs).toEqual([{ name: 'x', type: 'float32', shape: [1] }]);
    await session.release();
    expect(Buffer.concat([...fieldsOf(model)].map((f) => f.whole))).toEqual(Buffer.from(model));
  });
  it('whatever was done to them, are a message or refused', () => {
    const model = smallestModel();
    fc.assert(
      fc.property(fc.nat(model.length - 1), fc.nat(255), fc.nat(model.length), (at, value, length) => {
        const broken = model.slice(0, length);
        if (at < length) broken[at] = value;
        try {
          resizeGraph(broken, 'x', { width: 8, height: 8 });
        } catch (error) {
          expect(error).toMatchObject({ trouble: 'not-a-model' });
        }
      }),
    );
  });
  it('that are none are refused', () => {
    expect(() => resizeGraph(Buffer.from('no model at all'), 'x', { width: 8, height: 8 })).toThrow('no ONNX file');
  });
});
