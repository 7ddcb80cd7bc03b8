/** Why an event was told: its picture, the frames about it, what was decided, and what keeps it from being told again. */
import { Button } from '@mantine/core';
import { Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { CloserLook } from '#domain/closer-look.ts';
import type { Event } from '#domain/event.ts';
import { thumbnailUrl } from '../../player/thumbnail.ts';
import { readWhy, type EventReason } from '../../stores/events.ts';
import { useCameras } from '../../stores/cameras.ts';
import { useMay } from '../../stores/session.ts';
import { gridOf, type Cells } from '../../stores/thumbnails.ts';
import { readWatching, type CameraWatching } from '../../stores/watching.ts';
import { clockOf, dateTimeOf, lastedOf, numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { classWord } from '../../ui/class-words.ts';
import { closerWordsOf } from '../../ui/closer-words.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { EventPicture } from '../../ui/event-picture.tsx';
import { eventPlace, eventTitle } from '../../ui/event-words.ts';
import { CurePart } from './cure-part.tsx';
import { reasonsOf } from './reasons.ts';
import { WhyLooks, WhyNumbers } from './why-part.tsx';

/** Frames about it: from a little before its start to a little after its end, so many. */
const beforeMs = 3000;
const afterMs = 3000;
const longestMs = 60_000;
const frames = 6;

function useFrames(event: Event): Cells {
  const [cells, setCells] = useState<Cells>([]);
  const { cameraId, fromMs, toMs } = event;
  useEffect(() => {
    if (cameraId === null) return;
    const abort = new AbortController();
    const endMs = Math.min(toMs ?? fromMs + longestMs, fromMs + longestMs) + afterMs;
    gridOf({ id: cameraId, fromMs: fromMs - beforeMs, toMs: endMs, count: frames }, abort.signal).then(
      (all) => {
        // One frame may serve several parts of a short span.
        const seen = new Set<number>();
        setCells(all.filter((c) => c.atMs !== null && !seen.has(c.atMs) && seen.add(c.atMs)));
      },
      () => undefined, // without frames the rest is shown
    );
    return () => {
      abort.abort();
    };
  }, [cameraId, fromMs, toMs]);
  return cells;
}

/** What is drawn at its camera now; null until it was read, or where it cannot be. */
function useDrawn(event: Event): CameraWatching | null {
  const [drawn, setDrawn] = useState<CameraWatching | null>(null);
  const { cameraId } = event;
  useEffect(() => {
    if (cameraId === null) return;
    const abort = new AbortController();
    readWatching(cameraId, abort.signal).then(setDrawn, () => undefined);
    return () => {
      abort.abort();
    };
  }, [cameraId]);
  return drawn;
}

/** What decided it; null until it was read, or where it cannot be. */
function useReason(event: Event): EventReason | null {
  const [reason, setReason] = useState<EventReason | null>(null);
  const { id } = event;
  const own = event.look !== undefined;
  // Its pictures come a little after it.
  const pictured = event.look?.hasPicture === true;
  useEffect(() => {
    if (!own) return;
    const abort = new AbortController();
    readWhy(id, abort.signal).then(setReason, () => undefined);
    return () => {
      abort.abort();
    };
  }, [id, own, pictured]);
  return reason;
}

/** What the recorded main stream showed afterwards, or why it showed nothing. */
function Closer({ closer }: { closer: CloserLook }) {
  const { t } = useTranslation();
  const { atMs, size, without } = closer;
  return (
    <>
      <dt>{t('events.closer.title')}</dt>
      <dd>
        {without === null ? closerWordsOf(closer, true).join(' · ') : t(`events.closer.without.${without}`)}
        {atMs === null || size === null ? null : (
          <span className="why-closer quiet">
            {t('events.closer.size', {
              time: clockOf(atMs),
              width: numberOf(size.width),
              height: numberOf(size.height),
            })}
          </span>
        )}
      </dd>
    </>
  );
}

function Frame({ event, atMs, spanMs }: { event: Event; atMs: number; spanMs: number }) {
  const { t } = useTranslation();
  const [gone, setGone] = useState(false);
  const { cameraId } = event;
  if (cameraId === null || gone) return null;
  return (
    <Link
      className="why-frame"
      href={`/?at=${String(atMs)}&camera=${cameraId}`}
      aria-label={t('events.why.frame', { time: clockOf(atMs) })}
    >
      <img
        src={thumbnailUrl(cameraId, atMs, spanMs)}
        alt=""
        onError={() => {
          setGone(true);
        }}
      />
      <time>{clockOf(atMs)}</time>
    </Link>
  );
}

export function EventDialog({ event, onClose }: { event: Event; onClose: () => void }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const byId = useCameras((s) => s.byId);
  const may = useMay('administrator');
  const cells = useFrames(event);
  const drawn = useDrawn(event);
  const reason = useReason(event);
  const why = reason?.why ?? null;
  const [cures, setCures] = useState(false);
  const { look } = event;
  const title = eventTitle(event);
  const place = eventPlace(event, byId);
  const lasted = event.toMs === null ? t('events.ongoing') : lastedOf(event.toMs - event.fromMs);
  return (
    <Dialog opened onClose={onClose} title={`${title} · ${place}`} size={860} centered>
      <div className="stack why">
        <EventPicture event={event} alt={t('events.why.picture', { what: title, place })} gone={t('events.why.gone')} />
        <WhyLooks eventId={event.id} reason={reason} />
        {cells.length > 0 ? (
          <div className="why-frames" role="group" aria-label={t('events.why.frames')}>
            {cells.map((c) =>
              c.atMs === null ? null : <Frame key={c.atMs} event={event} atMs={c.atMs} spanMs={c.toMs - c.fromMs} />,
            )}
          </div>
        ) : null}
        <section aria-labelledby="why-title">
          <h2 id="why-title">{t('events.why.title')}</h2>
          <ul className="why-reasons">
            {reasonsOf(event, drawn, why).map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
          <dl className="facts">
            <dt>{t('events.column.time')}</dt>
            <dd>{[dateTimeOf(event.fromMs), lasted].filter(Boolean).join(' · ')}</dd>
            {look?.class ? (
              <>
                <dt>{t('events.why.class')}</dt>
                <dd>
                  {classWord(look.class)}
                  {look.score === null ? '' : ` · ${t('events.why.sure', { score: percentOf(look.score) })}`}
                </dd>
              </>
            ) : null}
            {look?.text ? (
              <>
                <dt>{t(event.kind === 'plate' ? 'events.why.plate' : 'events.why.said')}</dt>
                <dd className={event.kind === 'plate' ? 'event-plate' : ''}>{look.text}</dd>
              </>
            ) : null}
            {event.closer ? <Closer closer={event.closer} /> : null}
            {look?.trackId ? (
              <>
                <dt>{t('events.why.track')}</dt>
                <dd>{numberOf(look.trackId)}</dd>
              </>
            ) : null}
          </dl>
          {why === null ? null : <WhyNumbers why={why} />}
        </section>
        <div className="line">
          <Button
            leftSection={<Play size={15} aria-hidden="true" />}
            onClick={() => {
              go(`/?at=${String(event.fromMs)}${event.cameraId === null ? '' : `&camera=${event.cameraId}`}`);
            }}
          >
            {t('events.goTo')}
          </Button>
          {may && look && event.cameraId !== null ? (
            <Button
              variant="default"
              aria-expanded={cures}
              onClick={() => {
                setCures(!cures);
              }}
            >
              {t('events.cure.open')}
            </Button>
          ) : null}
        </div>
        {cures && look && drawn ? <CurePart event={event} look={look} drawn={drawn} onDone={onClose} /> : null}
      </div>
    </Dialog>
  );
}
