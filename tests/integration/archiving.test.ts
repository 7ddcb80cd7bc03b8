import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '#contract/error.ts';
import { noTiers, type ArchiveSettings } from '#domain/archive.ts';
import { segmentPath } from '#domain/segment.ts';
import { untouched } from '#domain/retention.ts';
import type { ArchiveDoor } from '../../src/main/engine/archive-port.ts';
import { openS3Server } from '../support/s3-server.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import { openArchiving, rule } from './archive-rig.ts';
import { ana } from './retention-rig.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
function folder(): string {
  const { path, remove } = tempFolder();
  closing.push(remove);
  return path;
}
async function open(dir = folder(), wrap?: (door: ArchiveDoor) => ArchiveDoor) {
  const rig = await openArchiving(dir, wrap);
  closing.push(() => rig.close());
  return rig;
}
async function bucket() {
  const s3 = await openS3Server();
  closing.push(() => s3.close());
  return s3;
}
const anyTime = { hours: null, within: null, outside: null };
const nas = (path: string, name = 'NAS'): ArchiveSettings => ({ name, place: { kind: 'folder', path }, pace: anyTime });
const textOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'none',
    (error: unknown) => (error instanceof AppError ? `${error.code}: ${error.message}` : String(error)),
  );
const minute = 60_000;

describe.each(['folder', 's3'] as const)('an archive of kind %s', (kind) => {
  it('gets what is old enough, verified; it leaves the disk, plays on, and the index stays sound', async () => {
    const dir = folder();
    const rig = await open(dir);
    const s3 = kind === 's3' ? await bucket() : null;
    const place = s3?.place ?? { kind: 'folder' as const, path: join(dir, 'nas') };
    const { archive } = await rig.archives.add({ name: 'Old', place, pace: anyTime }, s3?.secret ?? null, ana);
    const gate = rig.addCamera('Gate');
    const old = rig.record(gate.main, { count: 6, daysAgo: 2 });
    const young = rig.record(gate.main, { count: 3, daysAgo: 0 });
    const sub = rig.record(gate.sub, { count: 2, daysAgo: 3 });
    const before = old.map((ms) => readFileSync(rig.files.path('gate', 'main', ms)));
    const runs = rig.store.segmentsFrom(gate.main, 0, Number.MAX_SAFE_INTEGER, 100).map((s) => s.endMs);
    rig.archives.setStation(rig.main(archive), ana);
    rig.start();
    await until('all has left', () => rig.onDisk(gate.main, old).length === 0);
    expect(rig.at(gate.main, old)).toEqual(old.map(() => archive));
    expect(rig.at(gate.main, young)).toEqual(young.map(() => 1));
    expect(rig.onDisk(gate.main, young)).toEqual(young);
    expect(rig.onDisk(gate.sub, sub)).toEqual(sub);
    expect(rig.store.faults()).toEqual([]);
    expect(rig.store.segmentsFrom(gate.main, 0, Number.MAX_SAFE_INTEGER, 100).map((s) => s.endMs)).toEqual(runs);
    await until('that is known', () => rig.store.archive.leaving(9).length === 0);
    expect(rig.store.archive.sending.all(archive)).toEqual([]);

    // It plays by the same ways, byte by byte.
    for (const [i, startMs] of old.entries()) {
      const found = await rig.playback.file(gate.id, 'main', startMs);
      const reader = await found?.open();
      expect(Buffer.from((await reader?.read(0, 1 << 20)) ?? []).equals(before[i] ?? Buffer.alloc(0))).toBe(true);
      await reader?.close();
      const told = await rig.playback.fragments({ id: gate.id, stream: 'main', startMs });
      expect(told.segment.archive).toBe(archive);
      expect(told.fragments).toHaveLength(3);
    }
    const here = await rig.playback.fragments({ id: gate.id, stream: 'main', startMs: young[0] ?? 0 });
    expect(here.segment.archive).toBeUndefined();
    await until('it rests', async () => (await rig.archives.list())[0]?.is === 'idle');
    rig.skew.monoMs += minute; // counted anew
    const [view] = await rig.archives.list();
    expect(view).toMatchObject({ is: 'idle', trouble: null, copies: { segments: 6 }, only: { segments: 6 } });
    expect(view?.waiting.segments).toBe(0);
    if (s3 !== null) {
      expect(s3.refused).toEqual([]);
      // The secret is nowhere to be read.
      expect(readFileSync(join(dir, 'index.db')).includes(s3.secret)).toBe(false);
      expect(JSON.stringify(await rig.archives.list())).not.toContain(s3.secret);
    }
  });

  it('says that it is away when it is, plays what was looked at lately, and works again by itself', async () => {
    const dir = folder();
    const rig = await open(dir);
    const s3 = kind === 's3' ? await bucket() : null;
    const path = join(dir, 'nas');
    const place = s3?.place ?? { kind: 'folder' as const, path };
    const { archive } = await rig.archives.add({ name: 'Old', place, pace: anyTime }, s3?.secret ?? null, ana);
    const gate = rig.addCamera('Gate');
    const [seen = 0, unseen = 0] = rig.record(gate.main, { count: 2, daysAgo: 2 });
    rig.archives.setStation(rig.main(archive), ana);
    rig.start();
    await until('all has left', () => rig.onDisk(gate.main, [seen, unseen]).length === 0);
    const play = async (startMs: number): Promise<number> => {
      const reader = await (await rig.playback.file(gate.id, 'main', startMs))?.open();
      const bytes = (await reader?.read(0, 1 << 20))?.length ?? 0;
      await reader?.close();
      return bytes;
    };
    const size = await play(seen);
    expect(size).toBeGreaterThan(1000);
    if (s3 === null) renameSync(path, `${path}-gone`);
    else s3.fault(() => 'denied');
    const words = await textOf(play(unseen));
    expect(words).toMatch(/^UNAVAILABLE: This recording is at the archive “Old”\. /);
    expect(await play(seen)).toBe(size);
    expect((await rig.archives.list())[0]).toMatchObject({ trouble: kind === 's3' ? 'refused' : 'missing' });
    expect(rig.notes.filter((n) => n.kind === 'archive-trouble')).toHaveLength(1);
    expect(rig.troubles()).toEqual([expect.stringMatching(/^Old: /)]);
    expect(rig.notes.find((n) => n.kind === 'archive-trouble')?.data?.['text']).toMatch(/^Old: /);
    if (s3 === null) renameSync(`${path}-gone`, path);
    else s3.fault(null);
    rig.skew.monoMs += 10 * minute; // its wait is over
    expect(await play(unseen)).toBe(size);
    expect((await rig.archives.list())[0]).toMatchObject({ trouble: null, words: null });
    expect(rig.troubles()).toEqual([]);
  });
});

describe.each(['folder', 's3'] as const)('playing from an archive of kind %s', (kind) => {
  /** Two recordings of 6 MB at the archive, and what was got of them. */
  async function archived() {
    const dir = folder();
    const got = { parts: 0, bytes: 0, whole: 0 };
    const counting = (door: ArchiveDoor): ArchiveDoor => ({
      open(place, secret, id) {
        const store = door.open(place, secret, id);
        return {
          ...store,
          async read(key, bytes, offset, length, signal) {
            got.parts += 1;
            got.bytes += length;
            return await store.read(key, bytes, offset, length, signal);
          },
          async fetch(...of) {
            got.whole += 1;
            return await store.fetch(...of);
          },
        };
      },
    });
    const rig = await open(dir, counting);
    const s3 = kind === 's3' ? await bucket() : null;
    const path = join(dir, 'nas');
    const place = s3?.place ?? { kind: 'folder' as const, path };
    const { archive } = await rig.archives.add({ name: 'Old', place, pace: anyTime }, s3?.secret ?? null, ana);
    const gate = rig.addCamera('Gate');
    const old = rig.record(gate.main, { count: 2, daysAgo: 2, seconds: 60, pictureBytes: 10_000 });
    const files = old.map((ms) => readFileSync(rig.files.path('gate', 'main', ms)));
    rig.archives.setStation(rig.main(archive), ana);
    rig.start();
    await until('all has left', () => rig.onDisk(gate.main, old).length === 0);
    const see = async (atMs: number) => {
      const place = await rig.playback.moment({ cameraId: gate.id, streams: ['main'], atMs, what: 'run' });
      if (place === null) throw new Error('nothing is there');
      const rows = place.fragments.slice(place.first, place.first + place.count);
      const from = rows[0]?.[0] ?? 0;
      const to = (rows.at(-1)?.[0] ?? 0) + (rows.at(-1)?.[1] ?? 0);
      const reader = await place.open();
      const bytes = Buffer.from((await reader?.read(from, to - from)) ?? []);
      await reader?.close();
      return { place, from, to, bytes };
    };
    /** Where an archive keeps an object, with bytes of it changed. */
    const damage = (startMs: number, at: number): void => {
      const key = segmentPath('gate', 'main', startMs);
      if (s3 === null) {
        const whole = readFileSync(join(path, key));
        writeFileSync(join(path, key), whole.fill(9, at, at + 50));
      } else for (const [name, object] of s3.objects) if (name.endsWith(key)) object.data.fill(9, at, at + 50);
    };
    return { rig, s3, gate, old, files, got, see, damage };
  }

  it('gets what a seek needs and no more, each part once, and the whole verified for who wants it', async () => {
    const { rig, gate, old, files, got, see } = await archived();
    const [startMs = 0] = old;
    const file = files[0] ?? Buffer.alloc(0);
    const seen = await see(startMs + 30_500);
    expect(seen.place.fragments).toHaveLength(60);
    expect(seen.bytes.equals(file.subarray(seen.from, seen.to))).toBe(true);
    expect(seen.place.fragments.map((f) => f[2])).toEqual(Array.from({ length: 60 }, (_, i) => startMs + i * 1000));
    // Its shape, the heads of 60 fragments, and the two that are seen.
    expect(got.whole).toBe(0);
    expect(got.bytes).toBeLessThan(seen.to - seen.from + 700_000);
    expect(got.bytes).toBeLessThan(file.length / 6);
    const { bytes } = got;
    await see(startMs + 30_500);
    expect(got.bytes).toBe(bytes);
    const next = await see(startMs + 45_500);
    expect(next.bytes.equals(file.subarray(next.from, next.to))).toBe(true);
    expect(got.bytes - bytes).toBeLessThanOrEqual(next.to - next.from);

    const found = await rig.playback.file(gate.id, 'main', startMs);
    const reader = await found?.open();
    const pieces: Uint8Array[] = [];
    for await (const piece of reader?.chunks(0, file.length - 1) ?? []) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(file)).toBe(true);
    expect(got.whole).toBe(1);
    expect((await see(startMs + 10_500)).bytes.length).toBeGreaterThan(0);
    expect(got.whole).toBe(1);
  });

  it('gives no whole recording that is not what was archived, and nothing of it once its parts have shown that', async () => {
    const { rig, gate, old, files, see, damage } = await archived();
    const [, startMs = 0] = old;
    const size = files[1]?.length ?? 0;
    const last = (await see(startMs + 1_000)).place.fragments.at(-1)?.[0] ?? 0;
    damage(startMs, last + 5_000);
    const read = async (first: number, end: number): Promise<number> => {
      const reader = await (await rig.playback.file(gate.id, 'main', startMs))?.open();
      let bytes = 0;
      try {
        for await (const piece of reader?.chunks(first, end) ?? []) bytes += piece.length;
      } finally {
        await reader?.close();
      }
      return bytes;
    };
    expect(await textOf(read(0, size - 1))).toMatch(/not what was archived/);
    expect(await read(0, 1_000_000)).toBe(1_000_001);
    expect(await textOf(read(1, size - 1))).toMatch(/not what was archived/);
    expect(await textOf(read(0, 1_000))).toMatch(/not what was archived/);
  });
});

describe('archiving', () => {
  it('lets nobody wait for an archive that does not answer, and says so at once the next time', async () => {
    const dir = folder();
    let silent = false;
    let asked = 0;
    const hanging = (door: ArchiveDoor): ArchiveDoor => ({
      open(place, secret, id) {
        const store = door.open(place, secret, id);
        return {
          ...store,
          async read(key, bytes, offset, length, signal) {
            asked += 1;
            if (!silent) return await store.read(key, bytes, offset, length, signal);
            return await new Promise((_, reject) => {
              signal.addEventListener('abort', () => reject(signal.reason as Error));
            });
          },
        };
      },
    });
    const rig = await openArchiving(dir, hanging, { partMs: 300 });
    closing.push(() => rig.close());
    const { archive } = await rig.archives.add(nas(join(dir, 'nas')), null, ana);
    const gate = rig.addCamera('Gate');
    const [old = 0] = rig.record(gate.main, { count: 1, daysAgo: 2 });
    const [young = 0] = rig.record(gate.main, { count: 1, daysAgo: 0 });
    rig.archives.setStation(rig.main(archive), ana);
    rig.start();
    await until('it has left', () => rig.onDisk(gate.main, [old]).length === 0);
    silent = true;
    const stuck = textOf(rig.playback.fragments({ id: gate.id, stream: 'main', startMs: old }));
    expect((await rig.playback.fragments({ id: gate.id, stream: 'main', startMs: young })).fragments).toHaveLength(3);
    expect(await stuck).toMatch(/^UNAVAILABLE: .*“NAS”.* not answer in time/);
    expect((await rig.archives.list())[0]).toMatchObject({ trouble: 'slow' });
    const before = asked; // not asked before its time
    expect(await textOf(rig.playback.fragments({ id: gate.id, stream: 'main', startMs: old }))).toMatch(/^UNAVAILABLE/);
    expect(asked).toBe(before);
    silent = false;
    rig.skew.monoMs += 10 * minute;
    expect((await rig.playback.fragments({ id: gate.id, stream: 'main', startMs: old })).fragments).toHaveLength(3);
  });

  it('goes by what is said of a camera, else of its group, else of all', async () => {
    const dir = folder();
    const rig = await open(dir);
    const { archive } = await rig.archives.add(nas(join(dir, 'nas')), null, ana);
    const [gate, yard, hall, shop] = [
      rig.addCamera('Gate', 'Outside'),
      rig.addCamera('Yard', 'Outside'),
      rig.addCamera('Hall', 'Inside'),
      rig.addCamera('Shop'),
    ];
    const all = [gate, yard, hall, shop];
    const starts = all.map((c) => rig.record(c.main, { count: 2, daysAgo: 3 }));
    const gone = () => all.map((c, i) => rig.onDisk(c.main, starts[i] ?? []).length === 0);
    rig.archives.setGroup('Outside', rig.main(archive), ana);
    rig.archives.setCameras([yard.id], noTiers, ana);
    expect(() => {
      rig.archives.setGroup('Inside', rig.main(archive + 1), ana);
    }).toThrow('There is no such archive');
    rig.start();
    await until('the group has left, and of it not the camera of which something else is said', () => gone()[0]);
    expect(gone()).toEqual([true, false, false, false]);
    expect(rig.archives.tiering().groups).toEqual([{ group: 'Outside', rules: rig.main(archive) }]);

    // The camera is as its group again; another joins it.
    rig.archives.setCameras([yard.id], null, ana);
    const record = rig.store.cameras().find((c) => c.id === hall.id);
    if (record === undefined) throw new Error('no camera');
    rig.store.camera.save({ ...record, group: 'Outside' });
    rig.archives.setGroup('Outside', rig.main(archive, { afterDays: 2 }), ana);
    await until('both have left', () => gone()[1] && gone()[2]);
    expect(gone()).toEqual([true, true, true, false]);
    await expect(Promise.resolve().then(() => rig.archives.remove(archive, true, ana))).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    rig.archives.setGroup('Outside', null, ana);
    expect(rig.archives.tiering().groups).toEqual([]);
    // Who changed what is told.
    const told = rig.notes.filter((n) => n.kind === 'tiering-changed');
    expect(told).toMatchObject([
      { cameraId: null, data: { group: 'Outside', by: 'ana', 'was.own': false, 'is.main.archive': 'NAS' } },
      { cameraId: yard.id, data: { camera: 'Yard', by: 'ana', 'was.main.archive': 'NAS', 'is.main.archive': null } },
      { cameraId: yard.id, data: { camera: 'Yard', 'was.own': true, 'is.own': false, 'is.main.archive': 'NAS' } },
      { data: { group: 'Outside', 'was.main.afterDays': 1, 'is.main.afterDays': 2 } },
      { data: { group: 'Outside', 'was.own': true, 'is.own': false, 'is.main.archive': null } },
    ]);
  });

  it('copies, keeps both as long as was said of each, and deletes the copy for its age', async () => {
    const dir = folder();
    const rig = await open(dir);
    const { archive } = await rig.archives.add(nas(join(dir, 'nas')), null, ana);
    const gate = rig.addCamera('Gate');
    const old = rig.record(gate.main, { count: 3, daysAgo: 20 });
    const mid = rig.record(gate.main, { count: 3, daysAgo: 5 });
    rig.archives.setStation(rig.main(archive, { mode: 'copy', keepDays: 10 }), ana);
    rig.start();
    const there = (ms: number): boolean => existsSync(join(dir, 'nas', segmentPath('gate', 'main', ms)));
    await until('the copies are there', () => mid.every((ms) => rig.store.archive.of(gate.main, ms) !== null));
    // What the archive would delete at once is not sent.
    expect(old.some(there)).toBe(false);
    expect(rig.onDisk(gate.main, [...old, ...mid])).toEqual([...old, ...mid]);
    // Retention on the disk: the old goes for good, of what has a copy the file alone.
    const main = { maxDays: 3, minDays: 0, maxBytes: null, eventDays: null };
    rig.keeping.retention.setStation({ ...untouched, main }, ana);
    rig.keeping.retention.start(rig.clock.nowMs());
    await until('the disk has none of it', () => rig.onDisk(gate.main, [...old, ...mid]).length === 0);
    await until('the index says so', () => rig.at(gate.main, old).every((v) => v === null));
    expect(rig.at(gate.main, mid)).toEqual(mid.map(() => archive));
    expect(mid.every(there)).toBe(true);
    const gone = { cameraIds: [], reasons: [], fromMs: null, toMs: null, before: null, limit: 9 };
    expect(rig.keeping.retention.deletions(gone).map((d) => [d.reason, d.segments])).toEqual([['age', 3]]);
    expect(rig.bare).toHaveLength(1);
    // The archive keeps it no longer than was said.
    rig.archives.setStation(rig.main(archive, { mode: 'copy', keepDays: 4 }), ana);
    await until('the archive has none of it', () => rig.at(gate.main, mid).every((v) => v === null));
    expect(mid.some(there)).toBe(false);
    expect(rig.keeping.retention.deletions(gone).reduce((sum, d) => sum + d.segments, 0)).toBe(6);
    expect(rig.store.faults()).toEqual([]);
    expect(readdirSync(join(dir, 'nas'))).not.toContain('gate.part');
  });

  it('lets what is held stay, deletes by hand and by law at the archive too', async () => {
    const dir = folder();
    const rig = await open(dir);
    const { archive } = await rig.archives.add(nas(join(dir, 'nas')), null, ana);
    const gate = rig.addCamera('Gate');
    const all = rig.record(gate.main, { count: 6, daysAgo: 2 });
    rig.archives.setStation(rig.main(archive), ana);
    rig.start();
    await until('all has left', () => rig.onDisk(gate.main, all).length === 0);
    rig.keeping.retention.start(rig.clock.nowMs());
    const [first = 0, second = 0] = all;
    rig.keeping.holds.place(
      { cameraIds: [gate.id], fromMs: first, toMs: first + 1000, reason: 'Case', owner: 'ana', untilMs: null },
      ana,
    );
    const span = {
      cameraIds: [gate.id],
      stream: null,
      fromMs: second,
      toMs: second + 1000,
      why: 'asked by the person',
    };
    rig.keeping.retention.erase(span, ana);
    await until('it is gone there', () => rig.at(gate.main, [second])[0] === null);
    await until('and done', () => rig.keeping.retention.state().erasing === 0);
    expect(existsSync(join(dir, 'nas', segmentPath('gate', 'main', second)))).toBe(false);
    rig.keeping.retention.setStation({ ...untouched, legalDays: 1 }, ana);
    await until('the law is kept', () => rig.at(gate.main, all.slice(2)).every((v) => v === null));
    expect(rig.at(gate.main, [first])).toEqual([archive]);
    expect(existsSync(join(dir, 'nas', segmentPath('gate', 'main', first)))).toBe(true);
  });

  it('sends nothing that has no hash or is not what was recorded, and holds nothing else back for it', async () => {
    const dir = folder();
    const rig = await open(dir);
    const { archive } = await rig.archives.add(nas(join(dir, 'nas')), null, ana);
    const gate = rig.addCamera('Gate');
    const unhashed = rig.record(gate.main, { count: 1, daysAgo: 9, hashed: false });
    const [bad = 0, ...good] = rig.record(gate.main, { count: 4, daysAgo: 3 });
    writeFileSync(rig.files.path('gate', 'main', bad), 'something else');
    rig.archives.setStation(rig.main(archive), ana);
    rig.start();
    await until('the good ones have left', () => rig.onDisk(gate.main, good).length === 0);
    await until('it rests', async () => (await rig.archives.list())[0]?.is === 'idle');
    expect(rig.onDisk(gate.main, [...unhashed, bad])).toEqual([...unhashed, bad]);
    expect((await rig.archives.list())[0]?.resting).toBe(1);
  });

  it('lets no archive wait for another that fails', async () => {
    const dir = folder();
    const rig = await open(dir);
    const s3 = await bucket();
    const one = await rig.archives.add(nas(join(dir, 'nas')), null, ana);
    const two = await rig.archives.add({ name: 'Cloud', place: s3.place, pace: anyTime }, s3.secret, ana);
    const gate = rig.addCamera('Gate');
    const main = rig.record(gate.main, { count: 3, daysAgo: 9 });
    const sub = rig.record(gate.sub, { count: 3, daysAgo: 2 });
    s3.fault(() => 'denied');
    rig.archives.setStation({ main: rule(two.archive), sub: rule(one.archive) }, ana);
    rig.start();
    await until('the one that works is through', () => rig.onDisk(gate.sub, sub).length === 0);
    await until('the other is told', async () => (await rig.archives.list())[1]?.is === 'away');
    expect(rig.onDisk(gate.main, main)).toEqual(main);
    s3.fault(null);
    await rig.archives.test(two.archive);
    await until('it goes on', () => rig.onDisk(gate.main, main).length === 0);
  });

  it('goes on after a crash at every step, and loses nothing', async () => {
    const dir = folder();
    const s3 = await bucket();
    // Broken off wherever: the n-th call of the archive never comes back.
    const stuck =
      (n: { left: number }) =>
      (door: ArchiveDoor): ArchiveDoor => ({
        open(place, secret, id) {
          const store = door.open(place, secret, id);
          return {
            ...store,
            async send(sending) {
              if (n.left-- === 0)
                throw Object.assign(new Error('crash'), {
                  sent: await store.send({ ...sending, begin: () => undefined }),
                });
              return await store.send(sending);
            },
          };
        },
      });
    const first = await openArchiving(dir, stuck({ left: 1 }));
    const { archive } = await first.archives.add({ name: 'Cloud', place: s3.place, pace: anyTime }, s3.secret, ana);
    const gate = first.addCamera('Gate');
    const all = first.record(gate.main, { count: 4, daysAgo: 3 });
    const hashes = all.map((ms) => first.store.chain.of(gate.main, ms)?.sha256);
    first.archives.setStation(first.main(archive), ana);
    first.start();
    await until('one was moved', () => first.at(gate.main, all).includes(archive));
    await first.close();
    // After the index, before the file: the file is there still.
    const rig = await open(dir);
    const waiting = all.filter((ms) => rig.at(gate.main, [ms])[0] === 1);
    const [next = 0] = waiting;
    const kept = join(dir, 'kept');
    copyFileSync(rig.files.path('gate', 'main', next), kept);
    rig.start();
    await until('all has left', () => rig.onDisk(gate.main, all).length === 0);
    const file = { sha256: hashes[all.indexOf(next)] ?? '', bytes: readFileSync(kept).length };
    expect(rig.store.archive.of(gate.main, next)?.file).toEqual(file);
    for (const [i, ms] of all.entries()) {
      const object = s3.objects.get(`site-a/${segmentPath('gate', 'main', ms)}`);
      expect(
        createHash('sha256')
          .update(object?.data ?? '')
          .digest('hex'),
      ).toBe(hashes[i]);
    }
    expect(rig.store.faults()).toEqual([]);
  });

  it('removes a file that a crash left behind its row', async () => {
    const dir = folder();
    const first = await openArchiving(dir);
    const { archive } = await first.archives.add(nas(join(dir, 'nas')), null, ana);
    const gate = first.addCamera('Gate');
    const [ms = 0] = first.record(gate.main, { count: 1, daysAgo: 3 });
    first.archives.setStation(first.main(archive, { mode: 'copy' }), ana);
    first.start();
    await until('it is copied', () => first.store.archive.of(gate.main, ms) !== null);
    expect(first.store.archive.leave(gate.main, [ms])).toMatchObject([{ startMs: ms, volume: 1 }]);
    await first.close();
    const rig = await open(dir);
    expect(rig.onDisk(gate.main, [ms])).toEqual([ms]);
    rig.start();
    await until('it has left', () => rig.onDisk(gate.main, [ms]).length === 0);
    await until('that is known', () => rig.store.archive.leaving(9).length === 0);
  });

  it('sends in its hours alone, and no faster than was said', async () => {
    const dir = folder();
    const rig = await open(dir);
    // It is 10 o'clock.
    const night = { hours: { fromMin: 22 * 60, toMin: 6 * 60 }, within: 0.8, outside: 0 };
    const { archive } = await rig.archives.add({ ...nas(join(dir, 'nas')), pace: night }, null, ana);
    const gate = rig.addCamera('Gate');
    const all = rig.record(gate.main, { count: 2, daysAgo: 3, seconds: 40 });
    rig.archives.setStation(rig.main(archive), ana);
    rig.start();
    await until('it waits for its hours', async () => (await rig.archives.list())[0]?.is === 'paused');
    expect(rig.onDisk(gate.main, all)).toEqual(all);
    expect((await rig.archives.list())[0]?.waiting.segments).toBe(2);
    rig.skew.wallMs = 13 * 60 * minute;
    const startedMs = performance.now();
    rig.archives.setStation(rig.main(archive), ana);
    await until('it is night', () => rig.onDisk(gate.main, all).length === 0);
    const bytes = all.reduce((sum, ms) => sum + (rig.store.archive.of(gate.main, ms)?.file.bytes ?? 0), 0);
    const leastMs = (bytes / 100_000) * 1000 - 300; // 0.8 Mbit/s, less what may go at once
    expect(leastMs).toBeGreaterThan(1000);
    expect(performance.now() - startedMs).toBeGreaterThan(leastMs);
  });

  it('is compared with the index: what the index lost comes back, what is missing is told or sent again', async () => {
    const dir = folder();
    const rig = await open(dir);
    const { archive } = await rig.archives.add(nas(join(dir, 'nas')), null, ana);
    const gate = rig.addCamera('Gate');
    const all = rig.record(gate.main, { count: 5, daysAgo: 3 });
    rig.archives.setStation(rig.main(archive), ana);
    rig.start();
    await until('all has left', () => rig.onDisk(gate.main, all).length === 0);
    expect(await rig.archives.compare(archive, ana)).toMatchObject({
      objects: 5,
      takenIn: 0,
      missing: 0,
      differing: 0,
    });
    const [lost = 0, missing = 0, short = 0] = all;
    const was = rig.store.segmentsFrom(gate.main, lost, lost, 1)[0];
    rig.store.segment.drop(gate.main, lost);
    expect(rig.at(gate.main, [lost])).toEqual([null]);
    rmSync(join(dir, 'nas', segmentPath('gate', 'main', missing)));
    writeFileSync(join(dir, 'nas', segmentPath('gate', 'main', short)), 'cut');
    mkdirSync(join(dir, 'nas', 'yard', '2026-11-01', '10'), { recursive: true });
    writeFileSync(join(dir, 'nas', 'yard', '2026-11-01', '10', 'main_2026-11-01_10-00-00.000Z.mp4'), 'x');
    const told = await rig.archives.compare(archive, ana);
    expect(told).toMatchObject({ objects: 5, takenIn: 1, missing: 1, differing: 1, unknown: 1, sentAgain: 0 });
    expect(told.names.sort()).toEqual([segmentPath('gate', 'main', missing), segmentPath('gate', 'main', short)]);
    expect(rig.store.segmentsFrom(gate.main, lost, lost, 1)[0]).toEqual(was);
    expect(rig.store.faults()).toEqual([]);
    // What was cut is not shown for what it is not.
    const open_ = rig.playback.file(gate.id, 'main', short).then((f) => f?.open());
    expect(await textOf(open_)).toContain('not what was archived');
  });

  it('rescues a recording whose file is lost here and that has a copy, also when the index is made again', async () => {
    const dir = folder();
    const rig = await open(dir);
    const { archive } = await rig.archives.add(nas(join(dir, 'nas')), null, ana);
    const gate = rig.addCamera('Gate');
    const [lost = 0, other = 0] = rig.record(gate.main, { count: 2, daysAgo: 3 });
    rig.archives.setStation(rig.main(archive, { mode: 'copy' }), ana);
    rig.start();
    await until('they are copied', () => rig.store.archive.of(gate.main, other) !== null);
    rig.store.segment.drop(gate.main, lost); // as `check --repair` does of a file that is not there
    expect(rig.at(gate.main, [lost, other])).toEqual([archive, 1]);
    expect(rig.store.faults()).toEqual([]);
    rig.store.segment.clear();
    expect(rig.at(gate.main, [lost, other])).toEqual([archive, null]);
    expect(rig.store.faults()).toEqual([]);
  });

  it('refuses what cannot be, in words', async () => {
    const dir = folder();
    const rig = await open(dir);
    const s3 = await bucket();
    expect(await textOf(rig.archives.add(nas('/nowhere/at/all'), null, ana))).toMatch(/^INVALID: .*not there/);
    const { archive } = await rig.archives.add(nas(join(dir, 'nas')), null, ana);
    expect(await textOf(rig.archives.add(nas(join(dir, 'nas2')), null, ana))).toMatch(/^CONFLICT: .*“NAS”/);
    expect(await textOf(rig.archives.add(nas(join(dir, 'nas'), 'Again'), null, ana))).toMatch(/^CONFLICT: .*already/);
    mkdirSync(join(dir, 'video', 'attic'), { recursive: true });
    const inside = nas(join(dir, 'video', 'attic'), 'Inside');
    expect(await textOf(rig.archives.add(inside, null, ana))).toMatch(/^INVALID: .*which is recorded on/);
    const cloud = { name: 'Cloud', place: s3.place, pace: anyTime };
    expect(await textOf(rig.archives.add(cloud, null, ana))).toMatch(/^INVALID: .*secret/);
    expect(await textOf(rig.archives.add(cloud, 'wrong', ana))).toMatch(/^INVALID: .*secret key/);
    const theirs = { station: 'another', id: 'x', vigie: 'archive', format: 1 };
    mkdirSync(join(dir, 'theirs'));
    writeFileSync(join(dir, 'theirs', 'vigie-archive.json'), JSON.stringify(theirs));
    expect(await textOf(rig.archives.add(nas(join(dir, 'theirs'), 'Theirs'), null, ana))).toMatch(
      /^CONFLICT: .*another station/,
    );
    expect(() => rig.archives.setStation(rig.main(archive + 5), ana)).toThrow('no such archive');
    rig.archives.setStation(rig.main(archive), ana);
    expect(() => rig.archives.remove(archive, false, ana)).toThrow('Change those rules');
    const gate = rig.addCamera('Gate');
    const all = rig.record(gate.main, { count: 2, daysAgo: 3 });
    rig.start();
    await until('all has left', () => rig.onDisk(gate.main, all).length === 0);
    rig.archives.setStation(noTiers, ana);
    expect(() => rig.archives.remove(archive, false, ana)).toThrow('nowhere else');
    rig.archives.remove(archive, true, ana);
    expect(rig.at(gate.main, all)).toEqual([null, null]);
    expect(existsSync(join(dir, 'nas', segmentPath('gate', 'main', all[0] ?? 0)))).toBe(true);
    expect(rig.store.faults()).toEqual([]);
  });

  it('erases a camera at the archive too', async () => {
    const dir = folder();
    const rig = await open(dir);
    const { archive } = await rig.archives.add(nas(join(dir, 'nas')), null, ana);
    const [gate, yard] = [rig.addCamera('Gate'), rig.addCamera('Yard')];
    const mine = rig.record(gate.main, { count: 2, daysAgo: 3 });
    const theirs = rig.record(yard.main, { count: 2, daysAgo: 3 });
    rig.archives.setStation(rig.main(archive), ana);
    rig.start();
    await until('all has left', () => rig.onDisk(gate.main, mine).length + rig.onDisk(yard.main, theirs).length === 0);
    await rig.eraseFolder('gate');
    expect(readdirSync(join(dir, 'nas')).sort()).toEqual(['vigie-archive.json', 'yard']);
    renameSync(join(dir, 'nas'), join(dir, 'gone'));
    expect(await textOf(rig.eraseFolder('yard'))).toMatch(/^UNAVAILABLE/);
  });
});
