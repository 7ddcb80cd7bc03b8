/** The analysis of pictures: how it does, and its models; each tab has its own address. */
import { Link } from 'wouter';
import { useTranslation } from '../../text/index.ts';
import { NoPage } from '../../ui/no-page.tsx';
import { ModelsTab } from './models-tab.tsx';
import { NowTab } from './now-tab.tsx';
import { PlatesTab } from '../plates/plates-tab.tsx';
import '../storage/storage.css';
import './analysis.css';

const tabs = ['now', 'plates', 'models'] as const;
type Tab = (typeof tabs)[number];
const bodies: Record<Tab, () => React.ReactNode> = { now: NowTab, plates: PlatesTab, models: ModelsTab };
const isTab = (name: string | undefined): name is Tab => tabs.some((tab) => tab === name);
const addressOf = (tab: Tab): string => (tab === 'now' ? '/settings/analysis' : `/settings/analysis/${tab}`);

/** `name`: as the address says; none: how it does. */
export function AnalysisPage({ name }: { name?: string | undefined }) {
  const { t } = useTranslation();
  const tab: Tab | null = name === undefined ? 'now' : isTab(name) ? name : null;
  if (tab === null) return <NoPage why={t('app.error.notFound')} />;
  const Body = bodies[tab];
  return (
    <div className="page wide">
      <div className="page-head">
        <h1>{t('analysis.title')}</h1>
      </div>
      <nav className="tabs" aria-label={t('analysis.tabs')}>
        {tabs.map((one) => (
          <Link key={one} href={addressOf(one)} aria-current={one === tab ? 'page' : undefined}>
            {t(`analysis.tab.${one}`)}
          </Link>
        ))}
      </nav>
      <Body />
    </div>
  );
}
