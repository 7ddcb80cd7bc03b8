/** The built station as a bench drives it: its own process, its own data folder, its REST door. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { HostNotice } from '#contract/host.ts';
import type { Camera, CameraView } from '#domain/camera.ts';
import { recordAlways, recordNever } from '#domain/recording-plan.ts';
import type { WatchSettings } from '#domain/watching.ts';

const administrator = { name: 'bench', password: 'a long bench password' };

export type StationProcess = {
  pid: number;
  url: string;
  /** Performance time (ms) at which the process was started. */
  startedMs: number;
  child: ChildProcess;
  /** Calls the REST door as administrator; throws with the answer for anything but success. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** All streams are recorded, but small ones not where `recordSubs` is false. */
  addCameras(streams: { main: string; sub?: string }[], recordSubs?: boolean): Promise<Camera[]>;
  /** Whether a camera's pictures are judged (frozen, dark, covered, moved). */
  judge(camera: Camera, on: boolean): Promise<void>;
  /** How the station's own analysis looks at its pictures: what is left out is as usual. */
  watch(camera: Camera, settings: Partial<WatchSettings>): Promise<void>;
  cameras(): Promise<CameraView[]>;
  /** The session's token, as bearer or as cookie; good for the next start on the same data folder too. */
  token(): string;
  /** The last of what it wrote on standard error. */
  said(): string;
  /** Waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
};

/**
 * Starts the station on `dir` and signs in (the first time it creates the administrator). `signIn: false` leaves that out: for what
 * is measured from the first moment on.
 */
export async function startStation(options: {
  root: string;
  dir: string;
  args?: string[];
  signIn?: boolean;
  /** Of an earlier start on the same data folder. */
  token?: string;
  execArgv?: string[];
  /** Added to its environment. */
  env?: Record<string, string>;
}): Promise<StationProcess> {
  const { root, dir, args = [], signIn = true, execArgv = [] } = options;
  const startedMs = performance.now();
  const child = spawn(
    process.execPath,
    [...execArgv, join(root, 'out', 'main', 'station.cjs'), '--data', dir, '--port', '0', ...args],
    { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, NODE_ENV: 'production', ...options.env } },
  );
  let said = '';
  child.stderr?.on('data', (b: Buffer) => (said = (said + b.toString()).slice(-4000)));
  const url = await new Promise<string>((resolve, reject) => {
    child.on('message', (message) => {
      const notice = HostNotice.safeParse(message);
      if (!notice.success) return;
      if (notice.data.type === 'ready') resolve(notice.data.url);
      if (notice.data.type === 'failed') reject(new Error(`The station cannot start: ${notice.data.message}`));
    });
    child.once('exit', (code) => {
      reject(new Error(`The station ended with ${code ?? 'a signal'} before it was ready. ${said}`));
    });
  });
  if (child.pid === undefined) throw new Error('The station has no process.');
  let token = options.token ?? '';
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        'x-vigie-session': 'token',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    token = response.headers.get('x-vigie-token') ?? token;
    return (text === '' ? {} : JSON.parse(text)) as T;
  }
  if (signIn) {
    const info = await call<{ firstRun: boolean }>('GET', '/station');
    await call('POST', info.firstRun ? '/setup' : '/session', administrator);
  }
  return {
    pid: child.pid,
    url,
    startedMs,
    child,
    call,
    cameras: () => call<CameraView[]>('GET', '/cameras'),
    async addCameras(streams, recordSubs = true) {
      const subPlan = recordSubs ? recordAlways : recordNever;
      const added: Camera[] = [];
      for (const [i, { main, sub }] of streams.entries()) {
        added.push(
          await call<Camera>('POST', '/cameras', {
            name: `Load ${i + 1}`,
            main: { url: main, transport: 'tcp', plan: recordAlways },
            sub: sub === undefined ? null : { url: sub, transport: 'tcp', plan: subPlan },
          }),
        );
      }
      return added;
    },
    async judge({ id }, on) {
      await call('PUT', `/cameras/${id}/health/picture`, { on });
    },
    async watch({ id }, settings) {
      await call('PUT', `/cameras/${id}/watching`, { settings });
    },
    token: () => token,
    said: () => said,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}

/** Waits until `done`, looking every `everyMs`; throws with `what` after `limitMs`. */
export async function until(
  what: string,
  done: () => boolean | Promise<boolean>,
  options: { limitMs?: number; everyMs?: number } = {},
): Promise<void> {
  const { limitMs = 60_000, everyMs = 200 } = options;
  const began = performance.now();
  while (!(await done())) {
    if (performance.now() - began > limitMs) throw new Error(`Waited ${limitMs / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export const pauseMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
