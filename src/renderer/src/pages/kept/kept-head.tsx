import { Link } from 'wouter';
import { useTranslation } from '../../text/index.ts';

/** Head of the two lists of what people marked, each the other's neighbour. */
export function KeptHead({ here }: { here: 'bookmarks' | 'holds' }) {
  const { t } = useTranslation();
  return (
    <div className="page-head">
      <h1>{t(`kept.tab.${here}`)}</h1>
      <div className="end">
        {here === 'bookmarks' ? (
          <Link href="/holds">{t('kept.tab.holds')}</Link>
        ) : (
          <Link href="/bookmarks">{t('kept.tab.bookmarks')}</Link>
        )}
        <Link href="/storage/retention">{t('retention.title')}</Link>
      </div>
    </div>
  );
}
