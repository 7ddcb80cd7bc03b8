import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostNotice } from '#contract/host.ts';
import type { StreamId } from '#domain/id.ts';
import { includes } from '#domain/user.ts';
import { hourMs } from '#domain/time.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { contractRoutes } from '../../src/main/adapters/http/router.ts';
import { openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import { aliveKey, endedKey, takeInKey } from '../../src/main/engine/settings.ts';
import { cameraRow } from '../support/camera-row.ts';
import { writeSegment } from '../support/recorded.ts';
import { openCameras, root, tempFolder, until } from './engine-rig.ts';

const program = join(root, 'src', 'main', 'station', 'index.ts');
let folder: ReturnType<typeof tempFolder>;
let stops: (() => Promise<void> | void)[];
beforeEach(() => {
  folder = tempFolder();
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  folder.remove();
});

const env = { ...process.env, FFMPEG_BIN: '' };

function start(args: string[], data = folder.path) {
  const child: ChildProcess = fork(program, ['--data', data, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env,
  });
  const notices: HostNotice[] = [];
  let out = '';
  let err = '';
  child.stdout?.on('data', (d: Buffer) => (out += d.toString()));
  child.stderr?.on('data', (d: Buffer) => (err += d.toString()));
  child.on('message', (m) => notices.push(HostNotice.parse(m)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  stops.push(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  const ready = () =>
    until(`ready (${err})`, () => {
      const notice = notices.find((n) => n.type === 'ready');
      if (notice === undefined && child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${err}`);
      return notice;
    });
  /** Streams that are recorded, as last told: with its word that it is ready, or when that changes afterwards. */
  const recording = (): number =>
    notices.reduce((n, m) => (m.type === 'ready' ? m.recording : m.type === 'recording' ? m.streams : n), 0);
  return { child, notices, ended, ready, recording, out: () => out, err: () => err };
}

const command = (args: string[], data = folder.path) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args, '--data', data], {
    encoding: 'utf8',
    env,
    timeout: 30_000,
  });
  return { status, stdout, stderr };
};

/** `expect.stringContaining` with a type. */
const containing = (text: string): unknown => expect.stringContaining(text);

const openStore = (data = folder.path) =>
  openWriteStore(join(data, 'vigie.db'), {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: '01ARZ3NDEKTSV4RRFFQ69G5FAV', name: 'x' }),
  });

async function call(url: string, method: string, path: string, body: object | null, cookie: string | null) {
  const answer = await fetch(`${url}/api${path}`, {
    method,
    headers: { ...(body !== null && { 'content-type': 'application/json' }), ...(cookie !== null && { cookie }) },
    ...(body !== null && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}
const password = 'long enough a word';
/** The cookie of a new session; `/setup` makes the first administrator. */
async function signIn(url: string, name: string, at: '/setup' | '/session' = '/session'): Promise<string> {
  const answer = await call(url, 'POST', at, { name, password }, null);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}
/** Signs in as the first administrator and adds the cameras. */
async function addCameras(url: string, drafts: object[]): Promise<void> {
  const cookie = await signIn(url, 'ana', '/setup');
  for (const draft of drafts) await call(url, 'POST', '/cameras', draft, cookie);
}

describe('the station', () => {
  it('loses at most a second to SIGKILL, takes the rest in at the next start, and ends in order and soon at SIGTERM', async () => {
    const { site, cameras } = await openCameras();
    stops.push(() => site.stop());
    const first = start([]);
    const { url } = await first.ready();
    // The host hears of it by its channel; the line for people comes by another way.
    await until('the line', () => first.out() !== '');
    expect(first.out()).toBe(`Vigie is ready at ${url}\n`);
    await addCameras(url, cameras);
    await until('recording told', () => first.recording() >= 6);
    const videos = () =>
      readdirSync(join(folder.path, 'video'), { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.mp4'));
    // Of each stream some segment: one that was interrupted may have left a short one.
    const sizes = () =>
      videos().map((f) => ({
        stream: `${f.split(sep)[0] ?? ''}/${basename(f).split('_')[0] ?? ''}`,
        bytes: statSync(join(folder.path, 'video', f)).size,
      }));
    await until('all write', () => new Set(sizes().flatMap((f) => (f.bytes > 30_000 ? [f.stream] : []))).size === 7);
    const killedMs = systemClock.nowMs();
    first.child.kill('SIGKILL');
    await first.ended;

    const second = start([]);
    await second.ready();
    // All may be recorded before it is ready, and then nothing changes any more.
    await until('all are recorded again', () => second.recording() === 7, 30_000);
    const stopping = performance.now();
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    // 3 s where there is time; the rest is for a machine that has none.
    expect(performance.now() - stopping).toBeLessThan(8_000);

    const store = openStore();
    const streams = store.streams();
    expect(streams).toHaveLength(7);
    for (const { id } of streams) {
      const [crashed] = store.segmentsFrom(id, 0, 4e12, 10);
      expect(crashed?.state).toBe('recovered');
      expect(killedMs - (crashed?.endMs ?? 0), 'lost at the end').toBeLessThan(1_500);
      expect(store.openGap(id)).toBeNull();
    }
    expect(store.openSegments()).toEqual([]);
    expect(store.faults()).toEqual([]);
    store.close();
    expect(command(['check'])).toMatchObject({ status: 0, stdout: containing('All is well') });
    // Nothing that a log holds says a password.
    expect(readFileSync(join(folder.path, 'logs', 'vigie.log'), 'utf8')).not.toContain('a secret word');

    // The index again from the disk alone: the same segments.
    writeFileSync(join(folder.path, 'vigie.db'), 'this is no database at all, just words that lie where one was');
    expect(command(['check'])).toMatchObject({ status: 1, stderr: containing('rebuild-index') });
    const rebuilt = command(['rebuild-index']);
    expect(rebuilt.stdout).toContain('4 cameras taken in');
    expect(rebuilt.status).toBe(0);
    expect(command(['check'])).toMatchObject({ status: 0 });
    const again = openStore();
    expect(again.cameras().map((c) => c.name)).toEqual(cameras.map((c) => c.name));
    again.close();
  });

  it('takes in what a crash left days after the newest that the index has, though the next start is killed as well', async () => {
    const now = systemClock.nowMs();
    // Recorded now and then: six days ago, and five hours ago, when the station died before the index heard of it.
    const [knownMs, leftMs] = [now - 144 * hourMs, now - 5 * hourMs];
    const known = (store: ReturnType<typeof openStore>, streamId: StreamId) =>
      store.segmentsFrom(streamId, 0, 4e12, 10).map((s) => [s.startMs, s.state]);
    /** Killed at the first sign of life in its index, before it has looked at any disk; null where it was quicker. */
    const killedInTime = async () => {
      const video = join(folder.path, 'video');
      const store = openStore();
      const { streamIds } = store.camera.add(cameraRow({ createdMs: now - 240 * hourMs, enabled: false }));
      store.segment.adopt({ ...writeSegment(video, knownMs), streamId: streamIds.main });
      writeSegment(video, leftMs, { sealed: false });
      store.setting.set(aliveKey, String(leftMs + 500));
      store.setting.set(endedKey, 'no');
      expect(known(store, streamIds.main)).toEqual([[knownMs, 'sealed']]);
      const second = start([]);
      await until('it is begun', () => (store.setting.get(takeInKey) ?? '') !== '', 30_000);
      second.child.kill('SIGKILL');
      await second.ended;
      if (known(store, streamIds.main).length === 1) return { store, streamId: streamIds.main };
      store.close();
      folder.remove();
      folder = tempFolder();
      return null;
    };
    const { store, streamId } = await until('it is killed in time', killedInTime, 60_000);
    // As if it had run on for a while before that.
    store.setting.set(aliveKey, String(now));
    const third = start([]);
    await third.ready();
    await until('what was left is known', () => known(store, streamId).length === 2, 30_000);
    third.child.kill('SIGTERM');
    expect(await third.ended).toBe(0);
    expect(known(store, streamId)).toEqual([
      [knownMs, 'sealed'],
      [leftMs, 'recovered'],
    ]);
    store.close();
  });

  it('lets one station have a data folder, and says so to the second', async () => {
    const first = start([]);
    await first.ready();
    const second = start([]);
    expect(await second.ended).toBe(1);
    expect(second.err()).toMatch(/Another station already works on the data folder/);
    expect(second.notices).toEqual([]);
    first.child.send({ type: 'ticket', id: 7 });
    await until('ticket', () => first.notices.find((n) => n.type === 'ticket'));
    first.child.send({ type: 'stop' });
    expect(await first.ended).toBe(0);
  });

  it('tells administrators alone where on the PC it keeps what', async () => {
    const second = tempFolder();
    stops.push(second.remove);
    const { url } = await start([]).ready();
    const admin = await signIn(url, 'ana', '/setup');
    const disk = { path: second.path, sameDisk: true };
    await call(url, 'POST', '/volumes', disk, admin);
    await call(url, 'PATCH', '/volumes/2', { change: { name: 'Second' } }, admin);
    const cookies = { administrator: admin, operator: '', viewer: '' };
    for (const role of ['operator', 'viewer'] as const) {
      await call(url, 'POST', '/users', { name: role, password, role }, admin);
      cookies[role] = await signIn(url, role);
    }
    const told = async (role: keyof typeof cookies, path: string): Promise<string> =>
      await (await call(url, 'GET', path, null, cookies[role])).text();
    const places = [folder.path, second.path];
    const named = (text: string): boolean[] => places.map((place) => text.includes(JSON.stringify(place).slice(1, -1)));
    const [both, one] = [
      [true, true],
      [true, false],
    ];
    expect(named(await told('administrator', '/volumes'))).toEqual(both);
    expect(named(await told('administrator', '/storage/forecast'))).toEqual(both);
    expect(named(await told('administrator', '/retention'))).toEqual(both);
    expect(named(await told('administrator', '/events'))).toEqual([false, true]);
    expect(named(await told('administrator', '/station/health'))).toEqual(one);
    for (const role of ['operator', 'viewer'] as const) {
      // Whatever is asked for without more: no list has to be kept of what may name a place.
      const asked = contractRoutes().filter(
        (r) =>
          r.method === 'GET' &&
          r.role !== null &&
          (r.role === 'public' || includes(role, r.role)) &&
          !r.path.includes('{') &&
          !r.pushes,
      );
      expect(asked.length).toBeGreaterThan(15);
      for (const { path } of asked) {
        const answer = await fetch(`${url}/api${path}`, { headers: { cookie: cookies[role] } });
        const text = await answer.text();
        expect([path, ...named(text)], role).toEqual([path, false, false]);
      }
      expect(JSON.parse(await told(role, '/volumes'))).toMatchObject([
        { volume: 1, name: '', path: '' },
        { volume: 2, name: 'Second', path: '' },
      ]);
      expect(JSON.parse(await told(role, '/station/health'))).toMatchObject({ volume: { name: '', path: '' } });
    }
  });

  it('ends whatever pushes with the session that asked for it', async () => {
    const { url } = await start([]).ready();
    const cookie = await signIn(url, 'ana', '/setup');
    // As with events, whose address has another form.
    const follow = await call(url, 'GET', '/footage-searches/follow', null, cookie);
    const reader = follow.body!.getReader();
    expect((await reader.read()).done).toBe(false);
    await call(url, 'DELETE', '/session', null, cookie);
    const ended = (async () => {
      while (!(await reader.read()).done);
    })();
    await expect(ended).rejects.toThrow(/terminated/);
  });

  it('refuses a newer database and a taken port with a sentence, and takes the next free port by itself', async () => {
    openStore().close();
    const first = start([]);
    const { url } = await first.ready();
    const port = new URL(url).port;
    const other = tempFolder();
    stops.push(() => other.remove());
    const taken = command(['--port', port], other.path);
    expect(taken).toMatchObject({ status: 1, stderr: containing('--port') });
    expect(taken.stderr.trim().split('\n').at(-1)).toContain(`127.0.0.1:${port} is taken`);
    // Who tells a whole group of processes, and who passes it on to the station, ask once.
    first.child.kill('SIGTERM');
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);

    const { default: Sqlite } = await import('better-sqlite3');
    const db = new Sqlite(join(folder.path, 'vigie.db'));
    db.pragma('user_version = 99');
    db.close();
    expect(command([])).toMatchObject({ status: 1, stderr: containing('newer Vigie') });
  });

  it('answers a wrong command line with one sentence and code 2', () => {
    for (const args of [['--nope'], ['--port', 'x'], ['dance'], ['--tls-cert', 'a'], ['--repair']]) {
      const { status, stderr, stdout } = command(args);
      expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
    }
    expect(command(['--help']).stdout).toContain('--data DIR');
    expect(command(['check'], join(folder.path, 'nowhere'))).toMatchObject({
      status: 1,
      stderr: containing('no Vigie data'),
    });
    expect(existsSync(join(folder.path, 'nowhere'))).toBe(false);
    mkdirSync(join(folder.path, 'sub'));
    writeFileSync(join(folder.path, 'sub', 'file'), '');
    expect(command([], join(folder.path, 'sub', 'file'))).toMatchObject({
      status: 1,
      stderr: containing('choose another folder'),
    });
  });
});

describe.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
  'on a full disk (needs root for a small tmpfs)',
  () => {
    it('says so, loses nothing that was recorded, and records again when there is room', async () => {
      const disk = join(folder.path, 'disk');
      mkdirSync(disk);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
      if (mounted.status !== 0) {
        process.stderr.write('SKIPPED: no tmpfs can be mounted here, so a full disk was not tried.\n');
        return;
      }
      stops.unshift(() => {
        spawnSync('umount', ['-l', disk]);
      });
      const { site, cameras } = await openCameras();
      stops.push(() => site.stop());
      const station = start([], disk);
      const { url } = await station.ready();
      await addCameras(url, cameras);
      await until('recording', () => station.recording() >= 6);
      // With media on the disk: one that holds nothing whole yet is dropped when the disk refuses, and rightly so.
      const segments = () =>
        readdirSync(join(disk, 'video'), { recursive: true, encoding: 'utf8' }).filter(
          (f) => f.endsWith('.mp4') && statSync(join(disk, 'video', f)).size > 30_000,
        ).length;
      await until('all have a segment', () => segments() >= 7);
      const filler = join(disk, 'filler');
      writeFileSync(filler, '');
      spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k', 'status=none']);
      await until(
        'said full',
        () =>
          /"to":"full"/.test(readFileSync(join(disk, 'logs', 'vigie.log'), 'utf8')) || /to="full"/.test(station.err()),
        30_000,
      );
      // A disk that is told full by its free space has not yet refused anything.
      await until('refused', () => /refused to take video/.test(station.err()), 30_000);
      const before = segments();
      const health = await fetch(`${url}/health`);
      expect(health.status).toBe(200);
      spawnSync('rm', ['-f', filler]);
      await until('back', () => /from="full"/.test(station.err()) || /"from":"full"/.test(station.err()), 40_000);
      await until('recording again', () => segments() > before, 30_000);
      station.child.kill('SIGTERM');
      expect(await station.ended).toBe(0);
      const store = openStore(disk);
      const kept = store.streams().flatMap(({ id }) => store.segmentsFrom(id, 0, 4e12, 1000));
      expect(kept.length).toBeGreaterThan(7);
      store.close();
      expect(command(['check'], disk).stdout).not.toMatch(/not there|has \d+ bytes where/);
    });
  },
);
