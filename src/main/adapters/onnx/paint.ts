/** Pixels of a picture to a model's input: bilinear, half-pixel centres, straight from the planes. */
import type { I420 } from '#media/i420.ts';
import type { Crop } from '#domain/decide/choose-crops.ts';

/** How colours become numbers: value (0 … 255) × scale + offset, per plane in the order red, green, blue. */
export type Scaling = { scale: readonly [number, number, number]; offset: readonly [number, number, number] };

export const plain: Scaling = { scale: [1, 1, 1], offset: [0, 0, 0] };
/** −1 … 1. */
export const signed: Scaling = { scale: [1 / 127.5, 1 / 127.5, 1 / 127.5], offset: [-1, -1, -1] };
/** 0 … 1. */
export const unit: Scaling = { scale: [1 / 255, 1 / 255, 1 / 255], offset: [0, 0, 0] };

/** Where in the input a crop lies, and how large it is there. */
export type Placed = {
  crop: Crop;
  /** Pixels of the input. */
  width: number;
  height: number;
  /** Pixels of the input by pixels of the picture. */
  ratioX: number;
  ratioY: number;
};

/** The largest size at which a crop keeps its shape within an input, at its upper left. */
export function fit(crop: Crop, input: { width: number; height: number }): Placed {
  const ratio = Math.min(input.width / crop.width, input.height / crop.height);
  return {
    crop,
    width: Math.max(1, Math.floor(crop.width * ratio)),
    height: Math.max(1, Math.floor(crop.height * ratio)),
    ratioX: ratio,
    ratioY: ratio,
  };
}

/** All of an input, whatever the shape of the crop. */
export const stretch = (crop: Crop, input: { width: number; height: number }): Placed => ({
  crop,
  width: input.width,
  height: input.height,
  ratioX: input.width / crop.width,
  ratioY: input.height / crop.height,
});

/** For each pixel of `size`: the two samples it lies between, in a row of `limit` that is read from `from` on, and how far along. */
function taps(size: number, from: number, length: number, limit: number, half: boolean) {
  const first = new Int32Array(size);
  const second = new Int32Array(size);
  const part = new Float32Array(size);
  const [low, high] = half
    ? [from >> 1, Math.min(limit - 1, (from + length - 1) >> 1)]
    : [from, Math.min(limit - 1, from + length - 1)];
  for (let i = 0; i < size; i += 1) {
    let at = ((i + 0.5) * length) / size + from;
    at = (half ? at / 2 : at) - 0.5;
    const clamped = Math.min(Math.max(at, low), high);
    const whole = Math.floor(clamped);
    first[i] = whole;
    second[i] = Math.min(whole + 1, high);
    part[i] = clamped - whole;
  }
  return { first, second, part };
}

/**
 * Paints a crop at the upper left of an input of `stride` pixels a row. `planes`: where in `to` red, green and blue begin. BT.601,
 * limited range, to 0 … 255 before scaling. What lies outside of `placed` stays as it is. `lift`: what to show instead of each luma.
 */
export function paint(
  to: Float32Array,
  planes: readonly [number, number, number],
  stride: number,
  picture: I420,
  placed: Placed,
  { scale, offset }: Scaling,
  lift: Float32Array | null = null,
): void {
  const { width, height, data } = picture;
  const { crop } = placed;
  const [halfWidth, halfHeight] = [(width + 1) >> 1, (height + 1) >> 1];
  const uAt = width * height;
  const vAt = uAt + halfWidth * halfHeight;
  const x = taps(placed.width, crop.left, crop.width, width, false);
  const cx = taps(placed.width, crop.left, crop.width, halfWidth, true);
  const y = taps(placed.height, crop.top, crop.height, height, false);
  const cy = taps(placed.height, crop.top, crop.height, halfHeight, true);
  const [redAt, greenAt, blueAt] = planes;
  const [redScale, greenScale, blueScale] = scale;
  const [redOffset, greenOffset, blueOffset] = offset;
  // Every index below lies within: the taps are held in their rows, and the picture was looked at before.
  for (let row = 0; row < placed.height; row += 1) {
    const y0 = (y.first[row] as number) * width;
    const y1 = (y.second[row] as number) * width;
    const fy = y.part[row] as number;
    const c0 = (cy.first[row] as number) * halfWidth;
    const c1 = (cy.second[row] as number) * halfWidth;
    const fc = cy.part[row] as number;
    let out = row * stride;
    for (let i = 0; i < placed.width; i += 1, out += 1) {
      const x0 = x.first[i] as number;
      const x1 = x.second[i] as number;
      const fx = x.part[i] as number;
      const a = data[y0 + x0] as number;
      const b = data[y1 + x0] as number;
      const upper = a + ((data[y0 + x1] as number) - a) * fx;
      const lower = b + ((data[y1 + x1] as number) - b) * fx;
      const shown = upper + (lower - upper) * fy;
      const luma = 1.164_383_5 * ((lift === null ? shown : (lift[Math.round(shown)] as number)) - 16);

      const k0 = cx.first[i] as number;
      const k1 = cx.second[i] as number;
      const fk = cx.part[i] as number;
      const ua = data[uAt + c0 + k0] as number;
      const ub = data[uAt + c1 + k0] as number;
      const uUpper = ua + ((data[uAt + c0 + k1] as number) - ua) * fk;
      const uLower = ub + ((data[uAt + c1 + k1] as number) - ub) * fk;
      const u = uUpper + (uLower - uUpper) * fc - 128;
      const va = data[vAt + c0 + k0] as number;
      const vb = data[vAt + c1 + k0] as number;
      const vUpper = va + ((data[vAt + c0 + k1] as number) - va) * fk;
      const vLower = vb + ((data[vAt + c1 + k1] as number) - vb) * fk;
      const v = vUpper + (vLower - vUpper) * fc - 128;

      const red = luma + 1.596_026_8 * v;
      const green = luma - 0.391_762_3 * u - 0.812_967_6 * v;
      const blue = luma + 2.017_232_1 * u;
      to[redAt + out] = (red < 0 ? 0 : red > 255 ? 255 : red) * redScale + redOffset;
      to[greenAt + out] = (green < 0 ? 0 : green > 255 ? 255 : green) * greenScale + greenOffset;
      to[blueAt + out] = (blue < 0 ? 0 : blue > 255 ? 255 : blue) * blueScale + blueOffset;
    }
  }
}

/** Where the planes of an input begin whose first one is `at`. */
export function planesOf(colours: 'rgb' | 'bgr', at: number, pixels: number): [number, number, number] {
  return colours === 'rgb' ? [at, at + pixels, at + 2 * pixels] : [at + 2 * pixels, at + pixels, at];
}

/** A crop whose mean luma above black (0 … 219) is below `dark` is shown as if it were `lifted`. */
const [dark, lifted] = [60, 75];
const leastGamma = 0.4;
/** Every so many pixels, in both directions, are enough to tell how dark a crop is. */
const darkStep = 4;

/**
 * What to show instead of each luma (16 … 235) of a dark crop: a power of it that lifts the mean and leaves black and white where they
 * are. null: it is not dark, and shown as it is. Detectors were trained on daylight: in pictures of a third of its brightness the built-in
 * one overlooks a fifth of the people, lifted or not, but a quarter of the vehicles only when they are not (`docs/watching.md`).
 */
export function liftOf({ width, data }: I420, { left, top, width: across, height }: Crop): Float32Array | null {
  let sum = 0;
  let count = 0;
  for (let row = top; row < top + height; row += darkStep) {
    for (let i = left; i < left + across; i += darkStep) {
      sum += data[row * width + i] as number;
      count += 1;
    }
  }
  const mean = Math.max(1, sum / Math.max(1, count) - 16);
  if (mean >= dark) return null;
  const gamma = Math.max(leastGamma, Math.log(lifted / 219) / Math.log(mean / 219));
  return Float32Array.from({ length: 256 }, (_, i) => 16 + 219 * Math.max(0, (i - 16) / 219) ** gamma);
}
