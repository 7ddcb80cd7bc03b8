/** `vigie check --archive` over what was really archived, in a folder and in a bucket, after everything that may happen to it there. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { segmentPath } from '#domain/segment.ts';
import { check } from '../../src/main/station/check.ts';
import { readOptions } from '../../src/main/station/options.ts';
import { openS3Server } from '../support/s3-server.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import { openArchiving } from './archive-rig.ts';
import { ana } from './retention-rig.ts';

const environment = { dataFolder: '', ffmpegBin: null, searchPath: '', debug: false };
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function doctor(dir: string, ...more: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    const code = await check(readOptions(['check', '--data', dir, ...more]), environment);
    return { code, text: lines.join('') };
  } finally {
    spy.mockRestore();
  }
}
type Report = {
  findings: { code: string; path: string; text: string }[];
  parts: { part: string; looked: string | null; found: number }[];
};
async function report(dir: string, ...more: string[]): Promise<Report & { code: number }> {
  const { code, text } = await doctor(dir, '--archive', '--json', ...more);
  return { code, ...(JSON.parse(text) as Report) };
}

/** Eight recordings of two streams that were moved to an archive, and the closed station that did it. */
async function archived(kind: 'folder' | 's3') {
  const { path: dir, remove } = tempFolder();
  closing.push(remove);
  const s3 = kind === 's3' ? await openS3Server() : null;
  if (s3 !== null) closing.push(() => s3.close());
  const nas = join(dir, 'nas');
  const rig = await openArchiving(dir);
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await rig.close();
    open = false;
  };
  closing.push(close);
  const place = s3?.place ?? { kind: 'folder' as const, path: nas };
  const pace = { hours: null, within: null, outside: null };
  const { archive } = await rig.archives.add({ name: 'Old', place, pace }, s3?.secret ?? null, ana);
  const gate = rig.addCamera('Gate');
  const yard = rig.addCamera('Yard');
  const starts = {
    gate: rig.record(gate.main, { count: 5, daysAgo: 2 }),
    yard: rig.record(yard.main, { count: 3, daysAgo: 2 }),
  };
  rig.archives.setStation(rig.main(archive), ana);
  rig.start();
  await until(
    'all has left',
    () =>
      rig.onDisk(gate.main, starts.gate).length + rig.onDisk(yard.main, starts.yard).length === 0 &&
      rig.store.archive.leaving(9).length === 0,
  );
  await close();
  renameSync(join(dir, 'index.db'), join(dir, 'vigie.db'));
  const keyOf = (folder: 'gate' | 'yard', n: number): string => segmentPath(folder, 'main', starts[folder][n] ?? 0);
  /** The object of a key, changed; null: gone. */
  const change = (key: string, how: (data: Buffer) => Buffer | null): void => {
    if (s3 === null) {
      const data = how(readFileSync(join(nas, key)));
      if (data === null) rmSync(join(nas, key));
      else writeFileSync(join(nas, key), data);
      return;
    }
    const [name, object] = [...s3.objects].find(([path]) => path.endsWith(`/${key}`)) ?? [];
    if (name === undefined || object === undefined) throw new Error(`there is no ${key}`);
    const data = how(object.data);
    if (data === null) s3.objects.delete(name);
    else s3.objects.set(name, { ...object, data });
  };
  return { dir, nas, s3, keyOf, change };
}

describe.each(['folder', 's3'] as const)('a check of an archive of kind %s', (kind) => {
  it('finds all well where it is, by sizes and by every byte', async () => {
    const { dir } = await archived(kind);
    const sizes = await report(dir);
    expect(sizes).toMatchObject({ code: 0, findings: [] });
    expect(sizes.parts.find((p) => p.part === 'archive')?.looked).toContain('8 recordings');
    const bytes = await report(dir, '--hashes');
    expect(bytes).toMatchObject({ code: 0, findings: [] });
    expect(bytes.parts.find((p) => p.part === 'archive')?.looked).toContain('8 of them fetched');
    // Who does not ask is told that it can be asked for.
    expect((await doctor(dir)).text).toMatch(/archive +- +not asked for/);
  });

  it('finds what is gone, what has another size and, read, what has other bytes; and no other', async () => {
    const { dir, keyOf, change } = await archived(kind);
    change(keyOf('gate', 1), () => null);
    change(keyOf('gate', 3), (data) => data.subarray(0, -1));
    change(keyOf('yard', 0), (data) => {
      const changed = Buffer.from(data);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      return changed;
    });
    const sizes = await report(dir);
    expect(sizes.code).toBe(3);
    expect(sizes.findings.map((f) => [f.code, f.path]).sort()).toEqual([
      ['archive-differs', `Old: ${keyOf('gate', 3)}`],
      ['archive-missing', `Old: ${keyOf('gate', 1)}`],
    ]);
    expect(sizes.findings.find((f) => f.code === 'archive-missing')?.text).toContain('nowhere else');
    const bytes = await report(dir, '--hashes');
    expect(bytes.findings.map((f) => [f.code, f.path]).sort()).toEqual([
      ['archive-differs', `Old: ${keyOf('gate', 3)}`],
      ['archive-differs', `Old: ${keyOf('yard', 0)}`],
      ['archive-missing', `Old: ${keyOf('gate', 1)}`],
    ]);
    expect((await doctor(dir, '--archive')).text).toContain('1 recording is not at its archive');
  });

  it('says so where the archive cannot be looked at, and takes nothing for lost', async () => {
    const { dir, nas, s3 } = await archived(kind);
    if (s3 === null) renameSync(nas, `${nas}-gone`);
    else s3.fault(() => 'denied');
    const away = await report(dir);
    expect(away.code).toBe(3);
    expect(away.findings.map((f) => [f.code, f.path])).toEqual([['archive-away', 'Old']]);
  });
});
