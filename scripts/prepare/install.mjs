import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Makes node_modules what the lock file says, by `npm ci`, if it is not so already.
 * @param {string} root project folder
 * @param {(text: string) => void} say
 * @throws {Error} with a sentence for the person, when npm fails
 */
export function ensureInstalled(root, say) {
  const lock = join(root, 'package-lock.json');
  const stamp = join(root, 'node_modules', '.cache', 'vigie-lock');
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const installed = join(root, 'node_modules', '.package-lock.json');
  // Somebody ran npm by hand, later than the lock file was changed.
  const byHand = !existsSync(stamp) && existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
  if (!byHand) {
    say('Installing packages (once, a minute or two) …');
    const npm = process.env.npm_execpath;
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    const run =
      npm && basename(npm) === 'npm-cli.js'
        ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
        : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
    if (run.status !== 0)
      throw new Error(
        `"npm ci" failed (${run.error?.message ?? `code ${run.status}`}). The lines above say why; the network is the usual reason.`,
      );
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}
