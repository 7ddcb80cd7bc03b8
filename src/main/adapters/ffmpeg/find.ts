import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Log } from '#lib/log.ts';

export type Found = { path: string; version: string; source: string };

const versionMs = 5000;

/**
 * Looks for ffmpeg: the given file, ffmpeg-static's (its binary is a download), the search path, and last
 * `@ffmpeg-installer/ffmpeg` (an old build, but one that comes with npm). Null: there is none that runs.
 */
export async function findFfmpeg(options: {
  /** `FFMPEG_BIN`; null: not set. */
  given: string | null;
  /** `PATH`. */
  searchPath: string;
  log: Log;
}): Promise<Found | null> {
  const { given, searchPath, log } = options;
  if (given !== null && given !== '') {
    const version = await versionOf(given);
    if (version !== null) return { path: given, version, source: 'FFMPEG_BIN' };
    log.warn('FFMPEG_BIN does not run; looking elsewhere', { path: given });
  }
  const candidates: { source: string; path: () => Promise<string | null> }[] = [
    { source: 'ffmpeg-static', path: async () => unpacked(await packaged('ffmpeg-static')) },
    { source: 'PATH', path: () => Promise.resolve(onPath(searchPath)) },
    { source: '@ffmpeg-installer/ffmpeg', path: async () => unpacked(await packaged('@ffmpeg-installer/ffmpeg')) },
  ];
  for (const { source, path } of candidates) {
    const found = await path();
    if (found === null || !existsSync(found)) continue;
    const version = await versionOf(found);
    if (version !== null) return { path: found, version, source };
    log.warn('this ffmpeg does not run; looking elsewhere', { path: found });
  }
  return null;
}

/** A file inside app.asar cannot be executed; electron-builder puts it beside. */
const unpacked = (path: string | null): string | null =>
  path?.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked') ?? null;

/** The path that a package exports as itself or as `path`; null where the package or its binary is not there. */
async function packaged(name: string): Promise<string | null> {
  try {
    const loaded = (await import(name)) as { default?: unknown };
    const value = loaded.default;
    if (typeof value === 'string') return value;
    const path: unknown = typeof value === 'object' && value !== null && 'path' in value ? value.path : null;
    return typeof path === 'string' ? path : null;
  } catch {
    return null; // optional: not installed on this system, or not made for it
  }
}

function onPath(searchPath: string): string | null {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const folders = searchPath.split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** What `ffmpeg -version` says it is; null when it does not run or is something else. */
function versionOf(path: string): Promise<string | null> {
  return new Promise((done) => {
    const child = spawn(path, ['-version'], { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
    let text = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), versionMs);
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => {
      if (text.length < 4096) text += chunk;
    });
    const end = (version: string | null): void => {
      clearTimeout(timer);
      done(version);
    };
    child.on('error', () => end(null));
    child.on('close', () => end(/^ffmpeg version (\S+)/.exec(text)?.[1] ?? null));
  });
}
