/** Searches that run, wait or are kept, the newest first. */
import { Link, useSearchParams } from 'wouter';
import { isOver, type FootageSearch } from '#domain/footage-search.ts';
import { useCameras } from '../../stores/cameras.ts';
import { useFootageSearches } from '../../stores/footage-search.ts';
import { dateTimeOf } from '../../text/format.ts';
import { t as say, useTranslation } from '../../text/index.ts';
import { groupWords, stateWords } from './footage-words.ts';
import { SearchProgress } from './search-progress.tsx';

/** The cameras of a search: one by name, several counted. */
export function useCamerasOf(): (search: FootageSearch) => string {
  const byId = useCameras((s) => s.byId);
  return ({ ask }) => {
    const [first] = ask.cameras;
    const name = first === undefined ? undefined : byId.get(first.id)?.name;
    return ask.cameras.length === 1
      ? (name ?? say('footage.cameraGone'))
      : say('footage.cameras', { count: ask.cameras.length });
  };
}

export function RecentSearches() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const { list, loaded } = useFootageSearches();
  const camerasOf = useCamerasOf();
  if (!loaded || list.length === 0) return null;
  const to = (search: FootageSearch): string => {
    const next = new URLSearchParams(params);
    next.set('search', search.id);
    return `/search/footage?${next.toString()}`;
  };
  return (
    <section aria-labelledby="footage-recent">
      <h2 id="footage-recent">{t('footage.recent')}</h2>
      <ul className="footage-recent">
        {list.map((search) => (
          <li key={search.id}>
            <Link href={to(search)}>
              <span className="footage-recent-what">
                <strong>{groupWords(search.ask.classes)}</strong>
                <span className="quiet">{camerasOf(search)}</span>
              </span>
              <span className="footage-recent-count">{t('footage.found', { count: search.hits })}</span>
              <span className="quiet footage-recent-span">
                {t('motion.span', { from: dateTimeOf(search.ask.fromMs), to: dateTimeOf(search.ask.toMs) })}
              </span>
              <span className="quiet footage-recent-state" data-is={search.state}>
                {stateWords(search)}
              </span>
              {isOver(search.state) ? null : <SearchProgress search={search} />}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
