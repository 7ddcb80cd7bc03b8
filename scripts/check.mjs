// `npm run check [-- STEP …]`: everything that can be said about the tree without running it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkLicences } from './check/licences.mjs';
import { checkLock } from './check/lock.mjs';
import { checkTree } from './check/tree.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', name);

/** Runs a program under this Node; `ok` when it ends with 0. */
function node(...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
    child.on('error', (error) => resolve({ ok: false, text: error.message }));
    child.on('exit', (code) => resolve({ ok: code === 0, text }));
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

const asked = process.argv.slice(2).filter((a) => !a.startsWith('-'));
const unknown = asked.filter((name) => !steps.some((s) => s.name === name));
if (unknown.length > 0) {
  console.error(`There is no check called ${unknown.join(', ')}; there are ${steps.map((s) => s.name).join(', ')}.`);
  process.exit(2);
}
const queue = steps.filter((s) => asked.length === 0 || asked.includes(s.name));
const results = [];
async function lane() {
  for (let step = queue.shift(); step; step = queue.shift()) {
    const from = performance.now();
    const { ok, text } = await step.run();
    results.push({ name: step.name, ok });
    console.log(
      `${ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(13)} ${step.what} (${((performance.now() - from) / 1000).toFixed(1)} s)`,
    );
    if (!ok && text.trim()) console.log(text.trim().replace(/^/gm, '       '));
  }
}
await Promise.all(Array.from({ length: Math.max(2, Math.min(4, availableParallelism())) }, lane));
const failed = results.filter((r) => !r.ok).length;
console.log(`check: ${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
