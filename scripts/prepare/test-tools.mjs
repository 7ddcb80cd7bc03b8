import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Without arguments it says whether what it needs is there. */
const support = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'tests', 'support');
const foreignGst = join(support, 'foreign-gst.py');
const foreignRelay = join(support, 'foreign-relay.pl');

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

/** RTSP servers of others, and what says whether each is there. */
const foreignServers = [
  {
    name: 'VLC',
    packages: ['vlc-bin', 'vlc-plugin-base'],
    // It refuses to run as root, where the tests start it as somebody else: its presence has to do.
    works: () => (process.env.PATH ?? '').split(delimiter).some((dir) => dir !== '' && existsSync(join(dir, 'cvlc'))),
  },
  {
    name: 'gst-rtsp-server',
    packages: [
      'python3-gi',
      'gir1.2-gst-rtsp-server-1.0',
      'gir1.2-gst-plugins-base-1.0',
      'gstreamer1.0-plugins-base',
      'gstreamer1.0-plugins-good',
      'gstreamer1.0-plugins-bad',
    ],
    works: () => spawnSync('/usr/bin/python3', [foreignGst], { stdio: 'ignore', timeout: 30_000 }).status === 0,
  },
  {
    name: 'RTSP::Server',
    packages: ['librtsp-server-perl'],
    works: () => spawnSync('perl', [foreignRelay], { stdio: 'ignore', timeout: 30_000 }).status === 0,
  },
];

/** The RTSP servers that the tests record besides our own. Where they cannot be had, those tests are skipped, and one line says so. */
export function offerForeignServers(say) {
  if (process.platform !== 'linux') return; // the tests have a way to start them there only
  for (const { name, packages, works } of foreignServers) {
    if (works() || (aptInstall(packages, say) && works())) continue;
    say(
      `There is no ${name} here: the tests that record it are skipped (Debian and Ubuntu: apt-get install ${packages.join(' ')}).`,
    );
  }
}
