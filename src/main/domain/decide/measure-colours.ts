/**
 * What colour a vehicle is, and a person's upper and lower clothes, measured from a picture: the pixels of its middle are put into a few
 * clusters in a space in which distances are as they are seen, each cluster is named, and the name of most counts. Where light, size, cut
 * or pattern do not let it be told, the answer is that. Pure.
 */
import { nameOf, okLabOf, type ColourName, type MeasuredColour, type OkLab } from '../colour.ts';
import type { Box } from '../place.ts';
import type { I420 } from '#media/i420.ts';

export type Measured =
  | { of: 'vehicle'; vehicle: MeasuredColour }
  | { of: 'person'; upper: MeasuredColour; lower: MeasuredColour };

/** Parts of a box: where bodywork, and where clothes are. */
const body: Box = { x: 0.15, y: 0.25, width: 0.7, height: 0.5 };
const upper: Box = { x: 0.3, y: 0.2, width: 0.4, height: 0.27 };
/** What stands beside the legs, and so is seen between them. */
const besideLegs: readonly Box[] = [
  { x: -0.45, y: 0.56, width: 0.35, height: 0.27 },
  { x: 1.1, y: 0.56, width: 0.35, height: 0.27 },
];
const besideShare = 0.4;
const lower: Box = { x: 0.32, y: 0.56, width: 0.36, height: 0.27 };
/** Pixels of a part that are looked at, at most, and of the whole picture. */
const samples = 2_000;
const sceneSamples = 4_000;
/** Fewer pixels than this in a part tell nothing. */
const leastPixels = 220;
/** A person who stands is so many times as high as wide at least; another one lies, sits or is cut off. */
const uprightTimes = 1.45;
const edge = 0.015;
/** Clusters, and how often they are drawn anew. */
const clusters = 5;
const rounds = 8;
/** Share of a part's pixels that a name must have, and how many times that of the next. */
const clothShare = 0.45;
const clothTimes = 1.5;
/** Glass, tyres and shadow are grey and black on every vehicle: a colour counts from less on, and shades from more. */
const paintShare = 0.22;
const paintTimes = 2;
const shadeShare = 0.42;
const blackShare = 0.55;
const shadeTimes = 1.25;
/** The light: with fewer pixels of any colour than this it is infrared; darker, or coloured itself, it tells nothing. */
const leastColoured = 0.01;
const coloured = 0.025;
const leastLight = 0.2;
const tinted = 0.075;
/** A part of which more than this is private is not measured. */
const mostPrivate = 0.25;
const shades: readonly ColourName[] = ['black', 'grey', 'white'];

/** `box`: parts of the picture. What is private in it is black (luma 16, no chroma), and left out. */
export function measureColours(picture: I420, box: Box, of: Measured['of']): Measured {
  const light = lightTells(picture);
  if (of === 'vehicle') return { of, vehicle: light ? paintOf(namesIn(picture, box, body)) : 'unsure' };
  const isUpright = box.height * picture.height >= uprightTimes * box.width * picture.width;
  const isWhole = box.y > edge && box.y + box.height < 1 - edge;
  if (!light || !isUpright || !isWhole) return { of, upper: 'unsure', lower: 'unsure' };
  return {
    of,
    upper: clothOf(namesIn(picture, box, upper)),
    lower: legsOf(picture, box),
  };
}

type Names = ReadonlyMap<ColourName, number> | null;

function largest(names: Map<ColourName, number>): { name: ColourName; share: number; next: number } | null {
  const [first, second] = [...names].sort((a, b) => b[1] - a[1]);
  return first === undefined ? null : { name: first[0], share: first[1], next: second?.[1] ?? 0 };
}

function clothOf(names: Names): MeasuredColour {
  const most = names === null ? null : largest(new Map(names));
  return most !== null && most.share >= clothShare && most.share >= clothTimes * most.next ? most.name : 'unsure';
}

function paintOf(names: Names): MeasuredColour {
  if (names === null) return 'unsure';
  const paint = largest(new Map([...names].filter(([name]) => !shades.includes(name))));
  if (paint !== null && paint.share >= paintShare)
    return paint.share >= paintTimes * paint.next ? paint.name : 'unsure';
  const shade = largest(new Map([...names].filter(([name]) => shades.includes(name))));
  const least = shade?.name === 'black' ? blackShare : shadeShare;
  return shade !== null && shade.share >= least && shade.share >= shadeTimes * shade.next ? shade.name : 'unsure';
}

/** What has the colour of the ground or wall beside it may be that, seen between the legs. */
function legsOf(picture: I420, box: Box): MeasuredColour {
  const colour = clothOf(namesIn(picture, box, lower));
  const isBehind = besideLegs.some((side) => {
    const share = colour === 'unsure' ? 0 : (namesIn(picture, box, side)?.get(colour) ?? 0);
    return share >= besideShare;
  });
  return isBehind ? 'unsure' : colour;
}

/** Whether colours can be told by the light of a picture at all. */
function lightTells(picture: I420): boolean {
  const pixels = pixelsIn(picture, { x: 0, y: 0, width: 1, height: 1 }, sceneSamples).seen;
  if (pixels.length === 0) return false;
  const mean = (pick: (c: OkLab) => number): number => pixels.reduce((sum, c) => sum + pick(c), 0) / pixels.length;
  const some = pixels.filter((c) => Math.hypot(c.a, c.b) >= coloured).length / pixels.length;
  return (
    some >= leastColoured &&
    mean((c) => c.l) >= leastLight &&
    Math.hypot(
      mean((c) => c.a),
      mean((c) => c.b),
    ) < tinted
  );
}

/** Shares of names in a part of a box; null: too little of it can be seen. */
function namesIn(picture: I420, box: Box, part: Box): Names {
  const area = {
    x: box.x + part.x * box.width,
    y: box.y + part.y * box.height,
    width: part.width * box.width,
    height: part.height * box.height,
  };
  if (area.width * picture.width * area.height * picture.height < leastPixels) return null;
  const { seen, hidden } = pixelsIn(picture, area, samples);
  if (seen.length === 0 || hidden > mostPrivate * (seen.length + hidden)) return null;
  const names = new Map<ColourName, number>();
  for (const { centre, share } of cluster(seen)) {
    const name = nameOf(centre);
    names.set(name, (names.get(name) ?? 0) + share);
  }
  return names;
}

function pixelsIn({ width, height, data }: I420, area: Box, most: number): { seen: OkLab[]; hidden: number } {
  const clip = (v: number, n: number): number => Math.min(n, Math.max(0, Math.round(v * n)));
  const [left, right] = [clip(area.x, width), clip(area.x + area.width, width)];
  const [top, bottom] = [clip(area.y, height), clip(area.y + area.height, height)];
  const step = Math.max(1, Math.ceil(Math.sqrt(((right - left) * (bottom - top)) / most)));
  const chroma = Math.ceil(width / 2);
  const u0 = width * height;
  const v0 = u0 + chroma * Math.ceil(height / 2);
  const seen: OkLab[] = [];
  let hidden = 0;
  for (let y = top; y < bottom; y += step)
    for (let x = left; x < right; x += step) {
      const at = (y >> 1) * chroma + (x >> 1);
      const [luma, u, v] = [data[y * width + x] ?? 16, data[u0 + at] ?? 128, data[v0 + at] ?? 128];
      if (luma <= 16 && u === 128 && v === 128) hidden += 1;
      else seen.push(okLabOf(luma, u, v));
    }
  return { seen, hidden };
}

const apart = (p: OkLab, q: OkLab): number => (p.l - q.l) ** 2 + 2 * ((p.a - q.a) ** 2 + (p.b - q.b) ** 2);

/** k-means (Lloyd), begun with pixels that lie far apart, so that the same picture always gives the same answer. */
function cluster(pixels: readonly OkLab[]): { centre: OkLab; share: number }[] {
  const middle = meanOf(pixels);
  const centres = [pixels.reduce((best, p) => (apart(p, middle) < apart(best, middle) ? p : best))];
  while (centres.length < clusters) {
    const gap = (p: OkLab): number => Math.min(...centres.map((c) => apart(p, c)));
    const farthest = pixels.reduce((best, p) => (gap(p) > gap(best) ? p : best));
    if (gap(farthest) === 0) break;
    centres.push(farthest);
  }
  let groups: OkLab[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    groups = centres.map(() => []);
    for (const p of pixels) {
      let nearest = 0;
      for (let i = 1; i < centres.length; i += 1)
        if (apart(p, centres[i] as OkLab) < apart(p, centres[nearest] as OkLab)) nearest = i;
      groups[nearest]?.push(p);
    }
    groups.forEach((group, i) => {
      if (group.length > 0) centres[i] = meanOf(group);
    });
  }
  return groups.map((group, i) => ({ centre: centres[i] as OkLab, share: group.length / pixels.length }));
}

const meanOf = (pixels: readonly OkLab[]): OkLab => {
  const sum = pixels.reduce((s, p) => ({ l: s.l + p.l, a: s.a + p.a, b: s.b + p.b }), { l: 0, a: 0, b: 0 });
  const n = Math.max(1, pixels.length);
  return { l: sum.l / n, a: sum.a / n, b: sum.b / n };
};
