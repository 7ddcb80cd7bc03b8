/** How good what was found is, against what is there. Pure. */
import type { Detection } from '#domain/detection.ts';
import { kinOf } from '#domain/object-class.ts';
import { overlapOf, type Box } from '#domain/place.ts';
import type { Labelled } from './eval-media.ts';

export type Tally = { right: number; wrong: number; missed: number };
export const noTally: Tally = { right: 0, wrong: 0, missed: 0 };
export const addTally = (a: Tally, b: Tally): Tally => ({
  right: a.right + b.right,
  wrong: a.wrong + b.wrong,
  missed: a.missed + b.missed,
});
/** null: nothing was there, or nothing was found. */
export const recallOf = ({ right, missed }: Tally): number | null =>
  right + missed === 0 ? null : right / (right + missed);
export const precisionOf = ({ right, wrong }: Tally): number | null =>
  right + wrong === 0 ? null : right / (right + wrong);

type Found = Pick<Detection, 'class' | 'score' | 'box'>;
/** One found thing of one picture: right, wrong, or neither (in a crowd). */
type Judged = { score: number; right: boolean };

/** How much of a box lies in another, 0 … 1. */
function within(box: Box, other: Box): number {
  const w = Math.min(box.x + box.width, other.x + other.width) - Math.max(box.x, other.x);
  const h = Math.min(box.y + box.height, other.y + other.height) - Math.max(box.y, other.y);
  return w <= 0 || h <= 0 ? 0 : (w * h) / (box.width * box.height);
}

/** Of one picture and one kind: the surest first, each labelled object once, crowds neither. */
export function judge(
  found: readonly Found[],
  labelled: readonly Labelled[],
  kin: ReturnType<typeof kinOf>,
  overlap: number,
): { judged: Judged[]; there: number } {
  const wanted = labelled.filter((l) => kinOf(l.class) === kin && !l.crowd);
  const crowds = labelled.filter((l) => kinOf(l.class) === kin && l.crowd);
  const taken = new Set<Labelled>();
  const judged: Judged[] = [];
  for (const f of found.filter((d) => kinOf(d.class) === kin).sort((a, b) => b.score - a.score)) {
    let best: Labelled | null = null;
    for (const l of wanted)
      if (
        !taken.has(l) &&
        overlapOf(l.box, f.box) >= overlap &&
        (best === null || overlapOf(l.box, f.box) > overlapOf(best.box, f.box))
      )
        best = l;
    if (best !== null) {
      taken.add(best);
      judged.push({ score: f.score, right: true });
    } else if (!crowds.some((c) => within(f.box, c.box) >= 0.5)) judged.push({ score: f.score, right: false });
  }
  return { judged, there: wanted.length };
}

export function tally({ judged, there }: ReturnType<typeof judge>): Tally {
  const right = judged.filter((j) => j.right).length;
  return { right, wrong: judged.length - right, missed: there - right };
}

/**
 * Area under precision over recall, each precision taken as the best that any higher recall still has (COCO's and Pascal VOC's way
 * since 2010). null: nothing was there.
 */
export function averagePrecision(pictures: readonly ReturnType<typeof judge>[]): number | null {
  const there = pictures.reduce((sum, p) => sum + p.there, 0);
  if (there === 0) return null;
  const all = pictures.flatMap((p) => p.judged).sort((a, b) => b.score - a.score);
  const points: { recall: number; precision: number }[] = [];
  let right = 0;
  all.forEach((j, i) => {
    if (j.right) right += 1;
    points.push({ recall: right / there, precision: right / (i + 1) });
  });
  let area = 0;
  let best = 0;
  for (let i = points.length - 1; i >= 0; i -= 1) {
    const point = points[i];
    if (point === undefined) continue;
    best = Math.max(best, point.precision);
    area += best * (point.recall - (points[i - 1]?.recall ?? 0));
  }
  return area;
}

export type Span = readonly [fromS: number, toS: number];
export type Visits = {
  visits: number;
  /** Visits with one event at least. */
  told: number;
  /** Events too many: a visit with three has two. */
  splits: number;
  /** Events that go on over several visits. */
  merged: number;
  /** Events that touch no visit. */
  false: number;
};

/** Events against the times at which something was there: each event is of the visit that it shares most time with. */
export function judgeEvents(events: readonly Span[], visits: readonly Span[], toleranceS: number): Visits {
  const of = new Map<Span, number>(visits.map((visit) => [visit, 0]));
  let wrong = 0;
  let merged = 0;
  for (const [from, to] of events) {
    if (visits.filter(([a, b]) => a + toleranceS < to && b - toleranceS > from).length > 1) merged += 1;
    let best: Span | null = null;
    let most = -Infinity;
    for (const visit of visits) {
      const shared = Math.min(to, visit[1] + toleranceS) - Math.max(from, visit[0] - toleranceS);
      if (shared >= 0 && shared > most) [best, most] = [visit, shared];
    }
    if (best === null) wrong += 1;
    else of.set(best, (of.get(best) ?? 0) + 1);
  }
  const counts = [...of.values()];
  return {
    visits: visits.length,
    told: counts.filter((n) => n > 0).length,
    splits: counts.reduce((sum, n) => sum + Math.max(0, n - 1), 0),
    merged,
    false: wrong,
  };
}
