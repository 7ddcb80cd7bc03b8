/**
 * What is found again and again in one place and is followed by nothing: a post, a sign, a cone that looks like a person. Who passes it and
 * is lost there must not be taken for it. Pure.
 */
import type { Detection } from '../detection.ts';
import { kinOf } from '../object-class.ts';
import { overlapOf, type Box } from '../place.ts';

/** Found in its place so often, it is one. */
const leastLooks = 2;
/** In its place: boxes overlap so much. */
const samePlace = 0.6;
/** Not found in so many looks, and in twice as many as it was found in: forgotten. */
const mostMisses = 30;
/** Most posts of a camera; those that were found most often stay. */
const mostPosts = 60;

export type Post = {
  kin: ReturnType<typeof kinOf>;
  box: Box;
  /** In how many pictures it was found, and in how many since then it was not. */
  looks: number;
  misses: number;
};

/** The posts that a detection may be of. */
export const postsAt = (posts: readonly Post[], { class: cls, box }: Detection): Post[] =>
  posts.filter((p) => p.looks >= leastLooks && p.kin === kinOf(cls) && overlapOf(p.box, box) >= samePlace);

/** After a picture: `unowned` is what was found in it and is of nothing that is followed and told, the surest first. */
export function stepPosts(posts: readonly Post[], unowned: readonly Detection[]): Post[] {
  const next = posts.map((p): Post => ({ ...p, misses: p.misses + 1 }));
  for (const { class: cls, box } of unowned) {
    const kin = kinOf(cls);
    let at = -1;
    let most = samePlace;
    next.forEach((p, i) => {
      const overlap = p.misses > 0 && p.kin === kin ? overlapOf(p.box, box) : 0;
      if (overlap >= most) [at, most] = [i, overlap];
    });
    const was = next[at];
    if (was === undefined) next.push({ kin, box, looks: 1, misses: 0 });
    else next[at] = { kin, box, looks: was.looks + 1, misses: 0 };
  }
  return next
    .filter((p) => p.misses <= Math.min(mostMisses, 2 * p.looks))
    .sort((a, b) => b.looks - a.looks)
    .slice(0, mostPosts);
}
