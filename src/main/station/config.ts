/** Where things are. The only reader of the environment. */
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Places = {
  /** The program's own folder: `package.json`, `resources`, `out`. */
  root: string;
  version: string;
  /** Built screen. */
  rendererDir: string;
  demoDir: string;
  /** Manifests of models: `built-in` and `catalogue`. */
  modelsDir: string;
  /** Files of the built-in ones, a folder each. */
  builtInModels: string;
  /** Worker files: source when the station runs from source, else built. */
  worker(
    name: 'ingest' | 'query' | 'integrity' | 'inference' | 'watch' | 'footage' | 'thumbs' | 'listen' | 'checkpoint',
  ): string;
};

/** Finds the program around this file: `src/main/station` in the source, `out/main` when built. */
export function findPlaces(): Places {
  const here = fileURLToPath(import.meta.url);
  const source = here.endsWith('.ts');
  const dir = dirname(here);
  const main = source ? dir : dir.endsWith('chunks') ? dirname(dir) : dir;
  const root = source ? resolve(main, '../../..') : resolve(main, '../..');
  const program: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version =
    typeof program === 'object' && program !== null && 'version' in program && typeof program.version === 'string'
      ? program.version
      : 'unknown';
  return {
    root,
    version,
    rendererDir: join(root, 'out', 'renderer'),
    demoDir: join(root, 'resources', 'demo'),
    modelsDir: join(root, 'resources', 'models'),
    builtInModels: join(root, 'out', 'models'),
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
  // Sixteen for what is done all the time, and what volumes that hang may keep of them (docs/adr/0016).
  process.env['UV_THREADPOOL_SIZE'] ??= '64';
  const ffmpeg = process.env['FFMPEG_BIN'];
  return {
    dataFolder: defaultDataFolder(process.platform, process.env, homedir()),
    ffmpegBin: ffmpeg === undefined || ffmpeg === '' ? null : ffmpeg,
    searchPath: process.env['PATH'] ?? '',
    debug: process.env['VIGIE_DEBUG'] === '1',
  };
}

/** Where compiled code is kept between starts: a folder of this person's own, outside the data folder. */
export function codeCacheFolder(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Vigie', 'Code cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'Vigie', 'code');
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg?.startsWith('/') === true ? xdg : join(home, '.cache'), 'vigie', 'code');
}

/**
 * Lets this process and its threads keep what V8 compiles, so that the next start records sooner. Without the folder (a
 * read-only home) everything works as well, only later. Does nothing when run from source.
 */
export function cacheCode(): void {
  if (fileURLToPath(import.meta.url).endsWith('.ts')) return;
  const folder = codeCacheFolder(process.platform, process.env, homedir());
  // Threads take it from the environment; NODE_COMPILE_CACHE given by a person stays.
  process.env['NODE_COMPILE_CACHE'] ??= folder;
  enableCompileCache(process.env['NODE_COMPILE_CACHE']);
}
