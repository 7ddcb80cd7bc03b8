/** The editor of zones and lines as a step: what is drawn, chosen, changed and taken back. Pure. */
import type { Point } from '#domain/place.ts';
import { addCorner, moveAll, moveCorner, placeWithin, rectangleAt, removeCorner, type Points } from './edit-shape.ts';
import { hasRoom, newItem, pointsOf, withName, withPoints, type Item, type Items, type What } from './items.ts';
import { back, beginUndo, forth, put, settle, type Undo } from './undo.ts';

/** A shape that is being drawn; `at` is where its next corner would be. */
export type Drawing = { what: What; name: string; points: readonly Point[]; at: Point };

export type Editing = {
  items: Undo<Items>;
  chosen: string | null;
  /** Of the chosen one. */
  corner: number | null;
  drawing: Drawing | null;
  /** How many were drawn on this page. */
  drawn: number;
};

export type Edit =
  /** Begins a shape. */
  | { do: 'draw'; what: What; name: string }
  /** Where the next corner would be, and where it is. */
  | { do: 'aim'; at: Point }
  | { do: 'set'; at: Point }
  | { do: 'unset' }
  /** The shape is whole; no corners become a usual shape about the place that was aimed at, too few are no shape yet. */
  | { do: 'finish' }
  | { do: 'choose'; key: string | null; corner?: number | null }
  /** Leaves what is being drawn, else the corner, else the shape. */
  | { do: 'leave' }
  | { do: 'drag-corner'; to: Point }
  /** From where it was when the hand took hold of it. */
  | { do: 'drag-all'; from: Points; by: Point }
  /** What follows is another change. */
  | { do: 'settle' }
  /** The corner, else all of the shape, in parts of the picture. */
  | { do: 'nudge'; by: Point }
  | { do: 'next-corner'; by: 1 | -1 }
  | { do: 'next-item'; by: 1 | -1 }
  | { do: 'add-corner'; after?: number; at?: Point }
  /** The corner, else the shape. */
  | { do: 'remove' }
  | { do: 'remove-item'; key: string }
  /** By a form; changes of one field are one step while it is typed in. */
  | { do: 'change'; item: Item; field: string }
  | { do: 'copy'; name: string }
  | { do: 'turn' }
  | { do: 'undo' }
  | { do: 'redo' }
  /** What the station has: it takes the place of what is shown. Steps back stay. */
  | { do: 'take'; items: Items; afresh: boolean };

const usual = { width: 0.4, height: 0.4, line: 0.4 };
const copyOff = 0.03;
export const beginEditing = (items: Items): Editing => ({
  items: beginUndo(items),
  chosen: null,
  corner: null,
  drawing: null,
  drawn: 0,
});

const keyOf = (drawn: number): string => `new-${String(drawn)}`;
/** How many were drawn to have come to these keys. */
export const drawnBefore = (items: Items): number =>
  Math.max(0, ...items.map((i) => Number(/^new-(\d{1,6})$/.exec(i.key)?.[1] ?? 0)));

export const chosenOf = (s: Editing): Item | null => s.items.now.find((i) => i.key === s.chosen) ?? null;
/** The fewest corners of a shape that can be finished as it is. */
export const enough = (what: What): number => (what === 'line' ? 2 : 3);

/** It has begun, and cannot be finished yet. */
export const tooFew = ({ what, points }: Drawing): boolean => points.length > 0 && points.length < enough(what);

const replace = (items: Items, item: Item): Items => items.map((i) => (i.key === item.key ? item : i));
/** What is chosen must be there. */
function sound(s: Editing): Editing {
  const item = chosenOf(s);
  if (!item) return s.chosen === null && s.corner === null ? s : { ...s, chosen: null, corner: null };
  return s.corner !== null && s.corner >= pointsOf(item).length ? { ...s, corner: null } : s;
}

function reshape(s: Editing, points: readonly Point[], going: string | null): Editing {
  const item = chosenOf(s);
  return item ? { ...s, items: put(s.items, replace(s.items.now, withPoints(item, points)), going) } : s;
}

function finish(s: Editing, d: Drawing): Editing {
  const half = usual.line / 2;
  const points =
    d.points.length >= enough(d.what)
      ? d.points
      : d.what === 'line'
        ? moveAll(
            [
              { x: 0, y: 0.5 },
              { x: usual.line, y: 0.5 },
            ],
            { x: d.at.x - half, y: d.at.y - 0.5 },
          )
        : rectangleAt(d.at, usual.width, usual.height);
  const key = keyOf(s.drawn + 1);
  const item = newItem(key, d.what, d.name, points);
  if (!item) return { ...s, drawing: null };
  return {
    items: put(s.items, [...s.items.now, item]),
    chosen: key,
    corner: null,
    drawing: null,
    drawn: s.drawn + 1,
  };
}

/** Place `by` on in a row of `n`, round and round; before the first step: an end of it. */
const stepOn = (at: number | null, by: 1 | -1, n: number): number | null =>
  n === 0 ? null : at === null ? (by > 0 ? 0 : n - 1) : (at + by + n) % n;

function stepDrawing(s: Editing, d: Drawing, edit: Edit): Editing | null {
  switch (edit.do) {
    case 'aim':
      return { ...s, drawing: { ...d, at: placeWithin(edit.at) } };
    case 'nudge':
      return { ...s, drawing: { ...d, at: placeWithin({ x: d.at.x + edit.by.x, y: d.at.y + edit.by.y }) } };
    case 'set': {
      const at = placeWithin(edit.at);
      const last = d.points[d.points.length - 1];
      if (last && last.x === at.x && last.y === at.y) return s;
      const next = { ...d, at, points: [...d.points, at] };
      const full = d.what === 'line' ? next.points.length === 2 : next.points.length === 32;
      return full ? finish(s, next) : { ...s, drawing: next };
    }
    case 'unset':
    case 'remove':
    case 'undo':
      return d.points.length === 0
        ? { ...s, drawing: null }
        : { ...s, drawing: { ...d, points: d.points.slice(0, -1) } };
    case 'finish':
      return tooFew(d) ? s : finish(s, d);
    case 'leave':
      return { ...s, drawing: null };
    case 'draw':
    case 'choose':
    case 'take':
      return null; // as when nothing is drawn, which is left
    default:
      return s;
  }
}

export function stepEditing(s: Editing, edit: Edit): Editing {
  if (s.drawing) {
    const next = stepDrawing(s, s.drawing, edit);
    if (next) return next;
    return stepEditing({ ...s, drawing: null }, edit);
  }
  const item = chosenOf(s);
  const points = item ? pointsOf(item) : [];
  switch (edit.do) {
    case 'draw':
      if (!hasRoom(s.items.now, edit.what)) return s;
      return {
        ...s,
        chosen: null,
        corner: null,
        drawing: { what: edit.what, name: edit.name, points: [], at: { x: 0.5, y: 0.5 } },
      };
    case 'choose':
      return sound({ ...s, items: settle(s.items), chosen: edit.key, corner: edit.corner ?? null });
    case 'leave':
      return { ...s, items: settle(s.items), corner: null, chosen: s.corner === null ? null : s.chosen };
    case 'drag-corner':
      return s.corner === null ? s : reshape(s, moveCorner(points, s.corner, edit.to), 'drag');
    case 'drag-all':
      return reshape(s, moveAll(edit.from, edit.by), 'drag');
    case 'settle':
      return { ...s, items: settle(s.items) };
    case 'nudge': {
      const at = s.corner === null ? undefined : points[s.corner];
      const moved =
        at && s.corner !== null
          ? moveCorner(points, s.corner, { x: at.x + edit.by.x, y: at.y + edit.by.y })
          : moveAll(points, edit.by);
      return reshape(s, moved, `nudge ${s.chosen ?? ''} ${String(s.corner)}`);
    }
    case 'next-corner':
      return { ...s, items: settle(s.items), corner: stepOn(s.corner, edit.by, points.length) };
    case 'next-item': {
      const at = s.items.now.findIndex((i) => i.key === s.chosen);
      const next = stepOn(at < 0 ? null : at, edit.by, s.items.now.length);
      return { ...s, items: settle(s.items), corner: null, chosen: s.items.now[next ?? -1]?.key ?? null };
    }
    case 'add-corner': {
      if (item?.is !== 'zone') return s;
      const after = edit.after ?? s.corner ?? points.length - 1;
      const more = addCorner(points, after, edit.at);
      return more ? { ...reshape(s, more, null), corner: after + 1 } : s;
    }
    case 'remove': {
      if (!item) return s;
      if (s.corner === null) return stepEditing(s, { do: 'remove-item', key: item.key });
      const fewer = item.is === 'zone' ? removeCorner(points, s.corner) : null;
      return fewer ? { ...reshape(s, fewer, null), corner: Math.min(s.corner, fewer.length - 1) } : s;
    }
    case 'remove-item': {
      const rest = s.items.now.filter((i) => i.key !== edit.key);
      return rest.length === s.items.now.length ? s : sound({ ...s, items: put(s.items, rest) });
    }
    case 'change':
      return sound({ ...s, items: put(s.items, replace(s.items.now, edit.item), `${edit.item.key} ${edit.field}`) });
    case 'copy': {
      if (!item || !hasRoom(s.items.now, item.is === 'line' ? 'line' : item.draft.kind)) return s;
      const key = keyOf(s.drawn + 1);
      // Beside the first one, on whichever side there is room.
      const aside = moveAll(points, { x: copyOff, y: copyOff });
      const moved = aside.some((p, i) => p.x !== points[i]?.x || p.y !== points[i].y)
        ? aside
        : moveAll(points, { x: -copyOff, y: -copyOff });
      const twin = withName(withPoints({ ...item, key }, moved), edit.name);
      return { ...s, items: put(s.items, [...s.items.now, twin]), chosen: key, corner: null, drawn: s.drawn + 1 };
    }
    case 'turn':
      return item?.is === 'line' ? reshape(s, [item.draft.b, item.draft.a], null) : s;
    case 'undo':
      return sound({ ...s, items: back(s.items) });
    case 'redo':
      return sound({ ...s, items: forth(s.items) });
    case 'take':
      return sound({ ...s, items: edit.afresh ? beginUndo(edit.items) : { ...settle(s.items), now: edit.items } });
    case 'aim':
    case 'set':
    case 'unset':
    case 'finish':
      return s;
  }
}
