/** The timeline itself: a canvas that is a slider to the keyboard and to screen readers. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { stationNowMs } from '../client/index.ts';
import { usePlayback } from '../player/playback/index.ts';
import { useCameras } from '../stores/cameras.ts';
import { useMarks } from '../stores/marks.ts';
import { useScreen } from '../stores/screen.ts';
import { numberOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { createCoverage, type Coverage } from './coverage.ts';
import { drawTimeline, layout } from './draw.ts';
import type { Shown } from './focus.ts';
import type { Labels } from './labels.ts';
import { readPaint, type Paint } from './paint.ts';
import { listenForHands, playheadMs } from './pointer.ts';
import { Preview } from './preview.tsx';
import { coverageSource, useTimeline } from './store.ts';
import { chooseStep, minorMs } from './ticks.ts';
import { followed, timeAt, xOf, zoomAbout } from './view.ts';
import type { TimeZone } from '#domain/time-zone.ts';

export function Strip({ shown, zone, labels }: { shown: Shown; zone: TimeZone; labels: Labels }) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useScreen((s) => s.theme);
  const focusCamera = useCameras((s) => (shown.focus === null ? undefined : s.byId.get(shown.focus)));
  const focusRecording = focusCamera?.streams.some((s) => s.recording) === true;
  const anyRecording = useCameras((s) => s.list.some((c) => c.streams.some((x) => x.recording)));
  const [coverage, setCoverage] = useState<Coverage | null>(null);
  const [stale, setStale] = useState(false);
  const dirty = useRef(true);

  const inputs = useMemo(
    () => ({ shown, zone, labels, focusRecording, anyRecording }),
    [shown, zone, labels, focusRecording, anyRecording],
  );
  const latest = useRef(inputs);
  useEffect(() => {
    latest.current = inputs;
    dirty.current = true;
  }, [inputs]);

  useEffect(() => {
    const made = createCoverage(coverageSource, () => {
      dirty.current = true;
      useTimeline.getState().setTwice(made.twice());
    });
    setCoverage(made);
    return () => {
      made.stop();
    };
  }, []);

  // Draws when something changed or moved by a device pixel; nothing is drawn for nothing.
  useEffect(() => {
    const element = host.current;
    const surface = canvas.current;
    const context = surface?.getContext('2d');
    if (!element || !surface || !context || !coverage) return;
    let paint: Paint | null = null;
    let dpr = 0;
    let frame = 0;
    let drawnX = Number.NaN;
    let drawnNowX = Number.NaN;
    let wasInside = true;
    const { getState } = useTimeline;

    const fit = (): void => {
      const width = element.clientWidth;
      dpr = devicePixelRatio;
      surface.width = Math.round(width * dpr);
      surface.height = Math.round(layout.height * dpr);
      paint = readPaint(element, context, dpr);
      getState().setWidth(width);
      dirty.current = true;
    };
    const draw = (): void => {
      frame = requestAnimationFrame(draw);
      if (devicePixelRatio !== dpr) fit();
      const { mode, playing, scrubbing, rate } = usePlayback.getState();
      const now = stationNowMs();
      const head = playheadMs();
      const state = getState();
      const { widthPx } = state;
      let { view } = state;
      if (widthPx === 0 || !paint) return;
      if (playing && !scrubbing && wasInside) {
        const next = followed(view, head, mode === 'live' || rate > 0 ? 1 : -1, widthPx, now);
        if (next !== view) {
          state.setView(next);
          view = next;
        }
      }
      const headX = xOf(view, head);
      const nowX = xOf(view, now);
      wasInside = headX >= 0 && headX <= widthPx;
      const near = 0.5 / dpr;
      if (!dirty.current && Math.abs(headX - drawnX) < near && Math.abs(nowX - drawnNowX) < near * 2) return;
      dirty.current = false;
      drawnX = headX;
      drawnNowX = nowX;
      const { shown: of, zone: z, labels: l, focusRecording: fr, anyRecording: ar } = latest.current;
      const [fromMs, toMs] = [timeAt(view, 0), timeAt(view, widthPx)];
      coverage.want(of.cameras, fromMs, toMs, view.msPerPx);
      setStale(coverage.stale());
      drawTimeline(context, dpr, paint, {
        view,
        width: widthPx,
        nowMs: now,
        playheadMs: head,
        live: mode === 'live',
        hoverMs: state.hoverMs,
        selection: state.selection,
        mark: state.mark,
        zone: z,
        labels: l,
        pieces: coverage.over(Math.max(0, fromMs), toMs, view.msPerPx),
        focus: of.focus,
        focusRecording: fr,
        anyRecording: ar,
        cameras: of.cameras.length,
        kept: useMarks.getState(),
      });
    };
    const observer = new ResizeObserver(fit);
    observer.observe(element);
    fit();
    frame = requestAnimationFrame(draw);
    const offTimeline = useTimeline.subscribe(() => {
      dirty.current = true;
    });
    const offPlayback = usePlayback.subscribe(() => {
      dirty.current = true;
    });
    const offMarks = useMarks.subscribe(() => {
      dirty.current = true;
    });
    const offHands = listenForHands(element);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      offTimeline();
      offPlayback();
      offMarks();
      offHands();
    };
  }, [coverage, theme]);

  const second = useSecond();
  const { mode, playing, rate } = usePlayback();
  const spoken = labels.spoken(second);
  const value =
    mode === 'live'
      ? t('timeline.valueLive', { time: spoken })
      : playing
        ? t('timeline.valuePlaying', { time: spoken, rate: numberOf(rate) })
        : t('timeline.valuePaused', { time: spoken });

  return (
    <div className="tl-strip" data-stale={stale || undefined}>
      <div
        ref={host}
        className="tl-canvas"
        role="slider"
        tabIndex={0}
        aria-label={t('timeline.label')}
        aria-describedby="tl-keys"
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.floor(stationNowMs() / 1000)}
        aria-valuenow={Math.floor(second / 1000)}
        aria-valuetext={value}
        onKeyDown={onKey}
      >
        <canvas ref={canvas} style={{ height: layout.height }} />
      </div>
      <span id="tl-keys" className="away">
        {t('timeline.keys')}
      </span>
      {coverage && <Preview shown={shown} labels={labels} coverage={coverage} focusRecording={focusRecording} />}
      {stale && (
        <span className="tl-stale" role="status">
          {t('timeline.stale')}
        </span>
      )}
    </div>
  );
}

/** The moment on the screen in whole seconds: a screen reader is told no more often. */
function useSecond(): number {
  const [second, setSecond] = useState(() => Math.floor(playheadMs() / 1000) * 1000);
  useEffect(() => {
    const read = (): void => {
      setSecond(Math.floor(playheadMs() / 1000) * 1000);
    };
    const timer = setInterval(read, 500);
    const off = usePlayback.subscribe((s, was) => {
      if (s.clock !== was.clock || s.mode !== was.mode) read();
    });
    return () => {
      clearInterval(timer);
      off();
    };
  }, []);
  return second;
}

function onKey(e: React.KeyboardEvent): void {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const { view, widthPx, setView } = useTimeline.getState();
  const { seek } = usePlayback.getState();
  const step = minorMs(chooseStep(view.msPerPx, 84)) * (e.shiftKey ? 10 : 1);
  const now = stationNowMs();
  const x = Math.max(0, Math.min(widthPx, xOf(view, playheadMs())));
  const go = (by: number): void => {
    seek(playheadMs() + by);
    const moved = useTimeline.getState();
    const at = xOf(moved.view, playheadMs());
    if (at < 0 || at > moved.widthPx) moved.centre(playheadMs());
  };
  switch (e.key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      go(-step);
      break;
    case 'ArrowRight':
    case 'ArrowUp':
      go(step);
      break;
    case 'PageUp':
      go(-view.msPerPx * widthPx);
      break;
    case 'PageDown':
      go(view.msPerPx * widthPx);
      break;
    case '+':
    case '=':
      setView(zoomAbout(view, x, 0.5, widthPx, now));
      break;
    case '-':
      setView(zoomAbout(view, x, 2, widthPx, now));
      break;
    default:
      return;
  }
  e.preventDefault();
  e.stopPropagation();
}
