/** Encryption of an added volume: keys of its own, playback, the check, and `vigie decrypt` on this computer and on another. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { segmentPath } from '#domain/segment.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { check } from '../../src/main/station/check.ts';
import { readOptions } from '../../src/main/station/options.ts';
import { draftOf, openCameras, openEngine, root, tempFolder, until } from './engine-rig.ts';

type Rig = Awaited<ReturnType<typeof openEngine>>;
const admin = {
  userId: '01HZZZZZZZZZZZZZZZZZZZZZZZ',
  name: 'ann',
  role: 'administrator',
  local: false,
  sessionId: 's',
} as never;
const program = join(root, 'src/main/station/index.ts');
const own = 'seven herons over the harbour';
const second = 'nine gulls behind the lighthouse';

let temp: ReturnType<typeof tempFolder>;
let site: Awaited<ReturnType<typeof openCameras>>;
let rig: Rig | null;
const data = (): string => join(temp.path, 'data');
const disk = (): string => join(temp.path, 'second');
beforeEach(async () => {
  temp = tempFolder();
  mkdirSync(data());
  rig = null;
  site = await openCameras();
});
afterEach(async () => {
  await rig?.close();
  await site.site.stop();
  temp.remove();
});

const run = promisify(execFile);
/** As a person runs it, with the secrets in a file. */
async function decrypt(
  segments: string[],
  out: string,
  secrets: string[],
  more: string[] = [],
): Promise<{ code: number; text: string }> {
  const file = join(temp.path, 'secrets.txt');
  writeFileSync(file, secrets.map((s) => `${s}\n`).join(''));
  const args = [
    '--disable-warning=ExperimentalWarning',
    program,
    'decrypt',
    ...segments,
    '--out',
    out,
    '--passphrase-file',
    file,
    ...more,
  ];
  try {
    const { stdout, stderr } = await run(process.execPath, args);
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

test('has keys of its own, plays, is checked, and is opened by its passphrase wherever the disk is', async () => {
  const open = await openEngine(data());
  rig = open;
  const { engine, store, files } = open;
  await engine.encryption.turnOn(1, 'ann');
  await engine.encryption.setPassphrase(1, own, 'ann');
  // One that is added while the own one is encrypted is encrypted too.
  await engine.volumes.add(
    { path: disk(), name: 'Second', weight: 1, reserveBytes: 0, sync: 'durable', sameDisk: true },
    admin,
  );
  await until('its keys', () => engine.encryption.list().find((v) => v.volume === 2)?.on);
  await engine.encryption.setPassphrase(2, second, 'ann');
  const keyOf = (volume: number) =>
    engine.encryption
      .list()
      .find((v) => v.volume === volume)
      ?.keys.find((k) => k.state === 'writing')?.id;
  expect(keyOf(2)).not.toBe(keyOf(1));

  const [gate, yard] = await Promise.all(
    site.cameras.slice(0, 2).map((c) => engine.cameras.add(draftOf({ ...c, sub: null }))),
  );
  if (gate === undefined || yard === undefined) throw new Error('two cameras');
  await until('both disks are recorded on', () => engine.volumes.list().every((v) => v.streams > 0));
  const rows = () =>
    store
      .streams()
      .flatMap((s) =>
        s.kind === 'main'
          ? store.segmentsFrom(s.id, 0, Number.MAX_SAFE_INTEGER, 9).map((row) => ({ ...row, folder: s.folder }))
          : [],
      );
  await until('each has some', () =>
    [1, 2].every((n) => rows().some((r) => r.volume === n && r.endMs - r.startMs > 1500)),
  );
  for (const camera of [gate, yard]) await engine.cameras.update(camera.id, { enabled: false });
  await until('all is sealed', () => rows().every((r) => r.state !== 'open'));

  const rootOf = (volume: number): string => (volume === 1 ? files.root : join(disk(), 'video'));
  const paths: Record<number, string[]> = { 1: [], 2: [] };
  for (const r of rows()) {
    const path = join(rootOf(r.volume ?? 1), segmentPath(r.folder, 'main', r.startMs));
    paths[r.volume ?? 1]?.push(path);
    expect(parseInit(new Uint8Array(readFileSync(path))).encryption?.keyId).toBe(keyOf(r.volume ?? 1));
    const id = r.folder === gate.folder ? gate.id : yard.id;
    const reader = await (await engine.playback.file(id, 'main', r.startMs))?.open();
    expect(reader?.encrypted).toBe(true);
    expect((await reader?.read(0, r.bytes))?.length).toBe(r.bytes);
    await reader?.close();
  }
  await rig.close();
  rig = null;

  // The check opens both by what the station has.
  const lines: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  const code = await check(readOptions(['check', '--data', data(), '--hashes', '--json']), {
    dataFolder: '',
    ffmpegBin: null,
    searchPath: '',
    debug: false,
  }).finally(() => {
    spy.mockRestore();
  });
  const report = JSON.parse(lines.join('')) as { findings: unknown[]; parts: { part: string; looked: string }[] };
  expect(report.findings).toEqual([]);
  expect(code).toBe(0);
  const count = (paths[1]?.length ?? 0) + (paths[2]?.length ?? 0);
  expect(report.parts.find((p) => p.part === 'encryption')?.looked).toContain(
    `${String(count)} encrypted segments verified, 0 plain`,
  );

  // On the station's own computer nothing is asked.
  const here = join(temp.path, 'here');
  const [one = '', two = ''] = [paths[1]?.[0], paths[2]?.[0]];
  const plain = await decrypt([one, two], here, [], ['--data', data()]);
  expect(plain.text).not.toContain('opens nothing');
  expect([plain.code, readdirSync(here).length]).toEqual([0, 2]);
  for (const name of readdirSync(here))
    expect(parseInit(new Uint8Array(readFileSync(join(here, name)))).encryption).toBeNull();

  // On another one, with the disks alone: each by its own passphrase, in one go.
  const far = join(temp.path, 'far');
  cpSync(files.root, join(far, 'a', 'video'), { recursive: true });
  cpSync(join(disk(), 'video'), join(far, 'b', 'video'), { recursive: true });
  const there = [
    one.replace(files.root, join(far, 'a', 'video')),
    two.replace(join(disk(), 'video'), join(far, 'b', 'video')),
  ];
  const nothing = ['--data', join(temp.path, 'nothing')];
  const both = await decrypt(there, join(temp.path, 'both'), [own, second], nothing);
  expect([both.code, readdirSync(join(temp.path, 'both')).length]).toEqual([0, 2]);
  for (const name of readdirSync(here))
    expect(readFileSync(join(temp.path, 'both', name)).equals(readFileSync(join(here, name)))).toBe(true);
  const wrong = await decrypt(there.slice(1), join(temp.path, 'wrong'), [own], nothing);
  expect(wrong.code).not.toBe(0);
  expect(wrong.text).toContain('opens nothing');
  const half = await decrypt(there, join(temp.path, 'half'), [own], nothing);
  expect(half.text).toContain(`opens nothing of ${join(far, 'b', 'video', 'keys.json')}`);
});
