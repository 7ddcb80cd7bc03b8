/** Draws the timeline: ruler, the focused camera, all cameras together, events, now, playhead. Lengths in CSS pixels. */
import type { CameraId } from '#domain/id.ts';
import { drawKept, type KeptMarks } from './kept-marks.ts';
import { colourOf, drawMark, shapeOf } from './marks.ts';
import type { Paint } from './paint.ts';
import { bandsIn, gapsIn, partsIn, recordedIn, ticksIn, type Filled } from './rows.ts';
import type { Labels } from './labels.ts';
import type { Selection } from './store.ts';
import { chooseStep, marksBetween, midnightsBetween, minorMarksBetween } from './ticks.ts';
import { timeAt, xOf, type View } from './view.ts';
import type { TimeZone } from '#domain/time-zone.ts';

/** Where things lie, from the top. */
export const layout = {
  ruler: { top: 0, height: 30 },
  focus: { top: 34, height: 20 },
  focusMarks: { top: 54, height: 12 },
  all: { top: 68, height: 12 },
  allMarks: { top: 80, height: 12 },
  height: 94,
} as const;

export type Scene = {
  view: View;
  width: number;
  nowMs: number;
  /** Moment shown; null hides the playhead. */
  playheadMs: number | null;
  live: boolean;
  hoverMs: number | null;
  selection: Selection | null;
  mark: { startMs: number | null; endMs: number | null };
  zone: TimeZone;
  labels: Labels;
  pieces: readonly Filled[];
  focus: CameraId | null;
  focusRecording: boolean;
  anyRecording: boolean;
  cameras: number;
  kept: KeptMarks;
};

const dotPx = 5;

/** Edges on whole device pixels, never thinner than one. */
function bar(c: CanvasRenderingContext2D, dpr: number, x0: number, x1: number, y: number, h: number): void {
  const a = Math.round(x0 * dpr) / dpr;
  const b = Math.max(a + 1 / dpr, Math.round(x1 * dpr) / dpr);
  c.fillRect(a, y, b - a, h);
}

export function drawTimeline(c: CanvasRenderingContext2D, dpr: number, paint: Paint, scene: Scene): void {
  const { view, width, nowMs } = scene;
  c.setTransform(dpr, 0, 0, dpr, 0, 0);
  c.clearRect(0, 0, width, layout.height);
  const x = (ms: number): number => xOf(view, ms);
  const fromMs = timeAt(view, 0);
  const toMs = timeAt(view, width);
  const nowX = x(nowMs);

  // Ground of the rows; the future is left dark.
  c.fillStyle = paint.field;
  for (const row of [layout.focus, layout.all]) bar(c, dpr, 0, Math.min(width, Math.max(0, nowX)), row.top, row.height);

  drawRuler(c, dpr, paint, scene, fromMs, toMs);

  // The focused camera.
  if (scene.focus !== null) {
    const { top, height } = layout.focus;
    c.fillStyle = paint.hatch;
    for (const gap of gapsIn(scene.pieces, scene.focus, nowMs)) bar(c, dpr, x(gap.fromMs), x(gap.toMs), top, height);
    c.fillStyle = paint.accent;
    c.globalAlpha = 0.62;
    for (const [from, to] of recordedIn(scene.pieces, scene.focus, nowMs, scene.focusRecording)) {
      bar(c, dpr, x(from), x(to), top, height);
    }
    c.globalAlpha = 1;
    // Fetched later from the camera's card: a dotted line under it, so that it is told apart without colour.
    c.fillStyle = paint.text;
    for (const [from, to] of partsIn(scene.pieces, scene.focus, 'backFilled'))
      drawDots(c, dpr, x(from), x(to), top + height + 1, width);
    // At an archive only, and slower to show: the same above it.
    for (const [from, to] of partsIn(scene.pieces, scene.focus, 'archived'))
      drawDots(c, dpr, x(from), x(to), top - 3, width);
  }
  // All cameras: the height is the share that recorded.
  {
    const { top, height } = layout.all;
    c.fillStyle = paint.accent;
    c.globalAlpha = 0.42;
    for (const band of bandsIn(scene.pieces, nowMs, scene.anyRecording)) {
      const h = Math.max(2, Math.round((height * band.count) / Math.max(1, scene.cameras)));
      bar(c, dpr, x(band.fromMs), x(band.toMs), top + height - h, h);
    }
    c.globalAlpha = 1;
  }
  // What is not known yet: dots, not emptiness.
  c.fillStyle = paint.text3;
  c.globalAlpha = 0.5;
  for (const piece of scene.pieces) {
    if (piece.known) continue;
    for (let px = Math.max(0, x(piece.fromMs)) + 4; px < Math.min(width, x(Math.min(piece.toMs, nowMs))); px += 8) {
      c.fillRect(px, layout.focus.top + layout.focus.height / 2, 1, 1);
    }
  }
  c.globalAlpha = 1;

  drawSeams(c, dpr, paint, scene);
  drawEvents(c, paint, scene);
  drawKept(c, paint, { view, width, nowMs, focus: scene.focus, rows: layout }, scene.kept);
  drawSelection(c, dpr, paint, scene);

  // Now.
  if (nowX > -1 && nowX < width + 1) {
    c.fillStyle = paint.text3;
    for (let y: number = layout.focus.top; y < layout.allMarks.top; y += 4)
      c.fillRect(Math.round(nowX * dpr) / dpr, y, 1, 2);
  }
  if (scene.hoverMs !== null) {
    c.fillStyle = paint.text2;
    c.globalAlpha = 0.55;
    c.fillRect(
      Math.round(x(scene.hoverMs) * dpr) / dpr,
      layout.ruler.height - 6,
      1,
      layout.height - layout.ruler.height + 6,
    );
    c.globalAlpha = 1;
  }
  if (scene.playheadMs !== null) drawPlayhead(c, dpr, paint, scene, x(scene.playheadMs));
}

/** Dots on fixed places, so that they stand still while the line grows; a short span has one at least. */
function drawDots(c: CanvasRenderingContext2D, dpr: number, x0: number, x1: number, y: number, width: number): void {
  const from = Math.max(0, x0);
  const to = Math.min(width, x1);
  const first = Math.ceil(from / dotPx) * dotPx;
  if (first > to - 2 && to > from) c.fillRect(Math.round(from * dpr) / dpr, y, 2, 2);
  for (let px = first; px <= to - 2; px += dotPx) c.fillRect(px, y, 2, 2);
}

function drawRuler(
  c: CanvasRenderingContext2D,
  dpr: number,
  paint: Paint,
  scene: Scene,
  fromMs: number,
  toMs: number,
): void {
  const { view, width, zone, labels } = scene;
  const x = (ms: number): number => xOf(view, ms);
  const step = chooseStep(view.msPerPx, 84);
  const text = (value: string, at: number, y: number, colour: string, weight: number): void => {
    c.font = `${String(weight)} 11px ${paint.face}`;
    c.fillStyle = colour;
    c.fillText(value, at, y);
  };
  c.textBaseline = 'alphabetic';
  c.textAlign = 'left';
  c.fillStyle = paint.line;
  for (const at of minorMarksBetween(zone, step, fromMs, toMs)) {
    c.fillRect(Math.round(x(at) * dpr) / dpr, layout.ruler.height - 3, 1 / dpr, 3);
  }
  const pad = 160 * view.msPerPx;
  for (const at of marksBetween(zone, step, fromMs - pad, toMs)) {
    const px = Math.round(x(at) * dpr) / dpr;
    c.fillStyle = paint.line;
    c.fillRect(px, layout.ruler.height - 7, 1, layout.height - layout.ruler.height + 7);
    // A label cut off by the left edge says nothing.
    if (px >= -2) text(labels.tick(at, step), px + 4, layout.ruler.height - 8, paint.text2, 400);
  }
  // The day (or month) stands at the left edge and at every change, pushed by the next.
  const coarse = step.unit !== 'clock';
  const changes = coarse
    ? marksBetween(zone, { unit: 'months', minor: 1 }, fromMs, toMs)
    : midnightsBetween(zone, fromMs, toMs);
  let right = 8;
  const starts = [fromMs, ...changes];
  for (const [i, at] of starts.entries()) {
    const name = coarse ? labels.month(at) : labels.day(at);
    c.font = `600 11px ${paint.face}`;
    const w = c.measureText(name).width;
    const nextX = starts[i + 1] === undefined ? Number.POSITIVE_INFINITY : x(starts[i + 1] ?? 0);
    const px = i === 0 ? Math.min(4, nextX - w - 10) : Math.max(x(at) + 4, right);
    if (px > width || (i > 0 && px + w > nextX)) continue;
    if (i > 0) {
      c.fillStyle = paint.lineStrong;
      c.fillRect(Math.round(x(at) * dpr) / dpr, 2, 1, layout.ruler.height - 2);
    }
    text(name, px, 11, paint.text, 600);
    right = px + w + 10;
  }
}

/** Where the clock was set: a stepped line through the rows, at the time before the seam and at the time after it. */
function drawSeams(c: CanvasRenderingContext2D, dpr: number, paint: Paint, scene: Scene): void {
  const at = new Set<number>();
  for (const { known } of scene.pieces)
    for (const seam of known?.seams ?? []) if (seam.kind !== 'sleep') at.add(seam.beforeMs).add(seam.atMs);
  c.fillStyle = paint.text;
  for (const ms of at) {
    const px = Math.round(xOf(scene.view, ms) * dpr) / dpr;
    if (px < -3 || px > scene.width + 3) continue;
    for (let y: number = layout.focus.top, left = true; y < layout.allMarks.top; y += 6, left = !left)
      c.fillRect(px + (left ? -1.5 : 0.5), y, 1, 6);
  }
}

function drawEvents(c: CanvasRenderingContext2D, paint: Paint, scene: Scene): void {
  // Marks that would lie on each other are drawn once, in the order of their weight.
  const taken = { focus: new Map<number, number>(), all: new Map<number, number>() };
  const weigh = {
    ...{ cross: 6, triangle: 5, down: 5, diamond: 4, flag: 4, lock: 4, plus: 3, square: 3 },
    ...{ frame: 2, ring: 2, bar: 2, dot: 1 },
  } as const;
  const drawn: { px: number; y: number; shape: ReturnType<typeof shapeOf>; colour: string }[] = [];
  for (const tick of ticksIn(scene.pieces, scene.nowMs)) {
    const mine = tick.cameraId === null || tick.cameraId === scene.focus;
    const lane = mine ? layout.focusMarks : layout.allMarks;
    const px = xOf(scene.view, tick.fromMs);
    const shape = shapeOf(tick.kind);
    const cell = Math.round(px / 7);
    const map = mine ? taken.focus : taken.all;
    if ((map.get(cell) ?? 0) >= weigh[shape]) continue;
    map.set(cell, weigh[shape]);
    drawn.push({ px, y: lane.top + lane.height / 2 + 0.5, shape, colour: colourOf(tick.kind, paint) });
  }
  for (const d of drawn) drawMark(c, d.shape, d.px, d.y, d.colour, paint.surface);
}

function drawSelection(c: CanvasRenderingContext2D, dpr: number, paint: Paint, scene: Scene): void {
  const x = (ms: number): number => Math.round(xOf(scene.view, ms) * dpr) / dpr;
  c.fillStyle = paint.text;
  if (scene.selection) {
    const [a, b] = [x(scene.selection.fromMs), x(scene.selection.toMs)];
    c.globalAlpha = 0.13;
    c.fillRect(a, layout.ruler.height - 7, b - a, layout.height);
    c.globalAlpha = 1;
    c.fillRect(a, layout.ruler.height - 2, b - a, 2);
  }
  // Marks are brackets, so that a start is no end.
  for (const [ms, side] of [
    [scene.mark.startMs, 1],
    [scene.mark.endMs, -1],
  ] as const) {
    if (ms === null) continue;
    const px = x(ms);
    const top = layout.ruler.height - 8;
    c.fillRect(px - (side < 0 ? 1.5 : 0), top, 1.5, layout.height - top - 2);
    c.fillRect(side > 0 ? px : px - 6, top, 6, 1.5);
    c.fillRect(side > 0 ? px : px - 6, layout.height - 3.5, 6, 1.5);
  }
}

function drawPlayhead(c: CanvasRenderingContext2D, dpr: number, paint: Paint, scene: Scene, px: number): void {
  if (px < -8 || px > scene.width + 8) {
    // Out of sight: an arrow at the edge says where it is.
    const left = px < 0;
    const tip = left ? 3 : scene.width - 3;
    c.fillStyle = paint.accent;
    c.beginPath();
    c.moveTo(tip, layout.focus.top + 10);
    c.lineTo(tip + (left ? 7 : -7), layout.focus.top + 5);
    c.lineTo(tip + (left ? 7 : -7), layout.focus.top + 15);
    c.fill();
    return;
  }
  const at = Math.round(px * dpr) / dpr;
  c.fillStyle = scene.live ? paint.text : paint.accent;
  c.strokeStyle = paint.surface;
  c.lineWidth = 2;
  const top = layout.ruler.height - 10;
  c.beginPath();
  c.moveTo(at - 5.5, top - 3);
  c.lineTo(at + 5.5, top - 3);
  c.lineTo(at + 5.5, top + 3);
  c.lineTo(at + 1, top + 8.5);
  c.lineTo(at + 1, layout.height - 1);
  c.lineTo(at - 1, layout.height - 1);
  c.lineTo(at - 1, top + 8.5);
  c.lineTo(at - 5.5, top + 3);
  c.closePath();
  c.stroke();
  c.fill();
}
