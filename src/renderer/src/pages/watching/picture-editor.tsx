/** The picture with its zones and lines, to be drawn on by pointer and by keyboard. */
import { useElementSize } from '@mantine/hooks';
import { useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Point } from '#domain/place.ts';
import { placeOn } from '../../steer/aim.ts';
import { useTranslation } from '../../text/index.ts';
import { addCorner, snap, type Points, type Reach } from './edit-shape.ts';
import { chosenOf, enough, type Edit, type Editing } from './editing.ts';
import { holdAt, pointsOf, type Hold } from './items.ts';
import { DrawingShape, Handles, Shape, type Size } from './shapes.tsx';

/** How far a pointer may be off, px. */
const reachPx = 9;
/** A hand that clicks moves by some pixels. */
const leastPx = 3;
const step = { fine: 0.002, usual: 0.01, coarse: 0.05 };

type Drag = { hold: Hold; start: Point; points: Points; moved: boolean };

const arrows: Readonly<Record<string, Point | undefined>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** What a key on the picture asks for; null: nothing. */
function editOf(e: KeyboardEvent, s: Editing): Edit | null {
  const arrow = arrows[e.key];
  if (arrow && !e.altKey && !e.metaKey) {
    const by = e.shiftKey ? step.coarse : e.ctrlKey ? step.fine : step.usual;
    return { do: 'nudge', by: { x: arrow.x * by, y: arrow.y * by } };
  }
  if (e.ctrlKey || e.metaKey || e.altKey) return null;
  switch (e.key) {
    case 'Escape':
      return s.drawing || s.chosen !== null ? { do: 'leave' } : null;
    case 'Delete':
    case 'Backspace':
      return { do: 'remove' };
    case 'Enter':
      return s.drawing ? { do: 'finish' } : null;
    case ' ':
      return s.drawing ? { do: 'set', at: s.drawing.at } : null;
    case 'Insert':
    case '+':
      return { do: 'add-corner' };
    case 'c':
    case 'C':
      return { do: 'next-corner', by: e.shiftKey ? -1 : 1 };
    case 'z':
    case 'Z':
      return { do: 'next-item', by: e.shiftKey ? -1 : 1 };
    default:
      return null;
  }
}

export function PictureEditor({ s, act }: { s: Editing; act: (edit: Edit) => void }) {
  const { t } = useTranslation();
  const hint = useId();
  const { ref: measure, width, height } = useElementSize<HTMLDivElement>();
  const root = useRef<HTMLDivElement | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [over, setOver] = useState<Hold['at'] | 'nothing'>('nothing');
  const size: Size = { width: Math.max(1, width), height: Math.max(1, height) };
  const reach: Reach = { x: reachPx / size.width, y: reachPx / size.height };
  const { now: items } = s.items;
  const chosen = chosenOf(s);

  const place = (e: PointerEvent): Point => {
    const box = root.current?.getBoundingClientRect();
    return box ? placeOn(e, box) : { x: 0, y: 0 };
  };
  /** Where a corner goes: Alt goes exactly there. */
  const aim = (e: PointerEvent, beside: Points): Point => {
    const p = place(e);
    if (e.altKey) return p;
    const others = items.filter((i) => i.key !== s.chosen || s.drawing !== null).flatMap(pointsOf);
    return snap(p, others, beside, reach);
  };
  const onDown = (e: PointerEvent<HTMLDivElement>): void => {
    if (e.button !== 0) return;
    root.current?.focus();
    if (s.drawing) {
      const { points, what } = s.drawing;
      const p = place(e);
      const first = points[0];
      const closes =
        first !== undefined &&
        points.length >= enough(what) &&
        Math.hypot((p.x - first.x) / reach.x, (p.y - first.y) / reach.y) <= 1;
      act(closes ? { do: 'finish' } : { do: 'set', at: aim(e, points.slice(-1)) });
      return;
    }
    const start = place(e);
    const hold = holdAt(items, s.chosen, start, reach);
    const item = items.find((i) => i.key === hold?.key);
    if (!hold || !item) {
      act({ do: 'choose', key: null });
      return;
    }
    e.currentTarget.setPointerCapture(e.pointerId);
    act({ do: 'choose', key: hold.key, corner: hold.at === 'corner' ? hold.corner : null });
    setDrag({ hold, start, points: pointsOf(item), moved: false });
  };
  const onMove = (e: PointerEvent): void => {
    if (s.drawing) {
      act({ do: 'aim', at: aim(e, s.drawing.points.slice(-1)) });
      return;
    }
    const p = place(e);
    if (!drag) {
      setOver(holdAt(items, s.chosen, p, reach)?.at ?? 'nothing');
      return;
    }
    const { hold, start, points } = drag;
    const by = { x: p.x - start.x, y: p.y - start.y };
    if (!drag.moved && Math.hypot(by.x * size.width, by.y * size.height) < leastPx) return;
    if (hold.at === 'inside') {
      act({ do: 'drag-all', from: points, by });
      if (!drag.moved) setDrag({ ...drag, moved: true });
      return;
    }
    if (hold.at === 'edge') {
      // The edge gives way: a new corner, which is dragged on.
      const more = addCorner(points, hold.corner, p);
      if (!more) return;
      act({ do: 'add-corner', after: hold.corner, at: p });
      setDrag({ hold: { key: hold.key, at: 'corner', corner: hold.corner + 1 }, start, points: more, moved: true });
      return;
    }
    const n = points.length;
    const beside = [points[(hold.corner + 1) % n], points[(hold.corner + n - 1) % n]].filter((q) => q !== undefined);
    act({ do: 'drag-corner', to: aim(e, beside) });
    if (!drag.moved) setDrag({ ...drag, moved: true });
  };
  const letGo = (): void => {
    if (drag) act({ do: 'settle' });
    setDrag(null);
  };
  const onKey = (e: KeyboardEvent): void => {
    if (e.key === 'Escape' && drag) {
      if (drag.moved) act({ do: 'undo' });
      setDrag(null);
      e.preventDefault();
      return;
    }
    const edit = editOf(e, s);
    if (!edit) return;
    e.preventDefault();
    e.stopPropagation();
    act(edit);
  };
  return (
    <>
      <div
        ref={(element) => {
          root.current = element;
          measure(element);
        }}
        className="zone-edit"
        role="application"
        tabIndex={0}
        aria-label={t('watching.edit.label')}
        aria-describedby={hint}
        data-drawing={s.drawing !== null}
        data-over={drag ? (drag.hold.at === 'inside' ? 'held' : 'corner') : over}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={letGo}
        onPointerCancel={letGo}
        onDoubleClick={() => {
          if (s.corner !== null && chosen?.is === 'zone') act({ do: 'remove' });
        }}
        onKeyDown={onKey}
      >
        <svg width={size.width} height={size.height} aria-hidden="true" focusable="false">
          <defs>
            <pattern id="zone-hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="2" height="8" />
            </pattern>
            <pattern
              id="zone-black"
              width="10"
              height="10"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(-45)"
            >
              <rect width="6" height="10" />
            </pattern>
          </defs>
          {items.map((item) => (
            <Shape key={item.key} item={item} size={size} chosen={item.key === s.chosen} />
          ))}
          {s.drawing ? <DrawingShape drawing={s.drawing} size={size} /> : null}
          {chosen && !s.drawing ? <Handles item={chosen} corner={s.corner} size={size} /> : null}
        </svg>
      </div>
      <p className="away" id={hint}>
        {t('watching.edit.keys')}
      </p>
    </>
  );
}
