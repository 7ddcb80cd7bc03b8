/** What belongs to the desktop around the windows: written down, and answered as if nobody were there. */
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { rawApp } from './app.ts';
import { note, strict } from './note.ts';

export class MenuItem {
  id: string;
  label: string;
  accelerator: string | undefined;
  role: string | undefined;
  enabled: boolean;
  submenu: Menu | undefined;
  click: () => void;
  constructor(o: Electron.MenuItemConstructorOptions) {
    this.id = o.id ?? '';
    this.label = o.label ?? o.role ?? '';
    this.accelerator = o.accelerator;
    this.role = o.role;
    this.enabled = o.enabled ?? true;
    this.submenu = Array.isArray(o.submenu) ? Menu.buildFromTemplate(o.submenu) : undefined;
    this.click = () => (o.click as (() => void) | undefined)?.();
  }
}
export class Menu {
  private static application: Menu | null = null;
  static setApplicationMenu(menu: Menu | null): void {
    Menu.application = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.application;
  }
  static buildFromTemplate(template: Electron.MenuItemConstructorOptions[]): Menu {
    const menu = new Menu();
    menu.items = template.map((t) => new MenuItem(t));
    return menu;
  }
  items: MenuItem[] = [];
  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
}

/** The trays that are open, for tests. */
export const trays: Tray[] = [];
export class Tray extends EventEmitter {
  menu: Menu | null = null;
  tip = '';
  constructor(image: { isEmpty(): boolean }) {
    super();
    if (image.isEmpty()) throw new Error('stand-in: a tray without a picture');
    trays.push(this);
  }
  setToolTip(text: string): void {
    this.tip = text;
  }
  setContextMenu(menu: Menu | null): void {
    this.menu = menu;
  }
  destroy(): void {
    trays.splice(trays.indexOf(this), 1);
  }
}
export const nativeImage = strict('nativeImage', {
  createFromPath: (file: string) => ({ isEmpty: () => !existsSync(file) }),
});

export class Notification extends EventEmitter {
  static last: Notification | null = null;
  static isSupported(): boolean {
    return true;
  }
  private readonly o: Electron.NotificationConstructorOptions;
  constructor(o: Electron.NotificationConstructorOptions = {}) {
    super();
    this.o = o;
  }
  show(): void {
    Notification.last = this;
    note('notification', this.o.title, this.o.body, this.o.urgency);
  }
}

const dialogObject = {
  showMessageBox: async (...args: unknown[]) => {
    const options = args.at(-1) as Electron.MessageBoxOptions;
    note('dialog.showMessageBox', options);
    return { response: options.cancelId ?? 0, checkboxChecked: false };
  },
  showSaveDialog: async (...args: unknown[]) => {
    note('dialog.showSaveDialog', args.at(-1));
    return { canceled: true, filePath: '' };
  },
  showErrorBox: (title: string, content: string) => {
    note('dialog.showErrorBox', title, content);
    console.error(`${title}: ${content}`);
  },
};
export const dialog = strict('dialog', dialogObject);
dialogObject satisfies Pick<Electron.Dialog, 'showMessageBox' | 'showSaveDialog' | 'showErrorBox'>;

const shellObject = {
  openExternal: async (url: string) => note('shell.openExternal', url),
};
export const shell = strict('shell', shellObject);
shellObject satisfies Pick<Electron.Shell, 'openExternal'>;

/** STANDIN_KEYCHAIN=1: a keychain that turns bytes round; else there is none, as on a Linux without a Secret Service. */
const safeStorageObject = {
  isAsyncEncryptionAvailable: async (): Promise<boolean> => process.env.STANDIN_KEYCHAIN === '1',
  getSelectedStorageBackend: () =>
    (process.env.STANDIN_KEYCHAIN === '1' ? 'gnome_libsecret' : 'basic_text') as ReturnType<
      Electron.SafeStorage['getSelectedStorageBackend']
    >,
  encryptStringAsync: async (text: string): Promise<Buffer> => Buffer.from(`standin${text}`).reverse(),
  async decryptStringAsync(bytes: Buffer): Promise<Electron.DecryptStringAsyncReturnValue> {
    const text = Buffer.from(bytes).reverse().toString();
    if (!text.startsWith('standin')) throw new Error('stand-in: not wrapped here');
    return { shouldReEncrypt: false, result: text.slice('standin'.length) };
  },
};
export const safeStorage = strict('safeStorage', safeStorageObject);
safeStorageObject satisfies Pick<
  Electron.SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>;

const blocking = new Set<number>();
let blockers = 0;
const powerSaveBlockerObject = {
  start(type: string): number {
    note('powerSaveBlocker.start', type);
    blocking.add(++blockers);
    return blockers;
  },
  stop: (id: number): boolean => {
    note('powerSaveBlocker.stop');
    return blocking.delete(id);
  },
  isStarted: (id: number): boolean => blocking.has(id),
};
export const powerSaveBlocker = strict('powerSaveBlocker', powerSaveBlockerObject);
powerSaveBlockerObject satisfies Pick<Electron.PowerSaveBlocker, 'start' | 'stop' | 'isStarted'>;

/** STANDIN_DISPLAYS: JSON list of `[x, y, width, height]`; the first is the primary one. */
const areas = JSON.parse(process.env.STANDIN_DISPLAYS ?? '[[0,0,1920,1080]]') as [number, number, number, number][];
const displays = areas.map(([x, y, width, height], i) => ({
  id: i + 1,
  label: `Monitor ${i + 1}`,
  bounds: { x, y, width, height },
  workArea: { x, y, width, height: height - 40 },
}));
const across = (a: number, aSize: number, b: number, bSize: number): number =>
  Math.max(0, Math.min(a + aSize, b + bSize) - Math.max(a, b));
export const screen = strict(
  'screen',
  Object.assign(new EventEmitter(), {
    getAllDisplays: () => displays,
    getPrimaryDisplay: () => displays[0],
    getDisplayMatching: (r: Electron.Rectangle) =>
      displays
        .map((d) => ({
          d,
          shared: across(r.x, r.width, d.bounds.x, d.bounds.width) * across(r.y, r.height, d.bounds.y, d.bounds.height),
        }))
        .sort((a, b) => b.shared - a.shared)[0]?.d,
  }),
);
export const powerMonitor = strict('powerMonitor', new EventEmitter());

type PermissionRequest = (contents: unknown, permission: string, answer: (granted: boolean) => void) => void;
/** The handlers the app set, for tests to ask. */
export const handlers: {
  request?: PermissionRequest;
  check?: (contents: unknown, permission: string, origin: string) => boolean;
  device?: () => boolean;
  certificate?: unknown;
} = {};
export const defaultSession = strict('session', {
  setPermissionRequestHandler: (handler: PermissionRequest) => (handlers.request = handler),
  setPermissionCheckHandler: (handler: (contents: unknown, permission: string, origin: string) => boolean) =>
    (handlers.check = handler),
  setDevicePermissionHandler: (handler: () => boolean) => (handlers.device = handler),
  setCertificateVerifyProc: (proc: unknown) => (handlers.certificate = proc),
});
export const session = strict('session', { defaultSession });
rawApp.on('quit', () => note('app.quit'));
