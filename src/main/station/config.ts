/** Where things are. The only reader of the environment. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export type Places = {
  /** The program's own folder: `package.json`, `resources`, `out`. */
  root: string;
  version: string;
  /** Built screen. */
  rendererDir: string;
  demoDir: string;
  /** Worker files: source when the station runs from source, else built. */
  worker(name: 'ingest' | 'query'): string;
};

/** Finds the program around this file: `src/main/station` in the source, `out/main` when built. */
export function findPlaces(): Places {
  const here = fileURLToPath(import.meta.url);
  const source = here.endsWith('.ts');
  const dir = dirname(here);
  const main = source ? dir : dir.endsWith('chunks') ? dirname(dir) : dir;
  const root = source ? resolve(main, '../../..') : resolve(main, '../..');
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  return {
    root,
    version,
    rendererDir: join(root, 'out', 'renderer'),
    demoDir: join(root, 'resources', 'demo'),
    worker: (name) => (source ? join(root, 'src', 'workers', name, 'worker.ts') : join(main, 'workers', `${name}.cjs`)),
  };
}

/** The data folder where the system keeps such things, unless `--data` or VIGIE_DATA says another. */
export function defaultDataFolder(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const given = env['VIGIE_DATA'];
  if (given !== undefined && given !== '') return given;
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Vigie');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Vigie');
  const xdg = env['XDG_DATA_HOME'];
  // A relative XDG_DATA_HOME is to be ignored (XDG Base Directory Specification).
  return join(xdg?.startsWith('/') === true ? xdg : join(home, '.local', 'share'), 'vigie');
}

export type Environment = {
  dataFolder: string;
  /** FFMPEG_BIN. */
  ffmpegBin: string | null;
  /** PATH. */
  searchPath: string;
  /** VIGIE_DEBUG=1: the log says everything. */
  debug: boolean;
};

/** Reads the environment, once; also gives libuv the threads that many files written at once need. */
export function readEnvironment(): Environment {
  process.env['UV_THREADPOOL_SIZE'] ??= '16';
  const ffmpeg = process.env['FFMPEG_BIN'];
  return {
    dataFolder: defaultDataFolder(process.platform, process.env, homedir()),
    ffmpegBin: ffmpeg === undefined || ffmpeg === '' ? null : ffmpeg,
    searchPath: process.env['PATH'] ?? '',
    debug: process.env['VIGIE_DEBUG'] === '1',
  };
}
