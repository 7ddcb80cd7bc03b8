/** Follows what moves from picture to picture, to know for how long and how surely it is something. Pure. */
import type { CellRegion } from '../motion-cells.ts';
import type { Box } from '../place.ts';
import { gateGrid } from '../watching.ts';

export type FollowedRegion = {
  box: Box;
  /** Part of the picture that changed in it. */
  area: number;
  /** Since when it is followed. */
  sinceMs: number;
  /** Grows by up to 1 with each picture that it is found in, by less if it is small: how surely it is something. */
  evidence: number;
};

type Chain = {
  box: Box;
  cells: number;
  sinceMs: number;
  lastMs: number;
  looks: number;
  evidence: number;
  /** Parts of the picture a second. */
  speed: { x: number; y: number };
};
export type MotionFollowing = {
  atMs: number;
  chains: Chain[];
};

export const freshFollowing: MotionFollowing = { atMs: 0, chains: [] };

/** Most regions of a picture that are followed: the largest. */
const mostFollowed = 64;
/** What is not found for so long, ms, and for two pictures, is gone. */
const goneMs = 2_500;
/** How far something goes from one picture to the next, in parts of the picture: so far, and so many of its own sizes. */
const reachLeast = 0.06;
const reachSizes = 1.2;
const reachMost = 0.4;
/** What is where it should be is surely the same; farther off it speaks for so much. */
const nearLeast = 0.02;
const nearSizes = 0.5;
const astray = 0.3;
/** So much larger or smaller than it was may it be. */
const sizesApart = 6;
/** So many times the least area is evidence enough in one picture. */
const plentiful = 3;

const cellTotal = gateGrid.columns * gateGrid.rows;
const middle = (box: Box): { x: number; y: number } => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

export function followMotion(
  state: MotionFollowing,
  input: {
    atMs: number;
    regions: readonly CellRegion[] /** Smaller ones are followed, but not told. */;
    least: number;
  },
): [MotionFollowing, FollowedRegion[]] {
  const { atMs, least } = input;
  const stepMs = atMs > state.atMs && state.atMs > 0 ? Math.min(atMs - state.atMs, 30_000) : 1_000;
  const regions = input.regions.slice(0, mostFollowed);
  const found = link(state.chains, regions, stepMs);

  const ofRegion = new Map([...found].map(([chain, region]) => [region, chain]));
  const kept = state.chains.filter(
    (chain) => !found.has(chain) && atMs - chain.lastMs < Math.max(goneMs, 2 * stepMs) && atMs >= chain.lastMs,
  );
  const told: FollowedRegion[] = [];
  for (const region of regions) {
    const chain = extend(ofRegion.get(region) ?? null, region, atMs, stepMs, least);
    kept.push(chain);
    if (region.cells < least) continue;
    const { box, sinceMs, evidence } = chain;
    told.push({ box, area: region.cells / cellTotal, sinceMs, evidence });
  }
  return [{ atMs, chains: kept.slice(-2 * mostFollowed) }, told];
}

function extend(was: Chain | null, region: CellRegion, atMs: number, stepMs: number, least: number): Chain {
  const { box, cells } = region;
  const large = cells < least ? 0 : Math.min(1, cells / (plentiful * least));
  if (was === null)
    return { box, cells, sinceMs: atMs, lastMs: atMs, looks: 1, evidence: large, speed: { x: 0, y: 0 } };
  const [from, to] = [middle(was.box), middle(box)];
  const seconds = Math.max(stepMs, atMs - was.lastMs) / 1_000;
  const apart = Math.hypot(to.x - from.x - was.speed.x * seconds, to.y - from.y - was.speed.y * seconds);
  const size = Math.max(was.box.width, was.box.height, box.width, box.height);
  const evidence = large * (apart <= nearLeast + nearSizes * size ? 1 : astray);
  const speed = {
    x: (was.speed.x + (to.x - from.x) / seconds) / 2,
    y: (was.speed.y + (to.y - from.y) / seconds) / 2,
  };
  return { ...was, box, cells, lastMs: atMs, looks: was.looks + 1, evidence: was.evidence + evidence, speed };
}

/** Which region continues which chain: the nearest first. */
function link(chains: readonly Chain[], regions: readonly CellRegion[], stepMs: number): Map<Chain, CellRegion> {
  const pairs: { chain: Chain; region: CellRegion; apart: number }[] = [];
  for (const chain of chains)
    for (const region of regions) {
      const ratio = region.cells / chain.cells;
      if (ratio > sizesApart || ratio < 1 / sizesApart) continue;
      const [at, to] = [middle(chain.box), middle(region.box)];
      const seconds = stepMs / 1_000;
      const apart = Math.hypot(to.x - at.x - chain.speed.x * seconds, to.y - at.y - chain.speed.y * seconds);
      const size = Math.max(chain.box.width, chain.box.height, region.box.width, region.box.height);
      if (apart <= Math.min(reachMost, reachLeast + reachSizes * size)) pairs.push({ chain, region, apart });
    }
  pairs.sort((a, b) => a.apart - b.apart);
  const found = new Map<Chain, CellRegion>();
  const taken = new Set<CellRegion>();
  for (const { chain, region } of pairs) {
    if (found.has(chain) || taken.has(region)) continue;
    found.set(chain, region);
    taken.add(region);
  }
  return found;
}
