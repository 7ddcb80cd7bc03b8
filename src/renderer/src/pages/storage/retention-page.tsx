import { Link } from 'wouter';
import { useTranslation } from '../../text/index.ts';
import { RetentionTab } from './retention-tab.tsx';

export function RetentionPage() {
  const { t } = useTranslation();
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('retention.title')}</h1>
        <div className="end">
          <Link href="/integrity">{t('integrity.title')}</Link>
          <Link href="/holds">{t('kept.tab.holds')}</Link>
        </div>
      </div>
      <RetentionTab />
    </div>
  );
}
