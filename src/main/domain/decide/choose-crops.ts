/** Which parts of a picture a detector is shown. Models see a small square: of a large or a wide picture little would be left. */
import type { Box } from '../place.ts';

/** A part of a picture, in whole pixels of it. */
export type Crop = { left: number; top: number; width: number; height: number };

/** A picture that is wider or taller than this, for a model whose input is a square, is shown in two squares. */
const squareUpTo = 1.5;
/** More are not worth their time: the longest pictures of cameras are 32 : 9. */
const mostSquares = 4;
/** A closer look pays where it shows things so many times larger. */
const closerBy = 1.6;
/** A pixel becomes at most so many of the model's. */
const mostGrowth = 2;
/** Around what moved: so much of it on each side, because legs move and heads do not. */
const marginPart = 0.35;
/** Closer looks at one picture. */
export const mostCloser = 2;

type Span = { from: number; to: number };

const clamp = (n: number, low: number, high: number): number => Math.min(Math.max(n, low), high);

/** A span of `size` around the middle of another, within 0 … `whole`. */
function spanAround({ from, to }: Span, size: number, whole: number): { from: number; size: number } {
  const fitted = Math.min(Math.ceil(size), whole);
  return { from: clamp(Math.round((from + to - fitted) / 2), 0, whole - fitted), size: fitted };
}

/** The squares that a long picture is shown in: they overlap, and go from one end to the other. */
function squaresOf(width: number, height: number): Crop[] {
  const side = Math.min(width, height);
  const long = Math.max(width, height);
  const count = Math.min(mostSquares, Math.max(2, Math.ceil(long / side)));
  const size = Math.max(side, Math.ceil(long / count));
  return Array.from({ length: count }, (_, i) => {
    const from = Math.round(((long - size) * i) / (count - 1));
    return width >= height ? { left: from, top: 0, width: size, height } : { left: 0, top: from, width, height: size };
  });
}

/** What shows all of a picture to a model that sees `input` pixels; `square`: one that must not be shown much else than squares. */
export function wholeCrops(picture: { width: number; height: number }, square: boolean): Crop[] {
  const { width, height } = picture;
  const long = Math.max(width, height) / Math.min(width, height);
  return square && long > squareUpTo ? squaresOf(width, height) : [{ left: 0, top: 0, width, height }];
}

type Edges = { x: Span; y: Span };

const joined = (a: Edges, b: Edges): Edges => ({
  x: { from: Math.min(a.x.from, b.x.from), to: Math.max(a.x.to, b.x.to) },
  y: { from: Math.min(a.y.from, b.y.from), to: Math.max(a.y.to, b.y.to) },
});

/**
 * Squares around what moved, where they show it at least 1.6 times larger than the whole picture's crops do; at most two, those
 * that hold the most regions. `regions`: parts of the picture.
 */
export function closerCrops(
  picture: { width: number; height: number },
  regions: readonly Box[],
  input: { width: number; height: number },
  square: boolean,
): Crop[] {
  const { width, height } = picture;
  const whole = wholeCrops(picture, square)[0] ?? { left: 0, top: 0, width, height };
  const wholeRatio = Math.min(input.width / whole.width, input.height / whole.height);
  const least = Math.min(input.width, input.height) / mostGrowth;
  const largest = Math.min(input.width, input.height) / (wholeRatio * closerBy);
  if (least > largest) return [];

  const sideOf = (e: Edges): number =>
    Math.max(least, (1 + 2 * marginPart) * Math.max(e.x.to - e.x.from, e.y.to - e.y.from));
  const groups: { edges: Edges; regions: number }[] = [];
  for (const r of regions) {
    const edges: Edges = {
      x: { from: r.x * width, to: Math.min(1, r.x + r.width) * width },
      y: { from: r.y * height, to: Math.min(1, r.y + r.height) * height },
    };
    if (sideOf(edges) > largest) continue;
    const group = groups.find((g) => sideOf(joined(g.edges, edges)) <= largest);
    if (group === undefined) groups.push({ edges, regions: 1 });
    else {
      group.edges = joined(group.edges, edges);
      group.regions += 1;
    }
  }
  return groups
    .sort((a, b) => b.regions - a.regions)
    .slice(0, mostCloser)
    .map(({ edges }) => {
      const side = sideOf(edges);
      const [x, y] = [spanAround(edges.x, side, width), spanAround(edges.y, side, height)];
      return { left: x.from, top: y.from, width: x.size, height: y.size };
    });
}
