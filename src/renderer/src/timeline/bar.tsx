/** The bar under the wall: how time runs, which day, which moment, and the timeline. */
import { CalendarDays, ChevronLeft, ChevronRight, Images, ScanEye, ScanSearch, ZoomIn, ZoomOut } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { CameraId } from '#domain/id.ts';
import { stationNowMs } from '../client/index.ts';
import { holdEngine, leadCamera, usePlayback } from '../player/playback/index.ts';
import { useCameras } from '../stores/cameras.ts';
import { useScreen } from '../stores/screen.ts';
import { zoneOf } from '../text/format.ts';
import { locale, useTranslation } from '../text/index.ts';
import { useKeyLabel } from '../ui/key-words.ts';
import { Calendar } from './calendar.tsx';
import { useShownCameras } from './focus.ts';
import { GoTo } from './go-to.tsx';
import { listenForTimelineKeys } from './keys.ts';
import { createLabels } from './labels.ts';
import { OtherTake } from './other-take.tsx';
import { MarkDialogs } from './mark-dialogs.tsx';
import { AddBookmark, Selected } from './marked-tools.tsx';
import { playheadMs } from './pointer.ts';
import { useTimeline } from './store.ts';
import { Strip } from './strip.tsx';
import { Tool } from './tool.tsx';
import { Transport } from './transport.tsx';
import { useKeptMarks } from './use-kept.ts';
import { zoomAbout } from './view.ts';
import { ownTimeZone, createTimeZone, type TimeZone } from '#domain/time-zone.ts';
import './timeline.css';

/** The same time of day, some days away. */
function sameTime(zone: TimeZone, atMs: number, days: number): number {
  const w = zone.wall(atMs);
  return zone.at({ ...w, day: w.day + days });
}

export function TimelineBar() {
  const { t } = useTranslation();
  const language = useScreen((s) => s.language);
  const shown = useShownCameras();
  const zone = useMemo(() => createTimeZone(ownTimeZone()), []);
  const labels = useMemo(
    () => createLabels(locale().startsWith(language) ? locale() : language, zone.name),
    [language, zone],
  );
  const focusName = useCameras((s) => {
    const camera = shown.focus === null ? undefined : s.byId.get(shown.focus);
    return camera ? `${String(camera.number)} ${camera.name}` : '';
  });
  useEffect(listenForTimelineKeys, []);
  useKeptMarks();
  // Warm from the start: the first look back must not wait for a worker to load.
  useEffect(() => holdEngine().release, []);
  useEffect(() => {
    leadCamera(shown.focus);
  }, [shown.focus]);

  const jump = (atMs: number): void => {
    usePlayback.getState().seek(atMs);
    useTimeline.getState().centre(atMs);
  };
  return (
    <section className="tl" aria-label={t('timeline.label')}>
      <div className="tl-tools">
        <Transport />
        <DayPicker shown={shown} zone={zone} labels={labels} onJump={jump} />
        <Zoom />
        <ByPictures focus={shown.focus} />
        <OtherTake />
        <AddBookmark />
        <GoTo
          zone={zone}
          labels={labels}
          onGo={(atMs, live) => {
            if (live) goLive();
            else jump(atMs);
          }}
        />
        <Selected labels={labels} />
        <div className="tl-group tl-now">
          <Clock labels={labels} />
          <Live />
        </div>
      </div>
      <div className="tl-body">
        <div className="tl-names" aria-hidden="true">
          <span className="tl-name">{focusName}</span>
          <span className="tl-name tl-quiet">{t('timeline.allCount', { count: shown.cameras.length })}</span>
        </div>
        <Strip shown={shown} zone={zone} labels={labels} />
      </div>
      <MarkDialogs shown={shown} />
    </section>
  );
}

function goLive(): void {
  usePlayback.getState().goLive();
  const { view, widthPx, setView } = useTimeline.getState();
  const now = stationNowMs();
  const x = (now - view.fromMs) / view.msPerPx;
  if (x < 0 || x > widthPx) setView({ ...view, fromMs: now - widthPx * 0.92 * view.msPerPx });
}

type DayProps = Pick<Parameters<typeof Calendar>[0], 'shown' | 'zone' | 'labels'> & { onJump(atMs: number): void };
function DayPicker({ shown, zone, labels, onJump }: DayProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const toggle = useRef<HTMLButtonElement>(null);
  const day = useDay(zone);
  useEffect(() => {
    if (!open) return;
    const away = (e: PointerEvent): void => {
      if (e.target instanceof Node && box.current?.contains(e.target) !== true) setOpen(false);
    };
    window.addEventListener('pointerdown', away);
    return () => {
      window.removeEventListener('pointerdown', away);
    };
  }, [open]);
  const close = (): void => {
    setOpen(false);
    toggle.current?.focus();
  };
  return (
    <div className="tl-group tl-daypicker" ref={box}>
      <Tool
        label={t('timeline.previousDay')}
        onPress={() => {
          onJump(sameTime(zone, playheadMs(), -1));
        }}
      >
        <ChevronLeft size={16} aria-hidden />
      </Tool>
      <button
        ref={toggle}
        type="button"
        className="tl-button tl-wide"
        aria-haspopup="dialog"
        aria-expanded={open}
        title={t('timeline.calendar')}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <CalendarDays size={15} aria-hidden />
        {labels.day(day)}
      </button>
      <Tool
        label={t('timeline.nextDay')}
        onPress={() => {
          onJump(sameTime(zone, playheadMs(), 1));
        }}
      >
        <ChevronRight size={16} aria-hidden />
      </Tool>
      {open && (
        <Calendar
          shown={shown}
          zone={zone}
          labels={labels}
          atMs={playheadMs()}
          onClose={close}
          onPick={(dayMs) => {
            close();
            usePlayback.getState().seek(dayMs);
            useTimeline.getState().show(dayMs, zone.addDays(dayMs, 1));
          }}
        />
      )}
    </div>
  );
}

/** First moment of the day shown. */
function useDay(zone: TimeZone): number {
  const [day, setDay] = useState(() => zone.startOfDay(playheadMs()));
  useEffect(() => {
    const read = (): void => {
      setDay(zone.startOfDay(playheadMs()));
    };
    const timer = setInterval(read, 1000);
    const off = usePlayback.subscribe((s, was) => {
      if (s.clock !== was.clock || s.mode !== was.mode) read();
    });
    return () => {
      clearInterval(timer);
      off();
    };
  }, [zone]);
  return day;
}

function Zoom() {
  const { t } = useTranslation();
  const zoom = (factor: number): void => {
    const { view, widthPx, setView } = useTimeline.getState();
    const x = (playheadMs() - view.fromMs) / view.msPerPx;
    setView(zoomAbout(view, x >= 0 && x <= widthPx ? x : widthPx / 2, factor, widthPx, stationNowMs()));
  };
  return (
    <div className="tl-group tl-zoom">
      <Tool
        label={t('timeline.zoomOut')}
        onPress={() => {
          zoom(2);
        }}
      >
        <ZoomOut size={15} aria-hidden />
      </Tool>
      <Tool
        label={t('timeline.zoomIn')}
        onPress={() => {
          zoom(0.5);
        }}
      >
        <ZoomIn size={15} aria-hidden />
      </Tool>
    </div>
  );
}

/** What is marked, or else what is shown, of the focused camera: as pictures, or to find what moved. */
function ByPictures({ focus }: { focus: CameraId | null }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  if (focus === null) return null;
  const open = (page: string): void => {
    const { selection, view, widthPx } = useTimeline.getState();
    const whole = { fromMs: view.fromMs, toMs: Math.min(stationNowMs(), view.fromMs + view.msPerPx * widthPx) };
    const { fromMs, toMs } = selection ?? whole;
    go(`${page}?camera=${focus}&from=${String(Math.round(fromMs))}&to=${String(Math.round(toMs))}`);
  };
  return (
    <div className="tl-group">
      <Tool
        label={t('timeline.pictures')}
        onPress={() => {
          open('/pictures');
        }}
      >
        <Images size={15} aria-hidden />
      </Tool>
      <Tool
        label={t('motion.open')}
        onPress={() => {
          open('/search/motion');
        }}
      >
        <ScanEye size={15} aria-hidden />
      </Tool>
      <Tool
        label={t('footage.open')}
        onPress={() => {
          open('/search/footage');
        }}
      >
        <ScanSearch size={15} aria-hidden />
      </Tool>
    </div>
  );
}

function Clock({ labels }: { labels: ReturnType<typeof createLabels> }) {
  const { t } = useTranslation();
  const element = useRef<HTMLTimeElement>(null);
  useEffect(() => {
    // Written past React: it changes ten times a second while frames are stepped and played.
    const write = (): void => {
      const { mode, playing } = usePlayback.getState();
      const at = playheadMs();
      const text = labels.clock(at, mode === 'playback' && !playing);
      if (element.current && element.current.textContent !== text) element.current.textContent = text;
    };
    write();
    const timer = setInterval(write, 100);
    const off = usePlayback.subscribe(write);
    return () => {
      clearInterval(timer);
      off();
    };
  }, [labels]);
  const mode = usePlayback((s) => s.mode);
  return (
    <time
      ref={element}
      className="tl-clock"
      data-mode={mode}
      title={t('timeline.zone', { zone: zoneOf(stationNowMs()) })}
    />
  );
}

function Live() {
  const { t } = useTranslation();
  const label = useKeyLabel();
  const live = usePlayback((s) => s.mode === 'live');
  return (
    <button
      type="button"
      className="tl-live"
      data-live={live || undefined}
      aria-pressed={live}
      title={live ? t('timeline.isLive') : label(t('timeline.goLive'), 'live')}
      onClick={goLive}
    >
      <span className="tl-live-dot" aria-hidden="true" />
      {t('timeline.live')}
    </button>
  );
}
