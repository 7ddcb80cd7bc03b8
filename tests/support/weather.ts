/** Weather and light over grey pictures of 320 × 180: what must not count as motion, made the same each time. */

export const width = 320;
export const height = 180;

export type Chance = () => number;
/** Numbers from 0 up to 1, the same for the same seed. */
export function chance(seed: number): Chance {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Picture = Float32Array;
const at = (p: ArrayLike<number>, x: number, y: number): number =>
  p[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))]!;
/** Between pixels. */
export function sample(p: ArrayLike<number>, x: number, y: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - x0, y - y0];
  return (
    (at(p, x0, y0) * (1 - fx) + at(p, x0 + 1, y0) * fx) * (1 - fy) +
    (at(p, x0, y0 + 1) * (1 - fx) + at(p, x0 + 1, y0 + 1) * fx) * fy
  );
}
/** The nearest grey level. */
const level = (v: number): number => (v > 0 ? (v < 255 ? Math.floor(v + 0.5) : 255) : 0);
function finish(p: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i += 1) out[i] = level(p[i]!);
  return out;
}

/** A drawn scene: a wall and a ground with boxes, edges and grain of their own; the same for the same seed. */
export function drawnScene(seed: number): Picture {
  const next = chance(seed);
  const out = new Float32Array(width * height);
  const horizon = 40 + next() * 60;
  const [above, below] = [80 + next() * 100, 50 + next() * 110];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      out[y * width + x] = (y < horizon ? above : below) + 12 * Math.sin(x / 40) + (y - horizon) / 8;
  for (let n = 0; n < 60; n += 1) {
    const [x, y, w, h, level] = [next() * 310, next() * 170, 4 + next() * 50, 4 + next() * 40, 20 + next() * 200];
    for (let j = Math.floor(y); j < Math.min(height, y + h); j += 1)
      out.fill(level, j * width + Math.floor(x), j * width + Math.floor(Math.min(width, x + w)));
  }
  for (let i = 0; i < out.length; i += 1) out[i] = out[i]! + (next() - 0.5) * 14;
  return soft(out);
}
/** As a lens would: edges over two pixels. */
export function soft(p: ArrayLike<number>): Picture {
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    const above = Math.max(0, y - 1) * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x += 1) {
      const left = Math.max(0, x - 1);
      const right = Math.min(width - 1, x + 1);
      out[row + x] = (4 * p[row + x]! + p[row + left]! + p[row + right]! + p[above + x]! + p[below + x]!) / 8;
    }
  }
  return out;
}
/** Noise of one grey level, drawn once: pictures take it from another place each time. */
let grain: Float32Array | null = null;
const grainSize = 3 * width * height;
function drawGrain(): Float32Array {
  const next = chance(99);
  return Float32Array.from({ length: grainSize }, () => (next() + next() + next() - 1.5) * 2);
}
/** Noise of a sensor, about so many grey `levels`. */
export function noisy(p: ArrayLike<number>, levels: number, next: Chance): Uint8Array {
  grain ??= drawGrain();
  const from = Math.floor(next() * 2 * width * height);
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i += 1) out[i] = level(p[i]! + grain[from + i]! * levels);
  return out;
}

/** What befalls a picture at a second of the film. */
export type Weather = (picture: ArrayLike<number>, second: number, next: Chance) => Uint8Array;

const gust = (second: number): number => Math.max(0, Math.sin(second / 11) + 0.6 * Math.sin(second / 3.7));

/** `drops` a picture, each a bright streak; showers come and go. */
export const rain =
  (drops: number): Weather =>
  (picture, second, next) => {
    const out = new Float32Array(picture);
    const shower = second < 20 ? 0 : 0.4 + 0.6 * Math.abs(Math.sin(second / 50));
    for (let n = 0; n < drops * shower; n += 1) {
      const [x, y, long, lean, light] = [
        next() * width,
        next() * height,
        6 + next() * 26,
        0.1 + next() * 0.15,
        15 + next() * 50,
      ];
      for (let t = 0; t < long; t += 1) {
        const [px, py] = [Math.floor(x - lean * t), Math.floor(y + t)];
        if (px < 0 || py >= height) break;
        out[py * width + px] = out[py * width + px]! + light;
      }
    }
    return finish(out);
  };

/** Flakes from grains to large soft ones near the lens. */
export const snow =
  (flakes: number): Weather =>
  (picture, second, next) => {
    const out = new Float32Array(picture);
    const thick = second < 20 ? 0 : 0.3 + 0.7 * Math.abs(Math.sin(second / 70));
    for (let n = 0; n < flakes * thick; n += 1) {
      const size = 0.7 + 3.2 * next() ** 4;
      const [cx, cy, light] = [next() * width, next() * height, 40 + next() * 80];
      for (let y = Math.max(0, Math.floor(cy - 2 * size)); y <= Math.min(height - 1, cy + 2 * size); y += 1)
        for (let x = Math.max(0, Math.floor(cx - 2 * size)); x <= Math.min(width - 1, cx + 2 * size); x += 1) {
          const d = ((x - cx) ** 2 + (y - cy) ** 2) / size ** 2;
          out[y * width + x] = out[y * width + x]! + light * Math.exp(-d);
        }
    }
    return finish(out);
  };

/** A tree over a third of the picture: leaves of many shades, each on a way of its own in the wind. */
export function leaves(seed: number): Weather {
  const next = chance(seed);
  const [left, top] = [next() * 200, next() * 60];
  const leaf = Array.from({ length: 450 }, () => ({
    x: left + next() * 110,
    y: top + next() * 110,
    size: 1.5 + next() * 3.5,
    shade: 30 + next() * 110,
    phase: next() * 6.28,
    quick: 1.5 + next() * 3,
    far: 0.5 + next() * 3.5,
  }));
  return (picture, second) => {
    const out = new Float32Array(picture);
    const wind = 0.15 + gust(second);
    for (const { x, y, size, shade, phase, quick, far } of leaf) {
      const cx = x + wind * far * Math.sin(quick * second + phase) + 2 * wind * Math.sin(second * 0.9);
      const cy = y + wind * far * 0.5 * Math.cos(quick * second + phase);
      for (let py = Math.max(0, Math.ceil(cy - size)); py <= Math.min(height - 1, cy + size); py += 1)
        for (let px = Math.max(0, Math.ceil(cx - size)); px <= Math.min(width - 1, cx + size); px += 1)
          if ((px - cx) ** 2 + (py - cy) ** 2 < size ** 2) out[py * width + px] = shade;
    }
    return finish(soft(out));
  };
}

const columnsOf = (of: (x: number) => number): Float64Array => Float64Array.from({ length: width }, (_, x) => of(x));

/** A dark place that lights of cars sweep over, two pools at a time, each some seconds long. */
export const headlights: Weather = (picture, second) => {
  const out = new Float32Array(width * height);
  const [every, long] = [23, 5];
  const pass = Math.floor(second / every);
  const part = (second % every) / long;
  const way = pass % 2 === 0 ? part : 1 - part;
  const cy = 60 + (pass % 3) * 40;
  const strength = 0.8 + (pass % 4) * 0.5;
  const across = (lamp: number) => columnsOf((x) => ((x - (way * 460 - 70 + lamp)) / 38) ** 2);
  const [one, other] = [across(-30), across(30)];
  for (let y = 0; y < height; y += 1) {
    const down = ((y - cy) / 24) ** 2;
    for (let x = 0; x < width; x += 1) {
      const light = part <= 1 ? Math.exp(-(one[x]! + down) / 2) + Math.exp(-(other[x]! + down) / 2) : 0;
      const dark = 0.35 * picture[y * width + x]!;
      out[y * width + x] = dark * (1 + 2.5 * strength * light) + 14 * strength * light;
    }
  }
  return finish(out);
};

/** How a lamp beside the lens lights the picture. */
const lamplight = Float64Array.from({ length: width * height }, (_, i) =>
  Math.exp(-((((i % width) - 160) / 150) ** 2 + ((Math.floor(i / width) - 90) / 100) ** 2)),
);
/** What infrared makes of the tones of pictures, which come again and again. */
const tonesOf = new WeakMap<object, Float64Array>();
function infraredTones(picture: ArrayLike<number>): Float64Array {
  const known = tonesOf.get(picture);
  if (known !== undefined) return known;
  const tones = new Float64Array(width * height);
  for (let i = 0; i < tones.length; i += 1) {
    const v = picture[i]!;
    tones[i] = 255 * (v / 255) ** 0.6 * (0.75 + 0.25 * Math.sin(v / 18));
  }
  tonesOf.set(picture, tones);
  return tones;
}

/** Day and infrared by turns: other tones, a lamp in the middle, a white flash between, and a gain that settles. */
export const infrared: Weather = (picture, second, next) => {
  const out = new Float32Array(width * height);
  const into = second % 75;
  const night = Math.floor(second / 75) % 2 === 1;
  const settle = into < 4 ? 1 + 0.6 * Math.exp(-into) : 1;
  if (second >= 75 && into < 1) return new Uint8Array(width * height).fill(night ? 250 : 20);
  if (!night) for (let i = 0; i < out.length; i += 1) out[i] = picture[i]! * settle;
  else {
    const tones = infraredTones(picture);
    for (let i = 0; i < out.length; i += 1)
      out[i] = tones[i]! * (0.35 + 0.75 * lamplight[i]!) * settle + (next() - 0.5) * 9;
  }
  return finish(out);
};

/** A camera that sets its exposure, at once or over seconds, up to where white has no drawing left. */
export const exposure: Weather = (picture, second) => {
  const steps = [1, 1.5, 0.7, 1, 0.5, 1.2, 1, 1.8, 1, 0.8];
  const i = Math.floor(second / 17);
  const [from, to] = [steps[i % steps.length]!, steps[(i + 1) % steps.length]!];
  const into = second % 17;
  const over = i % 3 === 0 ? 0.5 : 3;
  const gain = from + (to - from) * Math.max(0, Math.min(1, (into - 8) / over));
  const out = new Float32Array(picture);
  for (let i = 0; i < out.length; i += 1) out[i] = out[i]! * gain;
  return finish(out);
};

/** Of each of `n` pixels that is moved by `by`: the two it then lies between (the second ones behind the first), and how far from the first. */
function betweenPixels(by: number, n: number): [Int32Array, Float64Array] {
  const inside = (v: number): number => Math.max(0, Math.min(n - 1, v));
  const [pixels, parts] = [new Int32Array(2 * n), new Float64Array(n)];
  for (let i = 0; i < n; i += 1) {
    const first = Math.floor(i + by);
    pixels[i] = inside(first);
    pixels[i + n] = inside(first + 1);
    parts[i] = i + by - first;
  }
  return [pixels, parts];
}

/** Wind or a lorry: the mast trembles, by parts of a pixel and by several, and comes to rest again. */
export const shake: Weather = (picture, second, next) => {
  const out = new Float32Array(width * height);
  const hard = 7 * Math.max(0, Math.sin(second / 9)) ** 3 + (second % 41 < 3 ? 5 : 0);
  const [dx, dy] = [hard * (next() - 0.5) * 1.4, hard * (next() - 0.5)];
  const [left, columns] = betweenPixels(dx, width);
  const [top, rows] = betweenPixels(dy, height);
  for (let y = 0; y < height; y += 1) {
    const above = top[y]! * width;
    const below = top[y + height]! * width;
    const fy = rows[y]!;
    for (let x = 0; x < width; x += 1) {
      const x0 = left[x]!;
      const x1 = left[x + width]!;
      const fx = columns[x]!;
      out[y * width + x] =
        (picture[above + x0]! * (1 - fx) + picture[above + x1]! * fx) * (1 - fy) +
        (picture[below + x0]! * (1 - fx) + picture[below + x1]! * fx) * fy;
    }
  }
  return finish(out);
};

/** Clouds: soft shadows that drift over everything. */
export const clouds: Weather = (picture, second) => {
  const out = new Float32Array(width * height);
  const across = columnsOf((x) => Math.sin((x - second * 9) / 70));
  for (let y = 0; y < height; y += 1) {
    const down = Math.sin((y + second * 4) / 55 + 1);
    for (let x = 0; x < width; x += 1) {
      const shade = across[x]! * down;
      out[y * width + x] = picture[y * width + x]! * (1 + 0.35 * Math.max(-1, Math.min(1, 1.6 * shade)));
    }
  }
  return finish(out);
};

export const weathers: Readonly<Record<string, Weather>> = {
  calm: (picture) => finish(picture),
  'light rain': rain(12),
  rain: rain(90),
  'heavy rain': rain(450),
  'light snow': snow(12),
  snow: snow(150),
  leaves: leaves(3),
  headlights,
  infrared,
  exposure,
  shake,
  clouds,
};

/** Somebody who walks: dark trousers, a light jacket, a head, arms that swing. `x`, `y`: the feet; `tall` in pixels. */
export function walker(picture: ArrayLike<number>, x: number, y: number, tall: number, second: number): Float32Array {
  const out = new Float32Array(picture);
  const paint = (cx: number, cy: number, w: number, h: number, shade: number): void => {
    for (let py = Math.max(0, Math.ceil(cy - h)); py <= Math.min(height - 1, cy + h); py += 1)
      for (let px = Math.max(0, Math.ceil(cx - w)); px <= Math.min(width - 1, cx + w); px += 1)
        if (((px - cx) / w) ** 2 + ((py - cy) / h) ** 2 < 1) out[py * width + px] = shade + 8 * Math.sin(px + py);
  };
  const swing = Math.sin(second * 6) * tall * 0.1;
  paint(x - swing, y - tall * 0.22, tall * 0.07, tall * 0.23, 35);
  paint(x + swing, y - tall * 0.22, tall * 0.07, tall * 0.23, 40);
  paint(x, y - tall * 0.6, tall * 0.14, tall * 0.25, 165);
  paint(x + swing * 1.3, y - tall * 0.58, tall * 0.05, tall * 0.2, 150);
  paint(x, y - tall * 0.9, tall * 0.08, tall * 0.1, 110);
  return out;
}
