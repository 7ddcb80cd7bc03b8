// Installs and builds what is missing, then measures. Written for any Node ≥ 18.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { endLike, environment, follow, rerun, rightNode } from './node.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs `entry` (below bench/) with this command's arguments, and ends as it ends.
 * @param {string} name of the command
 * @param {string} script the one that was called: it may have to be run anew, by the right Node
 * @param {string} entry
 * @param {(args: string[]) => boolean} needsBuild
 */
export async function runBench(name, script, entry, needsBuild) {
  // Standard output belongs to the figures.
  const say = (text) => process.stderr.write(`${name}: ${text}\n`);
  try {
    ensureInstalled(root, say);
    const node = rightNode(root);
    if (await rerun(node, script)) return;
    const args = process.argv.slice(2);
    if (needsBuild(args)) ensureBuilt(root, node, say);
    const bench = spawn(node, [join(root, 'bench', entry), ...args], { stdio: 'inherit', env: environment(node) });
    endLike(await follow(bench));
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
