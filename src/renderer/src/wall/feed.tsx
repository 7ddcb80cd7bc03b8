/** What happened, newest first, beside the wall. Alarms stand above the rest. */
import { Link } from 'wouter';
import type { Event } from '#domain/event.ts';
import { useCameras } from '../stores/cameras.ts';
import { useFeed } from '../stores/events.ts';
import { sinceOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { EventMark } from '../ui/event-mark.tsx';
import { EventThumb } from '../ui/event-picture.tsx';
import { eventDetail, eventPlace, eventTitle } from '../ui/event-words.ts';
import { useNow } from '../ui/use-now.ts';

const shown = 60;

/** Alarms that still go on first, then by time. Pure. */
export function feedOrder(events: readonly Event[]): Event[] {
  const open = (e: Event): boolean => e.severity === 'alarm' && e.toMs === null;
  return [...events.filter(open), ...events.filter((e) => !open(e))].slice(0, shown);
}

export function Feed({ onPick }: { onPick: (event: Event) => void }) {
  const { t } = useTranslation();
  const events = useFeed((s) => s.events);
  const loaded = useFeed((s) => s.loaded);
  const byId = useCameras((s) => s.byId);
  const now = useNow(30_000);
  return (
    <aside className="feed" aria-label={t('wall.feed')}>
      <div className="feed-head">
        <h2>{t('wall.feed')}</h2>
        <Link href="/events">{t('wall.feedAll')}</Link>
      </div>
      {loaded && events.length === 0 ? <p className="feed-none quiet">{t('wall.feedEmpty')}</p> : null}
      <ol className="feed-list">
        {feedOrder(events).map((e) => {
          const detail = eventDetail(e);
          return (
            <li key={e.id} data-open={e.severity === 'alarm' && e.toMs === null}>
              <button
                type="button"
                title={t('events.goTo')}
                onClick={() => {
                  onPick(e);
                }}
              >
                <EventMark kind={e.kind} severity={e.severity} />
                <span className="feed-text">
                  <span className="feed-title">
                    {e.severity === 'info' ? null : (
                      <span className="away">{`${t(`events.severity.${e.severity}`)}${t('app.sign.colon')}`}</span>
                    )}
                    {eventTitle(e)}
                  </span>
                  <span className="quiet">
                    {detail === '' ? eventPlace(e, byId) : `${eventPlace(e, byId)} · ${detail}`}
                  </span>
                </span>
                <span className="feed-when">
                  <time dateTime={new Date(e.fromMs).toISOString()}>{sinceOf(e.fromMs, now)}</time>
                  <EventThumb event={e} />
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </aside>
  );
}
