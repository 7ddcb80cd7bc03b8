import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
];

/** Where Chrome, Chromium and Edge install themselves. */
function places() {
  const env = process.env;
  if (env.CHROMIUM_BIN) return [env.CHROMIUM_BIN];
  if (process.platform === 'win32') {
    return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
      .filter(Boolean)
      .flatMap((dir) =>
        [
          'Google\\Chrome\\Application\\chrome.exe',
          'Chromium\\Application\\chrome.exe',
          'Microsoft\\Edge\\Application\\msedge.exe',
        ].map((f) => join(dir, f)),
      );
  }
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((dir) => names.map((name) => join(dir, name)));
  if (process.platform !== 'darwin') return onPath;
  const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
  return [
    ...['/Applications', join(env.HOME ?? '', 'Applications')].flatMap((dir) =>
      apps.map((app) => `${dir}/${app}.app/Contents/MacOS/${app}`),
    ),
    ...onPath,
  ];
}

/** A browser that starts, or undefined. */
export function findChromium() {
  return places().find(
    (file) =>
      existsSync(file) &&
      (process.platform !== 'linux' ||
        spawnSync(file, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0),
  );
}

/** Installs Debian packages when that can be done without asking. Returns whether it was done. */
export function aptInstall(packages, say) {
  if (
    process.platform !== 'linux' ||
    process.getuid?.() !== 0 ||
    spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0
  )
    return false;
  say(`Installing ${packages.join(', ')} by apt …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'Dpkg::Use-Pty=0', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env })
      .status === 0;
  apt('update');
  return apt('install', '-y', '--no-install-recommends', ...packages);
}

/**
 * A Chromium for the tests in a real browser, installed if need be.
 * @throws {Error} saying what to install
 */
export function ensureChromium(say) {
  const found = findChromium() ?? (aptInstall(['chromium'], say) ? findChromium() : undefined);
  if (found) return found;
  throw new Error(
    'The tests need Chrome, Chromium or Edge and found none. Install one (Debian and Ubuntu: apt-get install chromium), or name it in CHROMIUM_BIN.',
  );
}

/** ffmpeg and ffprobe judge our files in the tests. @throws {Error} saying what to install */
export function ensureFfmpeg(say) {
  const there = () =>
    ['ffmpeg', 'ffprobe'].every((name) => spawnSync(name, ['-version'], { stdio: 'ignore' }).status === 0);
  if (there() || (aptInstall(['ffmpeg'], say) && there())) return;
  throw new Error(
    'The tests check recordings with ffmpeg and ffprobe and found none. Install ffmpeg (Debian and Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg).',
  );
}
