import { Link } from 'wouter';
import { useTranslation } from '../../text/index.ts';
import { IntegrityTab } from './integrity-tab.tsx';

export function IntegrityPage() {
  const { t } = useTranslation();
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('integrity.title')}</h1>
        <div className="end">
          <Link href="/retention">{t('retention.title')}</Link>
        </div>
      </div>
      <IntegrityTab />
    </div>
  );
}
