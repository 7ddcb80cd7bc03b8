import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HostNotice, type HostRequest } from '#contract/host.ts';
import { tempFolder } from './temp.ts';

export type RunningStation = {
  url: string;
  data: string;
  child: ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  /** A one-time ticket for a local session; null when this station gives none. */
  ticket(): Promise<string | null>;
  /** Asks it to end and waits; SIGKILL after 10 s. Removes the data folder if it was made here. */
  stop(): Promise<void>;
};

const root = join(import.meta.dirname, '../..');

/** The built station as a process of its own, on a free loopback port, ready to answer. */
export async function startStation(
  options: { data?: string; args?: string[]; env?: Record<string, string> } = {},
): Promise<RunningStation> {
  const file = join(root, 'out/main/station.cjs');
  if (!existsSync(file)) throw new Error('out/main/station.cjs is not built: run `npm run build`.');
  const temp = options.data === undefined ? tempFolder('vigie-station-') : undefined;
  const data = options.data ?? temp?.path ?? '';
  const child = fork(file, ['--data', data, '--port', '0', ...(options.args ?? [])], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const gone = once(child, 'exit');
  const waiting = new Map<number, (ticket: string | null) => void>();
  let last = 0;
  const url = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      reject(new Error(`the station ended (${signal ?? `code ${String(code)}`}):\n${text}`)),
    );
    child.on('message', (message) => {
      const notice = HostNotice.parse(message);
      if (notice.type === 'ready') resolve(notice.url);
      if (notice.type === 'failed') reject(new Error(notice.message));
      if (notice.type === 'ticket') waiting.get(notice.id)?.(notice.ticket);
    });
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    temp?.remove();
    throw error;
  });
  const tell = (request: HostRequest): boolean => child.send(request);
  return {
    url,
    data,
    child,
    output: () => text,
    ticket: () =>
      new Promise((resolve) => {
        waiting.set(++last, resolve);
        tell({ type: 'ticket', id: last });
      }),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
        if (child.connected) tell({ type: 'stop' });
        else child.kill('SIGTERM');
        await gone;
        clearTimeout(timer);
      }
      temp?.remove();
    },
  };
}
