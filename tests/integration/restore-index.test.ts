import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow } from '../support/camera-row.ts';
import {
  createFileHasher,
  createSegmentFiles,
  type DataFolder,
  hashWhole,
  openDataFolder,
} from '../../src/main/adapters/files/index.ts';
import { backUpDatabase, openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import { createAccountsBeside } from '../../src/main/engine/accounts-beside.ts';
import { createSpreadFiles } from '../../src/main/engine/spread-files.ts';
import { check } from '../../src/main/station/check.ts';
import { takeOver } from '../../src/main/station/from-beside.ts';
import { rebuildIndex } from '../../src/main/station/rebuild-index.ts';
import { openOrRestore } from '../../src/main/station/restore.ts';
import { readOptions } from '../../src/main/station/options.ts';
import { restoreIndex } from '../../src/main/station/restore-index.ts';
import { writeSegment } from '../support/recorded.ts';
import { openEngine, root, tempFolder, until } from './engine-rig.ts';

const newId = createUlids(() => systemClock.nowMs());
const deps = { clock: systemClock, log: quietLog };
const t0 = systemClock.nowMs() - 5 * 3_600_000;
const environment = { dataFolder: '', ffmpegBin: undefined, searchPath: '', debug: false } as never;

let temp: ReturnType<typeof tempFolder>;
let folder: DataFolder;
let database: string;
let backups: string;
beforeEach(async () => {
  temp = tempFolder();
  folder = await openDataFolder(temp.path, systemClock, () => undefined);
  database = folder.database;
  backups = join(temp.path, 'backups');
  mkdirSync(backups);
});
afterEach(async () => {
  await folder.release();
  temp.remove();
});

const open = () => openWriteStore(database, { ...deps, newStation: () => ({ id: newId(), name: 'Harbour' }) });
const backupPath = (ms: number): string =>
  join(backups, `vigie-${new Date(ms).toISOString().slice(0, 19).replaceAll(':', '-')}Z.db`);

/** A station with ten segments in its backup, and five more on the disk that came afterwards. */
async function stationWithBackup(): Promise<void> {
  const store = open();
  const camera = store.camera.add(cameraRow({ enabled: false, createdMs: t0 }));
  const user = {
    id: UserId.parse(newId()),
    name: 'ana',
    role: 'administrator' as const,
    enabled: true,
    createdMs: t0,
    lastLoginMs: null,
  };
  store.access.addUser(user, 'hash');
  const tokenHash = new Uint8Array(32);
  const expiresMs = systemClock.nowMs() + 3_600_000;
  store.access.addSession({ tokenHash, userId: user.id, local: false, createdMs: t0, expiresMs, seenMs: t0 });
  const record = (n: number): void => {
    const row = writeSegment(join(temp.path, 'video'), t0 + n * 60_000, { seconds: 2 });
    store.segment.adopt({ ...row, streamId: camera.streamIds.main });
  };
  for (let n = 0; n < 10; n += 1) record(n);
  await backUpDatabase(database, backupPath(t0 + 600_000), () => undefined);
  for (let n = 10; n < 15; n += 1) record(n);
  store.close();
}

const segmentsOf = (store: ReturnType<typeof open>): number =>
  store.streams().reduce((n, s) => n + store.segmentsFrom(s.id, 0, Number.MAX_SAFE_INTEGER, 1000).length, 0);

/** Overwrites pages in the middle, as a failing disk would; the file keeps its size. */
function spoil(path: string): void {
  const fd = openSync(path, 'r+');
  const noise = Buffer.alloc(4096, 0xa5);
  for (let at = 4096; at + 4096 <= statSync(path).size; at += 4096) writeSync(fd, noise, 0, 4096, at);
  closeSync(fd);
}
const withoutLog = (): void => {
  for (const end of ['-wal', '-shm']) rmSync(database + end, { force: true });
};

describe('a start with an index that cannot be used', () => {
  it.each<[string, () => void, boolean]>([
    ['deleted', () => rmSync(database), false],
    ['truncated', () => truncateSync(database, 10_000), true],
    ['empty pages in it', () => spoil(database), true],
    ['words in its place', () => copyFileSync(join(root, 'package.json'), database), true],
  ])('%s: takes the backup, keeps the bad one aside, and takes in what came since', async (_, harm, keeps) => {
    await stationWithBackup();
    withoutLog();
    harm();
    const { store, restored } = await openOrRestore(folder, deps);
    expect(restored?.backupMs).toBe(Math.floor((t0 + 600_000) / 1000) * 1000);
    expect(existsSync(restored?.aside ?? '')).toBe(keeps);
    expect(store.access.users().map((u) => u.name)).toEqual(['ana']);
    expect(store.access.session(new Uint8Array(32)), 'sessions of another time').toBeNull();
    expect(segmentsOf(store)).toBe(10);
    expect(store.faults()).toEqual([]);
    store.close();

    const rig = await openEngine(temp.path);
    await until('what came since', () => segmentsOf(rig.store) === 15);
    await until('all is taken in', () => rig.store.setting.get('take-in-from-ms') === '');
    await rig.close();
  });

  it('raises no alarm for what retention deleted since: finished then, or being written', async () => {
    let store = open();
    const camera = store.camera.add(cameraRow({ createdMs: t0 }));
    const streamId = camera.streamIds.main;
    const root = join(temp.path, 'video');
    const rows = [0, 1, 2].map((n) => ({ ...writeSegment(root, t0 + n * 60_000, { seconds: 3 }), streamId }));
    for (const [n, row] of rows.entries()) store.segment.adopt({ ...row, state: n === 2 ? 'open' : 'sealed' });
    await backUpDatabase(database, backupPath(t0 + 600_000), () => undefined);

    const files = createSegmentFiles(root);
    const [last] = rows.slice(-1);
    if (last === undefined) throw new Error('three');
    store.segment.close(streamId, last.startMs, { endMs: last.endMs, bytes: last.bytes, state: 'sealed' });
    for (const { startMs } of rows) rmSync(files.path('gate', 'main', startMs));
    const mark = { streamId, fromMs: t0, toMs: last.startMs, reason: 'age' as const, by: '', why: '' };
    store.retention.gone([{ mark, removed: rows.map((row) => ({ ...row, volume: 1 })) }], t0 + 700_000);
    const accounts = createAccountsBeside({
      ...{ ...deps, store, noteStation: () => Promise.resolve(), flush: () => undefined },
      files: createSpreadFiles(
        () => [{ volume: 1, files }],
        () => undefined,
      ),
    });
    accounts.start();
    await accounts.stop();
    store.close();
    withoutLog();
    rmSync(database);

    const { store: again, restored } = await openOrRestore(folder, deps);
    store = again;
    await takeOver(store, files, restored?.backupMs ?? 0, quietLog);
    store.close();
    const rig = await openEngine(temp.path);
    await until('the start looked at what was left open', () => rig.store.openSegments().length === 0);
    await until('all is taken in', () => rig.store.setting.get('take-in-from-ms') === '');
    const kinds = ['segment-corrupt' as const, 'segment-missing' as const];
    expect((await rig.engine.events.list({ kind: kinds, limit: 10 })).events).toEqual([]);
    expect(segmentsOf(rig.store)).toBe(0);
    await rig.close();
  });

  it('passes over backups that are damaged, and says what to do when none is left', async () => {
    await stationWithBackup();
    copyFileSync(backupPath(t0 + 600_000), backupPath(t0 + 900_000));
    spoil(backupPath(t0 + 900_000));
    truncateSync(database, 10_000);
    withoutLog();
    const { store, restored } = await openOrRestore(folder, deps);
    expect(restored?.backupMs).toBe(Math.floor((t0 + 600_000) / 1000) * 1000);
    store.close();
    for (const name of readdirSync(backups)) spoil(join(backups, name));
    truncateSync(database, 10_000);
    await expect(openOrRestore(folder, deps)).rejects.toThrow(
      /No backup of the index can be used. Run "vigie rebuild-index"/,
    );
    expect(statSync(database).size, 'left as it was').toBe(10_000);
  });

  it('does not begin anew over recordings whose index is gone: it says how to make it again', async () => {
    await stationWithBackup();
    rmSync(backups, { recursive: true });
    for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
    await expect(openOrRestore(folder, deps)).rejects.toThrow(/The index is gone.*vigie rebuild-index/);
    expect(existsSync(database)).toBe(false);
  });

  it('leaves a sound one alone, and begins with an empty one where there is neither', async () => {
    const first = await openOrRestore(folder, deps);
    expect(first.restored).toBeNull();
    first.store.close();
    await stationWithBackup();
    const second = await openOrRestore(folder, deps);
    expect([second.restored, segmentsOf(second.store)]).toEqual([null, 15]);
    second.store.close();
  });
});

/** What a command wrote to standard output, and its exit code. */
async function told(work: () => Promise<number>): Promise<{ code: number; out: string }> {
  let out = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    return { code: await work(), out };
  } finally {
    write.mockRestore();
  }
}

describe('vigie rebuild-index and vigie check', () => {
  it('a check of a folder whose index is gone makes none: the start would take the empty one for the right one', async () => {
    await stationWithBackup();
    for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
    await folder.release();
    const look = () => check(readOptions(['check', '--data', temp.path]), environment);
    await expect(look()).rejects.toThrow(/index of .* is gone.*newest backup/);
    rmSync(backups, { recursive: true });
    await expect(look()).rejects.toThrow(/no backup.*vigie rebuild-index/);
    expect(existsSync(database)).toBe(false);
  });

  it('bring segments and chains back from the disk alone; what was taken away shows then too', async () => {
    await stationWithBackup();
    let store = open();
    const [stream] = store.streams();
    if (stream === undefined) throw new Error('one stream');
    const files = createSegmentFiles(join(temp.path, 'video'));
    for (const { startMs, endMs, bytes } of store.segmentsFrom(stream.id, 0, Number.MAX_SAFE_INTEGER, 100)) {
      const found = hashWhole(createFileHasher(false)(files.path('gate', 'main', startMs)));
      store.chain.link(stream.id, stream, { startMs, endMs, bytes, sha256: found?.sha256 ?? '' });
    }
    const links = store.chain.links(stream.id, 1, 100);
    const [camera] = store.cameras();
    if (camera === undefined) throw new Error('one camera');
    const { sealedPassword: _, streamIds: __, ...described } = camera;
    await files.describe('gate', JSON.stringify(described));
    await files.chain.append(stream, links);
    store.close();
    await folder.release();

    rmSync(backups, { recursive: true });
    for (const end of ['', '-wal', '-shm']) rmSync(database + end, { force: true });
    const args = ['--data', temp.path];
    const rebuilt = await told(() => rebuildIndex(readOptions(['rebuild-index', ...args]), environment));
    expect(rebuilt).toMatchObject({
      code: 0,
      out: expect.stringContaining('15 segments of 1 cameras taken in') as string,
    });
    store = open();
    expect(store.cameras().map((c) => [c.id, c.name])).toEqual([[camera.id, 'Gate']]);
    expect(store.chain.links(store.streams()[0]?.id ?? stream.id, 1, 100)).toEqual(links);
    store.close();
    const well = await told(() => check(readOptions(['check', '--hashes', ...args]), environment));
    expect(well).toMatchObject({ code: 0, out: expect.stringContaining('All is well: 15 segments') as string });

    // A segment is taken away, and the index after it: the lists beside the video still tell of it.
    const gone = links[4];
    rmSync(files.path('gate', 'main', gone?.startMs ?? 0));
    for (const end of ['', '-wal', '-shm']) rmSync(database + end, { force: true });
    await told(() => rebuildIndex(readOptions(['rebuild-index', ...args]), environment));
    const found = await told(() => check(readOptions(['check', '--json', ...args]), environment));
    expect(found.code).toBe(3);
    const report = JSON.parse(found.out) as { ok: boolean; findings: { code: string; path: string }[] };
    expect(report.ok).toBe(false);
    const path = segmentPath('gate', 'main', gone?.startMs ?? 0);
    expect(report.findings).toMatchObject([{ code: 'link-differs', path }]);
  });
});

describe('vigie restore-index', () => {
  const run = async (...args: string[]): Promise<number> => {
    await folder.release();
    return (await told(() => restoreIndex(readOptions(['restore-index', ...args, '--data', temp.path]), environment)))
      .code;
  };

  it('puts the newest sound backup back and takes in what is on the disk', async () => {
    await stationWithBackup();
    expect(await run()).toBe(0);
    const store = open();
    expect(segmentsOf(store)).toBe(15);
    expect(store.faults()).toEqual([]);
    store.close();
    expect(readdirSync(temp.path).filter((n) => n.startsWith('vigie.db.before-'))).not.toEqual([]);
  });

  it.each([1, 2, 3, 4, 5])('brings a backup of version %i to this version', async (version) => {
    await stationWithBackup();
    const file = join(temp.path, 'old.db');
    copyFileSync(join(root, 'tests', 'fixtures', 'db', `v${String(version)}.sqlite`), file);
    expect(await run(file)).toBe(0);
    const store = open();
    expect(store.station.get().name).toBe('Harbour');
    expect(store.faults()).toEqual([]);
    store.close();
  });

  it('refuses what is no index, what is damaged and what is newer, and changes nothing', async () => {
    await stationWithBackup();
    const size = statSync(database).size;
    await expect(run(join(root, 'package.json'))).rejects.toThrow(
      /package\.json cannot be put back: it is damaged, or no database at all\. Nothing was changed\./,
    );
    const bad = join(temp.path, 'bad.db');
    copyFileSync(backupPath(t0 + 600_000), bad);
    spoil(bad);
    await expect(run(bad)).rejects.toThrow('Nothing was changed');
    await expect(run(join(temp.path, 'none.db'))).rejects.toThrow('There is no file');
    expect(statSync(database).size).toBe(size);
  });
});
