import { createSecretKey, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import { createSegmentCipher } from '#lib/segment-cipher.ts';
import { g711Track } from '#media/audio-track.ts';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { decryptFragment, plainInit } from '#media/mp4/encryption.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { readerOf, scanFragments } from '#media/mp4/scan.ts';
import { tempVolume } from '../../../../tests/support/volume.ts';
import type { IngestReport } from '../port.ts';
import { createHeldDisk } from '../lane/held-disk.ts';
import { readKnownPictures } from '../replay/known-pictures.ts';
import { createSlabPool } from '../slab-pool.ts';
import { createRecordDisk } from './disk.ts';
import { createRecorder } from './recorder.ts';
import { createVolumeKeys, type VolumeKeys } from './volume-keys.ts';

const t0 = Date.UTC(2026, 10, 28, 16, 3, 12, 345);
const key = { id: 'a1b2c3d4e5f60718', key: createSecretKey(randomBytes(32)) };

let root: string;
let remove: () => void;
let keys: VolumeKeys;
beforeEach(() => {
  ({ path: root, remove } = tempVolume());
  keys = createVolumeKeys();
});
afterEach(() => remove());

/** Pictures of `ms` with a sound between them, always the same ones. */
function units(ms: number): AccessUnit[] {
  const out: AccessUnit[] = [];
  for (let at = 0; at < ms; at += 50) {
    const picture = new Uint8Array(at % 1000 === 0 ? 9000 : 700).fill((at / 50) & 255);
    const us = (t0 + at) * 1000;
    const data = [picture.subarray(0, 100), picture.subarray(100)];
    out.push({ track: 'video', key: at % 1000 === 0, ptsUs: us, dtsUs: us, data, bytes: picture.length });
    const sound = new Uint8Array(80).fill(at & 255);
    out.push({ track: 'audio', key: true, ptsUs: us + 20_000, dtsUs: us + 20_000, data: [sound], bytes: 80 });
  }
  return out;
}

/** Records 70 s into a folder; `at` is called before each unit. */
async function record(folder: string, at: (index: number) => void = () => undefined, kind: 'main' | 'sub' = 'main') {
  const reports: IngestReport[] = [];
  let monoMs = 0;
  const recorder = createRecorder({
    streamId: StreamId.parse(1),
    kind,
    target: { volume: 1, root, folder },
    notBeforeMs: 0,
    maxPendingBytes: 16 << 20,
    clock: { nowMs: () => t0, nowUs: () => t0 * 1000, monoMs: () => monoMs },
    disk: createRecordDisk(),
    encryption: keys.writing,
    report: (report) => reports.push(report),
  });
  recorder.format(mjpegTrack(640, 360), g711Track('pcmu'));
  for (const [i, unit] of units(70_000).entries()) {
    at(i);
    recorder.unit(unit, unit.ptsUs);
    if (i % 2 === 1) monoMs += 50;
  }
  await recorder.stop();
  const sealed = reports.filter((r) => r.op === 'sealed');
  return Promise.all(
    sealed.map(async (s) => new Uint8Array(await readFile(join(root, segmentPath(folder, kind, s.startMs))))),
  );
}

/** The plain view of a whole file. */
async function viewOf(bytes: Uint8Array): Promise<Uint8Array> {
  const init = parseInit(bytes);
  if (init.encryption === null) throw new Error('it is plain');
  const { keyId, segmentId } = init.encryption;
  const volumeKey = keys.find(keyId);
  if (volumeKey === null) throw new Error('its key is not there');
  const start = bytes.subarray(0, init.bytes);
  const cipher = createSegmentCipher(volumeKey, segmentId, start);
  const { fragments, wholeBytes } = await scanFragments(readerOf(bytes), bytes.length, init);
  return Buffer.concat([
    plainInit(start),
    ...fragments.map((f) => decryptFragment(bytes.subarray(f.offset, f.offset + f.bytes), { keyId, cipher })),
    bytes.subarray(wholeBytes),
  ]);
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

describe('recording encrypted', () => {
  it.each(['main', 'sub'] as const)(
    'gives files whose plain view is, to the byte, the plain recording (%s)',
    async (kind) => {
      const plain = await record('plain', undefined, kind);
      keys.take([{ root, writing: key.id, keys: [key] }]);
      const encrypted = await record('gate', undefined, kind);
      expect(encrypted.map((f) => f.length)).toEqual(plain.map((f) => f.length));
      expect(encrypted.length).toBe(2);
      for (const [i, file] of encrypted.entries()) {
        const wanted = plain[i] ?? new Uint8Array(0);
        expect(same(file, wanted)).toBe(false);
        expect(same(await viewOf(file), wanted)).toBe(true);
        // Nothing of a picture is to be seen in it.
        expect(Buffer.from(wanted).includes(Buffer.alloc(500, 20))).toBe(true);
        expect(Buffer.from(file).includes(Buffer.alloc(500, 20))).toBe(false);
      }
    },
  );

  it('begins and ends with the next segment, and loses nothing at the seam', async () => {
    const plain = await record('plain');
    keys.take([{ root, writing: key.id, keys: [key] }]);
    const half = await record('gate', (i) => {
      if (i === 100) keys.take([{ root, writing: null, keys: [key] }]);
    });
    expect(half.map((f) => parseInit(f).encryption?.keyId ?? null)).toEqual([key.id, null]);
    expect(same(await viewOf(half[0] ?? new Uint8Array(0)), plain[0] ?? new Uint8Array(0))).toBe(true);
    expect(same(half[1] ?? new Uint8Array(0), plain[1] ?? new Uint8Array(0))).toBe(true);
  });

  it('takes another key for another volume, and none for one that has none', async () => {
    keys.take([{ root: join(root, 'elsewhere'), writing: key.id, keys: [key] }]);
    expect((await record('gate')).map((f) => parseInit(f).encryption)).toEqual([null, null]);
  });

  it('makes another key for each segment', async () => {
    keys.take([{ root, writing: key.id, keys: [key] }]);
    const ids = [...(await record('gate')), ...(await record('yard'))].map((f) => parseInit(f).encryption?.segmentId);
    expect(new Set(ids.map((id) => Buffer.from(id ?? []).toString('hex'))).size).toBe(4);
  });

  it('lets go of receive memory', async () => {
    keys.take([{ root, writing: key.id, keys: [key] }]);
    const slabs = createSlabPool();
    const disk = createHeldDisk(createRecordDisk(), slabs);
    const slab = slabs.take(1);
    slabs.hold(slab.buffer);
    slabs.retire(slab);
    disk.taken([slab.subarray(0, 10)]);
    expect(slabs.idleBytes()).toBe(slab.length);
  });

  it('is read for the clock of a camera with its key, and tells nothing without', async () => {
    keys.take([{ root, writing: key.id, keys: [key] }]);
    await record('gate');
    const path = join(root, segmentPath('gate', 'main', t0));
    const first = units(50)[0];
    if (first === undefined) throw new Error('no picture');
    const known = await readKnownPictures(path, 'first', keys);
    expect(known.find(first, first.ptsUs, 1000)).toBe(first.ptsUs);
    const blind = await readKnownPictures(path, 'first', { find: () => null });
    expect(blind.find(first, first.ptsUs, 1000)).toBeNull();
  });
});
