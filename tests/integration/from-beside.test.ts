/** What an index takes over from beside the video: made anew, or put back from a backup that is older than what was said since. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Bookmark } from '#domain/bookmark.ts';
import type { Hold } from '#domain/hold.ts';
import { BookmarkId, type CameraId, HoldId, LineId } from '#domain/id.ts';
import type { Kept } from '#domain/kept.ts';
import { recordAlways, recordOnEvents, ScheduleId } from '#domain/recording-plan.ts';
import { asStation, untouched } from '#domain/retention.ts';
import { LineDraft, type WatchLine } from '#domain/watch-zone.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import {
  createSegmentFiles,
  type DataFolder,
  noKeys,
  openDataFolder,
  openVolume,
  readMark,
  writeStationNote,
} from '../../src/main/adapters/files/index.ts';
import { backUpDatabase, openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import { createAccountsBeside } from '../../src/main/engine/accounts-beside.ts';
import type { CameraRecord } from '../../src/main/engine/index-port.ts';
import { createSettlingBack } from '../../src/main/engine/settle-deleted.ts';
import { createSpreadFiles } from '../../src/main/engine/spread-files.ts';
import type { VolumeRow } from '../../src/main/engine/volume-port.ts';
import { takeOver } from '../../src/main/station/from-beside.ts';
import { noteOwnMark } from '../../src/main/station/open-volumes.ts';
import { readOptions } from '../../src/main/station/options.ts';
import { rebuildIndex } from '../../src/main/station/rebuild-index.ts';
import { openOrRestore } from '../../src/main/station/restore.ts';
import { cameraRow } from '../support/camera-row.ts';
import { tempFolder } from '../support/temp.ts';
import { writeSegment } from '../support/recorded.ts';

const newId = createUlids(() => systemClock.nowMs());
const deps = { clock: systemClock, log: quietLog };
const environment = { dataFolder: '', ffmpegBin: undefined, searchPath: '', debug: false } as never;
const minute = 60_000;
/** Within one month in UTC, and not of today. */
const t0 = Date.UTC(2026, 5, 15, 12);
const scheduleId = ScheduleId.parse('01HZZZZZZZZZZZZZZZZZZZZZZC');

let temp: ReturnType<typeof tempFolder>;
let folder: DataFolder;
let root: string;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: t0 + 60 * minute });
  temp = tempFolder();
  folder = await openDataFolder(temp.path, systemClock, () => undefined);
  ({ root } = await openVolume(temp.path, null));
});
afterEach(async () => {
  vi.useRealTimers();
  await folder.release();
  temp.remove();
});

const open = (name = 'Harbour') =>
  openWriteStore(folder.database, { ...deps, newStation: () => ({ id: newId(), name }) });
type Store = ReturnType<typeof open>;
const files = () => createSegmentFiles(root);
const lose = (): void => {
  for (const end of ['', '-wal', '-shm']) rmSync(folder.database + end, { force: true });
};

/** A camera as it is described beside its video, with a segment. */
async function describe(store: Store, camera: CameraRecord): Promise<void> {
  const { sealedPassword: _, streamIds: __, ...described } = camera;
  mkdirSync(join(root, camera.folder), { recursive: true });
  await files().describe(camera.folder, JSON.stringify(described));
  if (store.segmentsFrom(camera.streamIds.main, 0, Number.MAX_SAFE_INTEGER, 1).length > 0) return;
  const row = writeSegment(root, t0 + 10 * minute, { seconds: 2, folder: camera.folder });
  store.segment.adopt({ ...row, streamId: camera.streamIds.main });
}
const keepBeside = (folderName: string, kept: Partial<Kept> & { cameraId: CameraId; savedMs: number }) =>
  files().keepBeside(
    folderName,
    JSON.stringify({
      ...{
        vigie: 'kept',
        format: 1,
        holds: [],
        bookmarks: [],
        retention: asStation,
        station: untouched,
        watching: null,
      },
      ...kept,
    }),
  );
/** As the running station does it, all at once. */
async function writeAccounts(store: Store): Promise<void> {
  const accounts = createAccountsBeside({
    store,
    files: createSpreadFiles(
      () => [{ volume: 1, files: files() }],
      () => undefined,
    ),
    noteStation: (json) => writeStationNote(root, json),
    flush: () => undefined,
    ...deps,
  });
  accounts.start();
  await accounts.stop();
}
const hold = (cameraId: CameraId, over: Partial<Hold> = {}): Hold => ({
  id: HoldId.parse(newId()),
  cameraIds: [cameraId],
  fromMs: t0,
  toMs: t0 + minute,
  reason: 'theft',
  owner: 'ana',
  untilMs: null,
  createdMs: t0,
  createdBy: 'ana',
  lifted: null,
  ...over,
});
const bookmark = (cameraId: CameraId, name: string): Bookmark => ({
  id: BookmarkId.parse(newId()),
  cameraId,
  atMs: t0,
  name,
  note: '',
  createdMs: t0,
  createdBy: 'ana',
});
const line = (cameraId: CameraId, name: string): WatchLine => ({
  ...LineDraft.parse({ name, a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 }, countsIn: 'to-right' }),
  ...{ id: LineId.parse(newId()), cameraId, version: 1 },
});
/** [quarters after t0, in, out, minutes looked] */
type Counted = [number, number, number, number];
const rowsOf = (lineId: LineId, counted: readonly Counted[]) =>
  counted.map(([n, went, came, minutes]) => ({
    ...{ lineId, quarterMs: t0 + n * 15 * minute, in: went, out: came, lookedMs: minutes * minute },
  }));
const countsOf = (store: Store, lineId: LineId): Counted[] =>
  store.watch
    .lineCounts(lineId, 0, Number.MAX_SAFE_INTEGER)
    .map((q) => [(q.quarterMs - t0) / (15 * minute), q.in, q.out, q.lookedMs / minute]);
const whole = (store: Store, camera: CameraRecord) => ({
  wanted: store.wantedRuns(camera.streamIds.main, 0, Number.MAX_SAFE_INTEGER),
  gaps: store.gapsWithin(camera.streamIds.main, 0, Number.MAX_SAFE_INTEGER).map(({ streamId: _, ...gap }) => gap),
  deletions: store.retention
    .deletions({ cameraIds: [camera.id], reasons: [], fromMs: null, toMs: null, before: null, limit: 10 })
    .map(({ id: _, ...line }) => line),
});
const found = (store: Store, id: CameraId): CameraRecord => {
  const camera = store.cameras().find((c) => c.id === id);
  if (camera === undefined) throw new Error('the camera is gone');
  return camera;
};
async function rebuild(): Promise<string> {
  await folder.release();
  let out = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => (out += String(text)) !== '');
  try {
    expect(await rebuildIndex(readOptions(['rebuild-index', '--data', temp.path]), environment)).toBe(0);
  } finally {
    write.mockRestore();
  }
  return out;
}

it('proof, schedules, settings and passwords come back from the disk alone', async () => {
  const store = open();
  const gate = store.camera.add(
    cameraRow({ username: 'vigie', hasPassword: true, sealedPassword: new Uint8Array([1, 2, 3]), createdMs: t0 }),
  );
  const { main } = gate.streamIds;
  await describe(store, gate);
  const old = writeSegment(root, t0 - 90 * 86_400_000, { seconds: 2 });
  store.segment.adopt({ ...old, streamId: main });
  store.wanted.add(main, t0 - 90 * 86_400_000, t0 - 89 * 86_400_000);
  store.wanted.begin(main, t0);
  store.gap.add({ streamId: main, fromMs: t0 + 2 * minute, toMs: t0 + 5 * minute, cause: 'camera-lost' });
  // What was taken in behind a gap that was told too long.
  store.gap.add({ streamId: main, fromMs: t0 + 8 * minute, toMs: t0 + 12 * minute, cause: 'station-off' });
  store.gap.open(main, t0 + 50 * minute, 'no-data');
  store.retention.gone(
    [
      {
        mark: { streamId: main, fromMs: old.startMs, toMs: old.startMs, reason: 'legal', by: '', why: '' },
        removed: [{ startMs: old.startMs, endMs: old.endMs, bytes: old.bytes, volume: 1 }],
      },
    ],
    t0 + 20 * minute,
  );
  rmSync(files().path('gate', 'main', old.startMs));
  const idle = store.camera.add(cameraRow({ name: 'Idle', number: 2, folder: 'idle', enabled: false, createdMs: t0 }));
  const removed = store.camera.add(cameraRow({ name: 'Old', number: 3, folder: 'old', createdMs: t0 }));
  await describe(store, removed);
  store.camera.remove(removed.id, t0 + minute);
  store.schedule.save({ id: scheduleId, name: 'Shop hours', week: { spans: [], exceptions: [] } });
  store.setting.set('recording-zone', 'Europe/Paris');
  store.setting.set('alive-ms', '5');
  const before = { ...whole(store, gate), station: store.station.get() };
  await writeAccounts(store);
  store.close();
  lose();

  const out = await rebuild();
  expect(out).toContain('There is no backup that can be used');
  expect(out).toContain('what the station “Harbour” is set to, 1 schedule.');
  expect(out).not.toContain('need their passwords again');
  const again = open('Another');
  const is = found(again, gate.id);
  expect(whole(again, is).deletions).toEqual(before.deletions);
  const kept = { fromMs: t0 + 10 * minute, toMs: t0 + 10 * minute + 2000 };
  expect(whole(again, is).gaps).toEqual([
    { fromMs: t0 + 2 * minute, toMs: t0 + 5 * minute, cause: 'camera-lost' },
    { fromMs: t0 + 8 * minute, toMs: kept.fromMs, cause: 'station-off' },
    { fromMs: kept.toMs, toMs: t0 + 12 * minute, cause: 'station-off' },
    { fromMs: t0 + 50 * minute, toMs: null, cause: 'no-data' },
  ]);
  expect(whole(again, is).wanted).toEqual(before.wanted);
  expect(before.wanted).toHaveLength(2);
  expect(again.station.get()).toEqual(before.station);
  expect(again.schedules().map((s) => s.name)).toEqual(['Shop hours']);
  expect(again.setting.get('recording-zone')).toBe('Europe/Paris');
  expect([...(is.sealedPassword ?? [])]).toEqual([1, 2, 3]);
  expect(again.cameras().map((c) => [c.id, c.name, c.number, c.enabled])).toEqual([
    [gate.id, 'Gate', 1, true],
    [idle.id, 'Idle', 2, false],
  ]);
  expect(again.streams().map((s) => [s.camera, s.removed])).toContainEqual(['Old', true]);
  // The station was last known to run when that was written: what is missing since then is not the camera's fault.
  expect(Number(again.setting.get('alive-ms'))).toBe(t0 + 60 * minute);
  again.close();
});

it('an index that was begun anew over the video, sound but empty, takes all from beside it', async () => {
  const store = open();
  const gate = store.camera.add(cameraRow({ createdMs: t0 }));
  await describe(store, gate);
  store.wanted.add(gate.streamIds.main, t0, t0 + minute);
  store.gap.add({ streamId: gate.streamIds.main, fromMs: t0, toMs: t0 + minute, cause: 'camera-lost' });
  const before = { ...whole(store, gate), station: store.station.get() };
  await writeAccounts(store);
  store.close();
  lose();
  open('Another').close();
  await rebuild();
  const again = open();
  expect({ ...whole(again, found(again, gate.id)), station: again.station.get() }).toEqual(before);
  again.close();
});

it('what was said and what went on since the backup goes before it: no hold is lost, no camera stops being recorded', async () => {
  const store = open();
  const gate = store.camera.add(cameraRow({ createdMs: t0, main: { ...cameraRow().main, plan: recordOnEvents } }));
  const { main } = gate.streamIds;
  const [longer, lifted, kept] = [hold(gate.id, { untilMs: t0 + 120 * minute }), hold(gate.id), hold(gate.id)];
  for (const one of [longer, lifted, kept]) store.hold.put(one);
  const [gone, renamed] = [bookmark(gate.id, 'gone'), bookmark(gate.id, 'bag')];
  for (const one of [gone, renamed]) store.bookmark.put(one);
  store.retention.setRule(gate.id, { ...asStation, legalDays: 1 });
  store.wanted.begin(main, t0);
  store.gap.open(main, t0 + 20 * minute, 'camera-lost');
  await describe(store, gate);
  const madeMs = t0 + 30 * minute;
  mkdirSync(join(temp.path, 'backups'));
  const name = `vigie-${new Date(madeMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z.db`;
  await backUpDatabase(folder.database, join(temp.path, 'backups', name), () => undefined);

  // Since then:
  const placed = hold(gate.id, { reason: 'placed since' });
  const extended = { ...longer, untilMs: null };
  const letGo = { ...lifted, lifted: { atMs: t0 + 40 * minute, by: 'ana', reason: 'solved' } };
  const since = {
    holds: [extended, letGo, kept, placed],
    bookmarks: [{ ...renamed, name: 'the bag' }],
    retention: { ...asStation, legalDays: 30 },
    station: { ...untouched, legalDays: 60 },
  };
  await keepBeside('gate', { ...since, cameraId: gate.id, savedMs: t0 + 45 * minute });
  await describe(store, store.camera.save({ ...gate, main: { ...gate.main, plan: recordAlways } }));
  const yard = store.camera.add(
    cameraRow({ name: 'Yard', number: 2, folder: 'yard', hasPassword: true, sealedPassword: new Uint8Array([9]) }),
  );
  await describe(store, yard);
  store.gap.close(main, t0 + 35 * minute);
  store.wanted.end(main, t0 + 40 * minute);
  store.wanted.begin(main, t0 + 50 * minute);
  const before = whole(store, gate);
  await writeAccounts(store);
  store.close();
  lose();

  const { store: again, restored } = await openOrRestore(folder, deps);
  expect(restored?.backupMs).toBe(madeMs);
  await takeOver(again, files(), restored?.backupMs ?? 0, quietLog);
  const is = found(again, gate.id);
  expect(again.hold.all().toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
    [extended, letGo, kept, placed].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  );
  expect(again.bookmark.ofCamera(gate.id).map((b) => b.name)).toEqual(['the bag']);
  expect(again.retention.rules()).toEqual([{ cameraId: gate.id, rule: since.retention }]);
  expect(JSON.parse(again.setting.get('retention') ?? '')).toEqual(since.station);
  expect(is.main.plan).toEqual(recordAlways);
  expect([...(found(again, yard.id).sealedPassword ?? [])]).toEqual([9]);
  const { wanted, gaps } = whole(again, is);
  expect(wanted).toEqual(before.wanted);
  // In two pieces, where the backup ended: one gap to a person.
  expect(gaps).toEqual([
    { fromMs: t0 + 20 * minute, toMs: madeMs, cause: 'camera-lost' },
    { fromMs: madeMs, toMs: t0 + 35 * minute, cause: 'camera-lost' },
  ]);
  again.close();
});

it('what was deleted by a rule since the backup is no loss: it leaves the index, and what is gone besides is told', async () => {
  const store = open();
  const gate = store.camera.add(cameraRow({ createdMs: t0 }));
  const { main } = gate.streamIds;
  // Nine that are closed, and a tenth that is being written when the backup is made.
  const rows = Array.from({ length: 10 }, (_, n) => ({
    ...writeSegment(root, t0 + n * minute, { seconds: 2 }),
    streamId: main,
    ...(n === 9 && { state: 'open' as const }),
  }));
  for (const row of rows) store.segment.adopt(row);
  await describe(store, gate);
  const madeMs = t0 + 10 * minute;
  mkdirSync(join(temp.path, 'backups'));
  const name = `vigie-${new Date(madeMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z.db`;
  await backUpDatabase(folder.database, join(temp.path, 'backups', name), () => undefined);

  // Since then: it is closed, and all but the third and the fourth go by their rule, with a bit more that the backup does not know.
  const last = rows[9];
  if (last === undefined) throw new Error('ten');
  store.segment.close(main, last.startMs, { endMs: last.endMs, bytes: last.bytes, state: 'sealed' });
  const more = { ...writeSegment(root, t0 + 11 * minute, { seconds: 2 }), streamId: main };
  store.segment.adopt(more);
  const gone = [...rows.slice(0, 2), ...rows.slice(4), more];
  const remove = (startMs: number) => {
    rmSync(files().path('gate', 'main', startMs));
  };
  for (const { startMs } of gone) remove(startMs);
  const mark = { streamId: main, fromMs: t0, toMs: more.startMs, reason: 'age' as const, by: '', why: '' };
  const removed = gone.map((row) => ({ ...row, volume: 1 }));
  store.retention.mark([mark]);
  store.retention.gone([{ mark, removed }], t0 + 12 * minute);
  const told = whole(store, gate).deletions;
  expect(told).toMatchObject([{ reason: 'age', segments: 9 }]);
  await writeAccounts(store);
  store.close();
  lose();

  const take = async (): Promise<number[]> => {
    const { store: again, restored } = await openOrRestore(folder, deps);
    await takeOver(again, files(), restored?.backupMs ?? 0, quietLog);
    const left = again.segmentsFrom(main, 0, Number.MAX_SAFE_INTEGER, 100).map((row) => (row.startMs - t0) / minute);
    expect(again.faults()).toEqual([]);
    expect(whole(again, found(again, gate.id)).deletions).toEqual(told);
    again.close();
    return left;
  };
  expect(await take()).toEqual([2, 3]);
  // More is missing than the nine that were deleted: what is beyond that is told.
  lose();
  for (const n of [2, 3]) remove(t0 + n * minute);
  expect(await take()).toEqual([9]);
});

it('an index that is sound goes before what stands beside the video', async () => {
  const store = open();
  const gate = store.camera.add(cameraRow({ createdMs: t0 }));
  const now = hold(gate.id, { untilMs: null });
  store.hold.put(now);
  store.gap.add({ streamId: gate.streamIds.main, fromMs: t0, toMs: t0 + minute, cause: 'no-data' });
  store.wanted.begin(gate.streamIds.main, t0);
  await describe(store, gate);
  await writeAccounts(store);
  store.gap.cut(gate.streamIds.main, t0, t0 + minute);
  await keepBeside('gate', { cameraId: gate.id, savedMs: t0 + 59 * minute, holds: [{ ...now, untilMs: t0 + 1 }] });
  store.close();
  await rebuild();
  const again = open();
  expect(again.hold.all()).toEqual([now]);
  expect(whole(again, found(again, gate.id)).gaps).toEqual([]);
  again.close();
});

it('who crossed lines comes back from the disk alone', async () => {
  const store = open();
  const gate = store.camera.add(cameraRow({ createdMs: t0 - 40 * 86_400_000 }));
  await describe(store, gate);
  const [door, road] = [line(gate.id, 'Door'), line(gate.id, 'Road')];
  for (const one of [door, road]) store.watch.putLine(one);
  await keepBeside('gate', { cameraId: gate.id, savedMs: t0 + minute, watching: store.watch.ofCamera(gate.id) });
  store.wanted.add(gate.streamIds.main, t0 - 40 * 86_400_000, t0 - 39 * 86_400_000);
  // One that was counted at, and is drawn no more as far as is known beside the video, is not one of those that come back.
  const gone = line(gate.id, 'Gone');
  store.watch.putLine(gone);
  store.watch.addLineCounts(rowsOf(gone.id, [[0, 1, 1, 15]]));
  // Thirty days before lies in another month, and so in another file. Nothing was to be recorded in this one.
  const ofDoor: Counted[] = [
    [-30 * 96, 3, 2, 15],
    [0, 5, 4, 15],
    [1, 1, 0, 7],
  ];
  const ofRoad: Counted[] = [[0, 0, 9, 15]];
  store.watch.addLineCounts([...rowsOf(door.id, ofDoor), ...rowsOf(road.id, ofRoad)]);
  await writeAccounts(store);
  store.close();
  lose();

  expect(await rebuild()).toContain('Who crossed 2 lines.');
  const again = open();
  expect([countsOf(again, door.id), countsOf(again, road.id)]).toEqual([ofDoor, ofRoad]);
  again.close();
  // Once more, over a sound index: it is as it was.
  folder = await openDataFolder(temp.path, systemClock, () => undefined);
  await rebuild();
  const third = open();
  expect([countsOf(third, door.id), countsOf(third, road.id)]).toEqual([ofDoor, ofRoad]);
  third.close();
});

it('who crossed lines since the backup is added to what it knows, never twice, also where a line was changed since', async () => {
  const store = open();
  const gate = store.camera.add(cameraRow({ createdMs: t0 }));
  await describe(store, gate);
  const [door, gone] = [line(gate.id, 'Door'), line(gate.id, 'Gone')];
  for (const one of [door, gone]) store.watch.putLine(one);
  // Thirty days before: its month was written down long before the backup was made.
  const before: Counted[] = [
    [-30 * 96, 3, 2, 15],
    [0, 2, 1, 10],
  ];
  store.watch.addLineCounts([...rowsOf(door.id, before), ...rowsOf(gone.id, before)]);
  store.wanted.begin(gate.streamIds.main, t0 - 31 * 86_400_000);
  vi.setSystemTime(t0 - 20 * 86_400_000);
  await writeAccounts(store);
  vi.setSystemTime(t0 + 60 * minute);
  const madeMs = t0 + 30 * minute;
  mkdirSync(join(temp.path, 'backups'));
  const name = `vigie-${new Date(madeMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z.db`;
  await backUpDatabase(folder.database, join(temp.path, 'backups', name), () => undefined);

  // Since then: more went through the door, which got another name, a line was taken away, and another one was drawn.
  const drawn = line(gate.id, 'Drawn');
  store.watch.removeLine(gone.id);
  for (const one of [{ ...door, name: 'Front door', version: 2 }, drawn]) store.watch.putLine(one);
  store.watch.addLineCounts([
    ...rowsOf(door.id, [
      [0, 4, 0, 5],
      [3, 1, 1, 6],
    ]),
    ...rowsOf(drawn.id, [[3, 0, 7, 6]]),
  ]);
  await keepBeside('gate', { cameraId: gate.id, savedMs: t0 + 45 * minute, watching: store.watch.ofCamera(gate.id) });
  await writeAccounts(store);
  const [ofDoor, ofDrawn] = [countsOf(store, door.id), countsOf(store, drawn.id)];
  expect(ofDoor).toEqual([
    [-30 * 96, 3, 2, 15],
    [0, 6, 1, 15],
    [3, 1, 1, 6],
  ]);
  store.close();
  lose();

  const { store: again, restored } = await openOrRestore(folder, deps);
  expect(restored?.backupMs).toBe(madeMs);
  expect(countsOf(again, door.id)).toEqual(before);
  for (let n = 0; n < 2; n += 1) {
    await takeOver(again, files(), madeMs, quietLog);
    expect([countsOf(again, door.id), countsOf(again, drawn.id)]).toEqual([ofDoor, ofDrawn]);
    expect(again.watch.ofCamera(gate.id).lines.map((l) => l.name)).toEqual(['Front door', 'Drawn']);
    expect(countsOf(again, gone.id)).toEqual([]);
  }
  again.close();
});

it('what was deleted on a disk that is away when the backup is put back is settled when it is back', async () => {
  const store = open();
  const gate = store.camera.add(cameraRow({ createdMs: t0 }));
  const { main } = gate.streamIds;
  const disk = join(temp.path, 'disk');
  const secondRoot = (await openVolume(disk, null)).root;
  const { id: secondMark } = (await readMark(secondRoot)) ?? { id: '' };
  noteOwnMark(store, (await readMark(root))?.id ?? '');
  store.setting.set('volume-id', (await readMark(root))?.id ?? '');
  store.volume.put({
    ...{
      volume: 2,
      mark: secondMark,
      name: '',
      path: disk,
      weight: 1,
      pausedMs: null,
      reserveBytes: null,
      sync: 'durable',
      addedMs: t0,
    },
  } satisfies VolumeRow);
  // By turns on both disks.
  const rows = Array.from({ length: 8 }, (_, n) => ({
    ...writeSegment(n % 2 === 0 ? root : secondRoot, t0 + n * minute, { seconds: 2 }),
    ...{ streamId: main, volume: n % 2 === 0 ? 1 : 2 },
  }));
  for (const row of rows) store.segment.adopt(row);
  await describe(store, gate);
  const madeMs = t0 + 10 * minute;
  mkdirSync(join(temp.path, 'backups'));
  const name = `vigie-${new Date(madeMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z.db`;
  await backUpDatabase(folder.database, join(temp.path, 'backups', name), () => undefined);
  // Since then the first five go by their rule; the eighth is lost on the second disk, and is in no report.
  const second = createSegmentFiles(secondRoot, noKeys, secondMark);
  const remove = (n: number) => {
    rmSync((n % 2 === 0 ? files() : second).path('gate', 'main', t0 + n * minute));
  };
  const gone = rows.slice(0, 5);
  const mark = { streamId: main, fromMs: t0, toMs: t0 + 4 * minute, reason: 'age' as const, by: '', why: '' };
  store.retention.mark([mark]);
  store.retention.gone([{ mark, removed: gone }], t0 + 12 * minute);
  for (const n of [0, 1, 2, 3, 4, 7]) remove(n);
  await writeAccounts(store);
  store.close();
  lose();
  renameSync(disk, `${disk}-away`);

  const { store: again, restored } = await openOrRestore(folder, deps);
  await takeOver(again, files(), restored?.backupMs ?? 0, quietLog);
  const left = () =>
    again.segmentsFrom(main, 0, Number.MAX_SAFE_INTEGER, 100).map((row) => (row.startMs - t0) / minute);
  expect(left()).toEqual([1, 3, 5, 6, 7]);
  const back = createSettlingBack({
    store: again,
    filesOf: (volume) => (volume === 2 ? second : null),
    mayChange: () => false,
    flush: () => undefined,
    log: quietLog,
  });
  // An empty mount point has no file of anything: nothing leaves the index for that.
  mkdirSync(secondRoot, { recursive: true });
  await back.returned(2);
  expect(left()).toEqual([1, 3, 5, 6, 7]);
  rmSync(disk, { recursive: true });
  renameSync(`${disk}-away`, disk);
  await back.returned(3);
  expect(left()).toEqual([1, 3, 5, 6, 7]);
  await back.returned(2);
  expect(left()).toEqual([5, 6, 7]);
  // Done once: what goes missing later is told as ever.
  rmSync(second.path('gate', 'main', t0 + 5 * minute));
  await back.returned(2);
  expect(left()).toEqual([5, 6, 7]);
  expect(again.faults()).toEqual([]);
  again.close();
});
