// Binaries that are downloads and not packages: Electron and ffmpeg. Vigie works without both, so a "no" is remembered for a
// day and never costs more than some seconds.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const dayMs = 86_400_000;

/** Electron's binary, or undefined when it has not been fetched. */
export function electronBinary(root) {
  const dir = join(root, 'node_modules', 'electron');
  const named = join(dir, 'path.txt');
  if (!existsSync(named)) return undefined;
  const file = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(dir, 'dist'), readFileSync(named, 'utf8'));
  return existsSync(file) ? file : undefined;
}

/** Fetches Electron's binary. Returns nothing when it is there, else why not. */
export async function fetchElectron(root, node, say) {
  if (electronBinary(root)) return undefined;
  const why = await fetchOnce(root, 'electron', () => {
    say("Fetching Electron's binary (once, about 120 MB) …");
    return install(node, join(root, 'node_modules', 'electron', 'install.js'), process.env.ELECTRON_MIRROR);
  });
  return electronBinary(root) ? undefined : `Electron's binary could not be fetched (${why ?? 'it did not arrive'})`;
}

/** Fetches a current ffmpeg where this machine has none; what needs it says so on the health page when this fails. */
export async function fetchFfmpeg(root, node, say) {
  const exe = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const onPath = (process.env.PATH ?? process.env.Path ?? '')
    .split(delimiter)
    .some((dir) => dir !== '' && existsSync(join(dir, exe)));
  if (process.env.FFMPEG_BIN || onPath || existsSync(join(root, 'node_modules', 'ffmpeg-static', exe))) return;
  const why = await fetchOnce(root, 'ffmpeg', () => {
    say('Fetching ffmpeg (once, about 80 MB) …');
    return install(node, join(root, 'node_modules', 'ffmpeg-static', 'install.js'), process.env.FFMPEG_BINARIES_URL);
  });
  if (why)
    say(
      `No current ffmpeg could be fetched (${why}): transcoding and foreign codecs may be missing until ffmpeg is on the PATH.`,
    );
}

/** Runs `get` unless it failed within the last day; returns why it failed. */
async function fetchOnce(root, name, get) {
  const memory = join(root, 'node_modules', '.cache', `vigie-no-${name}`);
  if (existsSync(memory)) {
    const { atMs, why } = JSON.parse(readFileSync(memory, 'utf8'));
    if (Math.abs(Date.now() - atMs) < dayMs)
      return `${why}; tried again tomorrow, or now after deleting ${memory.slice(root.length + 1)}`;
  }
  const why = await get();
  mkdirSync(dirname(memory), { recursive: true });
  if (why) writeFileSync(memory, JSON.stringify({ atMs: Date.now(), why }));
  else rmSync(memory, { force: true });
  return why;
}

/** Runs a package's own download script; returns why it failed. `from` is where it downloads from when not the usual place. */
async function install(node, script, from) {
  const proxied = Object.keys(process.env).some((k) => /^https?_proxy$/i.test(k) && process.env[k]);
  if (!proxied) {
    try {
      await fetch(from ?? 'https://github.com', {
        method: 'HEAD',
        redirect: 'manual',
        signal: AbortSignal.timeout(4000),
      });
    } catch (error) {
      return `no network: ${error.cause?.code ?? error.name}`;
    }
  }
  return new Promise((resolve) => {
    const child = spawn(node, [script], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ELECTRON_GET_USE_PROXY: proxied ? '1' : '' },
    });
    let text = '';
    child.stderr.on('data', (data) => (text = (text + data).slice(-4000)));
    const timer = setTimeout(() => child.kill('SIGKILL'), proxied ? 120_000 : 600_000);
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(
        code === 0
          ? undefined
          : (/\b(?:E[A-Z]{4,}|fetch failed|HTTPError[^\n]*|checksum[^\n]*|status(?: code)? \d{3})/i.exec(text)?.[0] ??
              'unknown reason'),
      );
    });
  });
}
