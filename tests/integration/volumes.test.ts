/** Several volumes under a whole engine: real file systems, mounted where that is allowed, with everything done to them that disks do. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { recordNever } from '#domain/recording-plan.ts';
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
/** An ext4 file system in a file. */
function image(name: string): string {
  const path = join(temp.path, name);
  mkdirSync(path);
  run('truncate', '-s', '96M', `${path}.img`);
  run('mkfs.ext4', '-q', `${path}.img`);
  remount(path);
  return path;
}
function remount(path: string): void {
  run('mount', '-o', 'loop', `${path}.img`, path);
  mounts.add(path);
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

test('no more than half of a disk is kept free: more is refused, and who changes it is told', async () => {
  const { engine } = await open();
  const path = join(temp.path, 'more');
  const { totalBytes } = await engine.volumes.look(path);
  const half = Math.floor(totalBytes / 2);
  const add2 = (reserveBytes: number) =>
    engine.volumes.add({ path, name: 'Attic', weight: 1, reserveBytes, sync: 'durable', sameDisk: true }, admin);
  const refused = (field: string) => ({
    code: 'INVALID',
    message: expect.stringMatching(/cannot be kept free: half of the disk at most, [\d.]+ GB of /) as string,
    data: { issues: [{ path: field }] },
  });
  await expect(add2(half + 1)).rejects.toMatchObject(refused('reserveBytes'));
  expect(existsSync(path)).toBe(false);
  const { volume: n } = await add2(half);
  expect(volume(rig as Rig, n)).toMatchObject({ reserveBytes: half, keptFreeBytes: half });
  await expect(engine.volumes.change(n, { reserveBytes: half + 1 }, admin)).rejects.toMatchObject(
    refused('change.reserveBytes'),
  );
  expect(volume(rig as Rig, n).reserveBytes).toBe(half);
  await engine.volumes.change(n, { reserveBytes: 1e6, paused: true }, admin);
  await engine.volumes.change(n, { reserveBytes: 1e6 }, admin);
  const { events } = await engine.events.list({ kind: ['volume-changed'], limit: 10 });
  expect(events.map((e) => e.data)).toEqual([
    {
      ...{ path, volume: n, disk: 'Attic', by: 'ann', 'was.reserveBytes': half, 'is.reserveBytes': 1e6 },
      ...{ 'was.paused': false, 'is.paused': true },
    },
  ]);
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

test('a camera has a folder, and what is kept of it, on a volume that it has video on and on no other', async () => {
  const { engine } = await open();
  const of = rig as Rig;
  const second = join(temp.path, 'second');
  await add(of, second, { sameDisk: true });
  await engine.volumes.change(2, { paused: true }, admin);
  const [camera, other] = site.cameras;
  if (camera === undefined || other === undefined) throw new Error('no cameras');
  const { id, folder } = await engine.cameras.add(draftOf({ ...camera, sub: null }));
  const idle = await engine.cameras.add({ ...draftOf({ ...other, sub: null }), enabled: false });
  const beside = (root: string, at = folder) => {
    const path = join(root, at, 'camera.json');
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { name: string; notes: string }) : null;
  };
  await until('its first segment has it described', () => beside(of.files.root)?.name === camera.name);
  await engine.cameras.update(idle.id, { notes: 'not yet' });
  await engine.cameras.update(id, { notes: 'by the gate' });
  await until('a change is written there', () => beside(of.files.root)?.notes === 'by the gate');
  await until('what is kept of it lies beside it', () => existsSync(join(of.files.root, folder, 'kept.json')));
  expect(readdirSync(join(second, 'video'))).toEqual(['volume.json']);
  expect(existsSync(join(of.files.root, idle.folder))).toBe(false);

  await engine.cameras.update(id, { enabled: false });
  await engine.volumes.change(2, { paused: false }, admin);
  await engine.volumes.change(1, { paused: true }, admin);
  await engine.cameras.update(id, { enabled: true });
  await until('it is described where it goes on', () => beside(join(second, 'video'))?.notes === 'by the gate');
  await until('and so is what is kept of it', () => existsSync(join(second, 'video', folder, 'kept.json')));
  expect(readdirSync(join(second, 'video')).sort()).toEqual([folder, 'volume.json'].sort());
});

test('a folder of one camera that is refused sends that camera elsewhere, and nobody else', async () => {
  const { engine, store } = await open();
  const of = rig as Rig;
  const second = join(temp.path, 'second');
  await add(of, second, { sameDisk: true });
  await engine.volumes.change(1, { weight: 0 }, admin);
  const [camera, other] = site.cameras;
  if (camera === undefined || other === undefined) throw new Error('no cameras');
  const { id, folder } = await engine.cameras.add({ ...draftOf({ ...camera, sub: null }), enabled: false });
  // A file in the folder's place: what no right of this process can write into.
  const inTheWay = join(second, 'video', folder);
  writeFileSync(inTheWay, '');
  const calm = await engine.cameras.add(draftOf({ ...other, sub: null }));
  await engine.cameras.update(id, { enabled: true });
  const lastOf = (cameraId: string) => {
    const main = store.streams().find((s) => s.cameraId === cameraId && s.kind === 'main');
    return main === undefined ? null : store.lastSegment(main.id);
  };
  await until('it goes on on the own volume', () => {
    const last = lastOf(id);
    return last?.volume === 1 && last.endMs - last.startMs > 1_000;
  });
  await until('the other is where it was', () => lastOf(calm.id)?.volume === 2);
  expect(volume(of, 2)).toMatchObject({ state: 'ok', streams: 1 });
  const path = inTheWay;
  const problem = (await engine.health.report()).problems.find((p) => p.code === 'folder-refused');
  expect(problem?.folder).toEqual({ volume: 2, path, camera: camera.name, code: 'ENOTDIR', elsewhere: true });
  const told = async () => (await engine.events.list({ limit: 100 })).events;
  expect((await told()).filter((e) => e.kind === 'disk-error')).toEqual([]);
  rmSync(inTheWay);
  await until(
    'the alarm ends',
    async () => (await told()).every((e) => e.kind !== 'folder-refused' || e.toMs !== null),
    30_000,
  );
  expect((await told()).filter((e) => e.kind === 'folder-refused')).toHaveLength(1);
  expect((await engine.health.report()).problems.some((p) => p.code === 'folder-refused')).toBe(false);
});

test('a folder that is refused on the only volume is an alarm while something is to be recorded there, and no longer', async () => {
  const { engine, files } = await open();
  const [camera] = site.cameras;
  if (camera === undefined) throw new Error('no camera');
  const { id, folder, main } = await engine.cameras.add({ ...draftOf({ ...camera, sub: null }), enabled: false });
  const inTheWay = join(files.root, folder);
  const alarms = async () =>
    (await engine.events.list({ kind: ['folder-refused'], limit: 10 })).events.map((e) => e.toMs === null);
  rmSync(inTheWay, { recursive: true, force: true });
  writeFileSync(inTheWay, '');
  await engine.cameras.update(id, { enabled: true });
  await until('the alarm', async () => (await alarms())[0] === true);
  await engine.cameras.update(id, { main: { ...main, plan: recordNever } });
  await until('its end, with the recording', async () => (await alarms())[0] === false);
  await engine.cameras.update(id, { main });
  await until('another alarm', async () => (await alarms())[0] === true);
  // The camera is lost while somebody puts the folder right: no recorder would hear of it.
  await site.site.cut(camera.name);
  await until('the loss', () => engine.cameras.get(id)?.streams[0]?.state === 'lost', 30_000);
  rmSync(inTheWay);
  await until('the end of that one too', async () => (await alarms())[0] === false, 60_000);
  expect(await alarms()).toEqual([false, false]);
}, 150_000);

test('two that are mounted in each other’s places are followed there, and what was told of them ends', async () => {
  const { engine, store } = await open();
  const of = rig as Rig;
  const [one, two] = [join(temp.path, 'one'), join(temp.path, 'two')];
  await add(of, one, { sameDisk: true, name: 'One' });
  await add(of, two, { sameDisk: true, name: 'Two' });
  await engine.volumes.change(1, { weight: 0 }, admin);
  await engine.volumes.change(3, { weight: 0 }, admin);
  const [camera] = site.cameras;
  if (camera === undefined) throw new Error('no camera');
  const { id } = await engine.cameras.add(draftOf({ ...camera, sub: null }));
  const main = store.streams().find((s) => s.cameraId === id && s.kind === 'main');
  if (main === undefined) throw new Error('no stream');
  const recording = () => {
    const last = store.lastSegment(main.id);
    return last?.volume === 2 && last.endMs - last.startMs > 1000 ? last : null;
  };
  const first = await until('it records on the first one', recording);

  renameSync(join(one, 'video'), join(temp.path, 'kept'));
  // Both are gone for a while, as while disks are changed.
  renameSync(join(two, 'video'), join(temp.path, 'other'));
  await until('both are missed', () => [2, 3].every((n) => volume(of, n).state === 'missing'));
  renameSync(join(temp.path, 'kept'), join(two, 'video'));
  renameSync(join(temp.path, 'other'), join(one, 'video'));
  await until('both are found', () => [2, 3].every((n) => volume(of, n).state === 'ok'));
  expect(volume(of, 2)).toMatchObject({ path: two, name: 'One', here: true });
  expect(volume(of, 3)).toMatchObject({ path: one, name: 'Two', here: true });
  const { startMs } = first;
  expect((await engine.playback.fragments({ id, stream: 'main', startMs })).fragments.length).toBeGreaterThan(0);
  const { events } = await engine.events.list({ limit: 100 });
  expect(events.filter((e) => e.kind === 'volume-changed' && e.severity === 'warning').map((e) => e.data)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ volume: 2, path: two, was: one }),
      expect.objectContaining({ volume: 3, path: one, was: two }),
    ]),
  );
  expect(events.filter((e) => e.kind === 'disk-error').map((e) => e.toMs)).not.toContain(null);
  expect(events.filter((e) => e.kind === 'disk-back')).toHaveLength(2);
  const listed = JSON.parse(readFileSync(join(of.files.root, 'volumes.json'), 'utf8')) as {
    volumes: { path: string }[];
  };
  expect(listed.volumes.map((v) => v.path)).toEqual(['', two, one]);
  await until('it is to be recorded on again', () => volume(of, 2).streams === 1);
});

describe.skipIf(!canMount)('a disk that fails while it is recorded on', () => {
  /** One camera, recorded on volume 2 alone as long as that works. */
  async function record(path: string) {
    const { engine, store } = await open();
    const of = rig as Rig;
    await add(of, path);
    await engine.volumes.change(1, { weight: 0 }, admin);
    const [camera] = site.cameras;
    if (camera === undefined) throw new Error('no camera');
    const { id } = await engine.cameras.add(draftOf({ ...camera, sub: null }));
    const main = store.streams().find((s) => s.cameraId === id && s.kind === 'main');
    if (main === undefined) throw new Error('no stream');
    await until('it records there', () => {
      const last = store.lastSegment(main.id);
      return last?.volume === 2 && last.endMs - last.startMs > 2000;
    });
    const gaps = () => store.endedGaps(main.id, 0, 20).map((g) => ({ cause: g.cause, ms: g.toMs - g.fromMs }));
    const onOwn = () =>
      until('it goes on on the own volume', () => {
        const last = store.lastSegment(main.id);
        return last?.volume === 1 && last.endMs - last.startMs > 1000 && volume(of, 1).streams === 1;
      });
    const events = async () =>
      (await engine.events.list({ limit: 100 })).events.map((e) => [e.kind, e.data['state'] ?? null]);
    return { of, engine, store, id, main, gaps, onOwn, events };
  }

  /** What waited goes along: at most a gap from what was written last up to a key frame, of which the camera gives one in two seconds. */
  const oneGapAtMost = (gaps: { cause: string; ms: number }[], cause: string): void => {
    const found = gaps.filter((g) => g.cause !== 'no-data'); // before its first picture
    expect(found.length).toBeLessThanOrEqual(1);
    for (const gap of found) expect(gap.cause).toBe(cause);
    for (const gap of found) expect(gap.ms).toBeLessThan(3000);
  };

  test('unmounted under it: recording is elsewhere at once; its footage is not here now, stays known, and plays when it is back', async () => {
    const path = image('disk');
    const { of, engine, store, id, main, gaps, onOwn, events } = await record(path);
    const first = store.lastSegment(main.id);
    unmount(path, true);
    await onOwn();
    expect(volume(of, 2)).toMatchObject({ state: 'missing', here: false, streams: 0 });
    expect(volume(of, 2).trouble).toContain('unplugged');
    expect(await events()).toEqual(
      expect.arrayContaining([
        ['disk-error', 'missing'],
        ['recording-moved', 'missing'],
      ]),
    );
    const startMs = first?.startMs ?? 0;
    await expect(engine.playback.fragments({ id, stream: 'main', startMs })).rejects.toMatchObject({
      data: { reason: 'volume-away' },
    });
    await expect(engine.cameras.erase(id)).rejects.toMatchObject({ data: { what: 'volume-away' } });
    expect(store.segmentsFrom(main.id, 0, Number.MAX_SAFE_INTEGER, 10).some((s) => s.volume === 2)).toBe(true);
    // What is open of a file system that is let go can be written to its end.
    expect(gaps().filter((g) => g.cause.startsWith('disk'))).toEqual([]);

    remount(path);
    await until('it is known again', () => volume(of, 2).state === 'ok');
    expect((await engine.playback.fragments({ id, stream: 'main', startMs })).fragments.length).toBeGreaterThan(1);
    expect(volume(of, 2).streams).toBe(0); // not before it has rested
    await until(
      'it is recorded on again',
      () => store.lastSegment(main.id)?.volume === 2 || volume(of, 2).streams > 0,
      90_000,
    );
  });

  test('read-only under it: what is there plays, recording is elsewhere', async () => {
    const path = image('disk');
    const { of, engine, store, id, main, gaps, onOwn } = await record(path);
    const startMs = store.lastSegment(main.id)?.startMs ?? 0;
    run('mount', '-o', 'remount,abort', path); // as after a failure of the disk: the file system takes nothing more
    await onOwn();
    const seen = volume(of, 2);
    expect(['read-only', 'error']).toContain(seen.state);
    expect(seen.here).toBe(true);
    expect((await engine.playback.fragments({ id, stream: 'main', startMs })).fragments.length).toBeGreaterThan(1);
    oneGapAtMost(gaps(), 'disk-error');
  });

  test('full: recording is elsewhere, and a gap says why', async () => {
    const path = mount('disk', 16);
    const { of, gaps, onOwn, events } = await record(path);
    expect(() => writeFileSync(join(path, 'filler'), Buffer.alloc(16 << 20))).toThrow('ENOSPC');
    await onOwn();
    expect(volume(of, 2).state).toBe('full');
    oneGapAtMost(gaps(), 'disk-full');
    expect(await events()).toEqual(
      expect.arrayContaining([
        ['disk-full', 'full'],
        ['recording-moved', 'full'],
      ]),
    );
  });

  test('another disk in its place: nothing is written there, nothing counts as deleted', async () => {
    const path = mount('disk');
    const { of, store, main, onOwn } = await record(path);
    unmount(path, true);
    mount('disk');
    mkdirSync(join(path, 'video'));
    writeFileSync(join(path, 'video', 'volume.json'), '{"vigie":"volume","format":1,"id":"strange"}');
    await onOwn();
    await until('it is told', () => volume(of, 2).state === 'swapped');
    expect(readdirSync(join(path, 'video'))).toEqual(['volume.json']);
    expect(store.segmentsFrom(main.id, 0, Number.MAX_SAFE_INTEGER, 10).some((s) => s.volume === 2)).toBe(true);
  });
});

describe('the own volume', () => {
  const video = () => join(temp.path, 'data', 'video');
  const away = () => join(temp.path, 'data', 'video.away');
  /** Another disk is mounted where the own one was. */
  const swap = (): void => {
    renameSync(video(), away());
    mkdirSync(video());
    writeFileSync(join(video(), 'volume.json'), '{"vigie":"volume","format":1,"id":"strange"}');
  };
  const swapBack = (): void => {
    rmSync(video(), { recursive: true });
    renameSync(away(), video());
  };
  async function recordOne() {
    const { engine, store } = await open();
    const of = rig as Rig;
    const [camera] = site.cameras;
    if (camera === undefined) throw new Error('no camera');
    const { id } = await engine.cameras.add(draftOf({ ...camera, sub: null }));
    const main = store.streams().find((s) => s.cameraId === id && s.kind === 'main');
    if (main === undefined) throw new Error('no stream');
    const recordedOn = (volume: number, what: string) =>
      until(what, () => {
        const last = store.lastSegment(main.id);
        return last?.volume === volume && last.state === 'open' && last.endMs - last.startMs > 1000 && last;
      });
    return { of, engine, store, id, main, recordedOn };
  }
  const problems = async (of: Rig) => (await of.engine.health.report()).problems.map((p) => p.code);

  test('another disk in its place while it is recorded on: nothing is written there, and it goes on when the right one is back', async () => {
    const { of, engine, store, id, main, recordedOn } = await recordOne();
    const { startMs } = await recordedOn(1, 'it records');
    await engine.cameras.update(id, { enabled: false });
    await until('it is sealed', () => store.lastSegment(main.id)?.state === 'sealed');
    swap();
    await engine.cameras.update(id, { enabled: true });
    await until('it is told', () => volume(of, 1).state === 'swapped');
    expect(volume(of, 1).here).toBe(false);
    expect(await problems(of)).toContain('disk-error');
    const detail = (await engine.health.report()).problems.find((p) => p.code === 'disk-error')?.detail;
    expect(detail).toContain('the wrong disk is mounted there');
    await expect(engine.playback.fragments({ id, stream: 'main', startMs })).rejects.toMatchObject({
      data: { reason: 'volume-away' },
    });
    await until('its camera tells it', () => engine.cameras.get(id)?.streams[0]?.trouble === 'disk');
    expect(volume(of, 1).recording).toBe(false);
    expect(readdirSync(video())).toEqual(['volume.json']);

    swapBack();
    await until('it is known again', () => volume(of, 1).state === 'ok');
    await recordedOn(1, 'it records again');
    expect((await engine.playback.fragments({ id, stream: 'main', startMs })).fragments.length).toBeGreaterThan(0);
    expect(await problems(of)).not.toContain('disk-error');
  });

  test('where others record, its trouble is not said to be that nothing is recorded', async () => {
    const { of, recordedOn } = await recordOne();
    await recordedOn(1, 'it records');
    await add(of, join(temp.path, 'more'), { sameDisk: true });
    swap();
    await recordedOn(2, 'it goes on on the other one');
    const found = await problems(of);
    expect(found).toContain('volume-trouble');
    expect(found).not.toContain('disk-error');
    expect((await of.engine.health.report()).state).toBe('degraded');
    swapBack();
    await until('it is known again', () => volume(of, 1).state === 'ok');
    await until('all is well', async () => !(await problems(of)).includes('volume-trouble'));
  });
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
    const roots = [of.files.root, join(path, 'video')];
    const folders = () =>
      roots.flatMap((r) =>
        readdirSync(r)
          .filter((n) => !n.includes('.'))
          .map((n) => join(r, n)),
      );
    await until('every camera is described where it has video', () => {
      const found = folders();
      return found.length >= cameras.length && found.every((f) => existsSync(join(f, 'camera.json')));
    });
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
    expect(away.text).toContain('1 disk with recordings is not here');
    expect(away.text).not.toContain('All is well');
    expect(away.code).toBe(3);
    expect(JSON.parse((await doctor('--json')).text)).toMatchObject({
      ok: false,
      findings: [{ code: 'volume-away', path, repaired: null }],
    });
    expect((await doctor('--repair')).code).toBe(3);
    expect((await rebuild()).text).toContain(`${path} is not here`);
    expect(count()).toEqual(had);

    renameSync(`${path}.away`, path);
    for (const name of readdirSync(data()).filter((n) => n.startsWith('vigie.db'))) rmSync(join(data(), name));
    await rebuild();
    expect(count()).toEqual(had);
    expect((await doctor('--hashes')).code).toBe(0);
  });
});
