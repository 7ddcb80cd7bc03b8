// The desktop shell: windows, tray, menu and quitting around a station that runs as a process of its own.
import { join } from 'node:path';
import { app, BrowserWindow, dialog, Menu, powerMonitor, powerSaveBlocker, session, utilityProcess } from 'electron';
import { systemClock } from '#lib/clock.ts';
import { openKeychain } from './keychain.ts';
import { menuTemplate } from './menu.ts';
import { lockNavigation, lockPermissions } from './navigation.ts';
import { noticePage } from './notice-page.ts';
import { type ShellOptions, readOptions } from './options.ts';
import { openPageDoor } from './page-door.ts';
import { createQuit, quitBox } from './quit.ts';
import { createStationProcess, type HostedProcess, type StationState } from './station-process.ts';
import { createStderrLog } from './stderr-log.ts';
import { textFor } from './text.ts';
import { createTray, stateLine } from './tray.ts';
import { trustStation } from './trust.ts';
import { watchUpdates } from './update.ts';
import { createWindows } from './windows.ts';
import { createWindowMemory } from './window-state.ts';

const log = createStderrLog(systemClock, { part: 'shell' });

function main(): void {
  let options: ShellOptions;
  try {
    options = readOptions(process.argv.slice(1));
  } catch (error) {
    dialog.showErrorBox(textFor(app.getLocale()).optionsTitle, message(error));
    app.exit(2);
    return;
  }
  app.setAppUserModelId('vigie.desktop');
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app
    .whenReady()
    .then(() => run(options))
    .catch((error: unknown) => {
      dialog.showErrorBox('Vigie', message(error));
      app.exit(1);
    });
}

async function run(options: ShellOptions): Promise<void> {
  const text = textFor(app.getLocale());
  const profile = app.getPath('userData');
  const icons = join(app.getAppPath(), 'resources', 'icons');
  let state: StationState = { state: 'stopped' };
  const origin = (): string | null =>
    options.remote?.origin ?? (state.state === 'ready' ? new URL(state.url).origin : lastOrigin);
  let lastOrigin: string | null = null;
  let blocker: number | null = null;

  lockNavigation(app, origin, takeLink);
  lockPermissions(session.defaultSession, origin);

  const keychain = options.remote === null ? await openKeychain(log) : undefined;
  const station =
    options.remote !== null
      ? null
      : createStationProcess({
          fork: forkStation,
          args: options.stationArgs,
          clock: systemClock,
          log,
          onState: (next) => onState(next),
          keychain,
        });
  const windows = createWindows({
    preload: join(app.getAppPath(), 'out', 'preload', 'preload.cjs'),
    version: app.getVersion(),
    memory: createWindowMemory(join(profile, 'windows.json')),
    icon: join(icons, 'app.png'),
    mayClose: () => process.platform === 'darwin' || quit.request(),
  });
  const quit = createQuit({
    recording: () => (state.state === 'ready' ? state.recording : 0),
    ask: async (streams) => {
      const box = quitBox(text, streams);
      return box.answer((await dialog.showMessageBox(box.options)).response);
    },
    stopStation: () => station?.stop() ?? Promise.resolve(),
    toBackground: () => windows.hide(),
    leave: () => app.quit(),
  });
  const tray = createTray({ icon: join(icons, 'tray.png'), text, open: () => windows.show(), quit: () => app.quit() });
  const closeDoor = openPageDoor({
    origin,
    openWindow: (path, displayId) => windows.open(path, displayId),
    showPath: (window, path) => void window.loadURL(`${origin() ?? ''}${path}`),
  });
  const stopUpdates = watchUpdates(app, log);

  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(text, process.platform === 'darwin', app.isPackaged, {
        newWindow: () => void windows.open('/', null),
        leaveKiosk: () => BrowserWindow.getFocusedWindow()?.setKiosk(false),
        quit: () => app.quit(),
      }),
    ),
  );
  app.on('second-instance', () => windows.show());
  app.on('activate', () => windows.show());
  app.on('window-all-closed', () => {
    // Quitting is decided by `quit`; on a Mac an app without windows goes on.
  });
  app.on('before-quit', (event) => {
    if (!quit.request()) event.preventDefault();
  });
  app.on('will-quit', () => {
    stopUpdates();
    closeDoor();
    tray.close();
  });
  // The system goes down, or a terminal said so: no questions.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    quit.now();
  });
  app.on('browser-window-created', (_event, window) => window.on('session-end', () => quit.now()));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => quit.now());

  windows.toNotice(noticePage({ title: text.startingTitle, body: text.startingBody }));
  if (station === null && options.remote !== null) await showRemote(options.remote);
  else station?.start();

  function takeLink(url: string): boolean {
    if (url !== 'vigie:retry') return false;
    station?.start();
    return true;
  }

  async function showRemote(remote: URL): Promise<void> {
    tray.update(`Vigie: ${remote.host}`);
    if (!(await trustStation(remote, session.defaultSession, join(profile, 'stations.json'), text))) {
      quit.now();
      return;
    }
    await windows.toStation(remote.origin, () => Promise.resolve(null));
    windows.show();
  }

  function onState(next: StationState): void {
    state = next;
    tray.update(stateLine(text, next));
    const recording = next.state === 'ready' && next.recording > 0;
    if (recording && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension');
    if (!recording && blocker !== null && next.state !== 'waiting' && next.state !== 'starting') {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
    switch (next.state) {
      case 'ready':
        if (new URL(next.url).origin !== lastOrigin || windows.count() === 0) {
          lastOrigin = new URL(next.url).origin;
          void windows
            .toStation(next.url, () => station?.ticket() ?? Promise.resolve(null))
            .then(() => {
              if (windows.count() === 0) windows.show();
            });
        } else void windows.toStation(next.url, () => station?.ticket() ?? Promise.resolve(null));
        break;
      case 'waiting':
        windows.toNotice(
          noticePage({ title: text.down, body: text.restartingBody(Math.max(1, Math.round(next.waitMs / 1000))) }),
        );
        break;
      case 'failed':
        log.error('the station cannot start', { message: next.message });
        windows.toNotice(
          noticePage({
            title: text.failedTitle,
            body: next.message,
            hint: text.failedHint,
            actions: [{ label: text.retry, href: 'vigie:retry' }],
          }),
        );
        if (windows.count() === 0) windows.show();
        break;
      case 'starting':
      case 'stopped':
        break;
    }
  }
}

/** The station in Electron's utility process: native addons and video stay out of the process that owns the windows. */
function forkStation(args: string[]): HostedProcess {
  const child = utilityProcess.fork(join(app.getAppPath(), 'out', 'main', 'station.cjs'), args, {
    serviceName: 'Vigie station',
    stdio: 'inherit',
  });
  return {
    postMessage: (message) => child.postMessage(message),
    kill: () => void child.kill(),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => child.once('exit', listener),
  };
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main();
