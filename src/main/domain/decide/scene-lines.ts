/**
 * Who crossed which line, which way, how fast. A crossing counts when the object is surely on the other side: a box that trembles
 * on a line crosses it once. Who comes from or goes over the picture's edge is followed to it. Of who is on the other side after a pause in
 * which nobody looked (pause.ts) it is not known that it crossed here. Pure.
 */
import { counts } from './scene-filter.ts';
import { crossing, footOf, type Point } from '../place.ts';
import type { TrackId } from '../track.ts';
import type { LineDirection, WatchLine } from '../watch-zone.ts';
import type { LineCount } from '../watching.ts';
import type { TrackOutput } from './track.ts';
import type { Followed } from './tracked.ts';

/** So far from a line, in heights of the object, it is surely on one side. In the picture: this at least. */
const sureHeights = 0.04;
const sureLeast = 0.008;
/** A stretch between two lines takes no longer, ms. */
const longestStretchMs = 60_000;
/**
 * When a line was crossed is known to its looks before and after. For speed they may be so far apart, ms, or this part of the time that the
 * stretch took: within them somebody may have stood still.
 */
const sharpMs = 2_500;
const sharpPart = 0.25;

type OnLine = {
  lineId: WatchLine['id'];
  trackId: TrackId;
  /** Where it surely was last, and when. */
  at: Point;
  atMs: number;
  /** How long nobody had looked at it until then. */
  blindMs: number;
  /** When it crossed, for speed, and how far apart its looks were; null: not yet. */
  crossed: { atMs: number; looksMs: number } | null;
};
export type LinesState = {
  on: OnLine[];
  /** How many went each way since the station started; also of lines whose schedule does not hold now. */
  counts: LineCount[];
};
export const freshLines: LinesState = { on: [], counts: [] };

/** Somebody who counts went over a line that counts, whether it is told or not. */
export type LineCounted = { lineId: WatchLine['id']; way: 'in' | 'out'; atMs: number };
export type LineOutput = {
  kind: 'line-crossed' | 'wrong-way' | 'speeding';
  line: WatchLine;
  track: Followed;
  atMs: number;
  detail: {
    direction: LineDirection;
    /** How it counts; null: it does not. */
    counted: 'in' | 'out' | null;
    /** Since the station started, with this one; null where it is not counted. */
    in: number | null;
    out: number | null;
    /** Over the stretch that ends at this line. */
    kmh: number | null;
  };
};

type Ended = Extract<TrackOutput, { is: 'ended' }>;
type LinesInput = {
  atMs: number;
  /** Those found in this picture. */
  tracks: readonly Followed[];
  ended: readonly Ended[];
  lines: readonly WatchLine[];
  matters: (track: Followed) => boolean;
};

/** How far a point lies from the straight line through a and b, in parts of the picture. */
const distance = (a: Point, b: Point, p: Point): number =>
  Math.abs((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)) / Math.hypot(b.x - a.x, b.y - a.y);

export function stepLines(state: LinesState, input: LinesInput): [LinesState, LineOutput[], LineCounted[]] {
  const { atMs, lines } = input;
  const outputs: LineOutput[] = [];
  const countings: LineCounted[] = [];
  const on = new Map(state.on.map((o) => [`${o.lineId} ${o.trackId}`, o]));
  const tally = new Map(state.counts.map((c) => [c.lineId, c]));
  const gone = new Set(input.ended.map((e) => e.track.id));
  const steps = [
    ...input.tracks.map((track) => ({ track, at: footOf(track.box), sure: false })),
    ...input.ended.flatMap((e) => (e.exit === null ? [] : [{ track: e.track, at: e.exit, sure: true }])),
  ];
  type Crossed = NonNullable<OnLine['crossed']>;
  const stretches: { line: WatchLine; track: Followed; crossed: Crossed; direction: LineDirection }[] = [];
  for (const line of lines)
    for (const { track, at, sure } of steps) {
      const key = `${line.id} ${track.id}`;
      const was = on.get(key);
      if (!sure && distance(line.a, line.b, at) < Math.max(sureLeast, sureHeights * track.box.height)) continue;
      const { blindMs } = track;
      if (was === undefined) {
        on.set(key, { lineId: line.id, trackId: track.id, at, atMs, blindMs, crossed: null });
        continue;
      }
      const direction = blindMs > was.blindMs ? null : crossing(line.a, line.b, was.at, at);
      if (direction === null) {
        on.set(key, { ...was, at, atMs, blindMs });
        continue;
      }
      const [before, after] = [distance(line.a, line.b, was.at), distance(line.a, line.b, at)];
      const crossedMs = Math.round(was.atMs + ((atMs - was.atMs) * before) / Math.max(1e-6, before + after));
      const crossed = { atMs: crossedMs, looksMs: atMs - was.atMs };
      on.set(key, { ...was, at, atMs, crossed });
      if (counts(line, track) && input.matters(track)) stretches.push({ line, track, crossed, direction });
    }
  for (const { line, track, crossed, direction } of stretches) {
    const counted: 'in' | 'out' | null = line.countsIn === null ? null : line.countsIn === direction ? 'in' : 'out';
    const was = tally.get(line.id) ?? { lineId: line.id, in: 0, out: 0 };
    const now = counted === null ? was : { ...was, [counted]: was[counted] + 1 };
    if (counted !== null) {
      tally.set(line.id, now);
      countings.push({ lineId: line.id, way: counted, atMs: crossed.atMs });
    }
    const stretch = stretchOf(line, track, crossed);
    const detail = {
      direction,
      counted,
      in: counted === null ? null : now.in,
      out: counted === null ? null : now.out,
      kmh: stretch?.kmh ?? null,
    };
    const say = (kind: LineOutput['kind']): void =>
      void outputs.push({ kind, line, track, atMs: crossed.atMs, detail });
    if (line.wrongWay === direction) say('wrong-way');
    else if (line.tells === 'both' || line.tells === direction) say('line-crossed');
    if (stretch !== null && stretch.limitKmh !== null && stretch.kmh > stretch.limitKmh) say('speeding');
  }
  const known = new Set(lines.map((l) => l.id));
  return [
    {
      on: [...on.values()].filter((o) => known.has(o.lineId) && !gone.has(o.trackId)),
      counts: [...tally.values()],
    },
    outputs,
    countings,
  ];

  /** The speed over a stretch that this crossing ends: from its other line, whichever of the two was drawn first. */
  function stretchOf(
    line: WatchLine,
    track: Followed,
    crossed: Crossed,
  ): { kmh: number; limitKmh: number | null } | null {
    for (const from of lines) {
      const stretch =
        from.speed?.toLineId === line.id ? from.speed : line.speed?.toLineId === from.id ? line.speed : null;
      const first = on.get(`${from.id} ${track.id}`)?.crossed ?? null;
      if (stretch === null || first === null) continue;
      const tookMs = crossed.atMs - first.atMs;
      const isSharp = Math.max(first.looksMs, crossed.looksMs) <= Math.max(sharpMs, sharpPart * tookMs);
      if (tookMs <= 0 || tookMs > longestStretchMs || !isSharp) continue;
      return { kmh: Math.round((stretch.metres / (tookMs / 1_000)) * 3.6), limitKmh: stretch.limitKmh };
    }
    return null;
  }
}
