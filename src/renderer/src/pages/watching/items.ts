/** The zones and lines of a camera while they are edited. Pure. */
import type { LineId, ZoneId } from '#domain/id.ts';
import { inside, type Point } from '#domain/place.ts';
import {
  mostLines,
  mostZones,
  type LineDraft,
  type WatchLine,
  type WatchZone,
  type ZoneDraft,
} from '#domain/watch-zone.ts';
import { lineFault, nearest, nearestEdge, zoneFault, type Points, type Reach, type ShapeFault } from './edit-shape.ts';

/** `key` names it on this page; the station may not know it yet. */
export type ZoneItem = { key: string; is: 'zone'; draft: ZoneDraft };
export type LineItem = { key: string; is: 'line'; draft: LineDraft };
export type Item = ZoneItem | LineItem;
/** In the order in which they are listed. */
export type Items = readonly Item[];

/** What a person draws. */
export type What = ZoneDraft['kind'] | 'line';
export const whats = ['detect', 'ignore', 'privacy', 'line'] as const satisfies readonly What[];

export const whatOf = (item: Item): What => (item.is === 'line' ? 'line' : item.draft.kind);
export const pointsOf = (item: Item): Points => (item.is === 'line' ? [item.draft.a, item.draft.b] : item.draft.points);

export function withPoints(item: Item, points: Points): Item {
  if (item.is === 'zone') return { ...item, draft: { ...item.draft, points: [...points] } };
  const [a, b] = points;
  return a && b ? { ...item, draft: { ...item.draft, a, b } } : item;
}

export const withName = (item: Item, name: string): Item =>
  item.is === 'zone' ? { ...item, draft: { ...item.draft, name } } : { ...item, draft: { ...item.draft, name } };

/** What the station has. */
export type KnownId = { is: 'zone'; id: ZoneId; version: number } | { is: 'line'; id: LineId; version: number };
export type Known = { items: Items; ids: ReadonlyMap<string, KnownId> };
export const nothingKnown: Known = { items: [], ids: new Map() };

/** As the station tells it; what this page knows already keeps its key. */
export function knownOf(zones: readonly WatchZone[], lines: readonly WatchLine[], was: Known): Known {
  const keys = new Map([...was.ids].map(([key, known]) => [known.id as string, key]));
  const items: Item[] = [];
  const ids = new Map<string, KnownId>();
  for (const zone of zones) {
    const { id, cameraId: _, version, ...draft } = zone;
    const key = keys.get(id) ?? id;
    items.push({ key, is: 'zone', draft });
    ids.set(key, { is: 'zone', id, version });
  }
  for (const line of lines) {
    const { id, cameraId: _, version, ...draft } = line;
    const key = keys.get(id) ?? id;
    items.push({ key, is: 'line', draft });
    ids.set(key, { is: 'line', id, version });
  }
  return { items, ids };
}

/** As it is drawn first: what is not said is as usual. */
export function newItem(key: string, what: What, name: string, points: Points): Item | null {
  const [a, b] = points;
  if (!a || !b) return null;
  const usual = { name, classes: [], minScore: null, minHeight: 0, maxHeight: 1, scheduleId: null };
  if (what === 'line')
    return {
      key,
      is: 'line',
      draft: { ...usual, a, b, tells: 'both', countsIn: null, wrongWay: null, speed: null },
    };
  return {
    key,
    is: 'zone',
    draft: {
      ...usual,
      kind: what,
      points: [...points],
      ignores: 'everything',
      plates: false,
      plateTells: null,
      urgent: false,
      triggers: { present: true, enters: false, leaves: false, loitersS: null, crowd: null, leftS: null, takenS: null },
    },
  };
}

/** Whether one more may be drawn. */
export function hasRoom(items: Items, what: What): boolean {
  const is = what === 'line' ? 'line' : 'zone';
  return items.filter((i) => i.is === is).length < (is === 'line' ? mostLines : mostZones);
}

export type ItemFault = ShapeFault | 'name' | 'heights';
export function faultOf(item: Item): ItemFault | null {
  if (item.draft.name.trim() === '') return 'name';
  if (item.draft.minHeight > item.draft.maxHeight) return 'heights';
  return item.is === 'line' ? lineFault(item.draft.a, item.draft.b) : zoneFault(item.draft.points);
}

/** What a pointer takes hold of. `chosen` comes first: its corners, then its edges; then whatever lies under it, the last drawn first. */
export type Hold = { key: string; at: 'corner' | 'edge'; corner: number } | { key: string; at: 'inside' };
export function holdAt(items: Items, chosen: string | null, p: Point, reach: Reach): Hold | null {
  const item = items.find((i) => i.key === chosen);
  if (item) {
    const points = pointsOf(item);
    const corner = nearest(points, p, reach);
    if (corner !== null) return { key: item.key, at: 'corner', corner };
    const edge = nearestEdge(points, p, { x: reach.x * 0.7, y: reach.y * 0.7 }, item.is === 'zone');
    if (edge !== null) return item.is === 'zone' ? { key: item.key, at: 'edge', corner: edge } : hold(item);
    if (item.is === 'zone' && inside(points, p)) return hold(item);
  }
  const under = items.findLast(
    (i) => nearestEdge(pointsOf(i), p, reach, i.is === 'zone') !== null || (i.is === 'zone' && inside(pointsOf(i), p)),
  );
  return under ? hold(under) : null;
}
const hold = (item: Item): Hold => ({ key: item.key, at: 'inside' });

/** What the station must be told to have what is drawn. */
export type Change =
  | { do: 'add'; item: Item }
  | { do: 'change'; item: Item; known: KnownId }
  | { do: 'remove'; key: string; known: KnownId };

/** One text for one value, whatever the order in which its parts were set. */
const canon = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );

export function changesOf(known: Known, now: Items): Change[] {
  const before = new Map(known.items.map((i) => [i.key, canon(i.draft)]));
  const kept = new Set(now.map((i) => i.key));
  return [
    ...[...known.ids].filter(([key]) => !kept.has(key)).map(([key, id]): Change => ({ do: 'remove', key, known: id })),
    ...now.flatMap((item): Change[] => {
      const id = known.ids.get(item.key);
      if (!id) return [{ do: 'add', item }];
      return before.get(item.key) === canon(item.draft) ? [] : [{ do: 'change', item, known: id }];
    }),
  ];
}
