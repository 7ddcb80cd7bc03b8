/** What lies under the pointer: a picture, the time, and why there is none. Follows the pointer at once. */
import { useEffect, useRef, useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import { thumbnailSlotMs } from '#domain/thumbnail.ts';
import { stationNowMs } from '../client/index.ts';
import { blackenOn } from '../player/blacken.ts';
import { causeWords, holdEngine } from '../player/playback/index.ts';
import { createThumbnails } from '../player/thumbnail.ts';
import { useCameras } from '../stores/cameras.ts';
import { useMarks } from '../stores/marks.ts';
import { spanOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import type { Coverage, Tick } from './coverage.ts';
import type { Shown } from './focus.ts';
import { heldOf } from './kept-marks.ts';
import type { Labels } from './labels.ts';
import { ticksIn, underMoment } from './rows.ts';
import { useTimeline } from './store.ts';
import { xOf } from './view.ts';

const noAreas: CameraView['privacy'] = [];
const widthPx = 208;
const heightPx = 117;
/** A key frame further away than this is not what lies under the pointer. */
const nearMs = 6_000;
/** From here on (ms per pixel) the small pictures that the station keeps are as near as the pointer can show: one a pixel. */
const coarseMs = thumbnailSlotMs;

type Props = { shown: Shown; labels: Labels; coverage: Coverage; focusRecording: boolean };

export function Preview({ shown, labels, coverage, focusRecording }: Props) {
  const { t } = useTranslation();
  const hoverMs = useTimeline((s) => s.hoverMs);
  const view = useTimeline((s) => s.view);
  const barPx = useTimeline((s) => s.widthPx);
  const { bookmarks, holds } = useMarks();
  const canvas = useRef<HTMLCanvasElement>(null);
  const engine = useRef<ReturnType<typeof holdEngine> | null>(null);
  const kept = useRef<ReturnType<typeof createThumbnails> | null>(null);
  const [picture, setPicture] = useState<{ of: string; atMs: number } | null>(null);
  const { focus } = shown;
  const { msPerPx } = view;

  useEffect(
    () => () => {
      engine.current?.release();
      engine.current = null;
      kept.current?.close();
      kept.current = null;
    },
    [],
  );
  useEffect(() => {
    if (hoverMs === null || focus === null || hoverMs > stationNowMs()) return;
    engine.current ??= holdEngine();
    kept.current ??= createThumbnails();
    const ask = { engine: engine.current.engine, kept: kept.current, wanted: true, exact: false };
    const areas = useCameras.getState().byId.get(focus)?.privacy ?? noAreas;
    const draw = (of: ImageBitmap, atMs: number, black: typeof areas): void => {
      const surface = canvas.current;
      if (!surface) return;
      surface.width = of.width;
      surface.height = of.height;
      const pen = surface.getContext('2d');
      if (!pen) return;
      pen.drawImage(of, 0, 0);
      blackenOn(pen, of.width, of.height, black);
      setPicture({ of: focus, atMs });
    };
    /** The very key frame, out of its segment. */
    const exactly = async (): Promise<void> => {
      const thumb = await ask.engine.thumb('timeline', focus, hoverMs, widthPx * devicePixelRatio);
      if (!thumb) return;
      if (ask.wanted) draw(thumb.picture, thumb.atMs, areas);
      ask.exact = true;
      thumb.picture.close();
    };
    const coarse = msPerPx >= coarseMs;
    // The station has blackened these.
    const small = ask.kept.at(focus, hoverMs, Math.max(nearMs, msPerPx * 2), JSON.stringify(areas));
    if (!coarse) void exactly();
    void small.then((thumbnail) => {
      if (!ask.wanted || ask.exact) return undefined;
      if (thumbnail) draw(thumbnail.picture, thumbnail.atMs, noAreas);
      return thumbnail === null && coarse ? exactly() : undefined;
    });
    return () => {
      ask.wanted = false;
    };
  }, [hoverMs, focus, msPerPx]);

  if (hoverMs === null) return null;
  const now = stationNowMs();
  const x = xOf(view, hoverMs);
  const left = Math.max(0, Math.min(barPx - widthPx - 2, x - widthPx / 2));
  const reach = view.msPerPx * 6;
  const pieces = coverage.over(Math.max(0, hoverMs - reach), hoverMs + reach, view.msPerPx);
  const under = focus === null ? null : underMoment(pieces, focus, hoverMs, now, focusRecording);
  const events: Tick[] = [...ticksIn(pieces, now)];
  const flags = bookmarks.filter((b) => Math.abs(b.atMs - hoverMs) <= reach);
  const locks = focus === null ? [] : heldOf(holds, focus, now).filter((h) => h.fromMs <= hoverMs && hoverMs < h.toMs);
  const near =
    picture !== null && picture.of === focus && Math.abs(picture.atMs - hoverMs) < Math.max(nearMs, view.msPerPx * 2);

  let words = '';
  if (hoverMs > now) words = t('timeline.future');
  else if (under?.gap) {
    const { gap } = under;
    const duration = spanOf((gap.toMs ?? now) - gap.fromMs);
    words = t(gap.toMs === null ? 'timeline.openGap' : 'timeline.closedGap', {
      cause: causeWords(gap.cause),
      duration,
    });
  } else if (under && !under.recorded) words = t('timeline.nothing');
  const hasPicture = words === '';

  return (
    <div className="tl-preview" style={{ transform: `translateX(${String(Math.round(left))}px)`, width: widthPx + 2 }}>
      <canvas
        ref={canvas}
        className="tl-preview-picture"
        data-near={near || undefined}
        style={{ height: heightPx, display: hasPicture ? 'block' : 'none' }}
      />
      <p className="tl-preview-time">{view.msPerPx < 100 ? labels.clock(hoverMs, true) : labels.full(hoverMs)}</p>
      {hasPicture && under?.backFilled === true && <p className="tl-preview-source">{t('timeline.backFilled')}</p>}
      {hasPicture && under?.archived === true && <p className="tl-preview-source">{t('timeline.archived')}</p>}
      {words !== '' && <p className="tl-preview-why">{words}</p>}
      {locks.slice(0, 2).map((h) => (
        <p key={h.id} className="tl-preview-event">
          {t('kept.hold.here', { reason: h.reason, owner: h.owner })}
        </p>
      ))}
      {flags.slice(0, 3).map((b) => (
        <p key={b.id} className="tl-preview-event">
          {`${t('kept.bookmark.title')}${t('app.sign.colon')}${b.name}`}
        </p>
      ))}
      {summed(events).map(({ kind, count }) => (
        <p key={kind} className="tl-preview-event">
          {t(`events.kind.${kind}`)}
          {count > 1 && ` ×${String(count)}`}
        </p>
      ))}
    </div>
  );
}

function summed(ticks: readonly Tick[]): { kind: Tick['kind']; count: number }[] {
  const by = new Map<Tick['kind'], number>();
  for (const tick of ticks) by.set(tick.kind, (by.get(tick.kind) ?? 0) + Math.max(1, tick.count));
  return [...by].slice(0, 4).map(([kind, count]) => ({ kind, count }));
}
