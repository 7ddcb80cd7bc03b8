/** What a hand does on the timeline: wheel, drag of the strip, of the playhead, on the ruler. */
import { stationNowMs } from '../client/index.ts';
import { playbackNowMs, usePlayback } from '../player/playback/index.ts';
import { layout } from './draw.ts';
import { useTimeline } from './store.ts';
import { panBy, timeAt, wheelFactor, xOf, zoomAbout } from './view.ts';

const clickPx = 4;
const grabPx = 7;
/** Near the edge a dragged playhead moves the view along, this many px per frame at most. */
const edgePx = 28;

type Drag =
  /** The strip under a playhead that keeps its place; `pinX` null: the view alone moves. */
  | { kind: 'strip'; startX: number; lastX: number; pinX: number | null; moved: boolean }
  | { kind: 'playhead'; startX: number; offset: number; moved: boolean; lastX: number }
  | { kind: 'select'; startX: number; fromMs: number; moved: boolean };

export const playheadMs = (): number => (usePlayback.getState().mode === 'live' ? stationNowMs() : playbackNowMs());

/** Returns the stop. */
export function listenForHands(element: HTMLElement): () => void {
  let drag: Drag | null = null;
  let edgeLoop = 0;
  const { getState } = useTimeline;
  const place = (e: MouseEvent): { x: number; y: number } => {
    const box = element.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  const cursor = (name: string): void => {
    element.style.cursor = name;
  };
  const scrubTo = (atMs: number): void => {
    const { mode, scrubbing, seek } = usePlayback.getState();
    if (mode === 'live' && !scrubbing && atMs >= stationNowMs() - 1_600) return; // still live
    seek(atMs, { scrub: true });
  };

  const onWheel = (e: WheelEvent): void => {
    e.preventDefault();
    const { view, widthPx, setView } = getState();
    const now = stationNowMs();
    const sideways = e.shiftKey ? e.deltaY + e.deltaX : e.deltaX;
    if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      setView(panBy(view, sideways * (e.deltaMode === 1 ? 33 : 1), widthPx, now));
      return;
    }
    setView(zoomAbout(view, place(e).x, wheelFactor(e.deltaY, e.deltaMode), widthPx, now));
    getState().setHover(timeAt(getState().view, place(e).x));
  };

  const onDown = (e: PointerEvent): void => {
    if (e.button !== 0 && e.button !== 1) return;
    const { x, y } = place(e);
    const { view, widthPx } = getState();
    const headX = xOf(view, playheadMs());
    const near = Math.abs(x - headX) <= grabPx;
    element.setPointerCapture(e.pointerId);
    element.focus({ preventScroll: true });
    e.preventDefault();
    if (e.button === 0 && near && y > layout.ruler.height - 16) {
      drag = { kind: 'playhead', startX: x, offset: headX - x, moved: false, lastX: x };
      cursor('ew-resize');
    } else if (e.button === 0 && y < layout.ruler.height) {
      drag = { kind: 'select', startX: x, fromMs: timeAt(view, x), moved: false };
      cursor('col-resize');
    } else {
      const pinned = e.button === 0 && !e.shiftKey && headX >= 0 && headX <= widthPx;
      drag = { kind: 'strip', startX: x, lastX: x, pinX: pinned ? headX : null, moved: false };
    }
  };

  const dragTo = (x: number): void => {
    if (!drag) return;
    const { view, widthPx, setView, select } = getState();
    const now = stationNowMs();
    if (!drag.moved && Math.abs(x - drag.startX) < clickPx) return;
    if (!drag.moved && drag.kind === 'strip') {
      drag.lastX = drag.startX;
      cursor('grabbing');
    }
    drag.moved = true;
    switch (drag.kind) {
      case 'strip': {
        setView(panBy(view, drag.lastX - x, widthPx, now));
        drag.lastX = x;
        if (drag.pinX !== null) scrubTo(timeAt(getState().view, drag.pinX));
        break;
      }
      case 'playhead':
        drag.lastX = x;
        scrubTo(timeAt(view, Math.max(0, Math.min(widthPx, x + drag.offset))));
        if (edgeLoop === 0 && (x < edgePx || x > widthPx - edgePx)) edgeLoop = requestAnimationFrame(atEdge);
        break;
      case 'select':
        select(drag.fromMs, Math.min(timeAt(view, x), now));
        break;
    }
  };
  const atEdge = (): void => {
    edgeLoop = 0;
    if (drag?.kind !== 'playhead') return;
    const { view, widthPx, setView } = getState();
    const x = drag.lastX;
    const over = x < edgePx ? x - edgePx : x > widthPx - edgePx ? x - (widthPx - edgePx) : 0;
    if (over === 0) return;
    setView(panBy(view, Math.max(-18, Math.min(18, over * 0.4)), widthPx, stationNowMs()));
    scrubTo(timeAt(getState().view, Math.max(0, Math.min(widthPx, x + drag.offset))));
    edgeLoop = requestAnimationFrame(atEdge);
  };

  const onMove = (e: PointerEvent): void => {
    const { x, y } = place(e);
    dragTo(x);
    const { view, setHover } = getState();
    setHover(timeAt(view, x));
    if (!drag) {
      const near = Math.abs(x - xOf(view, playheadMs())) <= grabPx && y > layout.ruler.height - 16;
      cursor(near ? 'ew-resize' : y < layout.ruler.height ? 'col-resize' : 'default');
    }
  };
  const onUp = (e: PointerEvent): void => {
    const done = drag;
    drag = null;
    if (!done) return;
    cursor('default');
    const { x } = place(e);
    const { scrubbing, seek } = usePlayback.getState();
    if (done.moved) {
      if (scrubbing) seek(playbackNowMs());
    } else if (done.kind !== 'playhead') {
      // A press without a drag goes there.
      if (done.kind === 'select') getState().clearSelection();
      seek(timeAt(getState().view, x));
    }
  };
  const onLeave = (): void => {
    if (!drag) getState().setHover(null);
  };
  const onDouble = (e: MouseEvent): void => {
    const { view, widthPx, setView } = getState();
    setView(zoomAbout(view, place(e).x, 0.25, widthPx, stationNowMs()));
  };

  element.addEventListener('wheel', onWheel, { passive: false });
  element.addEventListener('pointerdown', onDown);
  element.addEventListener('pointermove', onMove);
  element.addEventListener('pointerup', onUp);
  element.addEventListener('pointercancel', onUp);
  element.addEventListener('pointerleave', onLeave);
  element.addEventListener('dblclick', onDouble);
  return () => {
    if (edgeLoop !== 0) cancelAnimationFrame(edgeLoop);
    element.removeEventListener('wheel', onWheel);
    element.removeEventListener('pointerdown', onDown);
    element.removeEventListener('pointermove', onMove);
    element.removeEventListener('pointerup', onUp);
    element.removeEventListener('pointercancel', onUp);
    element.removeEventListener('pointerleave', onLeave);
    element.removeEventListener('dblclick', onDouble);
  };
}
