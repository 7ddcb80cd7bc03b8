// `npm start`: installs, builds, and opens the desktop window; without a display or Electron's binary it serves the same app
// to a browser and says why. Written for any Node ≥ 18.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithReader } from './prepare/arguments.mjs';
import { ensureBuilt } from './prepare/build.mjs';
import { electronBinary, fetchElectron, fetchFfmpeg } from './prepare/download.mjs';
import { ensureInstalled } from './prepare/install.mjs';
import { endLike, environment, follow, rerun, rightNode } from './prepare/node.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const station = join(root, 'out', 'main', 'station.cjs');
const args = process.argv.slice(2);
const has = (...names) => args.some((a) => names.includes(a));
/** `--help`, `--version` and the commands of the station answer on standard output alone. */
const answersOnly =
  has('--help', '-h', '--version', '-V') || (args[0] !== undefined && !args[0].startsWith('-') && args[0] !== 'run');
const desktopHelp = `
Options of npm start
  --browser        open a browser in place of the desktop window
  --no-open        open nothing: only say the address
  --station URL    show another station in the desktop window, after comparing its certificate
`;
const say = (text) => (answersOnly ? process.stderr : process.stdout).write(`vigie: ${text}\n`);

endWithReader();
try {
  await main();
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

async function main() {
  ensureInstalled(root, say);
  const node = rightNode(root);
  if (await rerun(node, fileURLToPath(import.meta.url))) return;
  if (answersOnly) {
    ensureBuilt(root, node, say);
    const end = await follow(spawn(node, [station, ...args], { stdio: 'inherit', env: environment(node) }));
    if (has('--help', '-h')) process.stdout.write(desktopHelp);
    return endLike(end);
  }
  const why = headless();
  const ffmpeg = fetchFfmpeg(root, node, say);
  const fetched = why ? Promise.resolve(undefined) : fetchElectron(root, node, say);
  ensureBuilt(root, node, say);
  await ffmpeg;
  const reason = why ?? (await fetched);
  if (reason) return runStation(node, reason);
  const fromMs = performance.now();
  const end = await runDesktop(node);
  // A desktop that cannot open a window ends at once (a library missing, a broken display): serve the browser instead.
  if ((end.error || (end.code !== 0 && !end.signal)) && performance.now() - fromMs < 4000)
    return runStation(node, `Electron did not start (${end.error?.code ?? `code ${end.code}`})`);
  endLike(end);
}

/** Why there is no desktop window, as far as can be told without Electron; undefined: try it. */
function headless() {
  if (has('--headless')) return 'asked for with --headless';
  if (has('--browser')) return 'asked for with --browser';
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return 'this machine has no display';
  return undefined;
}

function runDesktop(node) {
  const sandboxless = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return follow(
    spawn(electronBinary(root), [...sandboxless, root, ...args], {
      cwd: process.cwd(),
      stdio: 'inherit',
      env: environment(node),
    }),
  );
}

async function runStation(node, reason) {
  const passed = args.filter((a) => !['--headless', '--browser', '--no-open'].includes(a));
  if (!has('--headless')) say(`No desktop window: ${reason}. The same app opens in a browser.`);
  const child = spawn(node, [station, ...passed], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: environment(node),
  });
  child.on('message', (notice) => {
    if (notice?.type !== 'ready') return;
    if (process.stdout.isTTY && !has('--headless', '--no-open') && !process.env.CI && display())
      openBrowser(notice.url);
  });
  endLike(await follow(child));
}

function display() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

function openBrowser(url) {
  const [command, rest] =
    process.platform === 'win32'
      ? ['cmd', ['/c', 'start', '', url]]
      : process.platform === 'darwin'
        ? ['open', [url]]
        : ['xdg-open', [url]];
  spawn(command, rest, { stdio: 'ignore', detached: true })
    .on('error', () => say(`Open ${url} in a browser.`))
    .unref();
}
