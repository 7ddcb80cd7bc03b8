// `npm test [-- PART …]`: check, build, unit, integration, end-to-end, package; one line of figures at the end.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { askedParts, endWithReader } from './prepare/arguments.mjs';
import { ensureBuilt } from './prepare/build.mjs';
import { ensureInstalled } from './prepare/install.mjs';
import { endLeftovers } from './prepare/leftovers.mjs';
import { environment, follow, rerun, rightNode } from './prepare/node.mjs';
import { ensureChromium, ensureFfmpeg, offerForeignServers } from './prepare/test-tools.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const say = (text) => console.log(`vigie test: ${text}`);
const parts = ['check', 'build', 'unit', 'integration', 'e2e', 'package'];
const usage = `Usage: npm test [-- PART …]

Tests everything, or the parts that are named:
  check        format, lint, types, architecture, OpenAPI, lock file, licences, tree (npm run check)
  build        builds out/; comes before those below that need it
  unit         tests beside the sources
  integration  tests of several rooms together, with real files, sockets and processes; some of them one by one at the end
  e2e          the built station and a real browser
  package      packages for three systems, looked into

The last line counts what passed, failed and was skipped; the code is 1 if anything failed. More in CONTRIBUTING.md.
`;
/**
 * A check of V8's own that fails now and then where threads come and go while WebAssembly is compiled, in Node 18 to 24
 * (https://github.com/nodejs/node/issues/64500): the process is gone, and nothing that was tested is to blame.
 */
const faultOfV8 = /Check failed: jit_page(\.|_)/;
/** Seen once, in a file that opens and closes engines with their threads; its cause was not found. Run again it must pass, and it is said. */
const segmentFault = /with signal SIGSEGV/;
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
/** A folder that others may pass through and not list: servers of others, run as another user, read their clips below it. */
function passable(prefix) {
  const folder = mkdtempSync(prefix);
  chmodSync(folder, 0o711);
  return folder;
}
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (interrupted = true));
endWithReader();

function count(name, ok, why = '') {
  total[ok ? 'passed' : 'failed']++;
  if (!ok) failures.push(why ? `${name}: ${why}` : name);
}

try {
  await main();
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}

async function main() {
  const run = askedParts({ what: 'part', known: parts, usage });
  if (run === undefined) return;
  ensureInstalled(root, say);
  const node = rightNode(root);
  if (await rerun(node, fileURLToPath(import.meta.url))) return;

  if (run.some((p) => ['integration', 'e2e', 'package'].includes(p)) && !run.includes('build')) run.unshift('build');
  const env = environment(node);
  if (run.some((p) => ['unit', 'integration', 'e2e'].includes(p))) ensureFfmpeg(say);
  if (run.includes('integration')) offerForeignServers(say);
  if (run.some((p) => ['integration', 'e2e', 'package'].includes(p))) env.CHROMIUM_BIN = ensureChromium(say);
  // Everything a test writes goes below one folder, and everything it starts carries one mark: both are gone at the end.
  const temp = passable(join(tmpdir(), 'vigie-test-'));
  const mark = `${process.pid}-${temp.slice(-6)}`;
  const folders = { TMPDIR: temp, TEMP: temp, TMP: temp };
  // Sound libraries of browsers and players keep their sockets there; without it, in a temporary folder that the home then points to.
  const sockets = join(temp, 'sockets');
  mkdirSync(sockets, { mode: 0o700 });
  // The check ends what it starts by itself: it goes on beside tests whose leftovers are looked for.
  const checked = run.includes('check') ? check(node, { ...env, ...folders }, !run.includes('unit')) : undefined;
  Object.assign(env, folders, { XDG_RUNTIME_DIR: sockets, VIGIE_TEST_RUN: mark });
  try {
    for (const part of run.sort((a, b) => parts.indexOf(a) - parts.indexOf(b))) {
      if (interrupted) throw new Error('Interrupted.');
      say(part === 'check' && run.includes('unit') ? 'check, beside what comes up to the end of unit' : part);
      if (part === 'build') build(node);
      else if (part !== 'check') {
        await suite(node, env, part, temp, mark);
        if (part === 'integration') await suite(node, env, 'alone', temp, mark);
      }
      // Its longest step fills one core: the unit tests have the other.
      if (checked && part === (run.includes('unit') ? 'unit' : 'check')) tallyCheck(await checked);
    }
  } finally {
    await checked;
    rmSync(temp, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  for (const text of failures) console.log(`FAILED ${text}`);
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

/** Answers the code and the words of the check once it is through; `aloud` says them as they come too. */
async function check(node, env, aloud) {
  const child = spawn(node, [join(root, 'scripts', 'check.mjs')], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (data) => {
    if (aloud) process.stdout.write(data);
    text += data;
  });
  const { code } = await follow(child);
  return { code, text, aloud };
}

function tallyCheck({ code, text, aloud }) {
  if (!aloud) process.stdout.write(text);
  const steps = [...text.matchAll(/^(ok|FAILED) +(\S+)/gm)];
  for (const [, word, name] of steps) count(`check ${name}`, word === 'ok');
  if (steps.length === 0 || (code !== 0 && !steps.some(([, word]) => word === 'FAILED')))
    count('check', false, `ended with code ${code}`);
}

function build(node) {
  try {
    ensureBuilt(root, node, say);
    count('build', true);
  } catch (error) {
    count('build', false, error.message);
  }
}

/** One vitest project in a process of its own. Files whose process V8 ended are run once more, and that is said. */
async function suite(node, env, project, temp, mark) {
  const scratch = passable(join(temp, `${project}-`));
  const report = join(temp, `${project}.json`);
  const first = await vitest(node, env, project, scratch, report, []);
  const gone = first.died.filter((d) => faultOfV8.test(d.why) || segmentFault.test(d.why));
  tally(project, first, new Set(gone.map((d) => d.file)));
  if (gone.length > 0) {
    for (const { file, why } of gone) say(`${file} is run again: its process died, and no test of it failed (${why})`);
    const again = gone.map((d) => d.file);
    tally(project, await vitest(node, env, project, scratch, join(temp, `${project}-again.json`), again), new Set());
  }
  const running = await endLeftovers('VIGIE_TEST_RUN', mark);
  if (running.length > 0) count(`${project} left processes running`, false, running.join(' | '));
  // Caches and socket folders of the tools themselves go with the folder; what a test left there is a fault.
  const files = readdirSync(scratch).filter(
    (name) => !/^(node-compile-cache|vitest|\.?org\.chromium|\.?com\.google|v8-compile-cache|jiti$)/.test(name),
  );
  // A process that died could not put away what it had made.
  if (files.length > 0 && first.died.length === 0)
    count(`${project} left files behind`, false, files.slice(0, 10).join(', '));
}

/** Runs the files of a project that are named, or all. Answers what vitest reports, and the files whose process died, and why. */
async function vitest(node, env, project, scratch, report, only) {
  const args = [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--project',
    // Those of pure rooms are a project of their own (`unit-pure`), tried at once with the others.
    project === 'unit' ? 'unit*' : project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--passWithNoTests',
    ...only,
  ];
  // Each file has a process, and each engine threads: they would all compile the same code, which is a third of the work of some.
  // The built station and the packages keep it where they do so for a person.
  const fromSource = !['e2e', 'package'].includes(project);
  const child = spawn(node, args, {
    cwd: root,
    env: {
      ...{ ...env, TMPDIR: scratch, TEMP: scratch, TMP: scratch },
      ...(fromSource && { NODE_COMPILE_CACHE: join(dirname(report), 'code') }),
    },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const died = [];
  const checks = [];
  let unhandled = 0;
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => {
    console.error(line);
    const plain = stripVTControlCharacters(line);
    checks.push(...(plain.match(/Check failed: .*/) ?? []));
    unhandled += Number(plain.match(/caught (\d+) unhandled error/)?.[1] ?? 0);
    const [, how, file] =
      plain.match(/Worker exited unexpectedly(.*?)(?: during .*)? while running test file (.+)$/) ?? [];
    if (file === undefined) return;
    const why = (how.includes('signal') ? checks.shift() : undefined) ?? `it ended${how}`;
    died.push({ file: file.trim().slice(root.length + 1), why });
  });
  // What a test left running may hold this end open.
  const said = Promise.withResolvers();
  lines.on('close', said.resolve);
  const { code, signal } = await follow(child);
  const late = setTimeout(said.resolve, 2_000);
  await said.promise;
  clearTimeout(late);
  lines.close();
  const files = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [];
  return { died, unhandled, code, ended: signal ?? `code ${code}`, files };
}

/** Counts all files but `later`. */
function tally(project, { died, unhandled, code, ended, files }, later) {
  const failedBefore = total.failed;
  for (const file of files) {
    const tests = file.assertionResults;
    const name = file.name.slice(root.length + 1);
    if (later.has(name)) continue;
    for (const test of tests) {
      if (test.status === 'passed' || test.status === 'failed')
        count(`${name} › ${test.fullName}`, test.status === 'passed');
      else total.skipped++;
    }
    // A file that could not be loaded, or whose hooks failed, or whose process died, has no failed test to show for it.
    const dead = died.find((d) => d.file === name);
    if (dead !== undefined) count(name, false, `its process died, and what it had left to test with it: ${dead.why}`);
    else if (file.status === 'failed' && !tests.some((t) => t.status === 'failed'))
      count(name, false, (file.message ?? '').split('\n')[0] || `the ${project} file failed`);
  }
  const explained = total.failed > failedBefore || (later.size > 0 && unhandled <= later.size);
  if (code !== 0 && !explained) count(project, false, `vitest ended with ${ended}`);
}
