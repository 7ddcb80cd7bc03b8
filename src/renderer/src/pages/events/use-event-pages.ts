/** Pages of events that match; new ones of the live feed come in at the top. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Event } from '#domain/event.ts';
import { stationNowMs } from '../../client/index.ts';
import { listEvents, useFeed } from '../../stores/events.ts';
import { isRefusal, refusalText } from '../../ui/refusal.ts';
import { fits, queryOf, type Filters } from './filters.ts';

const pageSize = 100;
type Pages = { events: Event[]; more: boolean; loading: boolean; fault: string | null };
const nothing: Pages = { events: [], more: true, loading: true, fault: null };

/** `filters` must be the same object while they are the same. */
export function useEventPages(filters: Filters) {
  const [pages, setPages] = useState<Pages>(nothing);
  const abort = useRef<AbortController | null>(null);
  const read = useCallback(
    (before: Event | null) => {
      abort.current?.abort();
      const mine = new AbortController();
      abort.current = mine;
      listEvents(
        { limit: pageSize, ...queryOf(filters, stationNowMs()), ...(before === null ? {} : { before: before.id }) },
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
          if (mine.signal.aborted) return;
          // The last one that was read is gone meanwhile: what was older is gone too.
          if (before !== null && isRefusal(error, 'INVALID'))
            setPages((was) => ({ ...was, more: false, loading: false, fault: null }));
          else setPages((was) => ({ ...was, loading: false, fault: refusalText(error) }));
        },
      );
    },
    [filters],
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
  const ahead = pages.loading ? [] : fresh.filter((e) => !known.has(e.id) && e.fromMs >= newestMs && fits(filters, e));
  const renewed = new Map(fresh.map((e) => [e.id, e]));
  return { ...pages, events: [...ahead, ...pages.events.map((e) => renewed.get(e.id) ?? e)], read: readOn };
}
