/** In place of Electron's binary: `node main.ts [switches] <app folder | app.asar> [arguments]`. */
import { readFileSync, statSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { tempFolder } from '../support/temp.ts';

const project = join(import.meta.dirname, '../..');
const at = process.argv.findIndex((a, i) => i > 1 && !a.startsWith('-'));
const target = resolve(process.argv[at] ?? '.');
const packed = target.endsWith('.asar');
// As under Electron: the binary, its switches, the app's folder (not when packed), the app's arguments.
if (packed) process.argv.splice(at, 1);
process.argv.splice(1, 1);

void start();

async function start(): Promise<void> {
  let root = target;
  if (packed) {
    // Node cannot read an archive in place; natives keep their relative place.
    const { extractAll } = await import('@electron/asar');
    const folder = tempFolder('standin-asar-');
    root = join(folder.path, 'app');
    extractAll(target, root);
    process.on('exit', () => folder.remove());
  } else if (!statSync(target).isDirectory()) throw new Error(`stand-in: ${target} is neither a folder nor an archive`);
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { main: string };
  const { version } = JSON.parse(readFileSync(join(project, 'node_modules/electron/package.json'), 'utf8')) as {
    version: string;
  };
  Object.assign(process.env, { STANDIN_APP: root, STANDIN_PACKAGED: packed ? '1' : '0', STANDIN_VERSION: version });
  Object.assign(process, {
    type: 'browser',
    resourcesPath: packed ? dirname(target) : join(root, 'resources-of-electron'),
  });
  Object.defineProperty(process.versions, 'electron', { value: version, enumerable: true });
  const standin = new URL('./electron.ts', import.meta.url).href;
  registerHooks({
    resolve: (id, context, next) =>
      /^electron(\/main|\/common)?$/.test(id)
        ? { url: standin, format: 'module-typescript', shortCircuit: true }
        : next(id, context),
  });
  const electron = await import('./electron.ts');
  const { rawApp, world } = await import('./app.ts');
  const { asked } = await import('./note.ts');
  const { handlers, trays } = await import('./desktop.ts');
  const { utilityPids } = await import('./utility-process.ts');
  Object.assign(globalThis, { standin: { asked, handlers, trays, utilityPids } });
  // The test's side: evaluates functions in this process, as Playwright's ElectronApplication does.
  process.on('message', (m: { id: number; source: string; arg: unknown }) => {
    void (async () => {
      const run = (0, eval)(`(${m.source})`) as (e: unknown, arg: unknown) => unknown;
      return structuredClone(await run(electron, m.arg));
    })().then(
      (value) => process.send?.({ id: m.id, value }),
      (error: unknown) =>
        process.send?.({ id: m.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => rawApp.exit(0));
  process.on('unhandledRejection', (error) => {
    console.error(error);
    rawApp.exit(1);
  });
  await rawApp.claim();
  rawApp.once('ready', () => process.send?.({ ready: world.chromium?.port }));
  createRequire(import.meta.url)(join(root, manifest.main));
  await rawApp.boot();
}
