import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CameraId, ZoneId } from '#domain/id.ts';
import type { Point } from '#domain/place.ts';
import { LineDraft, mostLines, mostZones, WatchZone, ZoneDraft } from '#domain/watch-zone.ts';
import { beginEditing, chosenOf, stepEditing, type Edit, type Editing } from './editing.ts';
import { changesOf, faultOf, holdAt, knownOf, nothingKnown, pointsOf, whats, type Items } from './items.ts';

const point = fc.record({
  x: fc.double({ min: -0.2, max: 1.2, noNaN: true }),
  y: fc.double({ min: -0.2, max: 1.2, noNaN: true }),
});
const by = fc.constantFrom<1 | -1>(1, -1);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ do: fc.constant('draw' as const), what: fc.constantFrom(...whats), name: fc.constant('New') }),
  point.map((at): Edit => ({ do: 'aim', at })),
  point.map((at): Edit => ({ do: 'set', at })),
  point.map((by_): Edit => ({ do: 'nudge', by: by_ })),
  point.map((to): Edit => ({ do: 'drag-corner', to })),
  by.map((b): Edit => ({ do: 'next-corner', by: b })),
  by.map((b): Edit => ({ do: 'next-item', by: b })),
  fc.constantFrom<Edit>(
    { do: 'unset' },
    { do: 'finish' },
    { do: 'finish' },
    { do: 'leave' },
    { do: 'settle' },
    { do: 'add-corner' },
    { do: 'remove' },
    { do: 'copy', name: 'Copy' },
    { do: 'turn' },
    { do: 'undo' },
    { do: 'redo' },
  ),
);
const run = (edits: readonly Edit[], from: Editing = beginEditing([])): Editing => edits.reduce(stepEditing, from);
const shapes = (items: Items): string => JSON.stringify(items);

describe('editing zones and lines', () => {
  it('holds only shapes in the picture with enough corners, chosen ones that are there, and no more than may be', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 60 }), (edits) => {
        const s = run(edits);
        const items = s.items.now;
        expect(items.filter((i) => i.is === 'zone').length).toBeLessThanOrEqual(mostZones);
        expect(items.filter((i) => i.is === 'line').length).toBeLessThanOrEqual(mostLines);
        expect(new Set(items.map((i) => i.key)).size).toBe(items.length);
        for (const item of items) {
          const all = pointsOf(item);
          expect(all.length).toBeGreaterThanOrEqual(item.is === 'line' ? 2 : 3);
          expect(all.every((p) => p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1)).toBe(true);
          // What the page finds no fault with, the station takes.
          if (faultOf(item) === null)
            expect((item.is === 'line' ? LineDraft : ZoneDraft).safeParse(item.draft).success).toBe(true);
        }
        const chosen = chosenOf(s);
        if (s.chosen !== null) expect(chosen).not.toBeNull();
        if (s.corner !== null) expect(s.corner).toBeLessThan(chosen ? pointsOf(chosen).length : 0);
      }),
    );
  });

  it('takes every change back and brings every one again', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 60 }), (edits) => {
        const end = run([...edits, { do: 'leave' }, { do: 'leave' }]);
        // What was taken back on the way comes again too.
        const ahead = end.items.future.length;
        let s = { ...end, drawing: null };
        const seen = [shapes(s.items.now)];
        while (s.items.past.length > 0) {
          s = { ...stepEditing(s, { do: 'undo' }), drawing: null };
          seen.push(shapes(s.items.now));
        }
        expect(seen.at(-1)).toBe('[]');
        while (s.items.future.length > ahead) {
          s = { ...stepEditing(s, { do: 'redo' }), drawing: null };
          seen.pop();
          expect(shapes(s.items.now)).toBe(seen.at(-1));
        }
        expect(shapes(s.items.now)).toBe(shapes(end.items.now));
      }),
    );
  });

  it('draws a zone by keyboard alone, and a drag or held key is one step back', () => {
    let s = run([
      { do: 'draw', what: 'detect', name: 'Door' },
      { do: 'finish' },
      { do: 'next-corner', by: 1 },
      { do: 'nudge', by: { x: -0.05, y: 0 } },
      { do: 'nudge', by: { x: -0.05, y: 0 } },
    ]);
    expect(s.items.past.length).toBe(2);
    expect(chosenOf(s)).toMatchObject({ is: 'zone', draft: { name: 'Door', kind: 'detect' } });
    expect(s.items.now.map(faultOf)).toEqual([null]);
    s = run([{ do: 'undo' }], s);
    expect(s.items.past.length).toBe(1);
    expect(pointsOf(s.items.now[0] ?? fail())[0]).toEqual({ x: 0.3, y: 0.3 });
    s = run(
      [
        { do: 'settle' },
        { do: 'nudge', by: { x: 0.01, y: 0 } },
        { do: 'settle' },
        { do: 'nudge', by: { x: 0.01, y: 0 } },
      ],
      s,
    );
    expect(s.items.past.length).toBe(3);
  });

  it('finishes a line at its second end and a drawn zone where it is closed; taking back takes back the last corner', () => {
    const at = (x: number, y: number): Edit => ({ do: 'set', at: { x, y } });
    let s = run([{ do: 'draw', what: 'line', name: 'Gate' }, at(0.1, 0.2), at(0.8, 0.9)]);
    expect(s.drawing).toBeNull();
    expect(chosenOf(s)).toMatchObject({ is: 'line', draft: { a: { x: 0.1, y: 0.2 }, b: { x: 0.8, y: 0.9 } } });
    s = run([{ do: 'turn' }], s);
    expect(chosenOf(s)).toMatchObject({ draft: { a: { x: 0.8, y: 0.9 } } });
    s = run(
      [
        { do: 'draw', what: 'privacy', name: 'House' },
        at(0, 0),
        at(0.5, 0),
        at(0.9, 0.9),
        { do: 'undo' },
        at(0.5, 0.5),
      ],
      s,
    );
    expect(s.drawing?.points.length).toBe(3);
    s = run([{ do: 'finish' }], s);
    expect(pointsOf(chosenOf(s) ?? fail()).length).toBe(3);
  });

  it('goes on drawing where there are too few corners, and makes a usual shape of none', () => {
    const at = (x: number, y: number): Edit => ({ do: 'set', at: { x, y } });
    for (const [what, corners] of [
      ['line', [at(0.1, 0.2)]],
      ['detect', [at(0.1, 0.2)]],
      ['ignore', [at(0.1, 0.2), at(0.8, 0.2)]],
    ] as const) {
      const s = run([{ do: 'draw', what, name: 'Gate' }, ...corners, { do: 'finish' }]);
      expect([s.items.now.length, s.drawing?.points.length]).toEqual([0, corners.length]);
    }
    const usual = run([{ do: 'draw', what: 'detect', name: 'Gate' }, { do: 'finish' }]);
    expect(pointsOf(chosenOf(usual) ?? fail())).toHaveLength(4);
  });

  it('takes hold of corners of the chosen one first, then of what lies under the pointer', () => {
    const square = (key: string, x: number): Items[number] => ({
      key,
      is: 'zone',
      draft: ZoneDraft.parse({ kind: 'detect', name: key, points: box(x, 0.2, 0.3) }),
    });
    const items = [square('a', 0.2), square('b', 0.4)];
    const reach = { x: 0.02, y: 0.02 };
    expect(holdAt(items, 'a', { x: 0.5, y: 0.5 }, reach)).toEqual({ key: 'a', at: 'corner', corner: 2 });
    expect(holdAt(items, null, { x: 0.45, y: 0.3 }, reach)).toEqual({ key: 'b', at: 'inside' });
    expect(holdAt(items, 'a', { x: 0.45, y: 0.3 }, reach)).toEqual({ key: 'a', at: 'inside' });
    expect(holdAt(items, 'a', { x: 0.35, y: 0.205 }, reach)).toEqual({ key: 'a', at: 'edge', corner: 0 });
    expect(holdAt(items, 'a', { x: 0.9, y: 0.9 }, reach)).toBeNull();
  });
});

const box = (x: number, y: number, side: number): Point[] => [
  { x, y },
  { x: x + side, y },
  { x: x + side, y: y + side },
  { x, y: y + side },
];
const fail = (): never => {
  throw new Error('nothing is there');
};

describe('what the station is told', () => {
  const cameraId = CameraId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAV');
  const zone = (id: string, name: string, version = 1): WatchZone =>
    WatchZone.parse({ id: ZoneId.parse(id), cameraId, version, kind: 'detect', name, points: box(0.1, 0.1, 0.5) });
  const first = zone('01ARZ3NDEKTSV4RRFFQ69G5FAA', 'First');
  const second = zone('01ARZ3NDEKTSV4RRFFQ69G5FAB', 'Second', 3);

  it('is nothing where nothing changed, and what changed where something did', () => {
    const known = knownOf([first, second], [], nothingKnown);
    expect(changesOf(known, known.items)).toEqual([]);
    let s = beginEditing(known.items);
    s = run(
      [
        { do: 'choose', key: second.id },
        { do: 'nudge', by: { x: 0.01, y: 0 } },
      ],
      s,
    );
    expect(changesOf(known, s.items.now)).toMatchObject([{ do: 'change', known: { id: second.id, version: 3 } }]);
    s = run([{ do: 'settle' }, { do: 'nudge', by: { x: -0.01, y: 0 } }], s);
    expect(changesOf(known, s.items.now)).toEqual([]);
    s = run([{ do: 'remove' }, { do: 'draw', what: 'ignore', name: 'Tree' }, { do: 'finish' }], s);
    expect(changesOf(known, s.items.now)).toMatchObject([
      { do: 'remove', known: { id: second.id } },
      { do: 'add', item: { draft: { name: 'Tree', kind: 'ignore' } } },
    ]);
    expect(changesOf(known, run([{ do: 'undo' }, { do: 'undo' }], s).items.now)).toEqual([]);
  });

  it('goes on after saving: what was added keeps its name on this page, and taking it back removes it there', () => {
    let s = run([{ do: 'draw', what: 'detect', name: 'Door' }, { do: 'finish' }]);
    const told: WatchZone = { ...first, ...(s.items.now[0]?.draft as ZoneDraft) };
    const known = knownOf([told], [], {
      items: [],
      ids: new Map([['new-1', { is: 'zone', id: told.id, version: 1 }]]),
    });
    s = stepEditing(s, { do: 'take', items: known.items, afresh: false });
    expect(s.chosen).toBe('new-1');
    expect(changesOf(known, s.items.now)).toEqual([]);
    expect(changesOf(known, run([{ do: 'undo' }], s).items.now)).toMatchObject([
      { do: 'remove', known: { id: told.id } },
    ]);
  });
});
