/** `webContents` of one window: a Chromium page with the preload in an isolated world and its navigation watched. */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { rawApp, world } from './app.ts';
import type { CdpParams, Chromium } from './chromium.ts';
import { makeCodec } from './codec.ts';
import { defaultSession } from './desktop.ts';
import { ipcObject } from './ipc.ts';
import { cancelable, note } from './note.ts';
import { isolatedWorld, mainWorld } from './page.ts';

const worldName = 'Electron Isolated Context';
const codec = makeCodec();
const bySession = new Map<string, RawWebContents>();
const byTarget = new Map<string, RawWebContents>();
let lastId = 0;

world.onBrowser = async (chromium) => {
  chromium.on((method, params, sessionId) => {
    if (sessionId !== undefined) bySession.get(sessionId)?.heard(method, params);
    else if (method === 'Target.targetDestroyed') byTarget.get(params.targetId as string)?.gone();
    else if (method === 'Target.targetCreated') {
      const info = params.targetInfo as { targetId: string; openerId?: string; type: string };
      // The window that a link made in Chromium; under Electron it would never have been.
      if (info.openerId !== undefined && byTarget.has(info.openerId))
        void chromium.send('Target.closeTarget', { targetId: info.targetId });
    }
  });
  await chromium.send('Target.setDiscoverTargets', { discover: true });
};

export class RawWebContents extends EventEmitter {
  id = ++lastId;
  session = defaultSession;
  onPainted: () => void = () => undefined;
  onGone: () => void = () => undefined;
  private readonly prefs: Electron.WebPreferences;
  private readonly attached: Promise<void>;
  private target = '';
  private cdp = '';
  private context: number | undefined;
  private url = '';
  private loading: { resolve: () => void; reject: (error: Error) => void } | null = null;
  private openHandler: (details: { url: string }) => { action: 'allow' | 'deny' } = () => ({ action: 'allow' });

  constructor(prefs: Electron.WebPreferences) {
    super();
    if (prefs.nodeIntegration === true || prefs.contextIsolation === false || prefs.sandbox === false)
      throw new Error('stand-in: only sandboxed, isolated windows are supported');
    this.prefs = prefs;
    this.attached = this.attach();
  }

  private get chromium(): Chromium {
    if (world.chromium === null) throw new Error('stand-in: the browser is not there');
    return world.chromium;
  }
  private send(method: string, params: CdpParams = {}): Promise<CdpParams> {
    return this.chromium.send(method, params, this.cdp);
  }
  /** For what is not waited for: a page may be gone before its answer. */
  private tell(method: string, params: CdpParams = {}): void {
    this.send(method, params).catch((error: unknown) => note('lost', String(error)));
  }

  private async attach(): Promise<void> {
    this.target = (await this.chromium.send('Target.createTarget', { url: 'about:blank', newWindow: true }))
      .targetId as string;
    byTarget.set(this.target, this);
    this.cdp = (await this.chromium.send('Target.attachToTarget', { targetId: this.target, flatten: true }))
      .sessionId as string;
    bySession.set(this.cdp, this);
    const event = `standin-${crypto.randomUUID()}-`;
    const file = this.prefs.preload ?? '';
    const argv = [process.execPath, ...(this.prefs.additionalArguments ?? [])];
    const options = {
      event,
      binding: '__standin',
      file,
      process: {
        platform: process.platform,
        arch: process.arch,
        type: 'renderer',
        sandboxed: true,
        contextIsolated: true,
        argv,
        env: {},
      },
    };
    const preload =
      file === '' ? 'undefined' : `function (exports, require, module, process) {${readFileSync(file, 'utf8')}\n}`;
    for (const domain of ['Page', 'Runtime', 'Inspector']) await this.send(`${domain}.enable`);
    await this.send('Runtime.addBinding', { name: '__standin', executionContextName: worldName });
    await this.send('Page.addScriptToEvaluateOnNewDocument', {
      source: `(${mainWorld.toString()})(${JSON.stringify(event)})`,
    });
    const isolated = `(${isolatedWorld.toString()})(${makeCodec.toString()}, ${JSON.stringify(options)}, ${preload})`;
    await this.send('Page.addScriptToEvaluateOnNewDocument', { worldName, source: isolated });
    await this.send('Fetch.enable', { patterns: [{ resourceType: 'Document', requestStage: 'Request' }] });
  }

  heard(method: string, p: CdpParams): void {
    switch (method) {
      case 'Runtime.executionContextCreated': {
        const context = p.context as { id: number; name: string; auxData: { frameId: string } };
        if (context.name === worldName && context.auxData.frameId === this.target) this.context = context.id;
        break;
      }
      case 'Runtime.bindingCalled':
        this.fromPage(
          codec.decode(p.payload as string) as {
            op: string;
            id: number;
            channel: string;
            args: unknown[];
            error?: string;
            url?: string;
          },
        );
        break;
      case 'Fetch.requestPaused':
        this.requested(p);
        break;
      case 'Page.frameRequestedNavigation':
        // Schemes that never become a request: links such as `vigie:retry`.
        if (p.frameId === this.target && !/^https?:/.test(p.url as string))
          this.emit('will-navigate', cancelable({ url: p.url as string, isMainFrame: true }).event);
        break;
      case 'Page.windowOpen':
        this.opens(p.url as string);
        break;
      case 'Page.frameNavigated': {
        const frame = p.frame as { id: string; url: string; urlFragment?: string };
        if (frame.id === this.target) this.url = `${frame.url}${frame.urlFragment ?? ''}`;
        break;
      }
      case 'Page.navigatedWithinDocument':
        if (p.frameId === this.target) this.url = p.url as string;
        break;
      case 'Page.loadEventFired':
        if (this.url === 'about:blank') break;
        this.loading?.resolve();
        this.loading = null;
        this.emit('did-finish-load');
        this.onPainted();
        break;
      case 'Inspector.targetCrashed':
        this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
        break;
    }
  }

  /** A document is about to be fetched: the app may refuse what a page asked for; what the app itself loads passes. */
  private requested(p: CdpParams): void {
    const { url } = p.request as { url: string };
    const requestId = p.requestId as string;
    const main = p.frameId === this.target;
    const { event, prevented } = cancelable({ url, isMainFrame: main });
    if (p.redirectedRequestId !== undefined) this.emit('will-redirect', event);
    else {
      if (main && this.loading === null) this.emit('will-navigate', event);
      if (!main || this.loading === null) this.emit('will-frame-navigate', event);
    }
    if (prevented()) this.tell('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    else this.tell('Fetch.continueRequest', { requestId });
  }

  private opens(url: string): void {
    const { action } = this.openHandler({ url });
    if (action !== 'deny') throw new Error('stand-in: window.open can only be denied');
  }

  private fromPage(m: {
    op: string;
    id: number;
    channel: string;
    args: unknown[];
    error?: string;
    url?: string;
  }): void {
    if (m.op === 'open') {
      this.opens(m.url ?? '');
      return;
    }
    if (m.op === 'preload-error') {
      console.error(`preload failed: ${m.error ?? ''}`);
      rawApp.emit('preload-error', {}, this, m.error);
      return;
    }
    const handler = ipcObject.handlers.get(m.channel);
    const event = { sender: this, senderFrame: { url: this.url, parent: null } };
    void (async () => {
      if (handler === undefined) throw new Error(`No handler registered for '${m.channel}'`);
      return handler(event, ...m.args);
    })()
      .then(
        (value) => ({ id: m.id, value }),
        // The words Electron puts around an error that crosses to a page.
        (error: unknown) => ({ id: m.id, error: `Error invoking remote method '${m.channel}': ${String(error)}` }),
      )
      .then((reply) =>
        this.tell('Runtime.evaluate', {
          contextId: this.context,
          expression: `__standinReceive(${JSON.stringify(codec.encode(reply))})`,
        }),
      );
  }

  async loadURL(url: string): Promise<void> {
    await this.attached;
    this.loading?.resolve();
    const loaded = new Promise<void>((resolve, reject) => (this.loading = { resolve, reject }));
    const { errorText } = await this.send('Page.navigate', { url });
    if (typeof errorText === 'string' && errorText !== 'net::ERR_ABORTED') {
      this.loading = null;
      this.emit('did-fail-load', {}, -102, errorText, url, true);
      throw new Error(`${errorText} loading '${url}'`);
    }
    await loaded;
  }
  reload(): void {
    this.tell('Page.reload');
  }
  getURL(): string {
    return this.url;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: 'allow' | 'deny' }): void {
    this.openHandler = handler;
  }
  closeTarget(): void {
    void this.attached
      .then(() => this.chromium.send('Target.closeTarget', { targetId: this.target }))
      .catch((error: unknown) => note('lost', String(error)));
  }
  gone(): void {
    bySession.delete(this.cdp);
    byTarget.delete(this.target);
    this.loading?.resolve();
    this.onGone();
  }
}
null as unknown as RawWebContents satisfies Pick<Electron.WebContents, 'id' | 'loadURL' | 'reload' | 'getURL'>;
