/** Zones and lines as they are drawn on the picture; kinds by outline and filling, then by colour. */
import type { Point } from '#domain/place.ts';
import type { LineDraft } from '#domain/watch-zone.ts';
import { t } from '../../text/index.ts';
import { middleOf, type Points } from './edit-shape.ts';
import { enough, type Drawing } from './editing.ts';
import { faultOf, pointsOf, whatOf, type Item, type LineItem } from './items.ts';

export type Size = { width: number; height: number };

const at = (p: Point, size: Size): Point => ({ x: p.x * size.width, y: p.y * size.height });
const list = (points: Points, size: Size): string =>
  points
    .map((p) => at(p, size))
    .map((p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`)
    .join(' ');

/** The uppermost corner: there its name stands. */
function topOf(points: Points): Point {
  return points.reduce((best, p) => (p.y < best.y || (p.y === best.y && p.x < best.x) ? p : best));
}

const labelHigh = 17;
/** Above a zone, below a line: there stands which end it is. */
function Label({
  text,
  more = '',
  on,
  size,
  below,
}: {
  text: string;
  /** What it does, beside its name. */
  more?: string;
  on: Point;
  size: Size;
  below: boolean;
}) {
  const p = at(on, size);
  const wide = Math.min(260, 12 + (text.length + more.length) * 6.6);
  const x = Math.min(Math.max(0, p.x), Math.max(0, size.width - wide));
  const above = p.y - labelHigh - 7;
  const under = p.y + labelHigh + 8 > size.height ? above : p.y + 8;
  const y = below || above < 0 ? under : above;
  return (
    <foreignObject x={x} y={y} width={wide + 40} height={labelHigh}>
      <span className="zone-label">
        {text}
        {more === '' ? null : <span className="zone-label-more">{more}</span>}
      </span>
    </foreignObject>
  );
}

/** An arrow across the middle of a line, to the side of it that is told. */
function Arrow({ line, side, size, word }: { line: LineDraft; side: 1 | -1; size: Size; word: string | null }) {
  const [a, b] = [at(line.a, size), at(line.b, size)];
  const long = Math.hypot(b.x - a.x, b.y - a.y);
  if (long < 1) return null;
  // To the right of who walks from a to b, as y points down.
  const to = { x: (-(b.y - a.y) / long) * side, y: ((b.x - a.x) / long) * side };
  const along = { x: (b.x - a.x) / long, y: (b.y - a.y) / long };
  const mid = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  const tip = { x: mid.x + to.x * 24, y: mid.y + to.y * 24 };
  const wing = (w: 1 | -1): string =>
    `${(tip.x - to.x * 9 + along.x * 6 * w).toFixed(1)} ${(tip.y - to.y * 9 + along.y * 6 * w).toFixed(1)}`;
  return (
    <>
      <path
        className="zone-arrow"
        d={`M${mid.x.toFixed(1)} ${mid.y.toFixed(1)}L${tip.x.toFixed(1)} ${tip.y.toFixed(1)}M${wing(1)}L${tip.x.toFixed(1)} ${tip.y.toFixed(1)}L${wing(-1)}`}
      />
      {word === null ? null : (
        <text className="zone-way" x={tip.x + to.x * 12} y={tip.y + to.y * 12} dy="0.35em" textAnchor="middle">
          {word}
        </text>
      )}
    </>
  );
}

function LineMarks({ item, size }: { item: LineItem; size: Size }) {
  const { draft } = item;
  const word = (way: 'to-right' | 'to-left'): string | null =>
    draft.wrongWay === way
      ? t('watching.line.wrongShort')
      : draft.countsIn === null
        ? null
        : t(draft.countsIn === way ? 'watching.line.inShort' : 'watching.line.outShort');
  const shown = (way: 'to-right' | 'to-left'): boolean =>
    draft.tells === 'both' || draft.tells === way || draft.wrongWay === way || draft.countsIn !== null;
  return (
    <>
      {shown('to-right') ? <Arrow line={draft} side={1} size={size} word={word('to-right')} /> : null}
      {shown('to-left') ? <Arrow line={draft} side={-1} size={size} word={word('to-left')} /> : null}
    </>
  );
}

export function Shape({ item, size, chosen }: { item: Item; size: Size; chosen: boolean }) {
  const points = pointsOf(item);
  const fault = faultOf(item);
  const shape =
    item.is === 'line' ? (
      <>
        <polyline className="zone-under" points={list(points, size)} />
        <polyline className="zone-outline" points={list(points, size)} />
        <LineMarks item={item} size={size} />
      </>
    ) : (
      <>
        <polygon className="zone-fill" points={list(points, size)} />
        {item.draft.kind === 'detect' ? null : <polygon className="zone-hatched" points={list(points, size)} />}
        <polygon className="zone-under" points={list(points, size)} />
        <polygon className="zone-outline" points={list(points, size)} />
      </>
    );
  return (
    <g
      className="zone-shape"
      data-what={whatOf(item)}
      data-chosen={chosen}
      data-fault={fault !== null && fault !== 'name' && fault !== 'heights'}
    >
      {shape}
      <Label
        text={item.draft.name}
        more={whatOf(item) === 'privacy' ? t('watching.becomesBlack') : ''}
        on={item.is === 'line' ? item.draft.a : topOf(points)}
        size={size}
        below={item.is === 'line'}
      />
    </g>
  );
}

/** Corners of the chosen one, and between them the places at which its edges give way. */
export function Handles({ item, corner, size }: { item: Item; corner: number | null; size: Size }) {
  const points = pointsOf(item);
  const far = (a: Point, b: Point): boolean => {
    const [p, q] = [at(a, size), at(b, size)];
    return Math.hypot(p.x - q.x, p.y - q.y) > 44;
  };
  return (
    <g className="zone-handles">
      {item.is === 'zone'
        ? points.map((a, i) => {
            const b = points[(i + 1) % points.length];
            if (!b || !far(a, b)) return null;
            const p = at(middleOf(a, b), size);
            return <circle key={`m${String(i)}`} className="zone-ghost" cx={p.x} cy={p.y} r={4} />;
          })
        : null}
      {points.map((q, i) => {
        const p = at(q, size);
        return (
          <g key={`c${String(i)}`}>
            <circle className="zone-handle" data-chosen={i === corner} cx={p.x} cy={p.y} r={i === corner ? 7 : 5.5} />
            {item.is === 'line' ? (
              <text className="zone-end" x={p.x} y={p.y} dy="-12" textAnchor="middle">
                {i === 0 ? 'A' : 'B'}
              </text>
            ) : null}
          </g>
        );
      })}
    </g>
  );
}

export function DrawingShape({ drawing, size }: { drawing: Drawing; size: Size }) {
  const { points, what } = drawing;
  const aim = at(drawing.at, size);
  const whole = [...points, drawing.at];
  const first = points[0];
  return (
    <g className="zone-shape zone-drawing" data-what={what} data-chosen="true">
      {what !== 'line' && points.length > 1 ? <polygon className="zone-fill" points={list(whole, size)} /> : null}
      {(what === 'ignore' || what === 'privacy') && points.length > 1 ? (
        <polygon className="zone-hatched" points={list(whole, size)} />
      ) : null}
      <polyline className="zone-under" points={list(whole, size)} />
      <polyline className="zone-outline" points={list(whole, size)} />
      {points.map((q, i) => {
        const p = at(q, size);
        return <circle key={String(i)} className="zone-handle" cx={p.x} cy={p.y} r={4.5} />;
      })}
      {first && what !== 'line' && points.length >= enough(what) ? (
        <circle className="zone-close" cx={at(first, size).x} cy={at(first, size).y} r={9} />
      ) : null}
      <path
        className="zone-aim"
        d={`M${String(aim.x - 14)} ${String(aim.y)}h10m8 0h10M${String(aim.x)} ${String(aim.y - 14)}v10m0 8v10`}
      />
    </g>
  );
}
