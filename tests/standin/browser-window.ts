/** `BrowserWindow`: keeps the state of a window that no desktop draws, and shows its page in Chromium. */
import { EventEmitter } from 'node:events';
import { rawApp, world } from './app.ts';
import { cancelable, note, strict } from './note.ts';
import { RawWebContents } from './web-contents.ts';

type State = {
  visible: boolean;
  minimized: boolean;
  maximized: boolean;
  full: boolean;
  kiosk: boolean;
  destroyed: boolean;
  painted: boolean;
};

export class BrowserWindow extends EventEmitter {
  private static readonly all = new Set<BrowserWindow>();
  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.all];
  }
  static getFocusedWindow(): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((w) => w.state.visible) ?? null;
  }
  static fromWebContents(contents: unknown): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((w) => w.contents === contents || w.webContents === contents) ?? null;
  }

  webContents: RawWebContents;
  private readonly contents: RawWebContents;
  private bounds: Electron.Rectangle;
  private readonly state: State;

  constructor(o: Electron.BrowserWindowConstructorOptions = {}) {
    super();
    if (!rawApp.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    this.bounds = { x: o.x ?? 0, y: o.y ?? 0, width: o.width ?? 800, height: o.height ?? 600 };
    this.state = {
      visible: o.show !== false,
      minimized: false,
      maximized: false,
      full: false,
      kiosk: false,
      destroyed: false,
      painted: false,
    };
    this.contents = new RawWebContents(o.webPreferences ?? {});
    this.contents.onPainted = () => this.painted();
    this.contents.onGone = () => this.gone();
    this.webContents = strict('webContents', this.contents);
    BrowserWindow.all.add(this);
    rawApp.emit('browser-window-created', {}, this);
    rawApp.emit('web-contents-created', {}, this.webContents);
  }

  private painted(): void {
    if (this.state.painted) return;
    this.state.painted = true;
    this.emit('ready-to-show');
  }
  private gone(): void {
    if (this.state.destroyed) return;
    this.state.destroyed = true;
    BrowserWindow.all.delete(this);
    this.emit('closed');
    rawApp.windowGone();
  }
  private become(key: 'visible' | 'minimized' | 'maximized' | 'full' | 'kiosk', value: boolean, event: string): void {
    if (this.state[key] === value) return;
    this.state[key] = value;
    this.emit(event);
  }

  loadURL(url: string): Promise<void> {
    return this.contents.loadURL(url);
  }
  show(): void {
    this.become('visible', true, 'show');
  }
  hide(): void {
    this.become('visible', false, 'hide');
  }
  focus(): void {
    note('window.focus');
  }
  minimize(): void {
    this.become('minimized', true, 'minimize');
  }
  restore(): void {
    this.become('minimized', false, 'restore');
  }
  maximize(): void {
    this.become('maximized', true, 'maximize');
  }
  unmaximize(): void {
    this.become('maximized', false, 'unmaximize');
  }
  setFullScreen(flag: boolean): void {
    this.become('full', flag, flag ? 'enter-full-screen' : 'leave-full-screen');
  }
  setKiosk(flag: boolean): void {
    this.become('kiosk', flag, 'kiosk');
  }
  isVisible(): boolean {
    return this.state.visible;
  }
  isMinimized(): boolean {
    return this.state.minimized;
  }
  isMaximized(): boolean {
    return this.state.maximized;
  }
  isFullScreen(): boolean {
    return this.state.full;
  }
  isKiosk(): boolean {
    return this.state.kiosk;
  }
  isDestroyed(): boolean {
    return this.state.destroyed;
  }
  getBounds(): Electron.Rectangle {
    return { ...this.bounds };
  }
  getNormalBounds(): Electron.Rectangle {
    return { ...this.bounds };
  }
  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.bounds = { ...this.bounds, ...bounds };
    this.emit('resized');
    this.emit('moved');
  }
  close(): void {
    if (this.state.destroyed) return;
    const { event, prevented } = cancelable({});
    this.emit('close', event);
    if (!prevented()) this.destroy();
  }
  destroy(): void {
    this.contents.closeTarget();
    this.gone();
  }
}
world.windows = () => BrowserWindow.getAllWindows();
null as unknown as BrowserWindow satisfies Pick<
  Electron.BrowserWindow,
  | 'loadURL'
  | 'show'
  | 'hide'
  | 'focus'
  | 'minimize'
  | 'restore'
  | 'maximize'
  | 'unmaximize'
  | 'setFullScreen'
  | 'setKiosk'
  | 'isVisible'
  | 'isMinimized'
  | 'isMaximized'
  | 'isFullScreen'
  | 'isKiosk'
  | 'isDestroyed'
  | 'getBounds'
  | 'getNormalBounds'
  | 'setBounds'
  | 'close'
  | 'destroy'
>;
