// `npm run bench -- NAME …`: installs and builds what is missing, then measures. Written for any Node ≥ 18.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './prepare/build.mjs';
import { ensureInstalled } from './prepare/install.mjs';
import { endLike, environment, follow, rerun, rightNode } from './prepare/node.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Standard output belongs to the figures. */
const say = (text) => process.stderr.write(`bench: ${text}\n`);

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
  const args = process.argv.slice(2);
  // The index is measured from its sources; the others run the built station.
  if (args[0] && !['timeline', '--help', '-h'].includes(args[0])) ensureBuilt(root, node, say);
  const bench = spawn(node, [join(root, 'bench', 'index.ts'), ...args], {
    stdio: 'inherit',
    env: environment(node),
  });
  endLike(await follow(bench));
}
