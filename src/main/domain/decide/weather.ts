/**
 * Whether drops or flakes fall through a picture, and how large what moves must be to be none of them. Of those there are new ones
 * in each picture, everywhere, near nothing that moved before, and their sizes fall off by a rule; people and cars come one by one,
 * and what is new of them is near them. Pure.
 */
import type { CellRegion } from '../motion-cells.ts';
import type { Box } from '../place.ts';

export type Weather = {
  /** What moved in the last two pictures. */
  before: readonly Box[][];
  /** New regions a picture in each of 4 × 3 parts, over the last pictures. */
  parts: readonly number[];
  /** Cells of a new region on average, and of how many (up to `known`). */
  cells: number;
  count: number;
  /** Regions a picture. */
  regions: number;
};

const across = 4;
const down = 3;
export const fairWeather: Weather = {
  before: [],
  parts: Array.from({ length: across * down }, () => 0),
  cells: 1,
  count: 0,
  regions: 0,
};

/** Over about so many pictures. */
const pace = 1 / 10;
/** So many new ones a picture, over so many parts of it, are weather. */
const rateFrom = 0.4;
const partsFrom = 4;
const known = 60;
/** Larger ones are no drops. */
const mostCells = 24;
/** As near to what moved before it is of it: parts of the picture, and of its own size. */
const nearLeast = 0.05;
const nearSizes = 0.5;
/** In so many pictures one region of the weather may be taken for something. */
const onceIn = 300;
/** Added to the average size: few were counted, and weather changes. */
const doubt = 0.3;

/** Takes the regions of one picture in, those outside of zones too. The second answer: fewest cells that are no weather; 0 when fair. */
export function weather(state: Weather, regions: readonly CellRegion[]): [Weather, number] {
  let { cells, count } = state;
  let [all, large] = [0, 0];
  for (const { cells: size } of regions) {
    all += size;
    if (size > mostCells) large += size;
  }
  // Of what fills much of the picture there are many parts, and they are no drops.
  const hides = large > all / 2;
  const parts = state.parts.map((rate) => (hides ? rate : rate * (1 - pace)));
  const before = state.before.flat();
  for (const { box, cells: size } of regions) {
    if (hides || size > mostCells || before.some((b) => isNear(box, b))) continue;
    const part =
      Math.min(down - 1, Math.floor((box.y + box.height / 2) * down)) * across +
      Math.min(across - 1, Math.floor((box.x + box.width / 2) * across));
    parts[part] = (parts[part] ?? 0) + pace;
    count = Math.min(known, count + 1);
    cells += (size - cells) / count;
  }
  let [sum, squares] = [0, 0];
  for (const rate of parts) {
    sum += rate;
    squares += rate * rate;
  }
  const many = state.regions + pace * (regions.length - state.regions);
  const falls = sum >= rateFrom && (sum * sum) / squares >= partsFrom;
  const next = { before: [...state.before.slice(-1), regions.map((r) => r.box)], parts, cells, count, regions: many };
  // Sizes fall off exponentially: from this one on there is one in so many pictures.
  return [next, falls ? 1 + (cells - 1 + doubt) * Math.log(onceIn * Math.max(1, many)) : 0];
}

function isNear(a: Box, b: Box): boolean {
  const gapX = Math.max(a.x - b.x - b.width, b.x - a.x - a.width);
  const gapY = Math.max(a.y - b.y - b.height, b.y - a.y - a.height);
  return Math.max(gapX, gapY) < nearLeast + nearSizes * Math.max(a.width, a.height);
}
