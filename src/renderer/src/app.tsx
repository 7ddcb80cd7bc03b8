import { Button, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { Component, lazy, Suspense, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import type { CameraView } from '#domain/camera.ts';
import { CameraId } from '#domain/id.ts';
import { Door } from './pages/door.tsx';
import { useCameras } from './stores/cameras.ts';
import { actionOfPress } from './stores/keys.ts';
import { useScreen } from './stores/screen.ts';
import { logOut, useMay, useSession } from './stores/session.ts';
import { decimalSign } from './text/format.ts';
import { useTranslation } from './text/index.ts';
import { Find, type Findable } from './ui/find.tsx';
import { keepFocus } from './ui/keep-focus.ts';
import { NoPage } from './ui/no-page.tsx';
import { Shell } from './ui/shell.tsx';
import { themeOf, variables } from './ui/theme.ts';

// Each page is its own piece: the wall paints without waiting for forms it does not show.
const pieces = {
  wall: () => import('./pages/wall-page.tsx'),
  events: () => import('./pages/events/events-page.tsx'),
  coverage: () => import('./pages/coverage/coverage-page.tsx'),
  footage: () => import('./pages/footage/footage-page.tsx'),
  motion: () => import('./pages/motion/motion-page.tsx'),
  pictures: () => import('./pages/pictures/pictures-page.tsx'),
  cameras: () => import('./pages/cameras-page.tsx'),
  recording: () => import('./pages/recording/recording-page.tsx'),
  cameraForm: () => import('./pages/camera-form-page.tsx'),
  device: () => import('./pages/device/device-page.tsx'),
  watching: () => import('./pages/watching/watching-page.tsx'),
  add: () => import('./pages/add/add-page.tsx'),
  cameraHealth: () => import('./pages/camera-health/camera-health-page.tsx'),
  health: () => import('./pages/health-page.tsx'),
  bookmarks: () => import('./pages/kept/bookmarks-page.tsx'),
  holds: () => import('./pages/kept/holds-page.tsx'),
  storage: () => import('./pages/storage/storage-page.tsx'),
  analysis: () => import('./pages/analysis/analysis-page.tsx'),
  settings: () => import('./pages/settings-page.tsx'),
  logIn: () => import('./pages/log-in.tsx'),
  firstRun: () => import('./pages/first-run.tsx'),
};
const WallPage = lazy(async () => ({ default: (await pieces.wall()).WallPage }));
const EventsPage = lazy(async () => ({ default: (await pieces.events()).EventsPage }));
const CoveragePage = lazy(async () => ({ default: (await pieces.coverage()).CoveragePage }));
const FootagePage = lazy(async () => ({ default: (await pieces.footage()).FootagePage }));
const MotionPage = lazy(async () => ({ default: (await pieces.motion()).MotionPage }));
const PicturesPage = lazy(async () => ({ default: (await pieces.pictures()).PicturesPage }));
const RecordingPage = lazy(async () => ({ default: (await pieces.recording()).RecordingPage }));
const CamerasPage = lazy(async () => ({ default: (await pieces.cameras()).CamerasPage }));
const CameraFormPage = lazy(async () => ({ default: (await pieces.cameraForm()).CameraFormPage }));
const DevicePage = lazy(async () => ({ default: (await pieces.device()).DevicePage }));
const WatchingPage = lazy(async () => ({ default: (await pieces.watching()).WatchingPage }));
const AddPage = lazy(async () => ({ default: (await pieces.add()).AddPage }));
const CameraHealthPage = lazy(async () => ({ default: (await pieces.cameraHealth()).CameraHealthPage }));
const HealthPage = lazy(async () => ({ default: (await pieces.health()).HealthPage }));
const BookmarksPage = lazy(async () => ({ default: (await pieces.bookmarks()).BookmarksPage }));
const HoldsPage = lazy(async () => ({ default: (await pieces.holds()).HoldsPage }));
const StoragePage = lazy(async () => ({ default: (await pieces.storage()).StoragePage }));
const AnalysisPage = lazy(async () => ({ default: (await pieces.analysis()).AnalysisPage }));
const SettingsPage = lazy(async () => ({ default: (await pieces.settings()).SettingsPage }));
const LogInPage = lazy(async () => ({ default: (await pieces.logIn()).LogInPage }));
const FirstRunPage = lazy(async () => ({ default: (await pieces.firstRun()).FirstRunPage }));

/** Fetches the wall while the station still tells who we are; not waited for, and asked again when it is shown. */
export const warmWall = (): void => {
  pieces.wall().catch(() => undefined);
};

const restAfterMs = 3000;

/** The other pages come in when the wall stands, so that going to one waits for nothing, even without a line. */
function useRest(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const piece of [
        pieces.events,
        pieces.pictures,
        pieces.motion,
        pieces.footage,
        pieces.coverage,
        pieces.cameras,
        pieces.cameraForm,
        pieces.add,
        pieces.device,
        pieces.watching,
        pieces.cameraHealth,
        pieces.health,
        pieces.bookmarks,
        pieces.holds,
        pieces.storage,
        pieces.analysis,
        pieces.settings,
        pieces.logIn,
      ])
        piece().catch(() => undefined); // asked again when its page is shown
    }, restAfterMs);
    return () => {
      clearTimeout(timer);
    };
  }, []);
}

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
      page('/pictures', t('pictures.title')),
      page('/search/motion', t('motion.title')),
      page('/search/footage', t('footage.title')),
      page('/reports/coverage', t('coverage.title')),
      page('/cameras', t('app.rail.cameras')),
      page('/bookmarks', t('kept.tab.bookmarks')),
      page('/holds', t('kept.tab.holds')),
      page('/storage', t('storage.title')),
      page('/storage/forecast', t('storage.forecast.title')),
      page('/storage/retention', t('retention.title')),
      page('/storage/integrity', t('integrity.title')),
      page('/storage/pictures', t('storage.pictures.title')),
      page('/settings/health', t('app.rail.health')),
      page('/settings/analysis', t('analysis.title')),
      page('/settings/analysis/plates', `${t('analysis.title')}${t('app.sign.colon')}${t('analysis.tab.plates')}`),
      page('/settings/analysis/models', `${t('analysis.title')}${t('app.sign.colon')}${t('analysis.tab.models')}`),
      page('/health/cameras', t('health.title')),
      page('/cameras/recording', t('recording.title')),
      page('/settings', t('app.rail.settings')),
      ...(may
        ? [
            page('/storage/archive', t('storage.tab.archive')),
            page('/storage/encryption', t('encryption.title')),
            page('/cameras/add', t('cameras.add')),
          ]
        : []),
      { id: 'log-out', label: t('app.verb.logOut'), hint: '', run: () => void logOut() },
    ];
  }, [cameras, may, go, t]);
}

function OneCamera({ id, page }: { id: string; page: (camera: CameraView) => ReactNode }) {
  const { t } = useTranslation();
  const parsed = CameraId.safeParse(id);
  const loaded = useCameras((s) => s.loaded);
  const camera = useCameras((s) => (parsed.success ? s.byId.get(parsed.data) : undefined));
  // The first values are taken once: pushes of states must not undo what is being typed.
  if (!camera) return loaded ? <NoPage why={t('app.error.NOT_FOUND')} /> : null;
  return page(camera);
}

/** A plain key in a field is a letter of what is being typed. */
const typing = (e: KeyboardEvent): boolean =>
  !e.ctrlKey &&
  !e.metaKey &&
  e.target instanceof Element &&
  e.target.closest('input, textarea, select, [contenteditable], [role="dialog"]') !== null;

function Pages() {
  const { t } = useTranslation();
  const [path] = useLocation();
  const [finding, setFinding] = useState(false);
  const may = useMay('administrator');
  const findables = useFindables();
  useRest();
  const onFind = useCallback(() => {
    setFinding(true);
  }, []);
  useEffect(() => {
    const onKey = (e: KeyboardEvent): void => {
      if (actionOfPress(e) === 'find' && !typing(e)) {
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
      <Suspense fallback={null}>{page}</Suspense>
    </Shell>
  );
  const moved = (to: string): ReactNode => <Redirect to={to} replace />;
  const forbidden = <NoPage why={t('app.error.FORBIDDEN')} />;
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
          <Suspense fallback={null}>
            <WallPage onFind={onFind} />
          </Suspense>
        </Route>
        <Route path="/events">{in_(t('events.title'), <EventsPage />)}</Route>
        <Route path="/reports/coverage">{in_(t('coverage.title'), <CoveragePage />)}</Route>
        <Route path="/search/footage">{in_(t('footage.title'), <FootagePage />)}</Route>
        <Route path="/search/motion">{in_(t('motion.title'), <MotionPage />)}</Route>
        <Route path="/pictures">{in_(t('pictures.title'), <PicturesPage />)}</Route>
        <Route path="/cameras">{in_(t('cameras.title'), <CamerasPage />)}</Route>
        <Route path="/cameras/add">{in_(t('finding.title'), may ? <AddPage /> : forbidden)}</Route>
        <Route path="/cameras/recording">{in_(t('recording.title'), <RecordingPage />)}</Route>
        <Route path="/cameras/:id">
          {({ id }) =>
            in_(
              t('cameras.title'),
              may ? <OneCamera id={id} page={(c) => <CameraFormPage key={c.id} camera={c} />} /> : forbidden,
            )
          }
        </Route>
        <Route path="/cameras/:id/device">
          {({ id }) =>
            in_(
              t('cameras.title'),
              may ? <OneCamera id={id} page={(c) => <DevicePage key={c.id} camera={c} />} /> : forbidden,
            )
          }
        </Route>
        <Route path="/cameras/:id/watching">
          {({ id }) =>
            in_(
              t('cameras.title'),
              may ? <OneCamera id={id} page={(c) => <WatchingPage key={c.id} camera={c} />} /> : forbidden,
            )
          }
        </Route>
        <Route path="/bookmarks">{in_(t('kept.title'), <BookmarksPage />)}</Route>
        <Route path="/holds">{in_(t('kept.title'), <HoldsPage />)}</Route>
        <Route path="/storage">{in_(t('storage.title'), <StoragePage />)}</Route>
        <Route path="/storage/:tab">{({ tab }) => in_(t('storage.title'), <StoragePage name={tab} />)}</Route>
        {/* Where these were before they had one place. */}
        <Route path="/retention">{moved('/storage/retention')}</Route>
        <Route path="/integrity">{moved('/storage/integrity')}</Route>
        <Route path="/encryption">{moved('/storage/encryption')}</Route>
        <Route path="/health/cameras">{in_(t('health.title'), <CameraHealthPage />)}</Route>
        <Route path="/settings/health">{in_(t('app.rail.health'), <HealthPage />)}</Route>
        <Route path="/settings/analysis">{in_(t('analysis.title'), <AnalysisPage />)}</Route>
        <Route path="/settings/analysis/:tab">
          {({ tab }) => in_(t('analysis.title'), <AnalysisPage name={tab} />)}
        </Route>
        <Route path="/settings">{in_(t('settings.title'), <SettingsPage />)}</Route>
        <Route>{in_('', <NoPage why={t('app.error.notFound')} />)}</Route>
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
      return (
        <Suspense fallback={null}>
          <FirstRunPage />
        </Suspense>
      );
    case 'signed-out':
      return (
        <Suspense fallback={null}>
          <LogInPage />
        </Suspense>
      );
    case 'signed-in':
      return <Pages />;
  }
}

export function App() {
  const chosen = useScreen((s) => s.theme);
  // Told when another language is chosen.
  useTranslation();
  useEffect(keepFocus, []);
  const decimals = decimalSign();
  const theme = useMemo(() => themeOf(decimals), [decimals]);
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
