import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CameraId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import { linkText } from '#domain/segment-chain.ts';
import { ZoneDraft } from '#domain/watch-zone.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow } from '../support/camera-row.ts';
import { openWriteStore, soundness } from '../../src/main/adapters/sqlite/index.ts';
import { writeSegment } from '../support/recorded.ts';
import { openEngine, tempFolder, until } from './engine-rig.ts';

const newId = createUlids(() => systemClock.nowMs());
const t0 = systemClock.nowMs() - 8 * 24 * 3_600_000;
let folder: ReturnType<typeof tempFolder>;
let rig: Awaited<ReturnType<typeof openEngine>> | null;
beforeEach(() => {
  folder = tempFolder();
  rig = null;
});
afterEach(async () => {
  await rig?.close();
  folder.remove();
});

const id = CameraId.parse(newId());
/** A camera that is switched off, with segments of some days ago; none has a hash. */
function recordedBefore(count: number, fromMs = t0) {
  const store = openWriteStore(join(folder.path, 'vigie.db'), {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  store.camera.add(cameraRow({ id, enabled: false, createdMs: t0 }));
  const [stream] = store.streams();
  if (stream === undefined) throw new Error('one stream');
  const rows = Array.from({ length: count }, (_, n) =>
    writeSegment(join(folder.path, 'video'), fromMs + n * 60_000, { seconds: 2 }),
  );
  for (const row of rows) store.segment.adopt({ ...row, streamId: stream.id });
  store.close();
  return { streamId: stream.id, startsMs: rows.map((r) => r.startMs) };
}

it('makes the hashes that are missing, finds what is changed or gone, tells it, and takes it back when it is well again', async () => {
  const { streamId, startsMs } = recordedBefore(20);
  const open = await openEngine(folder.path);
  rig = open;
  const { engine, store, files } = open;
  const pathOf = (startMs: number): string => files.path('gate', 'main', startMs);
  /** A whole pass that was begun now. */
  const pass = async (): Promise<void> => {
    const before = systemClock.nowMs();
    engine.integrity.checkNow();
    await until('a whole pass', () => {
      const now = engine.integrity.state().pass;
      return now !== null && now.startedMs >= before && now.stage === null;
    });
  };
  await pass();
  expect(engine.integrity.state()).toMatchObject({ findings: [], pass: { segments: 20, hashed: 20, found: 0 } });
  await until('all linked', () => store.chain.links(streamId, 1, 100).length === 20);
  const proof = engine.integrity.proof(id, 'main', startsMs[5] ?? 0);
  const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
  expect(proof.sha256).toBe(sha256(readFileSync(pathOf(proof.startMs))));
  expect(proof.chain).toBe(sha256(linkText(proof.before ?? '', { folder: 'gate', kind: 'main' }, proof.link, proof)));

  const [changed = 0, gone = 0] = startsMs.slice(3);
  const good = readFileSync(pathOf(changed));
  writeFileSync(pathOf(changed), Buffer.from(good).fill(7, 3000, 3010));
  const whole = readFileSync(pathOf(gone));
  rmSync(pathOf(gone));
  await pass();
  const found = engine.integrity.state().findings.map((f) => [f.code, f.startMs]);
  expect(found.sort()).toEqual([
    ['hash-differs', changed],
    ['no-file', gone],
  ]);
  const told = await engine.events.list({ kind: ['segment-corrupt', 'segment-missing'], limit: 10 });
  expect(told.events.map((e) => [e.kind, e.cameraId, e.data['startMs']]).sort()).toEqual([
    ['segment-corrupt', id, changed],
    ['segment-missing', id, gone],
  ]);
  const health = await engine.health.report();
  expect(health.problems.map((p) => p.code)).toContain('recordings-unsound');

  // Told once, however often it is found; kept over a restart; gone when all is as it was.
  await pass();
  expect((await engine.events.list({ kind: ['segment-corrupt', 'segment-missing'], limit: 10 })).events).toHaveLength(
    2,
  );
  await open.close();
  rig = await openEngine(folder.path);
  expect(rig.engine.integrity.state().findings).toHaveLength(2);
  writeFileSync(pathOf(changed), good);
  writeFileSync(pathOf(gone), whole);
  const again = rig.engine;
  const before = systemClock.nowMs();
  again.integrity.checkNow();
  await until('nothing is wrong', () => {
    const { pass: now, findings } = again.integrity.state();
    return now !== null && now.startedMs >= before && now.stage === null && findings.length === 0;
  });
});

it('hashes what a crash left as soon as it runs again: what is changed before that would not be seen', async () => {
  const { streamId, startsMs } = recordedBefore(3, systemClock.nowMs() - 4 * 60_000);
  rig = await openEngine(folder.path);
  const { store, engine } = rig;
  await until('each has its link', () => startsMs.every((startMs) => store.chain.of(streamId, startMs) !== null));
  expect(engine.integrity.state().pass).toBeNull(); // a whole pass has time
});

it('takes a file as it is that has more than is known of it: a disk took a write that it refused', async () => {
  const { streamId, startsMs } = recordedBefore(2, systemClock.nowMs() - 4 * 60_000);
  const [startMs = 0] = startsMs;
  const path = join(folder.path, 'video', segmentPath('gate', 'main', startMs));
  appendFileSync(path, Buffer.alloc(4096, 7));
  rig = await openEngine(folder.path);
  const { store } = rig;
  await until('each has its link', () => startsMs.every((ms) => store.chain.of(streamId, ms) !== null));
  const [row] = store.segmentsFrom(streamId, startMs, startMs, 1);
  expect(row).toMatchObject({ state: 'sealed', bytes: statSync(path).size });
  expect(store.chain.of(streamId, startMs)).toMatchObject({ bytes: row?.bytes, endMs: row?.endMs });
});

it('tells at the start of what was safe on the disk and is there no more', async () => {
  const { streamId } = recordedBefore(1);
  const store = openWriteStore(join(folder.path, 'vigie.db'), {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  const now = systemClock.nowMs();
  const [whole, cut] = [now - 200_000, now - 100_000].map((startMs) =>
    writeSegment(join(folder.path, 'video'), startMs, { seconds: 10, sealed: false }),
  );
  if (whole === undefined || cut === undefined) throw new Error('two segments');
  for (const row of [whole, cut]) store.segment.adopt({ ...row, streamId });
  store.close();
  const path = join(folder.path, 'video', segmentPath('gate', 'main', cut.startMs));
  writeFileSync(path, readFileSync(path).subarray(0, Math.floor(cut.bytes / 2)));
  rig = await openEngine(folder.path);
  const { events } = await rig.engine.events.list({ kind: ['segment-corrupt'], limit: 9 });
  expect(events.map((e) => [e.cameraId, e.data['startMs'], e.toMs])).toEqual([[id, cut.startMs, cut.endMs]]);
  expect((events[0]?.toMs ?? 0) - (events[0]?.fromMs ?? 0)).toBeGreaterThan(4_000);
  expect(rig.store.segmentsFrom(streamId, whole.startMs, whole.startMs, 1)[0]).toMatchObject({
    state: 'recovered',
    endMs: whole.endMs,
  });
});

it('counts what lies on a disk that is not here, and says nothing else of it', async () => {
  const { streamId, startsMs } = recordedBefore(3);
  rig = await openEngine(folder.path);
  const { engine, store } = rig;
  const [row] = store.segmentsFrom(streamId, startsMs[0] ?? 0, startsMs[0] ?? 0, 1);
  if (row === undefined) throw new Error('no segment');
  for (const startMs of [t0 - 120_000, t0 - 60_000])
    store.segment.adopt({ ...row, startMs, endMs: startMs + 2000, volume: 7 });
  engine.integrity.checkNow();
  const pass = await until('a whole pass', () => {
    const now = engine.integrity.state().pass;
    return now !== null && now.stage === null && now;
  });
  expect(pass).toMatchObject({ segments: 3, passedOver: 2, found: 0 });
  expect(engine.integrity.state()).toMatchObject({ findings: [], passedOver: [], trouble: null });
});

it('looks at what it passed over as soon as the disk answers, over a restart too, and says how much waits until then', async () => {
  const { streamId } = recordedBefore(2);
  const [home, away] = [join(folder.path, 'second'), join(folder.path, 'unplugged')];
  const first = await openEngine(folder.path);
  rig = first;
  const made = await first.engine.volumes.add(
    { path: home, name: 'Second', weight: 0, reserveBytes: 0, sync: 'durable', sameDisk: true },
    { userId: newId(), name: 'ann', role: 'administrator', local: false, sessionId: 's' } as never,
  );
  const starts = [1, 2, 3, 4].map((n) => t0 + 600_000 + n * 60_000);
  for (const startMs of starts) {
    const row = writeSegment(join(home, 'video'), startMs, { seconds: 2 });
    first.store.segment.adopt({ ...row, streamId, volume: made.volume });
  }
  const over = async (open: NonNullable<typeof rig>, passedOver: number): Promise<void> => {
    await until(`all looked at but ${passedOver}`, () => {
      const { pass, findings } = open.engine.integrity.state();
      return pass !== null && pass.stage === null && pass.passedOver === passedOver && { findings };
    });
  };
  const state = (open: NonNullable<typeof rig>) => open.engine.volumes.list().find((v) => v.volume === made.volume);
  first.engine.integrity.checkNow();
  await over(first, 0);
  await until('all are linked', () => first.store.chain.links(streamId, 1, 99).length === 6);

  renameSync(home, away);
  await until('it is seen to be gone', () => state(first)?.here === false);
  first.engine.integrity.checkNow();
  await over(first, 4);
  expect(first.engine.integrity.state()).toMatchObject({ findings: [], pass: { segments: 2 } });
  await first.close();

  // Meanwhile one is changed, one is gone, and one is deleted by the station's own rules.
  const [changed = 0, gone = 0, deleted = 0] = starts;
  const at = (startMs: number): string => join(away, 'video', segmentPath('gate', 'main', startMs));
  writeFileSync(at(changed), Buffer.from(readFileSync(at(changed))).fill(7, 3000, 3010));
  rmSync(at(gone));
  const second = await openEngine(folder.path);
  rig = second;
  expect(second.engine.integrity.state().pass?.passedOver).toBe(4);
  second.store.segment.drop(streamId, deleted);
  renameSync(away, home);
  await over(second, 0);
  const { findings, pass } = second.engine.integrity.state();
  expect(findings.map((f) => [f.code, f.startMs]).sort()).toEqual([
    ['hash-differs', changed],
    ['no-file', gone],
  ]);
  expect(pass?.segments).toBe(5);
});

it('does not take a disk that is away for lost video', async () => {
  recordedBefore(5);
  rig = await openEngine(folder.path);
  const video = join(folder.path, 'video');
  renameSync(video, `${video}.away`);
  mkdirSync(video); // the empty place that it is mounted on
  const { integrity } = rig.engine;
  integrity.checkNow();
  await until('nothing can be said', () => {
    const { trouble, pass } = integrity.state();
    return trouble?.includes('is their disk mounted') === true || (pass?.passedOver ?? 0) > 0;
  });
  expect(integrity.state().findings).toEqual([]);
  rmSync(video, { recursive: true });
  renameSync(`${video}.away`, video);
});

it('tells of a whole camera that is gone from a disk that is there, and looks at all else', async () => {
  recordedBefore(5);
  rig = await openEngine(folder.path);
  const home = join(folder.path, 'video', 'gate');
  rmSync(home, { recursive: true });
  const { integrity, cameras, watchRules } = rig.engine;
  // What people say meanwhile waits for the folder, and is tried again less and less often; an empty one in its place would pass for lost video.
  const points = [0, 1, 2].map((n) => ({ x: n / 4, y: n === 1 ? 1 : 0 }));
  for (const { id } of cameras.list())
    watchRules.addZone(id, ZoneDraft.parse({ name: 'Door', kind: 'detect', points }));
  const waits = (): string | null => rig?.store.setting.get('kept-waiting') ?? null;
  await until('the zone waits to be kept', () => (waits() ?? '').includes(cameras.list()[0]?.id ?? '-'));
  integrity.checkNow();
  await until('all was looked at', () => integrity.state().pass?.stage === null);
  expect(integrity.state().trouble).toBeNull();
  expect(integrity.state().findings.map((f) => f.code)).toEqual(Array.from({ length: 5 }, () => 'no-file'));
  expect((await rig.engine.health.report()).problems.map((p) => p.code)).toContain('recordings-unsound');
  expect(existsSync(home)).toBe(false);
  mkdirSync(home);
  await until('it is kept as soon as the folder is back', () => existsSync(join(home, 'kept.json')), 60_000);
});

it('backs the index up while it is written, keeps the copy, and says when there is none', async () => {
  recordedBefore(50);
  rig = await openEngine(folder.path);
  const { engine, store } = rig;
  const writing = setInterval(() => store.setting.set('noise', String(systemClock.nowMs())), 2);
  const made = await engine.integrity.backUp().finally(() => clearInterval(writing));
  const { backups } = engine.integrity.state();
  expect(backups).toMatchObject({ list: [made], making: false, trouble: null });
  const path = join(
    folder.path,
    'backups',
    `vigie-${new Date(made.madeMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z.db`,
  );
  expect(await soundness(path)).toMatchObject({ sound: true });

  // A file lies where the folder should be.
  rmSync(join(folder.path, 'backups'), { recursive: true });
  writeFileSync(join(folder.path, 'backups'), '');
  await expect(engine.integrity.backUp()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(engine.integrity.state().backups.trouble).not.toBeNull();
  expect((await engine.events.list({ kind: ['index-backup-failed'], limit: 5 })).events).toHaveLength(1);
  expect((await engine.health.report()).problems.map((p) => p.code)).toContain('index-backup');
});
