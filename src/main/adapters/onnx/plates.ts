/** Plates in parts of a picture: text is found, what may be a plate is read, and what does not read like one is left out. */
import type { Box } from '#domain/place.ts';
import type { Crop } from '#domain/decide/choose-crops.ts';
import { sharedOf } from '#domain/decide/suppress.ts';
import type { PlateRead } from '#domain/plate.ts';
import type { I420 } from '#media/i420.ts';
import type { Costing } from './cost.ts';
import type { PlateReader } from './plate-reader.ts';
import type { TextPlace } from './read-text.ts';
import type { TextFinder } from './text-finder.ts';

/** Width by height of what may be a plate; two lines are nearly square. */
const [leastShape, mostShape] = [1.2, 9];
/** Pixels of the picture; smaller letters are not legible. */
const leastHeight = 8;
/** A vehicle's box often ends in its plate: regions are grown by so much of themselves on each side. */
const regionMargin = 0.12;
/** Letters of a plate. */
const [leastLetters, mostLetters] = [4, 10];
/** The least sure letter. */
const leastChance = 0.25;
const samePlace = 0.3;
/** Places that are read in one picture, the surest text first. */
const mostReads = 12;

const mayBe = (p: TextPlace): boolean => {
  const [w, h] = [p.right - p.left, p.bottom - p.top];
  return h >= leastHeight && w / h >= leastShape && w / h <= mostShape;
};

function around(p: TextPlace, picture: I420, margin: PlateReader['margin']): Crop {
  const by = margin.upper * (p.bottom - p.top);
  const bx = margin.side * (p.bottom - p.top);
  const left = Math.max(0, Math.floor(p.left - bx));
  const top = Math.max(0, Math.floor(p.top - by));
  return {
    left,
    top,
    width: Math.max(1, Math.min(picture.width, Math.ceil(p.right + bx)) - left),
    height: Math.max(1, Math.min(picture.height, Math.ceil(p.bottom + by)) - top),
  };
}

/** Whole pixels of a region and its margin, within the picture. */
function cropOf({ x, y, width, height }: Box, picture: I420): Crop {
  const [bx, by] = [regionMargin * width, regionMargin * height];
  const [from, to] = [
    (n: number, size: number) => Math.floor(Math.max(0, n) * size),
    (n: number, size: number) => Math.ceil(Math.min(1, n) * size),
  ];
  const left = Math.min(picture.width - 1, from(x - bx, picture.width));
  const top = Math.min(picture.height - 1, from(y - by, picture.height));
  return {
    left,
    top,
    width: Math.max(1, to(x + width + bx, picture.width) - left),
    height: Math.max(1, to(y + height + by, picture.height) - top),
  };
}

const bothOf = (a: Crop, b: Crop): Crop => {
  const [left, top] = [Math.min(a.left, b.left), Math.min(a.top, b.top)];
  return {
    left,
    top,
    width: Math.max(a.left + a.width, b.left + b.width) - left,
    height: Math.max(a.top + a.height, b.top + b.height) - top,
  };
};

/** Crops whose joint box is hardly larger than they are together are looked at as one. */
export function joinCrops(crops: readonly Crop[]): Crop[] {
  const area = (c: Crop): number => c.width * c.height;
  const out: Crop[] = [];
  for (const crop of crops) {
    let joined = crop;
    for (let i = 0; i < out.length; i += 1) {
      const both = bothOf(joined, out[i] as Crop);
      if (area(both) > 1.2 * (area(joined) + area(out[i] as Crop))) continue;
      joined = both;
      out.splice(i, 1);
      i = -1; // it may reach others now
    }
    out.push(joined);
  }
  return out;
}

/** Empty `regions`: all of the picture. */
export async function readPlates(
  finder: TextFinder,
  reader: PlateReader,
  picture: I420,
  regions: readonly Box[],
  costing: Costing,
): Promise<PlateRead[]> {
  const whole: Crop = { left: 0, top: 0, width: picture.width, height: picture.height };
  const places: TextPlace[] = [];
  for (const crop of regions.length === 0 ? [whole] : joinCrops(regions.map((r) => cropOf(r, picture)))) {
    for (const place of await finder.find(picture, crop, costing)) {
      // Regions overlap: the same text is found twice.
      if (mayBe(place) && !places.some((p) => sharedOf(p, place) > samePlace)) places.push(place);
    }
  }
  const plates: PlateRead[] = [];
  for (const place of places.sort((a, b) => b.score - a.score).slice(0, mostReads)) {
    const { text, chances } = await reader.read(picture, around(place, picture, reader.margin), costing);
    const score = Math.min(1, ...chances);
    if (text.length < leastLetters || text.length > mostLetters || !/\d/.test(text) || score < leastChance) continue;
    const [x, y] = [place.left / picture.width, place.top / picture.height];
    const width = Math.min(1 - x, (place.right - place.left) / picture.width);
    const height = Math.min(1 - y, (place.bottom - place.top) / picture.height);
    plates.push({ text, score, chances, box: { x, y, width, height } });
  }
  return plates.sort((a, b) => b.score - a.score);
}
