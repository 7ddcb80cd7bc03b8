/** The timeline's own state: what it shows, what is marked, what lies under the pointer. */
import { create } from 'zustand';
import type { CameraId } from '#domain/id.ts';
import { mayRecord } from '#domain/recording-plan.ts';
import { stationNowMs } from '../client/index.ts';
import { useCameras } from '../stores/cameras.ts';
import { station } from '../stores/line.ts';
import { bothStreams } from './both-streams.ts';
import { centreOn, clampView, resized, showSpan, type View } from './view.ts';
import type { CoverageAnswer, CoverageSource } from './coverage.ts';

export type Selection = { fromMs: number; toMs: number };

export type TimelineState = {
  view: View;
  widthPx: number;
  /** Marked with the ruler or [ and ]; one end may be set alone. */
  selection: Selection | null;
  mark: { startMs: number | null; endMs: number | null };
  hoverMs: number | null;
  /** What more than one clock recorded, of what was seen lately. */
  twice: CoverageAnswer['twice'];
  setView(view: View): void;
  setWidth(px: number): void;
  show(fromMs: number, toMs: number): void;
  centre(atMs: number): void;
  setHover(atMs: number | null): void;
  select(fromMs: number, toMs: number): void;
  markAt(end: 'start' | 'end', atMs: number): void;
  clearSelection(): void;
  setTwice(twice: CoverageAnswer['twice']): void;
};

const firstSpanMs = 3_600_000;

export const useTimeline = create<TimelineState>((set, get) => ({
  view: { fromMs: 0, msPerPx: 0 },
  widthPx: 0,
  selection: null,
  mark: { startMs: null, endMs: null },
  hoverMs: null,
  twice: [],
  setView(view) {
    set({ view });
  },
  setWidth(px) {
    const { widthPx, view } = get();
    if (px <= 0 || px === widthPx) return;
    const now = stationNowMs();
    const next =
      widthPx === 0 || view.msPerPx === 0
        ? clampView({ fromMs: now - firstSpanMs * 0.92, msPerPx: firstSpanMs / px }, px, now)
        : resized(view, widthPx, px, now);
    set({ widthPx: px, view: next });
  },
  show(fromMs, toMs) {
    set({ view: showSpan(fromMs, toMs, get().widthPx, stationNowMs()) });
  },
  centre(atMs) {
    set({ view: centreOn(get().view, atMs, get().widthPx, stationNowMs()) });
  },
  setHover(hoverMs) {
    if (hoverMs !== get().hoverMs) set({ hoverMs });
  },
  select(a, b) {
    const [fromMs, toMs] = a < b ? [a, b] : [b, a];
    set({ selection: toMs > fromMs ? { fromMs, toMs } : null, mark: { startMs: fromMs, endMs: toMs } });
  },
  markAt(end, atMs) {
    const mark = { ...get().mark, [end === 'start' ? 'startMs' : 'endMs']: atMs };
    // A start set after the end (or the reverse) begins a new selection.
    if (mark.startMs !== null && mark.endMs !== null && mark.startMs >= mark.endMs) {
      if (end === 'start') mark.endMs = null;
      else mark.startMs = null;
    }
    const { startMs, endMs } = mark;
    set({ mark, selection: startMs !== null && endMs !== null ? { fromMs: startMs, toMs: endMs } : null });
  },
  clearSelection() {
    set({ selection: null, mark: { startMs: null, endMs: null } });
  },
  setTwice(twice) {
    if (twice.length > 0 || get().twice.length > 0) set({ twice });
  },
}));

/** Asks the station. */
export const coverageSource: CoverageSource = {
  nowMs: stationNowMs,
  async ask({ fromMs, toMs, cameraId, grainMs }, signal) {
    const { byId } = useCameras.getState();
    const withSub = cameraId.filter((id) => {
      const sub = byId.get(id)?.sub ?? null;
      return sub !== null && mayRecord(sub.plan);
    });
    const [main, sub] = await Promise.all([
      station().timeline.coverage({ fromMs, toMs, cameraId, grainMs }, { signal }),
      withSub.length === 0
        ? null
        : station().timeline.coverage({ fromMs, toMs, cameraId: withSub, stream: 'sub', grainMs }, { signal }),
    ]);
    const subs = new Map(sub?.rows.map((r) => [r.cameraId, r]));
    const rows = main.rows.map((row) => {
      const other = subs.get(row.cameraId);
      subs.delete(row.cameraId);
      return other ? bothStreams(row, other) : row;
    });
    return { ...main, rows: [...rows, ...subs.values()] };
  },
};

/** Which of the days that start at the given local midnights (the last one only ends the one before) have footage. */
export async function daysWithVideo(startsMs: number[], cameraId: CameraId[], signal: AbortSignal): Promise<boolean[]> {
  const { covered } = await station().timeline.days({ startsMs, cameraId }, { signal });
  return covered;
}
