import { Button, Select } from '@mantine/core';
import { Play } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { EventKind, type Event } from '#domain/event.ts';
import { CameraId } from '#domain/id.ts';
import { hourMs } from '#domain/time.ts';
import { stationNowMs } from '../client/index.ts';
import { useCameras } from '../stores/cameras.ts';
import { listEvents, useFeed } from '../stores/events.ts';
import { dateTimeOf, durationOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { EventMark } from '../ui/event-mark.tsx';
import { eventDetail, eventPlace, eventTitle } from '../ui/event-words.ts';
import { refusalText } from '../ui/refusal.ts';

const spans = { hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;
type SpanName = keyof typeof spans;
const isSpan = (v: string | null): v is SpanName => v !== null && v in spans;
const pageSize = 100;

type Filters = { camera: CameraId | null; kind: EventKind | null; span: SpanName | null };
type Pages = { events: Event[]; more: boolean; loading: boolean; fault: string | null };
const nothing: Pages = { events: [], more: true, loading: true, fault: null };

/** Pages of events that match; new ones of the live feed come in at the top. */
function useEventPages(filters: Filters) {
  const [pages, setPages] = useState<Pages>(nothing);
  const { camera, kind, span } = filters;
  const abort = useRef<AbortController | null>(null);
  const read = useCallback(
    (before: Event | null) => {
      abort.current?.abort();
      const mine = new AbortController();
      abort.current = mine;
      listEvents(
        {
          limit: pageSize,
          ...(camera === null ? {} : { cameraId: [camera] }),
          ...(kind === null ? {} : { kind: [kind] }),
          ...(span === null ? {} : { fromMs: stationNowMs() - spans[span] }),
          ...(before === null ? {} : { before: before.id }),
        },
        mine.signal,
      ).then(
        (page) => {
          if (mine.signal.aborted) return;
          setPages((was) => ({
            events: before === null ? page.events : [...was.events, ...page.events],
            more: page.more,
            loading: false,
            fault: null,
          }));
        },
        (error: unknown) => {
          if (!mine.signal.aborted) setPages((was) => ({ ...was, loading: false, fault: refusalText(error) }));
        },
      );
    },
    [camera, kind, span],
  );
  const readOn = useCallback(
    (before: Event | null) => {
      setPages((was) => ({ ...was, loading: true, fault: null }));
      read(before);
    },
    [read],
  );
  useEffect(() => {
    read(null);
    return () => abort.current?.abort();
  }, [read]);
  const fresh = useFeed((s) => s.events);
  const newestMs = pages.events[0]?.fromMs ?? 0;
  const known = new Set(pages.events.map((e) => e.id));
  const ahead = pages.loading
    ? []
    : fresh.filter(
        (e) =>
          !known.has(e.id) &&
          e.fromMs >= newestMs &&
          (camera === null || e.cameraId === camera) &&
          (kind === null || e.kind === kind),
      );
  const renewed = new Map(fresh.map((e) => [e.id, e]));
  return { ...pages, events: [...ahead, ...pages.events.map((e) => renewed.get(e.id) ?? e)], read: readOn };
}

/** Starts anew with every choice of filters. */
export function EventsPage() {
  const [search] = useSearchParams();
  return <Events key={search.toString()} />;
}

function Events() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const [, go] = useLocation();
  const cameras = useCameras((s) => s.list);
  const byId = useCameras((s) => s.byId);
  const filters: Filters = {
    camera: CameraId.safeParse(search.get('camera')).data ?? null,
    kind: EventKind.safeParse(search.get('kind')).data ?? null,
    span: isSpan(search.get('span')) ? (search.get('span') as SpanName) : null,
  };
  const { events, more, loading, fault, read } = useEventPages(filters);
  const filtered = filters.camera !== null || filters.kind !== null || filters.span !== null;
  const choose = (key: string, value: string | null): void => {
    setSearch((was) => {
      const next = new URLSearchParams(was);
      if (value === null) next.delete(key);
      else next.set(key, value);
      return next;
    });
  };
  const last = events[events.length - 1] ?? null;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = end.current;
    if (!element || !more || loading || fault !== null || last === null) return;
    const watcher = new IntersectionObserver((seen) => {
      if (seen.some((s) => s.isIntersecting)) read(last);
    });
    watcher.observe(element);
    return () => {
      watcher.disconnect();
    };
  }, [more, loading, fault, last, read]);

  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('events.title')}</h1>
        <div className="end">
          <Select
            aria-label={t('events.filter.camera')}
            placeholder={t('events.filter.allCameras')}
            data={cameras.map((c) => ({ value: c.id, label: `${String(c.number)}  ${c.name}` }))}
            value={filters.camera}
            onChange={(v) => {
              choose('camera', v);
            }}
            clearable
            searchable
            w={180}
          />
          <Select
            aria-label={t('events.filter.kind')}
            placeholder={t('events.filter.allKinds')}
            data={EventKind.options.map((k) => ({ value: k, label: t(`events.kind.${k}`) }))}
            value={filters.kind}
            onChange={(v) => {
              choose('kind', v);
            }}
            clearable
            searchable
            w={220}
          />
          <Select
            aria-label={t('events.filter.span')}
            placeholder={t('events.filter.anyTime')}
            data={(['hour', 'day', 'week'] as const).map((s) => ({ value: s, label: t(`events.filter.${s}`) }))}
            value={filters.span}
            onChange={(v) => {
              choose('span', v);
            }}
            clearable
            w={190}
          />
        </div>
      </div>
      {events.length === 0 && !loading && fault === null ? (
        <div className="blank">
          <p>{filtered ? t('events.noMatch') : t('events.empty')}</p>
          {filtered ? (
            <Button
              variant="default"
              onClick={() => {
                setSearch('');
              }}
            >
              {t('events.clear')}
            </Button>
          ) : null}
        </div>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th>{t('events.column.time')}</th>
              <th>{t('events.column.what')}</th>
              <th>{t('events.column.where')}</th>
              <th>{t('events.column.lasted')}</th>
              <th>
                <span className="away">{t('events.goTo')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {events.map((e) => (
              <tr key={e.id}>
                <td className="tight">
                  <time dateTime={new Date(e.fromMs).toISOString()}>{dateTimeOf(e.fromMs)}</time>
                </td>
                <td>
                  <span className="event-what">
                    <EventMark kind={e.kind} />
                    <span className="away">{t(`events.severity.${e.severity}`)}: </span>
                    {eventTitle(e)}
                    {eventDetail(e) === '' ? null : <span className="quiet">{eventDetail(e)}</span>}
                  </span>
                </td>
                <td>{eventPlace(e, byId)}</td>
                <td className="tight quiet">
                  {e.toMs === null
                    ? t('events.ongoing')
                    : e.toMs - e.fromMs >= 1000
                      ? durationOf(e.toMs - e.fromMs)
                      : ''}
                </td>
                <td className="end">
                  <button
                    type="button"
                    className="tool"
                    aria-label={t('events.goTo')}
                    title={t('events.goTo')}
                    onClick={() => {
                      go(`/?at=${String(e.fromMs)}${e.cameraId === null ? '' : `&camera=${e.cameraId}`}`);
                    }}
                  >
                    <Play size={14} aria-hidden="true" />
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div ref={end} className="blank" role="status">
        {fault === null ? null : (
          <>
            <p className="fault">{fault}</p>
            <Button
              variant="default"
              onClick={() => {
                read(last);
              }}
            >
              {t('app.verb.retry')}
            </Button>
          </>
        )}
        {loading ? t('events.loading') : !more && events.length > 0 ? t('events.end') : null}
      </div>
    </div>
  );
}
