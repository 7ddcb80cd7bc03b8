import { Button, Select, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { ColourName } from '#domain/colour.ts';
import { EventKind, type Event } from '#domain/event.ts';
import { useCameras } from '../../stores/cameras.ts';
import { readWatching, type CameraWatching } from '../../stores/watching.ts';
import { lastedOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { choosableClasses, classWord } from '../../ui/class-words.ts';
import { colourLabel } from '../../ui/closer-words.ts';
import { changeLines } from '../../ui/change-words.ts';
import { EventMark } from '../../ui/event-mark.tsx';
import { EventOpen, EventPictureOpen } from '../../ui/event-open.tsx';
import { eventDetail, eventPlace, eventTitle, plateOf } from '../../ui/event-words.ts';
import { GoTo } from '../../ui/go-to.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { Time } from '../../ui/time.tsx';
import { EventDialog } from './event-dialog.tsx';
import { filtersOf, isFiltered, spanNames, type Filters } from './filters.ts';
import { useEventPages } from './use-event-pages.ts';
import './events.css';

const typedAfterMs = 400;

/** Starts anew with every choice of filters. */
export function EventsPage() {
  const [search] = useSearchParams();
  return <Events key={search.toString()} />;
}

/** Zones and lines of the chosen camera, to choose one of. */
function useDrawn({ camera }: Filters): Pick<CameraWatching, 'zones' | 'lines'> | null {
  const [drawn, setDrawn] = useState<CameraWatching | null>(null);
  useEffect(() => {
    if (camera === null) return;
    const abort = new AbortController();
    // Without them there is one filter less.
    readWatching(camera, abort.signal).then(setDrawn, () => undefined);
    return () => {
      abort.abort();
    };
  }, [camera]);
  return drawn;
}

type Choose = (change: Record<string, string | null>) => void;

function Text({ text, choose }: { text: string; choose: Choose }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(text);
  const latest = useRef(choose);
  useEffect(() => {
    latest.current = choose;
  });
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = setTimeout(() => {
      latest.current({ text: typed.trim() === '' ? null : typed.trim() });
    }, typedAfterMs);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, text]);
  return (
    <TextInput
      type="search"
      aria-label={t('events.filter.text')}
      placeholder={t('events.filter.text')}
      maxLength={100}
      // The page starts anew with what was typed: typing goes on.
      autoFocus={text !== ''}
      value={typed}
      onChange={(e) => {
        setTyped(e.currentTarget.value);
      }}
      w={150}
    />
  );
}

function Choices({ filters, choose }: { filters: Filters; choose: Choose }) {
  const { t } = useTranslation();
  const cameras = useCameras((s) => s.list);
  const drawn = useDrawn(filters);
  const places = [
    ...(drawn?.zones ?? []).filter((z) => z.kind === 'detect').map((z) => ({ value: `zone ${z.id}`, label: z.name })),
    ...(drawn?.lines ?? []).map((l) => ({ value: `line ${l.id}`, label: l.name })),
  ];
  const place = filters.zone !== null ? `zone ${filters.zone}` : filters.line !== null ? `line ${filters.line}` : null;
  return (
    <div className="end">
      <Text text={filters.text} choose={choose} />
      <Select
        aria-label={t('events.filter.camera')}
        placeholder={t('events.filter.allCameras')}
        data={cameras.map((c) => ({ value: c.id, label: `${String(c.number)}  ${c.name}` }))}
        value={filters.camera}
        onChange={(v) => {
          choose({ camera: v, zone: null, line: null });
        }}
        clearable
        searchable
        w={170}
      />
      {places.length > 0 ? (
        <Select
          aria-label={t('events.filter.place')}
          placeholder={t('events.filter.anywhere')}
          data={places}
          value={place}
          onChange={(v) => {
            const [is, id] = (v ?? '').split(' ');
            choose({ zone: is === 'zone' ? (id ?? null) : null, line: is === 'line' ? (id ?? null) : null });
          }}
          clearable
          w={150}
        />
      ) : null}
      <Select
        aria-label={t('events.filter.kind')}
        placeholder={t('events.filter.allKinds')}
        data={[
          { value: 'changes', label: t('changes.filter') },
          ...EventKind.options.map((k) => ({ value: k, label: t(`events.kind.${k}`) })),
        ]}
        value={filters.kind}
        onChange={(v) => {
          choose({ kind: v });
        }}
        clearable
        searchable
        w={180}
      />
      <Select
        aria-label={t('events.filter.class')}
        placeholder={t('events.filter.allClasses')}
        data={choosableClasses.map((c) => ({ value: c, label: classWord(c) }))}
        value={filters.class}
        onChange={(v) => {
          choose({ class: v });
        }}
        clearable
        searchable
        w={160}
      />
      <Select
        aria-label={t('events.filter.colour')}
        placeholder={t('events.filter.allColours')}
        data={ColourName.options.map((c) => ({ value: c, label: colourLabel(c) }))}
        value={filters.colour}
        onChange={(v) => {
          choose({ colour: v });
        }}
        clearable
        searchable
        w={150}
      />
      <Select
        aria-label={t('events.filter.span')}
        placeholder={t('events.filter.anyTime')}
        data={spanNames.map((s) => ({ value: s, label: t(`events.filter.${s}`) }))}
        value={filters.span}
        onChange={(v) => {
          choose({ span: v });
        }}
        clearable
        w={150}
      />
    </div>
  );
}

function Row({ event: e, onWhy }: { event: Event; onWhy: () => void }) {
  const { t } = useTranslation();
  const byId = useCameras((s) => s.byId);
  const title = eventTitle(e);
  const plate = plateOf(e);
  const detail = eventDetail(e, false);
  const changes = changeLines(e);
  const why = t('events.why.open', { what: title });
  return (
    <tr data-event={e.id}>
      <td className="tight">
        <Time ms={e.fromMs} />
      </td>
      <td className="event-cell">
        <EventPictureOpen event={e} title={why} onOpen={onWhy} />
      </td>
      <td>
        <span className="event-what">
          <EventMark kind={e.kind} severity={e.severity} />
          <span className="away">{`${t(`events.severity.${e.severity}`)}${t('app.sign.colon')}`}</span>
          {title}
          {plate === null ? null : <span className="event-plate">{plate}</span>}
          {detail === '' ? null : <span className="quiet">{detail}</span>}
        </span>
        {changes.length === 0 ? null : (
          <ul className="event-changes" aria-label={t('changes.list')}>
            {changes.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        )}
      </td>
      <td>{eventPlace(e, byId)}</td>
      <td className="tight quiet">{e.toMs === null ? t('events.ongoing') : lastedOf(e.toMs - e.fromMs)}</td>
      <td className="end tight">
        {e.look ? <EventOpen title={why} onOpen={onWhy} /> : null}
        <GoTo atMs={e.fromMs} camera={e.cameraId} title={t('events.goTo')} />
      </td>
    </tr>
  );
}

function Events() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const filters = useMemo(() => filtersOf(search), [search]);
  const { events, more, loading, fault, read } = useEventPages(filters);
  const [open, setOpen] = useState<Event | null>(null);
  const filtered = isFiltered(filters);
  const choose: Choose = (change) => {
    setSearch((was) => {
      const next = new URLSearchParams(was);
      for (const [key, value] of Object.entries(change)) {
        if (value === null) next.delete(key);
        else next.set(key, value);
      }
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
        <Choices filters={filters} choose={choose} />
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
        <TableScroll label={t('events.title')}>
          <table className="table events-table">
            <thead>
              <tr>
                <th>{t('events.column.time')}</th>
                <th>
                  <span className="away">{t('events.column.picture')}</span>
                </th>
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
                <Row
                  key={e.id}
                  event={e}
                  onWhy={() => {
                    setOpen(e);
                  }}
                />
              ))}
            </tbody>
          </table>
        </TableScroll>
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
      {open === null ? null : (
        <EventDialog
          event={events.find((e) => e.id === open.id) ?? open}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </div>
  );
}
