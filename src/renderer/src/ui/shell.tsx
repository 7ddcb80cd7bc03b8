/** The frame around every page: rail, bar with the clock, and what is wrong with the line. */
import { Menu, Tooltip } from '@mantine/core';
import {
  Activity,
  Bookmark,
  Cctv,
  ChartNoAxesGantt,
  ChevronDown,
  LayoutGrid,
  ListVideo,
  LogOut,
  HardDrive,
  Search,
  Settings,
  Unplug,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useCameras } from '../stores/cameras.ts';
import { stopDemo } from '../stores/demo.ts';
import { useLine } from '../stores/line.ts';
import { logOut, useMay, useSession } from '../stores/session.ts';
import { clockOf, dayOf, sinceOf, zoneOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { isDown, mainOf } from './camera-words.ts';
import { useKeyLabel } from './key-words.ts';
import { tell, tellRefusal } from './tell.ts';
import { useNow } from './use-now.ts';
import mark from './vigie.svg';

function Rail() {
  const { t } = useTranslation();
  const [path] = useLocation();
  const down = useCameras((s) => s.list.filter((c) => c.enabled && isDown(mainOf(c))).length);
  const entries = [
    { to: '/', icon: LayoutGrid, label: t('app.rail.wall'), count: 0 },
    { to: '/events', icon: ListVideo, label: t('app.rail.events'), count: 0 },
    { to: '/bookmarks', icon: Bookmark, label: t('app.rail.bookmarks'), count: 0 },
    { to: '/cameras', icon: Cctv, label: t('app.rail.cameras'), count: down },
    { to: '/storage', icon: HardDrive, label: t('storage.title'), count: 0, push: true },
    { to: '/reports/coverage', icon: ChartNoAxesGantt, label: t('coverage.title'), count: 0 },
    { to: '/settings/health', icon: Activity, label: t('app.rail.health'), count: 0 },
    { to: '/settings', icon: Settings, label: t('app.rail.settings'), count: 0 },
  ];
  return (
    <nav className="rail" aria-label={t('app.rail.label')}>
      <img className="rail-mark" src={mark} alt="" />
      {entries.map(({ to, icon: Icon, label, count, push }) => {
        const here =
          to === '/cameras' || to === '/storage'
            ? path.startsWith(to)
            : path === to || (to === '/bookmarks' && path === '/holds');
        return (
          <Tooltip key={to} label={label} position="right">
            <Link
              href={to}
              className={push ? 'push' : ''}
              aria-current={here ? 'page' : undefined}
              aria-label={count > 0 ? `${label} ${String(count)}` : label}
            >
              <Icon size={19} strokeWidth={1.75} aria-hidden="true" />
              {count > 0 ? <span className="rail-count">{count}</span> : null}
            </Link>
          </Tooltip>
        );
      })}
    </nav>
  );
}

function Clock() {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <div className="bar-clock" role="group" aria-label={t('app.clock.label')}>
      <span>{dayOf(now)}</span>
      <time dateTime={new Date(now).toISOString()}>{clockOf(now)}</time>
      <span>{zoneOf(now)}</span>
    </div>
  );
}

function DemoChip() {
  const { t } = useTranslation();
  const demo = useSession((s) => s.station?.demo ?? false);
  const may = useMay('administrator');
  const [busy, setBusy] = useState(false);
  if (!demo) return null;
  const remove = (): void => {
    setBusy(true);
    stopDemo()
      .then(() => {
        tell(t('app.demo.removed'));
      }, tellRefusal)
      .finally(() => {
        setBusy(false);
      });
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className="tool tool-chip" disabled={busy}>
          {busy ? t('app.demo.removing') : t('app.demo.running')}
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={remove} disabled={!may}>
          {t('app.demo.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function User() {
  const { t } = useTranslation();
  const user = useSession((s) => s.user);
  const local = useSession((s) => s.local);
  if (!user) return null;
  const name = local ? t('app.user.local') : user.name;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button type="button" className="tool" aria-label={t('app.user.menu', { name })}>
          {name}
          <ChevronDown size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t(`app.role.${user.role}`)}</Menu.Label>
        <Menu.Item leftSection={<LogOut size={15} aria-hidden="true" />} onClick={() => void logOut()}>
          {t('app.verb.logOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function LineBanner() {
  const { t } = useTranslation();
  const sinceMs = useLine((s) => s.downSinceMs);
  const now = useNow(1000);
  // A blink of the line is no news.
  if (sinceMs === null || now - sinceMs < 1500) return null;
  return (
    <div className="banner" role="alert">
      <Unplug size={17} aria-hidden="true" />
      <span>{t('app.line.down', { time: sinceOf(sinceMs, now) })}</span>
    </div>
  );
}

/** `tools`: what the page puts into the bar. */
export function Shell({
  title,
  tools,
  onFind,
  children,
}: {
  title: string;
  tools?: ReactNode;
  onFind: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const label = useKeyLabel();
  return (
    <div className="shell">
      <a
        className="skip"
        href="#content"
        onClick={(e) => {
          e.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <Rail />
      <section className="bar" aria-label={t('app.bar')}>
        {tools ? <div className="bar-tools">{tools}</div> : <span className="bar-title">{title}</span>}
        <span className="bar-space" />
        <DemoChip />
        <Clock />
        <Tooltip label={label(t('app.find.title'), 'find')}>
          <button type="button" className="tool" onClick={onFind} aria-label={t('app.find.title')}>
            <Search size={16} aria-hidden="true" />
          </button>
        </Tooltip>
        <User />
      </section>
      <div className="below">
        <LineBanner />
        <main className="outlet" id="content" tabIndex={tools ? -1 : 0} aria-label={title}>
          {children}
        </main>
      </div>
    </div>
  );
}
