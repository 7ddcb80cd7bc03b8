import { Button, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { Component, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { CameraId } from '#domain/id.ts';
import { CameraFormPage } from './pages/camera-form-page.tsx';
import { CamerasPage } from './pages/cameras-page.tsx';
import { Door } from './pages/door.tsx';
import { EventsPage } from './pages/events-page.tsx';
import { FirstRunPage } from './pages/first-run.tsx';
import { HealthPage } from './pages/health-page.tsx';
import { LogInPage } from './pages/log-in.tsx';
import { SettingsPage } from './pages/settings-page.tsx';
import { WallPage } from './pages/wall-page.tsx';
import { useCameras } from './stores/cameras.ts';
import { useScreen } from './stores/screen.ts';
import { logOut, useMay, useSession } from './stores/session.ts';
import { useTranslation } from './text/index.ts';
import { Find, type Findable } from './ui/find.tsx';
import { Shell } from './ui/shell.tsx';
import { theme, variables } from './ui/theme.ts';

/** A page that fails says so; the others go on. */
class Guard extends Component<{ children: ReactNode; fallback: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }
  override render(): ReactNode {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}

function useFindables(): Findable[] {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const cameras = useCameras((s) => s.list);
  const may = useMay('administrator');
  return useMemo(() => {
    const page = (to: string, label: string): Findable => ({
      id: `page-${to.replaceAll('/', '-')}`,
      label,
      hint: '',
      run() {
        go(to);
      },
    });
    return [
      ...cameras.map((c) => ({
        id: c.id,
        label: `${String(c.number)} ${c.name}`,
        hint: c.group ?? t('cameras.title'),
        run() {
          go(`/?camera=${c.id}`);
        },
      })),
      page('/', t('app.rail.wall')),
      page('/events', t('app.rail.events')),
      page('/cameras', t('app.rail.cameras')),
      page('/settings/health', t('app.rail.health')),
      page('/settings', t('app.rail.settings')),
      ...(may ? [page('/cameras/new', t('cameras.add'))] : []),
      { id: 'log-out', label: t('app.verb.logOut'), hint: '', run: () => void logOut() },
    ];
  }, [cameras, may, go, t]);
}

/** The next free number is known once the cameras are. */
function NewCamera() {
  const loaded = useCameras((s) => s.loaded);
  return loaded ? <CameraFormPage camera={null} /> : null;
}

function EditCamera({ id }: { id: string }) {
  const { t } = useTranslation();
  const parsed = CameraId.safeParse(id);
  const loaded = useCameras((s) => s.loaded);
  const camera = useCameras((s) => (parsed.success ? s.byId.get(parsed.data) : undefined));
  // The first values are taken once: pushes of states must not undo what is being typed.
  if (!camera) return loaded ? <p className="page">{t('app.error.NOT_FOUND')}</p> : null;
  return <CameraFormPage key={camera.id} camera={camera} />;
}

function Pages() {
  const { t } = useTranslation();
  const [path] = useLocation();
  const [finding, setFinding] = useState(false);
  const may = useMay('administrator');
  const findables = useFindables();
  const onFind = useCallback(() => {
    setFinding(true);
  }, []);
  useEffect(() => {
    const onKey = (e: KeyboardEvent): void => {
      if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        setFinding(true);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('keydown', onKey);
    };
  }, []);
  const in_ = (title: string, page: ReactNode): ReactNode => (
    <Shell title={title} onFind={onFind}>
      {page}
    </Shell>
  );
  const forbidden = <p className="page">{t('app.error.FORBIDDEN')}</p>;
  const crashed = (
    <div className="page stack" role="alert">
      <p>{t('app.error.crashed')}</p>
      <div>
        <Button
          onClick={() => {
            location.reload();
          }}
        >
          {t('app.error.reload')}
        </Button>
      </div>
    </div>
  );
  return (
    <Guard key={path} fallback={crashed}>
      <Switch>
        <Route path="/">
          <WallPage onFind={onFind} />
        </Route>
        <Route path="/events">{in_(t('events.title'), <EventsPage />)}</Route>
        <Route path="/cameras">{in_(t('cameras.title'), <CamerasPage />)}</Route>
        <Route path="/cameras/new">{in_(t('cameras.title'), may ? <NewCamera /> : forbidden)}</Route>
        <Route path="/cameras/:id">
          {({ id }) => in_(t('cameras.title'), may ? <EditCamera id={id} /> : forbidden)}
        </Route>
        <Route path="/settings/health">{in_(t('app.rail.health'), <HealthPage />)}</Route>
        <Route path="/settings">{in_(t('settings.title'), <SettingsPage />)}</Route>
        <Route>{in_('', <p className="page">{t('app.error.notFound')}</p>)}</Route>
      </Switch>
      <Find
        open={finding}
        onClose={() => {
          setFinding(false);
        }}
        all={findables}
      />
    </Guard>
  );
}

function Where() {
  const { t } = useTranslation();
  const status = useSession((s) => s.status);
  switch (status) {
    case 'loading':
      return null;
    case 'unreachable':
      return <Door title={t('app.line.reaching')} lead={t('app.line.reachingMore', { host: location.host })} />;
    case 'first-run':
      return <FirstRunPage />;
    case 'signed-out':
      return <LogInPage />;
    case 'signed-in':
      return <Pages />;
  }
}

export function App() {
  const chosen = useScreen((s) => s.theme);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      forceColorScheme={chosen === 'light' ? 'light' : 'dark'}
    >
      <Notifications position="bottom-right" limit={3} transitionDuration={0} />
      <Where />
    </MantineProvider>
  );
}
