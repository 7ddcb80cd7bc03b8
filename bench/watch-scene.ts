/** What the small streams of `bench watch` show: a yard with people who walk through it, and the noise of a sensor. Pure. */
import { loopPictures, loopSeconds, passFrom, type WatchFilm } from './watch-schedule.ts';

export const width = 640;
export const height = 360;
const pixels = width * height;
export const pictureBytes = (pixels * 3) / 2;

type Colour = { y: number; u: number; v: number };
type Walker = {
  /** Of the person, in pixels. */
  tall: number;
  /** Where the feet are. */
  footY: number;
  /** Middle of the body at picture 0 of the walk, and pixels a second, to the right. */
  fromX: number;
  speed: number;
  /** Nothing of it is seen from here to the right: it is behind a wall. */
  hiddenFrom: number;
  coat: Colour;
  trousers: Colour;
};

/** A person of 1.70 m walks 1.4 m in a second. */
const bodiesASecond = 1.4 / 1.7;
const skin: Colour = { y: 165, u: 112, v: 150 };
const coats: Colour[] = [
  { y: 60, u: 140, v: 120 },
  { y: 190, u: 126, v: 130 },
  { y: 90, u: 110, v: 175 },
  { y: 120, u: 160, v: 108 },
  { y: 45, u: 128, v: 128 },
];
const trousers: Colour[] = [
  { y: 50, u: 138, v: 124 },
  { y: 110, u: 120, v: 134 },
  { y: 38, u: 128, v: 128 },
];
const nearWallX = 340;
const shedX = 250;

/** Numbers from 0 to 1 by chance, the same each time. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Smooth chance in the plane, −1 … 1, with blobs of about `size` pixels. */
function texture(seed: number, size: number): (x: number, y: number) => number {
  const random = chance(seed);
  const across = Math.ceil(width / size) + 2;
  const knots = Float32Array.from({ length: across * (Math.ceil(height / size) + 2) }, () => random() * 2 - 1);
  return (x, y) => {
    const [column, row] = [Math.floor(x / size), Math.floor(y / size)];
    const [fx, fy] = [x / size - column, y / size - row];
    const at = (dx: number, dy: number): number => knots[(row + dy) * across + column + dx] ?? 0;
    const top = at(0, 0) + (at(1, 0) - at(0, 0)) * fx;
    return top + (at(0, 1) + (at(1, 1) - at(0, 1)) * fx - top) * fy;
  };
}

/** The yard without anybody in it, I420. */
export function emptyYard(): Uint8Array {
  const picture = new Uint8Array(pictureBytes);
  const [coarse, middle, fine] = [texture(1, 60), texture(2, 11), texture(3, 2)];
  const paint = (x: number, y: number): Colour => {
    const grain = 10 * coarse(x, y) + 7 * middle(x, y) + 6 * fine(x, y);
    if (x >= nearWallX && y > 60) return { y: 150 + 0.5 * grain - (x - nearWallX) * 0.08, u: 122, v: 134 };
    if (x >= shedX && y > 110 && y < 262) return { y: (x - shedX) % 14 < 2 ? 52 : 84 + grain * 0.6, u: 120, v: 140 };
    if (y >= 165) return { y: 112 + (y - 165) * 0.1 + 1.3 * grain, u: 126, v: 129 };
    if (x < 120 && y > 95) return { y: 62 + 2.6 * (grain - 4), u: 118, v: 120 };
    const [brickX, brickY] = [(x + (Math.floor(y / 9) % 2) * 11) % 22, y % 9];
    if (x > 165 && x < 215 && y > 40 && y < 100) return { y: 40 + 0.4 * grain + (190 - x) * 0.3, u: 134, v: 124 };
    return { y: brickX < 2 || brickY < 2 ? 158 + 0.4 * grain : 118 + 1.2 * grain, u: 116, v: 146 };
  };
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const colour = paint(x, y);
      picture[y * width + x] = Math.max(16, Math.min(235, colour.y));
      if (((x | y) & 1) === 1) continue;
      const at = pixels + (y / 2) * (width / 2) + x / 2;
      picture[at] = colour.u;
      picture[at + pixels / 4] = colour.v;
    }
  return picture;
}

/** A rounded stroke; soft by half a pixel at its edge. Gives how many pixels it covers. */
function stroke(
  picture: Uint8Array,
  from: { x: number; y: number },
  to: { x: number; y: number },
  of: { thick: number; colour: Colour; hiddenFrom: number; part?: number },
): number {
  const { thick, colour, hiddenFrom, part = 1 } = of;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy || 1;
  let covered = 0;
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - thick - 1));
  const right = Math.min(hiddenFrom - 1, Math.ceil(Math.max(from.x, to.x) + thick + 1));
  const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - thick - 1));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(from.y, to.y) + thick + 1));
  for (let y = top; y <= bottom; y += 1)
    for (let x = left; x <= right; x += 1) {
      const along = Math.max(0, Math.min(1, ((x - from.x) * dx + (y - from.y) * dy) / length));
      const off = Math.hypot(x - from.x - along * dx, y - from.y - along * dy);
      const cover = part * Math.max(0, Math.min(1, thick - off + 0.5));
      if (cover <= 0) continue;
      covered += cover;
      // Rounder than a board: darker towards the edge.
      const light = colour.y * (1 - 0.25 * (off / thick) ** 2);
      const mix = (at: number, value: number): void => {
        picture[at] = (picture[at] ?? 0) * (1 - cover) + value * cover;
      };
      mix(y * width + x, light);
      if (((x | y) & 1) === 1) continue;
      const at = pixels + (y / 2) * (width / 2) + x / 2;
      mix(at, colour.u);
      mix(at + pixels / 4, colour.v);
    }
  return covered;
}

/** Draws a person after `seconds` of the walk; gives how many pixels are seen of it. */
function drawWalker(picture: Uint8Array, w: Walker, seconds: number): number {
  const { tall, footY, hiddenFrom } = w;
  const x = w.fromX + w.speed * seconds;
  if (x < -tall || x > hiddenFrom + tall) return 0;
  const step = Math.sin(2 * Math.PI * 0.95 * seconds);
  const ahead = Math.sign(w.speed);
  const bounce = 0.015 * tall * Math.abs(step);
  const at = (right: number, up: number): { x: number; y: number } => ({
    x: x + right * tall,
    y: footY - up * tall - bounce,
  });
  const limb = (thick: number, colour: Colour, ...points: { x: number; y: number }[]): number => {
    let covered = 0;
    for (const [i, to] of points.entries()) {
      const from = points[i - 1];
      if (from) covered += stroke(picture, from, to, { thick: thick * tall, colour, hiddenFrom });
    }
    return covered;
  };
  const shade = { y: 60, u: 127, v: 128 };
  stroke(
    picture,
    { x: x - 0.25 * tall, y: footY },
    { x: x + 0.25 * tall, y: footY + 2 },
    {
      ...{ thick: 0.05 * tall, colour: shade, hiddenFrom, part: 0.35 },
    },
  );
  const dark = (c: Colour): Colour => ({ ...c, y: c.y * 0.75 });
  let covered = 0;
  covered += limb(0.035, dark(w.coat), at(0, 0.78), at(-0.1 * step, 0.6), at(-0.16 * step + 0.04 * ahead, 0.45));
  covered += limb(0.055, dark(w.trousers), at(0, 0.5), at(0.1 * -step + 0.03 * ahead, 0.27), at(-0.2 * step, 0.03));
  covered += limb(0.055, w.trousers, at(0, 0.5), at(0.1 * step + 0.03 * ahead, 0.27), at(0.2 * step, 0.03));
  covered += limb(0.03, dark(w.trousers), at(0.2 * step, 0.015), at(0.2 * step + 0.07 * ahead, 0.015));
  covered += limb(0.1, w.coat, at(0, 0.74), at(0, 0.55));
  covered += limb(0.04, w.coat, at(0, 0.78), at(0.1 * step, 0.6), at(0.16 * step + 0.04 * ahead, 0.45));
  covered += limb(0.035, skin, at(0, 0.84), at(0.01 * ahead, 0.9));
  covered += limb(0.068, skin, at(0.01 * ahead, 0.915), at(0.015 * ahead, 0.93));
  covered += limb(0.06, { y: 45, u: 124, v: 132 }, at(-0.01 * ahead, 0.955), at(-0.02 * ahead, 0.93));
  return covered;
}

/** The walker of a pass: every second one is farther off and smaller, every third comes from behind the wall. */
function walkerOf(pass: number): Walker {
  const far = pass % 2 === 1;
  const tall = far ? 70 + (pass % 3) * 4 : 96 + (pass % 3) * 8;
  const hiddenFrom = far ? shedX : nearWallX;
  const speed = bodiesASecond * tall;
  const reach = 0.3 * tall;
  const back = pass % 3 === 2;
  return {
    ...{ tall, hiddenFrom, footY: far ? 245 : 335 },
    fromX: back ? hiddenFrom + reach : -reach,
    speed: back ? -speed : speed,
    coat: coats[pass % coats.length] ?? skin,
    trousers: trousers[pass % trousers.length] ?? skin,
  };
}

/** Pictures of a loop, one after the other; `seen`: pixels of people in it. The buffer is used again. */
export type Drawn = { picture: Uint8Array; seen: number };

/** Noise of a sensor: more where there is more light, another in each picture. */
function noisy(picture: Uint8Array, table: Int8Array, random: () => number): void {
  for (let y = 0; y < height * 1.5; y += 1) {
    const [from, lumas] = [y * width, y < height];
    let n = Math.floor(random() * (table.length - width));
    for (let i = from; i < from + width; i += 1, n += 1) {
      const was = picture[i] ?? 0;
      const off = ((table[n] ?? 0) * (lumas ? 20 + (was >> 2) : 18)) / 512;
      picture[i] = Math.max(0, Math.min(255, was + off + 0.5));
    }
  }
}

/** A table of chance with normal distribution, 32 to the standard deviation. */
function normals(seed: number): Int8Array {
  const random = chance(seed);
  return Int8Array.from({ length: 1 << 18 }, () => {
    const value = 32 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(-127, Math.min(127, Math.round(value)));
  });
}

/** `pass`: nobody (null), who passes once, or `stir`: two who walk to and fro all the time. */
export function* drawLoop(pass: number | 'stir' | null, film: WatchFilm): Generator<Drawn> {
  const yard = emptyYard();
  const random = chance(pass === null ? 7 : pass === 'stir' ? 8 : 100 + pass);
  const table = normals(9);
  const picture = new Uint8Array(pictureBytes);
  const pictures = loopPictures(film);
  for (let n = 0; n < pictures; n += 1) {
    picture.set(yard);
    let seen = 0;
    if (pass === 'stir')
      for (const walker of [walkerOf(1), walkerOf(0)]) {
        // Three times to and fro in a loop, so that its end meets its beginning.
        const turn = (n * 3) / pictures;
        const there = 1 - Math.abs(2 * (turn % 1) - 1);
        seen += drawWalker(picture, walker, 0.5 + there * (loopSeconds / 6));
      }
    else if (pass !== null && n >= passFrom(film, pass))
      seen = drawWalker(picture, walkerOf(pass), (n - passFrom(film, pass)) / film.fps);
    noisy(picture, table, random);
    yield { picture, seen };
  }
}
