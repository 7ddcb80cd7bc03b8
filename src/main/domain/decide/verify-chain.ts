/** Follows a stream's chain from its first link to its head and says where it does not hold. */
import {
  type ChainedStream,
  type ChainHead,
  type ChainLink,
  type ChainSeam,
  type Hasher,
  type Sha256,
  linkText,
  noChain,
} from '../segment-chain.ts';

/**
 * changed: what is kept of this link is not what was linked · missing: links are gone and nothing says why · twice: a number
 * was given twice · cut: the chain ends before the head that was noted · head: it ends with another value than was noted.
 */
export type ChainFault =
  | { is: 'changed'; link: number; startMs: number }
  | { is: 'missing'; fromLink: number; toLink: number }
  | { is: 'twice'; link: number }
  | { is: 'cut'; link: number; headLink: number }
  | { is: 'head'; link: number };

/** `chain` null: the value is unknown, because what is before it is missing. */
export type ChainWalk = { readonly link: number; readonly chain: Sha256 | null };
export const startOfChain: ChainWalk = { link: 0, chain: noChain };

/** The next link or seam, in the order of their numbers. */
export function followChain(
  walk: ChainWalk,
  item: ChainLink | ChainSeam,
  stream: ChainedStream,
  hash: Hasher,
): [ChainWalk, ChainFault[]] {
  const from = 'link' in item ? item.link : item.fromLink;
  const to = 'link' in item ? item.link : item.toLink;
  if (from <= walk.link) return [walk, [{ is: 'twice', link: from }]];
  const faults: ChainFault[] = [];
  const { link, chain } = from > walk.link + 1 ? { link: from - 1, chain: null } : walk;
  if (link !== walk.link) faults.push({ is: 'missing', fromLink: walk.link + 1, toLink: link });
  if ('link' in item && chain !== null && hash(linkText(chain, stream, item.link, item)) !== item.chain)
    faults.push({ is: 'changed', link: item.link, startMs: item.startMs });
  return [{ link: to, chain: item.chain }, faults];
}

/** Whether the chain ends where was noted. A chain may have grown since a note beside the video was written: see `noted`. */
export function endChain(walk: ChainWalk, head: ChainHead): ChainFault[] {
  if (walk.link < head.link) return [{ is: 'cut', link: walk.link, headLink: head.link }];
  if (walk.link > head.link || (walk.chain !== null && walk.chain !== head.chain))
    return [{ is: 'head', link: head.link }];
  return [];
}

/** Links and seams as one list in the order of their numbers. */
export function inOrder(links: readonly ChainLink[], seams: readonly ChainSeam[]): (ChainLink | ChainSeam)[] {
  const first = (item: ChainLink | ChainSeam): number => ('link' in item ? item.link : item.fromLink);
  return [...links, ...seams].sort((a, b) => first(a) - first(b));
}

/** What is to be taken over from beside the video behind a head: its lists keep links that were deleted since. In order. */
export function behindHead(
  head: ChainHead,
  listed: readonly ChainLink[],
  seams: readonly ChainSeam[],
): (ChainLink | ChainSeam)[] {
  const gone = (link: number): boolean => seams.some((s) => s.fromLink <= link && link <= s.toLink);
  return inOrder(
    listed.filter((l) => l.link > head.link && !gone(l.link)),
    seams.filter((s) => s.toLink > head.link),
  );
}

/** A link is gone for a cause: seams that touch and have the same one become one. `seams` in order; answers them in order. */
export function addSeam(seams: readonly ChainSeam[], seam: ChainSeam): ChainSeam[] {
  const out: ChainSeam[] = [];
  for (const next of inOrder([], [...seams, seam]) as ChainSeam[]) {
    const last = out.at(-1);
    if (last !== undefined && last.cause === next.cause && last.toLink + 1 >= next.fromLink) {
      if (next.toLink > last.toLink) out[out.length - 1] = { ...last, toLink: next.toLink, chain: next.chain };
    } else out.push(next);
  }
  return out;
}
