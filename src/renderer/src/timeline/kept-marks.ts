/** What people said of footage, drawn over the rows: flags for bookmarks, a line with a lock for what is held. */
import type { Bookmark } from '#domain/bookmark.ts';
import { holdState, merged, type Hold } from '#domain/hold.ts';
import type { CameraId } from '#domain/id.ts';
import { drawMark } from './marks.ts';
import type { Paint } from './paint.ts';
import { xOf, type View } from './view.ts';

export type KeptMarks = { bookmarks: readonly Bookmark[]; holds: readonly Hold[] };
type Rows = { focus: { top: number; height: number }; all: { top: number } };

/** A lock is drawn where there is room for it. */
const lockPx = 10;

export function heldOf(holds: readonly Hold[], cameraId: CameraId, nowMs: number): Hold[] {
  return holds.filter((h) => h.cameraIds.includes(cameraId) && holdState(h, nowMs) === 'holding');
}

export function drawKept(
  c: CanvasRenderingContext2D,
  paint: Paint,
  at: { view: View; width: number; nowMs: number; focus: CameraId | null; rows: Rows },
  marks: KeptMarks,
): void {
  const { view, width, rows, focus } = at;
  const { top, height } = rows.focus;
  if (focus !== null) {
    const spans = merged(heldOf(marks.holds, focus, at.nowMs).map((h): [number, number] => [h.fromMs, h.toMs]));
    for (const [fromMs, toMs] of spans) {
      const left = Math.max(0, xOf(view, fromMs));
      const right = Math.min(width, xOf(view, toMs));
      if (right <= 0 || left >= width) continue;
      c.fillStyle = paint.text;
      c.fillRect(left, top, Math.max(2, right - left), 2);
      // Posts at its ends, so that it is told from any other line without colour.
      c.fillRect(left, top, 1.5, 6);
      c.fillRect(Math.max(left, right - 1.5), top, 1.5, 6);
      if (right - left >= lockPx) {
        const x = left + lockPx / 2 + 1;
        c.fillStyle = paint.surface;
        c.fillRect(x - 5.5, top + 3, 11, 12);
        drawMark(c, 'lock', x, top + 9, paint.text, paint.surface);
      }
    }
  }
  for (const bookmark of marks.bookmarks) {
    const x = Math.round(xOf(view, bookmark.atMs));
    if (x < -6 || x > width + 6) continue;
    if (bookmark.cameraId === focus) drawFlag(c, paint, x, top - 4, height + 4);
    else drawMark(c, 'flag', x + 3, rows.all.top + 5, paint.text2, paint.surface);
  }
}

/** A pole down through the row and a pennant at its head, outlined so that it stands out from what is under it. */
function drawFlag(c: CanvasRenderingContext2D, paint: Paint, x: number, top: number, height: number): void {
  c.fillStyle = paint.text;
  c.strokeStyle = paint.surface;
  c.lineWidth = 1.5;
  c.beginPath();
  c.moveTo(x - 0.75, top);
  c.lineTo(x + 9, top + 3.5);
  c.lineTo(x + 0.75, top + 7);
  c.lineTo(x + 0.75, top + height);
  c.lineTo(x - 0.75, top + height);
  c.closePath();
  c.stroke();
  c.fill();
}
