import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureModels } from './models.mjs';

/**
 * Builds `out/`, the models with it, if the sources are not those it was built from. The stamp is a hash of what goes in, so that a clone, a
 * checkout of an older commit or a copied folder are seen too.
 * @param {string} root project folder
 * @param {string} node the Node to build with
 * @param {(text: string) => void} say
 * @throws {Error} when the build fails
 */
export function ensureBuilt(root, node, say) {
  ensureModels(root, say);
  const stamp = join(root, 'out', '.built-from');
  const wanted = sourcesHash(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('Building (some seconds) …');
  const vite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const { status } = spawnSync(node, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0) throw new Error('The build failed; the lines above say why.');
  writeFileSync(stamp, wanted);
}

/** SHA-256 over everything that the build reads. */
function sourcesHash(root) {
  const hash = createHash('sha256');
  const take = (name) =>
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(root, name)))
      .update('\0');
  for (const name of [
    'package.json',
    'package-lock.json',
    'electron.vite.config.ts',
    'tsconfig.base.json',
    'tsconfig.web.json',
  ])
    take(name);
  const walk = (dir) => {
    for (const entry of readdirSync(join(root, dir), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const name = `${dir}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else if (!/\.test\.tsx?$/.test(name)) take(name);
    }
  };
  walk('src');
  return hash.digest('hex');
}
