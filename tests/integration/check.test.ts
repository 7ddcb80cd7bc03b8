/** The checks catch what they are for: violations are planted and must be found. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { licenceProblems } from '../../scripts/check/licences.mjs';
import { lockProblems } from '../../scripts/check/lock.mjs';
import { lineProblem } from '../../scripts/check/tree.mjs';
import { fits } from '../../scripts/prepare/node.mjs';
import { tempFolder } from '../support/temp.ts';

const project = join(import.meta.dirname, '../..');

/** File, what it holds, and the rule that must object. */
const planted: [string, string, string][] = [
  ['src/main/domain/a.ts', "import '../lib/clock.ts';", 'domain-is-pure'],
  ['src/main/domain/b.ts', "import type { Log } from '#lib/log.ts'; export type A = Log;", 'domain-is-pure'],
  ['src/main/domain/c.ts', "import 'node:fs';", 'domain-is-pure'],
  ['src/main/contract/a.ts', "import '@orpc/server';", 'contract-is-pure'],
  ['src/main/media/a.ts', "import '../domain/ok.ts';", 'media-is-pure'],
  ['src/main/media/b.ts', "import 'node:buffer';", 'media-is-pure'],
  ['src/main/lib/a.ts', "import '../engine/some-port.ts';", 'lib-is-small'],
  ['src/main/engine/a.ts', "import type {} from '../adapters/sqlite/index.ts';", 'engine-not-outward'],
  ['src/main/engine/b.ts', "import 'better-sqlite3';", 'engine-no-vendor'],
  ['src/main/engine/c.ts', "import '#workers/ingest/lane.ts';", 'workers-by-port-only'],
  ['src/main/adapters/http/a.ts', "import '../sqlite/index.ts';", 'adapters-are-islands'],
  ['src/main/adapters/http/b.ts', "import type {} from '../../engine/core.ts';", 'adapters-see-ports-only'],
  ['src/main/adapters/http/c.ts', "import 'better-sqlite3';", 'vendor-sqlite'],
  ['src/main/station/a.ts', "import '../adapters/sqlite/inner.ts';", 'adapters-by-their-door'],
  ['src/main/station/b.ts', "import 'fastify';", 'vendor-http'],
  ['src/workers/ingest/a.ts', "import type {} from '../../main/engine/some-port.ts';", 'workers-not-engine'],
  ['src/workers/ingest/b.ts', "import '../query/inner.ts';", 'workers-are-islands'],
  ['src/main/demo/a.ts', "import '../engine/some-port.ts';", 'demo-is-a-camera'],
  ['src/main/engine/d.ts', "import '../demo/ok.ts';", 'engine-not-outward'],
  ['src/main/engine/e.ts', "import 'electron';", 'electron-only-in-shell'],
  ['src/main/electron/a.ts', "import '../engine/some-port.ts';", 'shell-is-thin'],
  ['src/renderer/src/pages/a.ts', "import '../../../main/engine/some-port.ts';", 'renderer-sees-contract-only'],
  ['src/renderer/src/pages/b.ts', "import 'node:path';", 'renderer-no-node'],
  ['src/renderer/src/pages/c.ts', "import '@orpc/client';", 'client-package-in-stores'],
  ['src/main/engine/x.ts', "import './y.ts';", 'no-cycles'],
  ['src/main/engine/z.ts', "import './nowhere.ts';", 'resolvable'],
];
/** What must pass. */
const sound: [string, string][] = [
  ['src/main/domain/ok.ts', "import '../media/ok.ts'; import 'zod';"],
  ['src/main/media/ok.ts', 'export const ok = 1;'],
  ['src/main/lib/clock.ts', 'export const clock = 1;'],
  ['src/main/lib/log.ts', 'export type Log = 1;'],
  ['src/main/engine/some-port.ts', "import '#domain/ok.ts'; import '#media/ok.ts'; import '#workers/ingest/port.ts';"],
  ['src/main/engine/core.ts', "import 'node:fs'; import '../lib/clock.ts';"],
  ['src/main/adapters/sqlite/index.ts', "import 'better-sqlite3'; import './inner.ts'; "],
  ['src/main/adapters/sqlite/inner.ts', 'export const inner = 1;'],
  ['src/main/demo/ok.ts', "import '../media/ok.ts';"],
  [
    'src/main/station/ok.ts',
    "import '../demo/ok.ts'; import '../adapters/sqlite/index.ts'; import '../engine/core.ts';",
  ],
  ['src/main/electron/ok.ts', "import 'electron'; import '../lib/clock.ts';"],
  ['src/workers/ingest/port.ts', 'export type Port = 1;'],
  // The other half of a cycle, which is reported once.
  ['src/main/engine/y.ts', "import './x.ts';"],
  ['src/workers/ingest/lane.ts', "import './port.ts'; import '#media/ok.ts';"],
  ['src/workers/query/inner.ts', "import '../ingest/port.ts';"],
  ['src/renderer/src/stores/ok.ts', "import '@orpc/client'; import '#media/ok.ts';"],
];

describe('architecture', () => {
  const temp = tempFolder('vigie-rules-');
  let found: { from: string; rule: string }[] = [];
  beforeAll(() => {
    for (const name of [
      '.dependency-cruiser.cjs',
      'package.json',
      'tsconfig.base.json',
      'tsconfig.node.json',
      'tsconfig.pure.json',
    ])
      copyFileSync(join(project, name), join(temp.path, name));
    symlinkSync(join(project, 'node_modules'), join(temp.path, 'node_modules'), 'junction');
    for (const [name, text] of [...planted, ...sound]) {
      mkdirSync(dirname(join(temp.path, name)), { recursive: true });
      writeFileSync(join(temp.path, name), `${text}\n`);
    }
    const cruise = [
      join(project, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      'src',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
    ];
    const report = JSON.parse(
      execFileSync(process.execPath, cruise, { cwd: temp.path, encoding: 'utf8', maxBuffer: 1e8 }),
    ) as {
      summary: { violations: { from: string; rule: { name: string } }[] };
    };
    found = report.summary.violations.map((v) => ({ from: v.from, rule: v.rule.name }));
  });
  afterAll(() => temp.remove());

  test.each(planted)('%s: %s is caught by %s', (from, _text, rule) => {
    expect(found).toContainEqual({ from, rule });
  });
  test('what follows the rules passes', () => {
    expect(found.filter((v) => sound.some(([name]) => name === v.from))).toEqual([]);
  });
});

describe('lock file', () => {
  const manifest = { dependencies: { a: '1.0.0' } };
  const lock = {
    packages: {
      '': { dependencies: { a: '1.0.0' } },
      'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-linux': '1.0.0', 'a-win': '1.0.0' } },
      'node_modules/a/node_modules/a-linux': { version: '1.0.0' },
      'node_modules/a-win': { version: '1.0.0' },
    },
  };
  test('a whole one passes', () => expect(lockProblems(lock, manifest)).toEqual([]));
  test('a missing platform, a recorded address and a stale version are named', () => {
    const { 'node_modules/a-win': _gone, ...rest } = lock.packages;
    const bad = { packages: { ...rest, 'node_modules/b': { version: '1.0.0', resolved: 'https://somewhere/b.tgz' } } };
    expect(lockProblems(bad, { dependencies: { a: '1.0.1' } })).toEqual([
      'node_modules/a wants a-win, which is not in the lock file: other systems would miss it',
      'node_modules/b records a download address',
      'a: package.json says 1.0.1, the lock file 1.0.0',
    ]);
  });
});

describe('licences', () => {
  test.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND BSD-3-Clause', true],
    ['GPL-3.0-only', false],
    ['MIT AND GPL-2.0', false],
    [undefined, false],
  ])('%s may be shipped: %s', (license, ok) => {
    expect(licenceProblems({ 'node_modules/x': { version: '1', license } }).length === 0).toBe(ok);
  });
  test('development packages and reasoned exceptions are not asked', () => {
    expect(
      licenceProblems({
        'node_modules/x': { license: 'GPL-3.0-only', dev: true },
        'node_modules/ffmpeg-static': { license: 'GPL-3.0-or-later' },
      }),
    ).toEqual([]);
  });
});

describe('tree', () => {
  // Put together here, so that this file itself passes.
  const key = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ');
  test.each([
    `const a = '${['', 'home', 'ann', 'x'].join('/')}'`,
    `see ${['', 'Users', 'ann', 'x'].join('/')}`,
    `"${['https:/', 'registry.example.com'].join('/')}/x"`,
    key,
    '<<<<<<< HEAD',
  ])('%s is found', (line) => {
    expect(lineProblem(line)).toBeDefined();
  });
  test.each(["'/tmp/x'", "'/usr/bin/chromium'", 'https://example.com/home/ann', "'/home'"])('%s passes', (line) => {
    expect(lineProblem(line)).toBeUndefined();
  });
});

describe('Node', () => {
  const { engines } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { engines: { node: string } };
  test.each([
    ['18.20.0', false],
    ['20.19.0', false],
    ['22.17.9', false],
    ['22.18.0', true],
    ['23.5.0', false],
    ['24.0.0', true],
    ['24.21.3', true],
    ['25.1.0', false],
    ['26.0.0', true],
    ['30.1.0', true],
  ])('%s fits: %s', (version, ok) => expect(fits(version, engines.node)).toBe(ok));
});
