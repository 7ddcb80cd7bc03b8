/** How far a search is, as a bar; nothing where it is over. */
import { isOver, type FootageSearch } from '#domain/footage-search.ts';
import { useTranslation } from '../../text/index.ts';
import { shareOf } from './footage-words.ts';

export function SearchProgress({ search }: { search: FootageSearch }) {
  const { t } = useTranslation();
  if (isOver(search.state)) return null;
  const percent = Math.round(shareOf(search) * 100);
  return (
    <div className="meter" role="progressbar" aria-label={t('footage.progress')} aria-valuenow={percent}>
      <i style={{ width: `${String(percent)}%` }} />
    </div>
  );
}
