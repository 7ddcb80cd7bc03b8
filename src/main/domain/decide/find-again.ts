/** Which of the objects on a recorded picture is the one that was followed on another picture of nearly the same time. Pure. */
import type { Detection } from '../detection.ts';
import { kinOf, type ObjectClass } from '../object-class.ts';
import { overlapOf, type Box } from '../place.ts';

/** It may be so far off, in its own heights, and so much further for each second between the pictures. */
const offHeights = 0.5;
const heightsPerSecond = 1.2;
/** And so many times larger or smaller. */
const sizesApart = 3;
const overlapBonus = 0.8;

/**
 * `expected`: where it was, `apartMs` away from this picture. `aspect`: width of the picture by its height. null: it is not there, or two may
 * be it as well as each other.
 */
export function findAgain<T extends Pick<Detection, 'class' | 'box' | 'score'>>(
  detections: readonly T[],
  { cls, expected, apartMs, aspect }: { cls: ObjectClass; expected: Box; apartMs: number; aspect: number },
): T | null {
  const reach = expected.height * (offHeights + (heightsPerSecond * Math.abs(apartMs)) / 1_000);
  const [x, y] = [expected.x + expected.width / 2, expected.y + expected.height / 2];
  const near = detections.flatMap((d) => {
    const { box } = d;
    const sizes = (box.width * box.height) / Math.max(1e-9, expected.width * expected.height);
    if (kinOf(d.class) !== kinOf(cls) || sizes > sizesApart || sizes < 1 / sizesApart) return [];
    const off = Math.hypot((box.x + box.width / 2 - x) * aspect, box.y + box.height / 2 - y);
    const overlap = overlapOf(box, expected);
    if (off > reach && overlap < 0.3) return [];
    return [{ d, cost: off / reach + 0.3 * Math.abs(Math.log(sizes)) - overlapBonus * overlap }];
  });
  const [first, second] = near.sort((a, b) => a.cost - b.cost);
  if (first === undefined) return null;
  // Two walk side by side: neither is taken for the other. Boxes of one object overlap.
  const isTwin = second !== undefined && second.cost - first.cost < 0.15 && overlapOf(first.d.box, second.d.box) < 0.5;
  return isTwin ? null : first.d;
}
