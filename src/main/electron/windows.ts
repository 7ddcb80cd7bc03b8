import { BrowserWindow, screen } from 'electron';
import { isOwnPage } from './navigation.ts';
import type { Monitor, Placement } from './window-state.ts';
import { place } from './window-state.ts';

export type Windows = {
  /** Shows the first window, making it if need be. */
  show(): void;
  /** A further window, on a monitor if one is named. */
  open(path: string, displayId: number | null): Promise<void>;
  /** All windows to a station's pages, each with a ticket of its own; where they are already, they stay. */
  toStation(url: string, ticket: () => Promise<string | null>): Promise<void>;
  /** All windows that show no page of the station to a page of the shell. */
  toNotice(page: string): void;
  hide(): void;
  count(): number;
};

/** Monitors as the placement knows them, primary first. */
export function monitors(): Monitor[] {
  const primary = screen.getPrimaryDisplay().id;
  return screen.getAllDisplays().sort((a, b) => Number(b.id === primary) - Number(a.id === primary));
}

/** The windows of the desktop app: sandboxed pages without Node, each where it stood last on these monitors. */
export function createWindows(deps: {
  preload: string;
  version: string;
  memory: {
    recall(monitors: Monitor[], role: string): Placement | null;
    keep(monitors: Monitor[], role: string, placement: Placement): void;
  };
  icon: string;
  /** Asked when the last window is about to close; false keeps it. */
  mayClose: () => boolean;
}): Windows {
  const all = new Set<BrowserWindow>();
  let station: { url: string; ticket: () => Promise<string | null> } | null = null;
  let notice = 'about:blank';

  function make(role: string, displayId: number | null): BrowserWindow {
    const near = monitors();
    const chosen = displayId === null ? near : near.filter((m) => m.id === displayId);
    const at = place(deps.memory.recall(near, role), chosen.length > 0 ? chosen : near, { width: 1440, height: 900 });
    const window = new BrowserWindow({
      ...at.bounds,
      minWidth: 640,
      minHeight: 400,
      show: false,
      title: 'Vigie',
      icon: deps.icon,
      backgroundColor: '#0e1013',
      autoHideMenuBar: true,
      webPreferences: {
        preload: deps.preload,
        additionalArguments: [`--vigie-version=${deps.version}`],
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
        // A wall that is covered by another window still shows live pictures when it comes back.
        backgroundThrottling: false,
      },
    });
    if (at.maximized) window.maximize();
    if (at.full) window.setFullScreen(true);
    all.add(window);
    const keep = (): void => {
      if (window.isDestroyed() || window.isMinimized() || window.isKiosk()) return;
      deps.memory.keep(monitors(), role, {
        bounds: window.getNormalBounds(),
        maximized: window.isMaximized(),
        full: window.isFullScreen(),
      });
    };
    window.once('ready-to-show', () => window.show());
    window.on('close', (event) => {
      keep();
      if (all.size === 1 && !deps.mayClose()) event.preventDefault();
    });
    for (const event of [
      'resized',
      'moved',
      'maximize',
      'unmaximize',
      'enter-full-screen',
      'leave-full-screen',
    ] as const)
      window.on(event as 'maximize', keep);
    window.on('closed', () => all.delete(window));
    window.webContents.on('did-fail-load', (_event, _code, _why, _url, mainFrame) => {
      // The station went away in that moment: its own page comes when it is back.
      if (mainFrame && !window.isDestroyed()) void window.loadURL(notice);
    });
    window.webContents.on('render-process-gone', () => {
      if (!window.isDestroyed()) window.webContents.reload();
    });
    return window;
  }

  /** A ticket rides in the fragment: it is never sent to a server, logged, or kept in the page's history. */
  async function load(window: BrowserWindow, path: string): Promise<void> {
    if (station === null) {
      await window.loadURL(notice);
      return;
    }
    const { url, ticket } = station;
    const given = await ticket();
    await window.loadURL(`${url}${path}${given === null ? '' : `#ticket=${encodeURIComponent(given)}`}`);
  }

  return {
    show() {
      const [first] = all;
      if (first === undefined) {
        void load(make('main', null), '/');
        return;
      }
      if (first.isMinimized()) first.restore();
      first.show();
      first.focus();
    },
    async open(path, displayId) {
      await load(make(displayId === null ? `window ${all.size + 1}` : `monitor ${displayId}`, displayId), path);
    },
    async toStation(url, ticket) {
      const moved = station?.url !== url;
      station = { url, ticket };
      const origin = new URL(url).origin;
      const away = [...all].filter((w) => moved || !isOwnPage(w.webContents.getURL(), origin));
      await Promise.all(away.map((w) => load(w, '/')));
    },
    toNotice(page) {
      notice = page;
      const origin = station === null ? null : new URL(station.url).origin;
      for (const window of all) if (!isOwnPage(window.webContents.getURL(), origin)) void window.loadURL(page);
    },
    hide() {
      for (const window of all) window.hide();
    },
    count: () => all.size,
  };
}
