/** "Not interesting": ways to keep it from being told again, each with what it would have kept back in the last week. */
import { Button, Radio } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { Event, EventLook } from '#domain/event.ts';
import { hourMs } from '#domain/time.ts';
import { mostZones, ZoneDraft } from '#domain/watch-zone.ts';
import { stationNowMs } from '../../client/index.ts';
import { listEvents } from '../../stores/events.ts';
import { addZone, changeZone, type CameraWatching } from '../../stores/watching.ts';
import { numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { classWord } from '../../ui/class-words.ts';
import { EventThumb } from '../../ui/event-picture.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';
import { cured, curesFor, inPlace, keptBack, wholePicture, type Cure } from './cure.ts';

const weekMs = 168 * hourMs;
const pageSize = 500;
/** More events of a camera in a week than this are counted no further. */
const mostPages = 10;
const shownThumbs = 8;

/** It opens below what can be seen of the dialog, and takes the keyboard along: the button that opened it is out of sight then. */
const intoView = (part: HTMLElement | null): void => {
  part?.querySelector<HTMLElement>('input:enabled, button:enabled')?.focus({ preventScroll: true });
  part?.scrollIntoView({ block: 'start' });
};

type Week = { events: Event[]; whole: boolean } | null;

/** What this camera's analysis told in the week up to the event. */
function useWeek(event: Event): { week: Week; fault: string | null } {
  const [week, setWeek] = useState<Week>(null);
  const [fault, setFault] = useState<string | null>(null);
  const { cameraId } = event;
  const [nowMs] = useState(stationNowMs);
  useEffect(() => {
    if (cameraId === null) return;
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      const all: Event[] = [];
      let more = true;
      for (let page = 0; more && page < mostPages; page += 1) {
        const last = all[all.length - 1];
        const answer = await listEvents(
          {
            cameraId: [cameraId],
            fromMs: nowMs - weekMs,
            limit: pageSize,
            ...(last === undefined ? {} : { before: last.id }),
          },
          abort.signal,
        );
        all.push(...answer.events);
        more = answer.more;
      }
      setWeek({ events: all.filter((e) => e.look !== undefined), whole: !more });
    };
    read().catch((error: unknown) => {
      if (!abort.signal.aborted) setFault(refusalText(error));
    });
    return () => {
      abort.abort();
    };
  }, [cameraId, nowMs]);
  return { week, fault };
}

export function CurePart({
  event,
  look,
  drawn,
  onDone,
}: {
  event: Event;
  look: EventLook;
  drawn: CameraWatching;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const cures = curesFor(event);
  const [at, setAt] = useState(0);
  const { week: read, fault } = useWeek(event);
  // More may be known of the event itself since.
  const week = read && { ...read, events: read.events.map((e) => (e.id === event.id ? event : e)) };
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const cure = cures[at];
  const { cameraId } = drawn;
  const zone = drawn.zones.find((z) => z.id === look.zoneId);
  const back = week && cure ? keptBack(cure, event, week.events) : [];

  const words = (c: Cure): { label: string; hint: string } => {
    const where = zone ? t('events.cure.inZone', { zone: zone.name }) : t('events.cure.everywhere');
    switch (c.is) {
      case 'ignore':
        return { label: t('events.cure.ignore'), hint: t('events.cure.ignoreHint') };
      case 'standing':
        return { label: t('events.cure.standing'), hint: t('events.cure.standingHint') };
      case 'height':
        return {
          label: t('events.cure.height', {
            height: percentOf(c.minHeight, Math.round(c.minHeight * 1000) % 10 === 0 ? 0 : 1),
          }),
          hint: where,
        };
      case 'score':
        return { label: t('events.cure.score', { score: percentOf(c.minScore) }), hint: where };
      case 'class':
        return { label: t('events.cure.class', { class: classWord(c.class) }), hint: where };
    }
  };
  const apply = async (c: Cure): Promise<void> => {
    if (inPlace(c)) {
      const [name, ignores] =
        c.is === 'standing' ? [t('events.cure.standingName'), 'standing'] : [t('events.cure.zoneName'), 'everything'];
      await addZone(cameraId, ZoneDraft.parse({ kind: 'ignore', name, ignores, points: c.points }));
      return;
    }
    const next = cured(
      zone ?? ZoneDraft.parse({ kind: 'detect', name: t('events.cure.wholeName'), points: wholePicture }),
      c,
    );
    if (!next) throw new Error('nothing would count any more');
    if (zone) await changeZone(cameraId, zone.id, zone.version, ZoneDraft.parse(next));
    else await addZone(cameraId, next);
  };
  const possible = (c: Cure): boolean => {
    if (!inPlace(c) && zone) return cured(zone, c) !== null;
    // A whole picture beside zones that were drawn would undo these.
    if (!inPlace(c) && drawn.zones.some((z) => z.kind === 'detect')) return false;
    return drawn.zones.length < mostZones;
  };
  if (look.lineId !== null || cures.length === 0)
    return (
      <div ref={intoView} className="why-cure stack">
        <p>{t('events.cure.none')}</p>
        <div>
          <Button
            variant="default"
            onClick={() => {
              go(`/cameras/${cameraId}/watching`);
            }}
          >
            {t('watching.open')}
          </Button>
        </div>
      </div>
    );
  return (
    <form
      ref={intoView}
      className="why-cure stack"
      onSubmit={(e) => {
        e.preventDefault();
        if (!cure) return;
        setBusy(true);
        setRefused(null);
        apply(cure).then(
          () => {
            tell(t('events.cure.done'));
            onDone();
          },
          (error: unknown) => {
            setRefused(refusalText(error));
            setBusy(false);
          },
        );
      }}
    >
      <Radio.Group
        label={t('events.cure.title')}
        value={String(at)}
        onChange={(v) => {
          setAt(Number(v));
        }}
      >
        <div className="why-cures">
          {cures.map((c, i) => (
            <Radio
              key={c.is}
              value={String(i)}
              label={words(c).label}
              description={words(c).hint}
              disabled={!possible(c)}
            />
          ))}
        </div>
      </Radio.Group>
      <div role="status" className="stack">
        {fault === null ? null : <p className="fault">{fault}</p>}
        {week === null ? (
          fault === null ? (
            <p className="quiet">{t('events.cure.counting')}</p>
          ) : null
        ) : (
          <p>
            {t(week.whole ? 'events.cure.kept' : 'events.cure.keptOfNewest', {
              count: back.length,
              all: numberOf(week.events.length),
            })}
          </p>
        )}
        {back.some((e) => e.look?.hasPicture) ? (
          <div className="why-kept">
            {back.slice(0, shownThumbs).map((e) => (
              <EventThumb key={e.id} event={e} />
            ))}
          </div>
        ) : null}
      </div>
      {refused === null ? null : (
        <p className="fault" role="alert">
          {refused}
        </p>
      )}
      <div className="line">
        <Button type="submit" loading={busy} disabled={!cure || !possible(cure)}>
          {t('events.cure.apply')}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            go(`/cameras/${cameraId}/watching`);
          }}
        >
          {t('watching.open')}
        </Button>
      </div>
    </form>
  );
}
