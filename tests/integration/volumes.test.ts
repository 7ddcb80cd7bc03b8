/** Several volumes under a whole engine: real file systems, mounted where that is allowed, with everything done to them that disks do. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import { check } from '../../src/main/station/check.ts';
import { readOptions } from '../../src/main/station/options.ts';
import { rebuildIndex } from '../../src/main/station/rebuild-index.ts';
import { draftOf, openCameras, openEngine, tempFolder, until } from './engine-rig.ts';

type Rig = Awaited<ReturnType<typeof openEngine>>;
type Site = Awaited<ReturnType<typeof openCameras>>;
const admin = {
  userId: '01HZZZZZZZZZZZZZZZZZZZZZZZ',
  name: 'ann',
  role: 'administrator',
  local: false,
  sessionId: 's',
} as never;

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
/** Whether file systems can be mounted here: root with the right to. */
const canMount = (() => {
  const at = tempFolder();
  try {
    run('mount', '-t', 'tmpfs', 'none', at.path);
    run('umount', at.path);
    return true;
  } catch {
    return false;
  } finally {
    at.remove();
  }
})();

let temp: ReturnType<typeof tempFolder>;
let site: Site;
let rig: Rig | null = null;
const mounts = new Set<string>();

/** A file system of its own, of so many MiB. */
function mount(name: string, mib = 64): string {
  const path = join(temp.path, name);
  mkdirSync(path, { recursive: true });
  run('mount', '-t', 'tmpfs', '-o', `size=${mib}m`, 'none', path);
  mounts.add(path);
  return path;
}
function unmount(path: string, lazily = false): void {
  run('umount', ...(lazily ? ['-l'] : []), path);
  mounts.delete(path);
}
const open = async (): Promise<Rig> => (rig = await openEngine(join(temp.path, 'data')));
const add = (of: Rig, path: string, more: { weight?: number; name?: string; sameDisk?: boolean } = {}) =>
  of.engine.volumes.add(
    { path, name: '', weight: 1, reserveBytes: 0, sync: 'durable', sameDisk: false, ...more },
    admin,
  );
const volume = (of: Rig, n: number) => {
  const found = of.engine.volumes.list().find((v) => v.volume === n);
  if (found === undefined) throw new Error(`there is no volume ${n}`);
  return found;
};

beforeEach(async () => {
  temp = tempFolder();
  mkdirSync(join(temp.path, 'data'));
  site = await openCameras();
});
afterEach(async () => {
  await rig?.close();
  rig = null;
  await site.site.stop();
  for (const path of [...mounts]) unmount(path, true);
  temp.remove();
});

describe('which folders become volumes', () => {
  test('a folder on the same disk asks to be meant, and is then recorded on by its weight', async () => {
    const { engine } = await open();
    const of = rig as Rig;
    const path = join(temp.path, 'more');
    expect(await engine.volumes.look(path)).toMatchObject({ is: 'new', makes: true, sharesWith: [1], network: false });
    await expect(add(of, path)).rejects.toMatchObject({ code: 'CONFLICT', data: { what: 'same-disk' } });
    expect(existsSync(path)).toBe(false);
    const made = await add(of, path, { sameDisk: true });
    expect(made).toMatchObject({ volume: 2, state: 'ok', here: true, weight: 1, segments: 0, path });
    expect(made.totalBytes).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(join(path, 'video', 'volume.json'), 'utf8'))).toMatchObject({ vigie: 'volume' });
    await expect(add(of, path, { sameDisk: true })).rejects.toMatchObject({ data: { what: 'known' } });
    await expect(engine.volumes.look(join(path, 'video', 'in'))).rejects.toMatchObject({ data: { what: 'inside' } });
    await expect(engine.volumes.look('relative/path')).rejects.toMatchObject({ code: 'INVALID' });
    writeFileSync(join(temp.path, 'file'), '');
    await expect(engine.volumes.look(join(temp.path, 'file'))).rejects.toMatchObject({ code: 'INVALID' });
    await expect(engine.volumes.look('/proc/nothing')).rejects.toMatchObject({ code: 'INVALID' });

    await Promise.all(site.cameras.map((c) => engine.cameras.add(draftOf(c))));
    await until('both volumes are recorded on', () => engine.volumes.list().every((v) => v.streams > 0));
    await until('both have files', () => readdirSync(join(path, 'video')).length > 1);
    const changed = await engine.volumes.change(2, { weight: 3, name: 'Second', sync: 'timed' }, admin);
    expect(changed).toMatchObject({ weight: 3, name: 'Second', sync: 'timed' });
    expect(JSON.parse(readFileSync(join(of.files.root, 'volumes.json'), 'utf8'))).toMatchObject({
      volumes: [{ volume: 1 }, { volume: 2, path, name: 'Second' }],
    });
  });

  test('the volume of another station is refused, one of ours is taken back with its footage', async () => {
    const { engine } = await open();
    const of = rig as Rig;
    const path = join(temp.path, 'other');
    mkdirSync(join(path, 'video'), { recursive: true });
    writeFileSync(
      join(path, 'video', 'volume.json'),
      JSON.stringify({ vigie: 'volume', format: 1, id: 'x', station: '01HZZZZZZZZZZZZZZZZZZZZZZA' }),
    );
    await expect(add(of, path, { sameDisk: true })).rejects.toMatchObject({ data: { what: 'foreign' } });

    const mine = join(temp.path, 'mine');
    await add(of, mine, { sameDisk: true });
    const [camera] = site.cameras;
    if (camera === undefined) throw new Error('no camera');
    const { id } = await engine.cameras.add(draftOf(camera));
    await engine.volumes.change(1, { paused: true }, admin);
    await until('it records there', () => volume(of, 2).streams > 0 && volume(of, 1).streams === 0);
    await engine.cameras.update(id, { enabled: false });
    const had = await until('its segments are counted', () => volume(of, 2).segments > 0 && volume(of, 2));
    await expect(engine.volumes.remove(1, { footageGone: false }, admin)).rejects.toMatchObject({
      data: { what: 'own' },
    });
    await expect(engine.volumes.remove(2, { footageGone: false }, admin)).rejects.toMatchObject({
      data: { what: 'footage' },
    });
    expect(engine.volumes.footage(2)).toMatchObject({ segments: had.segments, bytes: had.storedBytes, held: [] });
    await expect(
      engine.volumes.remove(2, { footageGone: true, segments: had.segments + 1 }, admin),
    ).rejects.toMatchObject({ data: { what: 'changed' } });
    await engine.volumes.remove(2, { footageGone: true, segments: had.segments }, admin);
    expect(engine.volumes.list().map((v) => v.volume)).toEqual([1]);

    const moved = join(temp.path, 'moved');
    renameSync(mine, moved);
    expect(await engine.volumes.look(moved)).toMatchObject({ is: 'ours', volume: null });
    await add(of, moved, { sameDisk: true });
    expect(volume(of, 2)).toMatchObject({ path: moved });
  });
});

test.skipIf(!canMount)('recording leaves a disk that is pulled, and comes back when it is there again', async () => {
  const { engine, store } = await open();
  const of = rig as Rig;
  const path = mount('disk');
  await add(of, path);
  expect(volume(of, 2)).toMatchObject({ fileSystem: 'tmpfs', state: 'ok' });
  await engine.volumes.change(1, { weight: 0 }, admin);
  const [camera] = site.cameras;
  if (camera === undefined) throw new Error('no camera');
  const { id } = await engine.cameras.add(draftOf(camera));
  await until('it records on the disk', () => volume(of, 2).streams > 0);
  const main = store.streams().find((s) => s.cameraId === id && s.kind === 'main');
  if (main === undefined) throw new Error('no stream');
  await until('two seconds are there', () => (store.lastSegment(main.id)?.bytes ?? 0) > 200_000);

  unmount(path, true);
  await until(
    'it goes on on the own volume',
    () => store.lastSegment(main.id)?.volume === 1 && volume(of, 1).streams > 0,
  );
  const gone = volume(of, 2);
  expect(gone).toMatchObject({ state: 'missing', here: false, streams: 0 });
  expect(gone.trouble).toContain('unplugged');
});

describe('without a running station', () => {
  const environment = { dataFolder: '', ffmpegBin: null, searchPath: '', debug: false };
  const told = async (work: () => Promise<number>): Promise<{ code: number; text: string }> => {
    const lines: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    try {
      return { code: await work(), text: lines.join('') };
    } finally {
      spy.mockRestore();
    }
  };
  const data = () => join(temp.path, 'data');
  const doctor = (...more: string[]) =>
    told(() => check(readOptions(['check', '--data', data(), ...more]), environment));
  const rebuild = () => told(() => rebuildIndex(readOptions(['rebuild-index', '--data', data()]), environment));
  const count = () => {
    const store = openWriteStore(join(data(), 'vigie.db'), {
      clock: systemClock,
      log: quietLog,
      newStation: () => ({ id: '01HZZZZZZZZZZZZZZZZZZZZZZB', name: 'Test' }),
    });
    const out: Record<number, number> = {};
    for (const s of store.retention.stored()) out[s.volume] = (out[s.volume] ?? 0) + s.segments;
    const left = { segments: out, faults: store.faults(), volumes: store.volume.all().map((v) => v.path) };
    store.close();
    return left;
  };

  test('doctor and rebuild-index work over all volumes, and leave what is on one that is not here', async () => {
    const { engine } = await open();
    const of = rig as Rig;
    const path = join(temp.path, 'second');
    await add(of, path, { sameDisk: true });
    const cameras = await Promise.all(site.cameras.map((c) => engine.cameras.add(draftOf(c))));
    await until('both are recorded on', () =>
      engine.volumes.list().every((v) => v.streams > 0 && v.writeBytesPerSecond > 0),
    );
    const [held] = cameras;
    if (held === undefined) throw new Error('no camera');
    await until('what is known of cameras stands beside both', () =>
      [of.files.root, join(path, 'video')].every((r) => existsSync(join(r, held.folder, 'camera.json'))),
    );
    await rig?.close();
    rig = null;
    const had = count();
    expect(had.segments[1]).toBeGreaterThan(0);
    expect(had.segments[2]).toBeGreaterThan(0);

    const well = await doctor('--hashes', '--json');
    expect(JSON.parse(well.text)).toMatchObject({ findings: [] });
    expect(well.code).toBe(0);
    await rebuild();
    expect(count()).toEqual(had);

    renameSync(path, `${path}.away`);
    const away = await doctor();
    expect(away.text).toContain(`not here, and not looked at: ${path}`);
    expect(away.code).toBe(0);
    expect((await doctor('--repair')).code).toBe(0);
    expect((await rebuild()).text).toContain(`${path} is not here`);
    expect(count()).toEqual(had);

    renameSync(`${path}.away`, path);
    for (const name of readdirSync(data()).filter((n) => n.startsWith('vigie.db'))) rmSync(join(data(), name));
    await rebuild();
    expect(count()).toEqual(had);
    expect((await doctor('--hashes')).code).toBe(0);
  });
});
