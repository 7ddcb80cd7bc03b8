/** Plates that were read, newest first, found by a part of the text. */
import { Button, TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { Event } from '#domain/event.ts';
import { useCameras } from '../../stores/cameras.ts';
import { percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { EventMark } from '../../ui/event-mark.tsx';
import { EventOpen, EventPictureOpen } from '../../ui/event-open.tsx';
import { eventPlace, plateOf } from '../../ui/event-words.ts';
import { GoTo } from '../../ui/go-to.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { Time } from '../../ui/time.tsx';
import { EventDialog } from '../events/event-dialog.tsx';
import type { Filters } from '../events/filters.ts';
import { useEventPages } from '../events/use-event-pages.ts';
import '../events/events.css';
import { listKindOf } from './words.ts';

const typedAfterMs = 400;
const all: Filters = {
  ...{ camera: null, kind: 'plate', class: null, zone: null, line: null, colour: null, span: null },
  text: '',
};

function Row({ event: e, onOpen }: { event: Event; onOpen: () => void }) {
  const { t } = useTranslation();
  const byId = useCameras((s) => s.byId);
  const plate = plateOf(e) ?? '';
  const { list, label } = e.data;
  const kind = listKindOf(e);
  const open = t('events.why.open', { what: plate });
  return (
    <tr>
      <td className="tight">
        <Time ms={e.fromMs} />
      </td>
      <td className="event-cell">
        <EventPictureOpen event={e} title={open} onOpen={onOpen} />
      </td>
      <td>
        <span className="event-what">
          <span className="event-plate">{plate}</span>
          {typeof e.look?.score === 'number' ? <span className="quiet">{percentOf(e.look.score)}</span> : null}
        </span>
      </td>
      <td>
        {kind === null ? (
          <span className="quiet">{t('plates.seen.unknown')}</span>
        ) : (
          <span className="event-what">
            {kind === 'allow' ? null : <EventMark kind="plate" />}
            {t(`plates.kind.${kind}`)}
            <span className="quiet">
              {[list, label].filter((word): word is string => typeof word === 'string').join(' · ')}
            </span>
          </span>
        )}
      </td>
      <td>{eventPlace(e, byId)}</td>
      <td className="end tight">
        <EventOpen title={open} onOpen={onOpen} />
        <GoTo atMs={e.fromMs} camera={e.cameraId} title={t('events.goTo')} of={plate} />
      </td>
    </tr>
  );
}

export function SeenPart() {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      setText(typed.trim());
    }, typedAfterMs);
    return () => {
      clearTimeout(timer);
    };
  }, [typed]);
  return (
    <section aria-labelledby="plates-seen">
      <div className="plates-head">
        <h2 id="plates-seen">{t('plates.seen.title')}</h2>
        <div className="end">
          <TextInput
            type="search"
            aria-label={t('plates.seen.search')}
            placeholder={t('plates.seen.search')}
            maxLength={40}
            value={typed}
            onChange={(e) => {
              setTyped(e.currentTarget.value);
            }}
            w={200}
          />
        </div>
      </div>
      <SeenTable key={text} text={text} />
    </section>
  );
}

function SeenTable({ text }: { text: string }) {
  const { t } = useTranslation();
  const filters = useMemo(() => ({ ...all, text }), [text]);
  const { events, more, loading, fault, read } = useEventPages(filters);
  const [open, setOpen] = useState<Event | null>(null);
  const [, go] = useLocation();
  return (
    <>
      {events.length === 0 ? (
        <div className="blank" role="status">
          {fault === null ? (
            <>
              <p>{loading ? t('events.loading') : text === '' ? t('plates.seen.empty') : t('plates.seen.none')}</p>
              {loading || text !== '' ? null : (
                <Button
                  variant="default"
                  onClick={() => {
                    go('/cameras');
                  }}
                >
                  {t('plates.seen.cameras')}
                </Button>
              )}
            </>
          ) : (
            <p className="fault">{fault}</p>
          )}
        </div>
      ) : (
        // Scrolled by keyboard too.
        <div className="plates-scroll" tabIndex={0} role="group" aria-labelledby="plates-seen">
          <table className="table events-table">
            <caption className="away">{t('plates.seen.title')}</caption>
            <thead>
              <tr>
                <th>{t('events.column.time')}</th>
                <th>
                  <span className="away">{t('events.column.picture')}</span>
                </th>
                <th>{t('plates.entry.plate')}</th>
                <th>{t('plates.seen.list')}</th>
                <th>{t('events.column.where')}</th>
                <th>
                  <span className="away">{t('events.goTo')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {events.map((e) => (
                <Row
                  key={e.id}
                  event={e}
                  onOpen={() => {
                    setOpen(e);
                  }}
                />
              ))}
            </tbody>
          </table>
          {more ? (
            <MoreButton
              loading={loading}
              onClick={() => {
                read(events.at(-1) ?? null);
              }}
            />
          ) : null}
        </div>
      )}
      {open === null ? null : (
        <EventDialog
          event={events.find((e) => e.id === open.id) ?? open}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </>
  );
}
