/**
 * `vigie check --hashes` against every way of damaging a file that came to mind, in plain and encrypted recordings that the real recorder
 * made: each damaged one is found, and no other.
 */
import { randomFillSync } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import type { IngestReport } from '#workers/ingest/port.ts';
import { createSecrets, openVolumeKeys } from '../../src/main/adapters/auth/index.ts';
import { createKeysFile, openVolume } from '../../src/main/adapters/files/index.ts';
import { openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import { check } from '../../src/main/station/check.ts';
import { readOptions } from '../../src/main/station/options.ts';
import { createRecordDisk } from '../../src/workers/ingest/record/disk.ts';
import { createRecorder } from '../../src/workers/ingest/record/recorder.ts';
import { cameraRow } from '../support/camera-row.ts';
import { tempFolder } from '../support/temp.ts';

type Damage = { name: string; do: (file: Buffer) => Buffer };
type Store = ReturnType<typeof openWriteStore>;

const t0 = Date.UTC(2026, 10, 22, 14);
const newId = createUlids(() => systemClock.nowMs());
const environment = { dataFolder: '', ffmpegBin: null, searchPath: '', debug: false };

/** Turns one bit. */
const flip = (file: Buffer, at: number): Buffer => {
  const byte = file[at];
  if (byte === undefined) throw new Error(`there is no byte ${String(at)}`);
  file[at] = byte ^ 0x10;
  return file;
};
/** Where the nth box of a type begins (its size comes before the type). */
const boxAt = (file: Buffer, type: string, nth = 0): number => {
  let at = -1;
  for (let n = 0; n <= nth; n += 1) at = file.indexOf(type, at + 1, 'latin1');
  if (at < 4) throw new Error(`there is no ${type}`);
  return at - 4;
};
const middle = (file: Buffer): number => Math.floor(file.length / 2 / 4096) * 4096;

/** Bytes that differ from those that were recorded. */
const anywhere: Damage[] = [
  { name: 'first byte', do: (f) => flip(f, 0) },
  { name: 'last byte', do: (f) => flip(f, f.length - 1) },
  { name: 'brand of the file', do: (f) => flip(f, boxAt(f, 'ftyp') + 9) },
  { name: 'moov, its head', do: (f) => flip(f, boxAt(f, 'moov') + 5) },
  { name: 'moov, in its midst', do: (f) => flip(f, boxAt(f, 'trak') + 40) },
  { name: 'spare bytes after moov', do: (f) => flip(f, boxAt(f, 'prft') - 1) },
  { name: 'time of the first fragment', do: (f) => flip(f, boxAt(f, 'prft') + 20) },
  { name: 'first moof', do: (f) => flip(f, boxAt(f, 'moof') + 30) },
  { name: 'third moof, size of a sample', do: (f) => flip(f, boxAt(f, 'trun', 2) + 25) },
  { name: 'head of an mdat', do: (f) => flip(f, boxAt(f, 'mdat', 1)) },
  { name: 'first byte of video', do: (f) => flip(f, boxAt(f, 'mdat') + 8) },
  { name: 'one bit in the middle', do: (f) => flip(f, Math.floor(f.length / 2)) },
  { name: 'index at the end', do: (f) => flip(f, boxAt(f, 'mfra') + 24) },
  { name: 'size of the index', do: (f) => flip(f, f.length - 4) },
  { name: '4 KiB of noise', do: (f) => (randomFillSync(f, middle(f), 4096), f) },
  { name: '4 KiB of zeros', do: (f) => f.fill(0, middle(f), middle(f) + 4096) },
  { name: 'zeros from two thirds on', do: (f) => f.fill(0, f.length - Math.floor(f.length / 3)) },
  { name: 'zeros altogether', do: (f) => f.fill(0) },
  {
    name: 'two blocks that changed places',
    do(f) {
      const [a, b] = [Buffer.from(f.subarray(4096, 8192)), Buffer.from(f.subarray(middle(f), middle(f) + 4096))];
      b.copy(f, 4096);
      a.copy(f, middle(f));
      return f;
    },
  },
  { name: 'cut in half', do: (f) => f.subarray(0, Math.floor(f.length / 2)) },
  { name: 'one byte too few', do: (f) => f.subarray(0, -1) },
  { name: 'one byte too many', do: (f) => Buffer.concat([f, Buffer.from([0])]) },
  { name: 'a block too many', do: (f) => Buffer.concat([f, Buffer.alloc(4096)]) },
  { name: 'empty', do: () => Buffer.alloc(0) },
  { name: 'another file in its place', do: (f) => Buffer.from(f).reverse() },
];
/** What shows in the structure alone. */
const withoutHash = ['cut in half', 'zeros from two thirds on', 'zeros altogether', 'empty', 'one byte too few'];

let folder: ReturnType<typeof tempFolder>;
let root: string;
let store: Store;
let key: Parameters<typeof createRecorder>[0]['encryption'];

beforeEach(async () => {
  folder = tempFolder();
  store = openWriteStore(join(folder.path, 'vigie.db'), {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  const volume = await openVolume(folder.path, null);
  root = volume.root;
  store.setting.set('volume-id', volume.id);
  const keys = await openVolumeKeys({
    file: createKeysFile(root, null),
    volume: volume.id,
    station: { id: store.station.get().id, secrets: createSecrets(join(folder.path, 'keys')) },
    nowMs: () => t0,
    cost: { memoryKiB: 64, passes: 1 },
  });
  await keys.turnOn();
  const [usable] = keys.usable();
  if (usable === undefined) throw new Error('no key');
  key = () => usable;
});
afterEach(() => {
  store.close();
  folder.remove();
});

type Made = { path: string; startMs: number };

/** Records three seconds in pictures of so many bytes, as a stream's `n`th segment; what the recorder says of it goes into the index. */
async function record(
  of: { stream: StreamId; folder: string; encrypted: boolean; hashed: boolean; pictureBytes?: number },
  n: number,
): Promise<Made> {
  const startMs = t0 + n * 60_000;
  const reports: IngestReport[] = [];
  const { pictureBytes = 12_000 } = of;
  let monoMs = 0;
  const recorder = createRecorder({
    streamId: of.stream,
    kind: 'main',
    target: { volume: 1, root, folder: of.folder },
    notBeforeMs: 0,
    maxPendingBytes: 16 << 20,
    clock: { ...systemClock, monoMs: () => monoMs },
    disk: createRecordDisk(),
    report: (report) => reports.push(report),
    ...(of.encrypted && key !== undefined && { encryption: key }),
  });
  recorder.format(mjpegTrack(640, 360), null);
  for (let at = 0; at < 3000; at += 100) {
    const picture = Uint8Array.from({ length: pictureBytes }, (_, i) => [0xff, 0xd8][i] ?? (at + n * 7 + i) & 255);
    const us = (startMs + at) * 1000;
    recorder.unit({ track: 'video', key: true, ptsUs: us, dtsUs: us, data: [picture], bytes: pictureBytes }, us);
    monoMs += 100;
  }
  await recorder.stop();
  const opened = reports.find((r) => r.op === 'opened');
  const sealed = reports.find((r) => r.op === 'sealed');
  if (opened === undefined || sealed === undefined || sealed.sha256 === null) throw new Error('nothing was recorded');
  const { endMs, bytes, sha256 } = sealed;
  store.segment.adopt({ streamId: of.stream, startMs, endMs, bytes, state: 'sealed', format: opened.format });
  if (of.hashed) store.chain.link(of.stream, { folder: of.folder, kind: 'main' }, { startMs, endMs, bytes, sha256 });
  return { path: segmentPath(of.folder, 'main', startMs), startMs };
}

type Report = { findings: { code: string; path: string }[]; unhashed: number };
async function doctor(): Promise<Report> {
  const lines: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    await check(readOptions(['check', '--data', folder.path, '--hashes', '--json']), environment);
  } finally {
    spy.mockRestore();
  }
  return JSON.parse(lines.join('')) as Report;
}

const damage = ({ path }: Made, how: Damage): void => {
  writeFileSync(join(root, path), how.do(readFileSync(join(root, path))));
};

it('finds every file that was damaged, whatever was done to it, plain or encrypted, and no other', async () => {
  const damaged = new Map<string, string>();
  const sound: string[] = [];
  for (const [number, encrypted] of [false, true].entries()) {
    const name = encrypted ? 'yard' : 'gate';
    const camera = store.camera.add(cameraRow({ number: number + 1, name, folder: name }));
    const of = { stream: camera.streamIds.main, folder: name, encrypted, hashed: true };
    for (const [n, how] of anywhere.entries()) {
      const made = await record(of, 2 * n);
      sound.push((await record(of, 2 * n + 1)).path);
      damage(made, how);
      damaged.set(made.path, `${how.name}, ${encrypted ? 'encrypted' : 'plain'}`);
    }
    // Files are hashed a MiB at a time: around that border, and in the very last piece.
    for (const [n, at] of [(1 << 20) - 1, 1 << 20, (2 << 20) + 5].entries()) {
      const made = await record({ ...of, pictureBytes: 100_000 }, 100 + n);
      damage(made, { name: 'at a border', do: (f) => flip(f, at) });
      damaged.set(made.path, `byte ${String(at)}, ${encrypted ? 'encrypted' : 'plain'}`);
    }
    const gone = await record(of, 200);
    rmSync(join(root, gone.path));
    damaged.set(gone.path, 'removed');
  }
  const { findings, unhashed } = await doctor();
  const found = new Set(findings.map((f) => f.path));
  expect([...damaged].filter(([path]) => !found.has(path)).map(([, how]) => how)).toEqual([]);
  expect(sound.filter((path) => found.has(path))).toEqual([]);
  expect(found.size).toBe(damaged.size);
  expect(unhashed).toBe(0);
  // Of encrypted ones their authentication says so too, where anything can still be read.
  expect(findings.filter((f) => f.code === 'not-authentic').length).toBeGreaterThan(5);
});

it('sees of what has no hash yet what its structure shows, and says how many those are', async () => {
  const damaged: string[] = [];
  for (const [number, encrypted] of [false, true].entries()) {
    const name = encrypted ? 'yard' : 'gate';
    const camera = store.camera.add(cameraRow({ number: number + 1, name, folder: name }));
    const of = { stream: camera.streamIds.main, folder: name, encrypted, hashed: false };
    for (const [n, word] of withoutHash.entries()) {
      const how = anywhere.find((d) => d.name === word);
      if (how === undefined) throw new Error(word);
      const made = await record(of, 2 * n);
      await record(of, 2 * n + 1);
      damage(made, how);
      damaged.push(made.path);
    }
  }
  const { findings, unhashed } = await doctor();
  expect([...new Set(findings.map((f) => f.path))].sort()).toEqual(damaged.sort());
  expect(unhashed).toBe(4 * withoutHash.length);
});
