import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const binary = /\.(png|ico|icns|jpe?g|webp|mp4|m4s|h26[45]|bin|onnx|woff2?|node|zip|gz)$/i;
/** Folders of one person's machine, and addresses of package registries, that would not hold for the next. */
const machine =
  /(?:^|[\s"'`(=:])((?:\/home\/(?!user\b|pi\b|me\b|ana\b)[a-z][\w.-]*|\/Users\/(?!me\b|you\b|ana\b)[A-Za-z][\w.-]*|\/work|\/root)\/[\w.-]+|[A-Z]:\\Users\\\w+|https?:\/\/(?:registry|npm)\.[\w.-]+)/;
const drawers = /(?:^|\/)(?:utils?|helpers?|common|manager|types|misc)\.(?:ts|tsx|mjs)$/;

/**
 * What does not belong in the tree: a path of one machine, a file named after nothing, a private key, a large file.
 * @param {string} root project folder
 * @returns {string[]} problems
 */
export function checkTree(root) {
  const problems = [];
  for (const name of projectFiles(root)) {
    const file = join(root, name);
    if (!existsSync(file) || !statSync(file).isFile()) continue;
    if (drawers.test(name)) problems.push(`${name}: name it after the one thing it holds`);
    if (statSync(file).size > 3_000_000)
      problems.push(
        `${name}: ${(statSync(file).size / 1e6).toFixed(1)} MB; large files do not belong in the repository`,
      );
    if (binary.test(name) || name === 'package-lock.json' || name === 'LICENSE') continue;
    readFileSync(file, 'utf8')
      .split('\n')
      .forEach((line, i) => {
        const found = lineProblem(line);
        if (found) problems.push(`${name}:${i + 1}: ${found}`);
      });
  }
  return problems;
}

/** What is wrong with one line, for tests. */
export function lineProblem(line) {
  const path = machine.exec(line)?.[1];
  if (path) return `holds on one machine only: ${path}`;
  if (/^-----BEGIN (?:\w+ )?PRIVATE KEY-----$/.test(line.trim())) return 'a private key';
  if (/^(?:<{7}|>{7})(?: |$)/.test(line)) return 'a conflict that was not settled';
  return undefined;
}

/** Files that git knows or would take; without git, all but what is made. */
function projectFiles(root) {
  try {
    return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1e8,
    })
      .split('\0')
      .filter(Boolean);
  } catch {
    const made = new Set(['node_modules', 'out', 'dist', 'dist-stub', '.git', 'coverage', '.vigie']);
    const walk = (dir) =>
      readdirSync(join(root, dir), { withFileTypes: true }).flatMap((e) => {
        const name = dir ? `${dir}/${e.name}` : e.name;
        return made.has(e.name) ? [] : e.isDirectory() ? walk(name) : [name];
      });
    return walk('');
  }
}
