/** Starts the app for a test: the same surface over Electron's own binary, when it is there, and over the stand-in. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, chromium, type Page } from 'playwright-core';
import { until } from '../support/until.ts';

export type LaunchedApp = {
  kind: 'electron' | 'stand-in';
  /** The first page that shows something. */
  firstWindow(): Promise<Page>;
  windows(): Page[];
  /** Runs a function in the main process; it can use nothing of the test's scope but `arg`. */
  evaluate<R, A>(run: (electron: typeof Electron, arg: A) => R | Promise<R>, arg?: A): Promise<R>;
  /** Ends it as a terminal would, and waits. */
  close(): Promise<void>;
  /** Resolves with the exit code when it ends. */
  ended: Promise<number | null>;
  output(): string;
};
type Launch = { app?: string; args?: string[]; env?: Record<string, string>; profile: string };

const project = join(import.meta.dirname, '../..');

function electronBinary(): string | undefined {
  const dir = join(project, 'node_modules/electron');
  if (process.env.VIGIE_STANDIN === '1' || !existsSync(join(dir, 'path.txt'))) return undefined;
  const file = join(
    process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(dir, 'dist'),
    readFileSync(join(dir, 'path.txt'), 'utf8'),
  );
  return existsSync(file) ? file : undefined;
}

export function launchApp(o: Launch): Promise<LaunchedApp> {
  const binary = electronBinary();
  // The archive over a stub can only run in the stand-in.
  return binary !== undefined && o.app === undefined ? launchElectron(binary, o) : launchStandIn(o);
}

async function launchElectron(executablePath: string, o: Launch): Promise<LaunchedApp> {
  const args = [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    `--user-data-dir=${o.profile}`,
    project,
    ...(o.args ?? []),
  ];
  const app = await _electron.launch({
    executablePath,
    args,
    env: { ...process.env, ...o.env } as Record<string, string>,
  });
  const ended = new Promise<number | null>((resolve) => app.process().once('exit', resolve));
  return {
    kind: 'electron',
    firstWindow: () => app.firstWindow(),
    windows: () => app.windows(),
    evaluate: (run, arg) => app.evaluate(run as never, arg as never),
    close: () => app.close(),
    ended,
    output: () => '',
  };
}

/** Starts a stand-in that is expected to end by itself; resolves with its exit code. */
export async function runToEnd(o: Launch): Promise<number | null> {
  const [code] = (await once(start(o).child, 'exit')) as [number | null];
  return code;
}

function start(o: Launch): { child: ChildProcess; output: () => string } {
  const args = [`--user-data-dir=${o.profile}`, o.app ?? project, ...(o.args ?? [])];
  const child = fork(join(import.meta.dirname, 'main.ts'), args, {
    env: { ...process.env, ...o.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (text += data.toString()));
  return { child, output: () => text };
}

async function launchStandIn(o: Launch): Promise<LaunchedApp> {
  const { child, output } = start(o);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the app ended with ${String(code)}\n${output()}`)));
    child.on('message', (m: { ready: number } | { id: number; value: never } | { id: number; error: string }) => {
      if ('ready' in m) {
        resolve(m.ready);
        return;
      }
      const job = waiting.get(m.id);
      waiting.delete(m.id);
      if ('error' in m) job?.reject(new Error(m.error));
      else job?.resolve(m.value);
    });
  });
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const windows = (): Page[] =>
    browser.contexts().flatMap((c) => c.pages().filter((p) => p.url() !== 'about:blank' && p.url() !== ''));
  return {
    kind: 'stand-in',
    windows,
    ended,
    output,
    firstWindow: () => until(`a window; the app said:\n${output()}`, () => windows()[0], 20_000),
    evaluate: (run, arg) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        child.send({ id: last, source: run.toString(), arg });
      }),
    async close() {
      await browser.close().catch(() => undefined);
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
