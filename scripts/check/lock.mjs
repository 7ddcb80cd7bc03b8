import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What is wrong with the lock file. Every optional (platform) dependency named in it must be in it for all systems: one that is
 * missing only shows on another system, as a package that is not there or as "npm ci can only install when in sync". And no
 * download address may be recorded: it would bind every clone to one machine's registry.
 * @param {string} root project folder
 * @returns {string[]} problems
 */
export function checkLock(root) {
  return lockProblems(
    JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')),
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  );
}

/** The same for parsed files, for tests. */
export function lockProblems(lock, manifest) {
  const problems = [];
  for (const [at, entry] of Object.entries(lock.packages)) {
    if (entry.resolved !== undefined && !entry.link) problems.push(`${at} records a download address`);
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!foundFrom(lock.packages, at, name))
        problems.push(
          `${at || 'the project'} wants ${name}, which is not in the lock file: other systems would miss it`,
        );
    }
  }
  const top = lock.packages[''] ?? {};
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    const wanted = manifest[kind] ?? {};
    const locked = top[kind] ?? {};
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(locked)])) {
      if (wanted[name] !== locked[name])
        problems.push(
          `${name}: package.json says ${wanted[name] ?? 'nothing'}, the lock file ${locked[name] ?? 'nothing'}`,
        );
    }
  }
  return problems;
}

/** Node's lookup: the package's own node_modules, then each folder above. */
function foundFrom(packages, at, name) {
  for (let dir = at; ; ) {
    if (`${dir ? `${dir}/` : ''}node_modules/${name}` in packages) return true;
    if (!dir) return false;
    const up = dir.lastIndexOf('/node_modules/');
    dir = up < 0 ? '' : dir.slice(0, up);
  }
}
