// `npm run check [-- STEP …]`: everything that can be said about the tree without running it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkLicences } from './check/licences.mjs';
import { checkLock } from './check/lock.mjs';
import { checkTree } from './check/tree.mjs';
import { askedParts, endWithReader } from './prepare/arguments.mjs';
import { endLike } from './prepare/node.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', name);

const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    for (const child of running) child.kill();
    endLike({ signal });
    process.exit();
  });
endWithReader();

/** Runs a program under this Node; `ok` when it ends with 0. */
function node(...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
    child.on('error', (error) => resolve({ ok: false, text: error.message }));
    child.on('exit', (code) => {
      running.delete(child);
      resolve({ ok: code === 0, text });
    });
  });
}
const list = (problems) => ({ ok: problems.length === 0, text: problems.join('\n') });

/** Slowest first, so that two cores are busy to the end. */
const steps = [
  {
    name: 'lint',
    what: 'eslint, no warnings',
    run: () => node(bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'),
  },
  { name: 'types', what: 'tsc -b', run: () => node(bin('typescript/bin/tsc'), '-b') },
  {
    name: 'architecture',
    what: 'dependency-cruiser',
    run: () =>
      node(
        bin('dependency-cruiser/bin/dependency-cruise.mjs'),
        'src',
        '--config',
        '.dependency-cruiser.cjs',
        '--output-type',
        'err',
      ),
  },
  {
    name: 'format',
    what: 'biome',
    run: () => node(bin('@biomejs/biome/bin/biome'), 'format', '--reporter=summary', '.'),
  },
  ...(existsSync(join(root, 'scripts/openapi.ts'))
    ? [
        {
          name: 'openapi',
          what: 'docs/openapi.json is fresh',
          run: () => node('--disable-warning=ExperimentalWarning', 'scripts/openapi.ts', '--check'),
        },
      ]
    : []),
  { name: 'lock', what: 'package-lock.json holds for every system', run: async () => list(checkLock(root)) },
  { name: 'licences', what: 'production packages', run: async () => list(checkLicences(root)) },
  { name: 'tree', what: 'no machine paths, keys, large files', run: async () => list(checkTree(root)) },
];

const usage = `Usage: npm run check [-- STEP …]

Says everything that can be said about the tree without running it, or the steps that are named:
${steps.map(({ name, what }) => `  ${name.padEnd(13)} ${what}`).join('\n')}
`;

const lanes = Math.max(2, Math.min(4, availableParallelism()));

/** Runs them, as many at once as there are lanes; answers how many failed. */
async function run(queue) {
  let failed = 0;
  const all = queue.length;
  async function lane() {
    for (let step = queue.shift(); step; step = queue.shift()) {
      const from = performance.now();
      const { ok, text } = await step.run();
      if (!ok) failed++;
      console.log(
        `${ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(13)} ${step.what} (${((performance.now() - from) / 1000).toFixed(1)} s)`,
      );
      if (!ok && text.trim()) console.log(text.trim().replace(/^/gm, '       '));
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  console.log(`check: ${all - failed} passed, ${failed} failed`);
  return failed;
}

try {
  const asked = askedParts({ what: 'check', known: steps.map((s) => s.name), usage });
  if (asked) process.exitCode = (await run(steps.filter((s) => asked.includes(s.name)))) > 0 ? 1 : 0;
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
