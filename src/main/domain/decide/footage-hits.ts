/** Objects of recorded pictures, followed from one to the next and told as what a search found. Pure. */
import type { Detection } from '../detection.ts';
import type { ObjectClass } from '../object-class.ts';
import { footOf, inside, type Box, type Point } from '../place.ts';
import { freshTracking, track, tracksOf, type Tracking } from './track.ts';

/** After a pause so long nobody is the same any more, ms. */
const otherMs = 12_000;
/** Nearer to the picture's edge than this it is cut off. */
const edge = 0.02;
/** A picture that shows it so much better takes the place of the one before. */
const better = 1.15;

export type FootageFind = {
  /** Of the track; counted up over the whole search of one camera. */
  key: number;
  class: ObjectClass;
  score: number;
  fromMs: number;
  toMs: number;
  bestMs: number;
  box: Box;
};
type Open = FootageFind & { view: number };
export type FootageHits = { tracking: Tracking; open: ReadonlyMap<number, Open>; atMs: number | null };
export const noFootageHits: FootageHits = { tracking: freshTracking, open: new Map(), atMs: null };

export type FootagePicture = {
  atMs: number;
  /** Width of the picture by its height. */
  aspect: number;
  detections: readonly Detection[];
  minScore: number;
  /** null: anywhere. */
  area: readonly Point[] | null;
};
/** found: new, or seen again; `best`: this picture shows it best so far · over: it is gone, or not in the area for long. */
export type FootageOutput = { is: 'found'; find: FootageFind; best: boolean } | { is: 'over'; key: number };

const isIn = (area: readonly Point[] | null, box: Box): boolean =>
  area === null || inside(area, footOf(box)) || inside(area, { x: box.x + box.width / 2, y: box.y + box.height / 2 });

/** A large sure one that the picture does not cut off shows best. */
const viewOf = (box: Box, score: number): number => {
  const cut = box.x < edge || box.y < edge || box.x + box.width > 1 - edge || box.y + box.height > 1 - edge;
  return score * Math.sqrt(box.width * box.height) * (cut ? 0.6 : 1);
};

const plain = ({ view: _, ...find }: Open): FootageFind => find;

export function footageHits(state: FootageHits, picture: FootagePicture): [FootageHits, FootageOutput[]] {
  const { atMs, area, detections } = picture;
  const outputs: FootageOutput[] = [];
  let { tracking } = state;
  const open = new Map(state.open);
  if (state.atMs !== null && (atMs - state.atMs > otherMs || atMs < state.atMs)) {
    // Numbers go on: what comes is another object.
    tracking = { ...freshTracking, nextId: tracking.nextId };
    for (const key of open.keys()) outputs.push({ is: 'over', key });
    open.clear();
  }
  const [next, changes] = track(tracking, { ...picture, motion: null });
  for (const change of changes)
    if (change.is === 'ended' && open.delete(change.track.id)) outputs.push({ is: 'over', key: change.track.id });
  for (const t of tracksOf(next)) {
    if (t.lastMs !== atMs || !isIn(area, t.box)) continue;
    const score = detections.find((d) => d.box === t.box)?.score ?? t.score;
    const view = viewOf(t.box, score);
    const was = open.get(t.id);
    const best = was === undefined || view > was.view * better;
    const now: Open = {
      ...{ key: t.id, class: t.class, score: Math.max(was?.score ?? 0, score) },
      ...{ fromMs: was?.fromMs ?? atMs, toMs: atMs },
      ...(best ? { bestMs: atMs, box: t.box, view } : { bestMs: was.bestMs, box: was.box, view: was.view }),
    };
    open.set(t.id, now);
    outputs.push({ is: 'found', find: plain(now), best });
  }
  return [{ tracking: next, open, atMs }, outputs];
}
