/** Chromium started for the stand-in, spoken to over the DevTools protocol. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumArgs, chromiumPath } from '../support/browser.ts';
import { until } from '../support/until.ts';

export type CdpParams = Record<string, unknown>;
export type CdpListener = (method: string, params: CdpParams, sessionId: string | undefined) => void;
export type Chromium = {
  /** For a second client, such as Playwright. */
  port: number;
  send(method: string, params?: CdpParams, sessionId?: string): Promise<CdpParams>;
  on(listener: CdpListener): void;
  close(): Promise<void>;
};
type Incoming = {
  id?: number;
  method?: string;
  params?: CdpParams;
  sessionId?: string;
  result?: CdpParams;
  error?: { message: string };
};

/** `home`: the app's own folder, for the browser's profile: who removes that leaves nothing, even of an app that was killed. */
export async function startChromium(home: string): Promise<Chromium> {
  const profile = mkdtempSync(join(home, 'browser-'));
  const binary = chromiumPath();
  const child = spawn(
    binary,
    [`--user-data-dir=${profile}`, '--remote-debugging-port=0', '--headless=new', ...chromiumArgs, 'about:blank'],
    { stdio: 'ignore' },
  );
  const gone = once(child, 'exit');
  const portFile = join(profile, 'DevToolsActivePort');
  const [port = '', path = ''] = (
    await until(
      `${binary} to start`,
      () => {
        if (child.exitCode !== null) throw new Error(`${binary} ended with ${child.exitCode}`);
        const text = existsSync(portFile) ? readFileSync(portFile, 'utf8') : '';
        return text.includes('\n') && text;
      },
      30_000,
    )
  ).split('\n');
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await once(socket, 'open');
  const waiting = new Map<
    number,
    { method: string; resolve: (value: CdpParams) => void; reject: (error: Error) => void }
  >();
  const listeners: CdpListener[] = [];
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Incoming;
    if (message.id === undefined) {
      for (const listener of listeners) listener(message.method ?? '', message.params ?? {}, message.sessionId);
      return;
    }
    const job = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) job?.reject(new Error(`${job.method}: ${message.error.message}`));
    else job?.resolve(message.result ?? {});
  });
  socket.addEventListener('close', () => {
    for (const job of waiting.values()) job.reject(new Error(`${job.method}: the browser is gone`));
    waiting.clear();
  });
  return {
    port: Number(port),
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) {
          reject(new Error(`${method}: the browser is gone`));
          return;
        }
        waiting.set(++last, { method, resolve, reject });
        socket.send(JSON.stringify({ id: last, method, params, sessionId }));
      }),
    on: (listener) => void listeners.push(listener),
    async close() {
      socket.close();
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      if (child.exitCode === null && child.signalCode === null) await gone;
      clearTimeout(timer);
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
