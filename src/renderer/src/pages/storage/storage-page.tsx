/** One place for all that concerns the disks; each tab has its own address. */
import { Link } from 'wouter';
import { useMay } from '../../stores/session.ts';
import { useTranslation } from '../../text/index.ts';
import { NoPage } from '../../ui/no-page.tsx';
import { EncryptionTab } from '../encryption/encryption-tab.tsx';
import { ArchivesTab } from './archives-tab.tsx';
import { DisksTab } from './disks-tab.tsx';
import { ForecastTab } from './forecast-tab.tsx';
import { IntegrityTab } from './integrity-tab.tsx';
import { PicturesTab } from './pictures-tab.tsx';
import { RetentionTab } from './retention-tab.tsx';
import { StorageSum } from './storage-sum.tsx';
import './storage.css';

const tabs = ['disks', 'forecast', 'retention', 'archive', 'integrity', 'encryption', 'pictures'] as const;
type Tab = (typeof tabs)[number];
const bodies: Record<Tab, () => React.ReactNode> = {
  disks: DisksTab,
  forecast: ForecastTab,
  retention: RetentionTab,
  archive: ArchivesTab,
  integrity: IntegrityTab,
  encryption: EncryptionTab,
  pictures: PicturesTab,
};
const isTab = (name: string | undefined): name is Tab => tabs.some((tab) => tab === name);
const addressOf = (tab: Tab): string => (tab === 'disks' ? '/storage' : `/storage/${tab}`);

/** `name`: as the address says; none: the disks. */
export function StoragePage({ name }: { name?: string | undefined }) {
  const { t } = useTranslation();
  const may = useMay('administrator');
  const tab: Tab | null = name === undefined ? 'disks' : isTab(name) ? name : null;
  if (tab === null) return <NoPage why={t('app.error.notFound')} />;
  const Body = bodies[tab];
  const closed = (one: Tab): boolean => (one === 'encryption' || one === 'archive') && !may;
  const shown = tabs.filter((one) => !closed(one));
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('storage.title')}</h1>
        {may ? (
          <Link className="end" href="/events?kind=changes">
            {t('changes.open')}
          </Link>
        ) : null}
      </div>
      <StorageSum />
      <nav className="tabs" aria-label={t('storage.tabs')}>
        {shown.map((one) => (
          <Link key={one} href={addressOf(one)} aria-current={one === tab ? 'page' : undefined}>
            {t(`storage.tab.${one}`)}
          </Link>
        ))}
      </nav>
      {closed(tab) ? <p>{t('app.error.FORBIDDEN')}</p> : <Body />}
    </div>
  );
}
