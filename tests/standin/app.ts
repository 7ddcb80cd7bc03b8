/** `app`: start, quitting, single instance, paths. */
import { EventEmitter } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { tempFolder } from '../support/temp.ts';
import { type Chromium, startChromium } from './chromium.ts';
import { cancelable, note, strict } from './note.ts';

/** Set by `main.ts` before the app's own code runs. */
export const place = {
  root: process.env.STANDIN_APP ?? process.cwd(),
  packaged: process.env.STANDIN_PACKAGED === '1',
};
type Closable = { close(): void };
/** What quitting must know of windows and children, without importing them. */
export const world: {
  windows: () => Closable[];
  killChildren: () => void;
  chromium: Chromium | null;
  onBrowser: (chromium: Chromium) => Promise<void>;
} = {
  windows: () => [],
  killChildren: () => undefined,
  chromium: null,
  onBrowser: () => Promise.resolve(),
};

const manifest = JSON.parse(readFileSync(join(place.root, 'package.json'), 'utf8')) as {
  name: string;
  productName?: string;
  version: string;
};
const given = process.argv.find((a) => a.startsWith('--user-data-dir='))?.slice('--user-data-dir='.length);
const made = given === undefined ? tempFolder('standin-profile-') : null;
const userData = given ?? made?.path ?? '';

class App extends EventEmitter {
  name = manifest.productName ?? manifest.name;
  isPackaged = place.packaged;
  private ready = false;
  private quitting = false;
  private lock: Server | null = null;
  /** True while another process answers on this profile's socket. */
  second = false;

  getName(): string {
    return this.name;
  }
  getVersion(): string {
    return manifest.version;
  }
  getAppPath(): string {
    return place.root;
  }
  getLocale(): string {
    return process.env.STANDIN_LOCALE ?? 'en-US';
  }
  getPath(name: string): string {
    if (name !== 'userData') throw new Error(`stand-in: app.getPath('${name}') is not in the stand-in`);
    return userData;
  }
  setAppUserModelId(id: string): void {
    note('app.setAppUserModelId', id);
  }
  isReady(): boolean {
    return this.ready;
  }
  whenReady(): Promise<void> {
    return this.ready ? Promise.resolve() : new Promise((resolve) => this.once('ready', () => resolve()));
  }
  /** Whether this process is the first on its profile was found out before the app ran (`claim`). */
  requestSingleInstanceLock(): boolean {
    return !this.second;
  }
  async claim(): Promise<void> {
    mkdirSync(userData, { recursive: true });
    const socket =
      process.platform === 'win32' ? `\\\\.\\pipe\\${userData.replaceAll(/[\\/:]/g, '-')}` : join(userData, 'lock');
    this.second = await new Promise((resolve) => {
      const probe = createConnection(socket, () => {
        probe.end(JSON.stringify({ argv: process.argv, cwd: process.cwd() }));
        resolve(true);
      });
      probe.on('error', () => resolve(false));
    });
    if (this.second) return;
    rmSync(socket, { force: true });
    this.lock = createServer((other) => {
      let text = '';
      other.on('data', (data) => (text += data.toString()));
      other.on('end', () => {
        const { argv, cwd } = JSON.parse(text) as { argv: string[]; cwd: string };
        this.emit('second-instance', {}, argv, cwd, null);
      });
    });
    await new Promise<void>((resolve) => this.lock?.listen(socket, resolve));
    this.lock.unref();
  }
  async boot(): Promise<void> {
    if (this.quitting) return;
    world.chromium = await startChromium(userData);
    await world.onBrowser(world.chromium);
    this.ready = true;
    this.emit('ready', {}, {});
  }
  quit(): void {
    if (this.quitting) return;
    const before = cancelable({});
    this.emit('before-quit', before.event);
    if (before.prevented()) return;
    this.quitting = true;
    for (const window of world.windows()) window.close();
    if (world.windows().length > 0) {
      this.quitting = false;
      return;
    }
    const will = cancelable({});
    this.emit('will-quit', will.event);
    if (will.prevented()) {
      this.quitting = false;
      return;
    }
    this.emit('quit', {}, 0);
    this.exit(0);
  }
  windowGone(): void {
    if (world.windows().length > 0 || this.quitting) return;
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed');
    else this.quit();
  }
  exit(code = 0): void {
    world.killChildren();
    this.lock?.close();
    void (world.chromium?.close() ?? Promise.resolve()).finally(() => {
      made?.remove();
      process.exit(code);
    });
  }
}
export const rawApp = new App();
export const app = strict('app', rawApp);
rawApp satisfies Pick<
  Electron.App,
  | 'name'
  | 'isPackaged'
  | 'getName'
  | 'getVersion'
  | 'getAppPath'
  | 'getLocale'
  | 'getPath'
  | 'setAppUserModelId'
  | 'isReady'
  | 'whenReady'
  | 'requestSingleInstanceLock'
  | 'quit'
  | 'exit'
>;
