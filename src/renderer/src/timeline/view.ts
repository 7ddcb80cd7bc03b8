/** What stretch of time a timeline shows, and how a hand moves it. Pure. All times UTC ms, all lengths CSS pixels. */

/** `fromMs` is at the left edge; fractions are kept, so that a slow drag loses nothing. */
export type View = { fromMs: number; msPerPx: number };

/** The closest and the widest look, as ms over the whole width. */
export const minSpanMs = 2_000;
export const maxSpanMs = 62 * 86_400_000;
/** How far beyond now the view may reach, as a share of its width. */
const futureShare = 0.5;

export const xOf = (view: View, atMs: number): number => (atMs - view.fromMs) / view.msPerPx;
export const timeAt = (view: View, x: number): number => view.fromMs + x * view.msPerPx;

/** Keeps a view inside what can be shown: its span between the limits, its end not far beyond now. */
export function clampView(view: View, widthPx: number, nowMs: number): View {
  const width = Math.max(1, widthPx);
  const span = Math.min(maxSpanMs, Math.max(minSpanMs, view.msPerPx * width));
  const latest = nowMs + span * futureShare - span;
  return { fromMs: Math.max(0, Math.min(view.fromMs, latest)), msPerPx: span / width };
}

/** Zooms by `factor` (> 1: wider) so that the moment under `x` stays under it. */
export function zoomAbout(view: View, x: number, factor: number, widthPx: number, nowMs: number): View {
  const width = Math.max(1, widthPx);
  const span = Math.min(maxSpanMs, Math.max(minSpanMs, view.msPerPx * factor * width));
  const msPerPx = span / width;
  return clampView({ fromMs: timeAt(view, x) - x * msPerPx, msPerPx }, width, nowMs);
}

/** Moves the view by a number of pixels; positive shows later moments. */
export const panBy = (view: View, px: number, widthPx: number, nowMs: number): View =>
  clampView({ fromMs: view.fromMs + px * view.msPerPx, msPerPx: view.msPerPx }, widthPx, nowMs);

/** Puts a moment at a share (0 … 1) of the width. */
export const centreOn = (view: View, atMs: number, widthPx: number, nowMs: number, share = 0.5): View =>
  clampView({ fromMs: atMs - widthPx * share * view.msPerPx, msPerPx: view.msPerPx }, widthPx, nowMs);

/** Shows [fromMs, toMs] with a margin on both sides. */
export function showSpan(fromMs: number, toMs: number, widthPx: number, nowMs: number, margin = 0.05): View {
  const width = Math.max(1, widthPx);
  const span = Math.max(minSpanMs, toMs - fromMs) * (1 + 2 * margin);
  return clampView({ fromMs: (fromMs + toMs) / 2 - span / 2, msPerPx: span / width }, width, nowMs);
}

/** A new width keeps the scale and the moment at `anchorShare` of the width. */
export function resized(view: View, oldPx: number, newPx: number, nowMs: number, anchorShare = 1): View {
  const anchorMs = timeAt(view, oldPx * anchorShare);
  return clampView({ fromMs: anchorMs - newPx * anchorShare * view.msPerPx, msPerPx: view.msPerPx }, newPx, nowMs);
}

/**
 * Follows a moving playhead: when it leaves the inner part of the view in its direction of travel, the view moves along so
 * that it sits on the inner edge again. Returns the same object when nothing changes.
 */
export function followed(view: View, atMs: number, direction: 1 | -1, widthPx: number, nowMs: number): View {
  const x = xOf(view, atMs);
  const inner = widthPx * 0.06;
  if (x < -widthPx || x > widthPx * 2) return centreOn(view, atMs, widthPx, nowMs);
  if (direction > 0 && x > widthPx - inner) return panBy(view, x - (widthPx - inner), widthPx, nowMs);
  if (direction < 0 && x < inner) return panBy(view, x - inner, widthPx, nowMs);
  return view;
}

/** Wheel movement to a zoom factor: one notch (100 px) is a fifth; pixel-precise pads are smooth. */
export function wheelFactor(deltaY: number, deltaMode: number): number {
  const px = deltaMode === 1 ? deltaY * 33 : deltaMode === 2 ? deltaY * 300 : deltaY;
  return Math.exp(Math.max(-400, Math.min(400, px)) * 0.0022);
}
