import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CameraId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import { ArchiveError } from '#lib/archive-error.ts';
import { openS3Server, type S3Server } from '../../../../tests/support/s3-server.ts';
import type { ArchiveStore, Sending } from '../../engine/archive-port.ts';
import { openFolderArchive } from './folder-archive.ts';
import { openS3Archive } from './s3-archive.ts';

const mebi = 2 ** 20;
const own = { id: 'archive-one', station: 'station-one' };
const cameraId = CameraId.parse('01JCXW3N8M0000000000000001');
const quick = { firstRetryMs: 1, silenceMs: 1000 };
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-archive-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** A file of `bytes` here, and what is said to send it. */
function sending(bytes: number, startMs = Date.UTC(2026, 10, 1, 14, 3, 12), more: Partial<Sending> = {}) {
  const data = randomBytes(bytes);
  const path = join(dir, randomUUID());
  writeFileSync(path, data);
  const key = segmentPath('gate', 'main', startMs);
  const file = { sha256: sha256(data), bytes };
  const said: Sending & { data: Buffer; marks: string[]; paced: number[] } = {
    data,
    marks: [],
    paced: [],
    key,
    path,
    file,
    note: {
      cameraId,
      folder: 'gate',
      kind: 'main',
      startMs,
      endMs: startMs + 60_000,
      sha256: file.sha256,
      codecs: 'avc1.640028,mp4a.40.2',
      width: 1920,
      height: 1080,
      initBytes: 700,
    },
    begun: null,
    begin(mark) {
      said.marks.push(mark);
    },
    pace(n) {
      said.paced.push(n);
      return Promise.resolve();
    },
    signal: new AbortController().signal,
    ...more,
  };
  return said;
}
const trouble = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'none',
    (error: unknown) => (error instanceof ArchiveError ? error.trouble : String(error)),
  );
const got = async (archive: ArchiveStore, key: string): Promise<Buffer | null> => {
  const to = join(dir, randomUUID());
  const file = await archive.fetch(key, to, new AbortController().signal);
  if (file === null) return null;
  const data = readFileSync(to);
  expect(file).toEqual({ sha256: sha256(data), bytes: data.length });
  return data;
};
const names = async (archive: ArchiveStore, folder: string | null = null): Promise<string[]> => {
  const out: string[] = [];
  for await (const { key } of archive.list(folder)) out.push(key);
  return out;
};

let server: S3Server | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});
async function bucket(o: Parameters<typeof openS3Server>[0] = {}): Promise<{ s3: S3Server; archive: ArchiveStore }> {
  const s3 = (server = await openS3Server(o));
  const archive = openS3Archive(s3.place, s3.secret, own.id, quick);
  await archive.mark(own);
  return { s3, archive };
}
async function folder(): Promise<{ root: string; archive: ArchiveStore }> {
  const root = join(dir, 'nas');
  const archive = openFolderArchive({ kind: 'folder', path: root }, own.id);
  await archive.mark(own);
  return { root, archive };
}

describe.each(['folder', 's3'] as const)('an archive of kind %s', (kind) => {
  const open = async (): Promise<ArchiveStore> => (kind === 's3' ? (await bucket()).archive : (await folder()).archive);

  it('takes files of every size, tells what they are, gives them back, and loses them when told', async () => {
    const archive = await open();
    await archive.test();
    const files = [1, 100_000, 8 * mebi, 8 * mebi + 1, 17 * mebi + 5].map((bytes, i) =>
      sending(bytes, Date.UTC(2026, 10, 1, 22 + i, 3)),
    );
    for (const file of files) {
      expect(await archive.send(file)).toBe('sent');
      expect(await archive.look(file.key)).toEqual({ bytes: file.file.bytes, note: file.note });
      expect((await got(archive, file.key))?.equals(file.data)).toBe(true);
      expect(file.paced.reduce((a, b) => a + b, 0)).toBe(file.file.bytes);
      expect(Math.max(...file.paced)).toBeLessThanOrEqual(256 * 1024);
    }
    expect(await names(archive)).toEqual(files.map((f) => f.key));
    expect(await names(archive, 'gate')).toHaveLength(5);
    expect(await names(archive, 'yard')).toEqual([]);
    const [gone] = files;
    if (gone === undefined) throw new Error('no file');
    await archive.remove(gone.key);
    await archive.remove(gone.key);
    expect(await archive.look(gone.key)).toBeNull();
    expect(await got(archive, gone.key)).toBeNull();
    expect(await names(archive)).toHaveLength(4);
    archive.close();
  });

  it('gives parts of a file, and nothing of one that is of another size', async () => {
    const archive = await open();
    const { signal } = new AbortController();
    const file = sending(9 * mebi + 7);
    await archive.send(file);
    const size = file.file.bytes;
    for (const [offset, length] of [
      [0, 1],
      [4096, 8192],
      [8 * mebi - 5, 10],
      [size - 7, 7],
    ] as const) {
      const part = await archive.read(file.key, size, offset, length, signal);
      expect(Buffer.from(part ?? []).equals(file.data.subarray(offset, offset + length))).toBe(true);
    }
    expect(await trouble(archive.read(file.key, size + 1, 0, 10, signal))).toBe('corrupt');
    await archive.remove(file.key);
    expect(await archive.read(file.key, size, 0, 10, signal)).toBeNull();
    archive.close();
  });

  it('sends nothing of a file that is not what the index knows', async () => {
    const archive = await open();
    const file = sending(9 * mebi);
    writeFileSync(file.path, randomBytes(9 * mebi));
    expect(await archive.send(file)).toBe('changed');
    expect(await archive.look(file.key)).toBeNull();
    archive.close();
  });

  it('stops when it is told to', async () => {
    const archive = await open();
    const stop = new AbortController();
    const file = sending(20 * mebi, undefined, {
      signal: stop.signal,
      pace() {
        stop.abort(new Error('enough'));
        return Promise.resolve();
      },
    });
    await expect(archive.send(file)).rejects.toThrow('enough');
    expect(await archive.look(file.key)).toBeNull();
    archive.close();
  });
});

describe('an archive in a folder', () => {
  it('writes nothing where its id is not there, and nothing into the archive of another', async () => {
    const { root, archive } = await folder();
    renameSync(root, `${root}-unmounted`);
    expect(await trouble(archive.send(sending(10)))).toBe('missing');
    mkdirSync(root);
    expect(await trouble(archive.send(sending(10)))).toBe('missing');
    expect(await trouble(archive.fetch('x', join(dir, 'to'), new AbortController().signal))).toBe('missing');
    const other = openFolderArchive({ kind: 'folder', path: root }, 'archive-two');
    await other.mark({ id: 'archive-two', station: 'station-two' });
    expect(await trouble(archive.send(sending(10)))).toBe('swapped');
    expect(await archive.mark({ id: 'mine', station: 'me' })).toEqual({ id: 'archive-two', station: 'station-two' });
    writeFileSync(join(root, 'vigie-archive.json'), '{}');
    expect(await trouble(archive.test())).toBe('swapped');
  });

  it('goes on with what a broken try left, and begins anew where that is not what was sent', async () => {
    const { root, archive } = await folder();
    const file = sending(3 * mebi);
    const draft = join(root, `${file.key}.part`);
    mkdirSync(join(draft, '..'), { recursive: true });
    writeFileSync(draft, file.data.subarray(0, 2 * mebi + 100));
    expect(await archive.send({ ...file, begun: 'part' })).toBe('sent');
    expect(file.paced.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(mebi + 256 * 1024);
    expect((await got(archive, file.key))?.equals(file.data)).toBe(true);

    const other = sending(mebi, Date.UTC(2026, 10, 2));
    const bad = join(root, `${other.key}.part`);
    mkdirSync(join(bad, '..'), { recursive: true });
    writeFileSync(bad, randomBytes(mebi / 2));
    expect(await trouble(archive.send(other))).toBe('corrupt');
    expect(existsSync(bad)).toBe(false);
    expect(await archive.send(other)).toBe('sent');
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('says when it may not write', async () => {
    const { root, archive } = await folder();
    chmodSync(root, 0o550);
    expect(await trouble(archive.test())).toBe('refused');
    chmodSync(root, 0o750);
  });
});

describe('an archive in a bucket', () => {
  it('signs every request, and says in words what is refused', async () => {
    const { s3, archive } = await bucket();
    await archive.test();
    expect(s3.refused).toEqual([]);
    const with_ = (more: object, secret = s3.secret) => openS3Archive({ ...s3.place, ...more }, secret, own.id, quick);
    expect(await trouble(with_({}, 'wrong').test())).toBe('refused');
    expect(await trouble(with_({ accessKey: 'nobody' }).test())).toBe('refused');
    expect(await trouble(with_({ bucket: 'no-such' }).test())).toBe('missing');
    expect(await trouble(with_({ prefix: 'elsewhere' }).test())).toBe('missing');
    expect(await trouble(with_({ endpoint: 'http://127.0.0.1:9' }).test())).toBe('away');
    expect(await trouble(openS3Archive(s3.place, s3.secret, 'another', quick).test())).toBe('swapped');
    const words = await with_({}, 'wrong').test().catch(String);
    expect(words).toContain('secret key');
    expect(words).not.toContain('wrong');
  });

  it('gets over errors, broken connections and silence, and gives up in the end', async () => {
    const { s3, archive } = await bucket();
    for (const fault of ['error', 'reset', 'silent'] as const) {
      const file = sending(9 * mebi, Date.UTC(2026, 10, 3, fault.length));
      let left = 2;
      s3.fault((r) => (r.query.has('partNumber') && left-- > 0 ? fault : null));
      expect(await archive.send(file)).toBe('sent');
      expect(left).toBeLessThan(0);
      s3.fault(() => fault);
      expect(await trouble(archive.look(file.key))).toBe(fault === 'silent' ? 'slow' : 'away');
      s3.fault(null);
    }
    s3.fault(() => 'denied');
    expect(await trouble(archive.send(sending(10)))).toBe('refused');
  });

  it('goes on with the parts that are there after a broken try', async () => {
    const { s3, archive } = await bucket();
    const file = sending(20 * mebi);
    s3.fault((r) => (r.query.get('partNumber') === '3' ? 'denied' : null));
    expect(await trouble(archive.send(file))).toBe('refused');
    const [begun = null] = file.marks;
    expect(begun).toBe('upload-1');
    s3.fault(null);
    s3.requests.length = 0;
    expect(await archive.send({ ...file, begun })).toBe('sent');
    expect(s3.requests.flatMap((r) => r.query.get('partNumber') ?? [])).toEqual(['3']);
    expect((await got(archive, file.key))?.equals(file.data)).toBe(true);
    expect(s3.uploads.size).toBe(0);
  });

  it('begins anew where the server forgot the parts, and takes away what is not wanted any more', async () => {
    const { s3, archive } = await bucket();
    const file = sending(9 * mebi);
    s3.fault((r) => (r.query.get('partNumber') === '2' ? 'denied' : null));
    expect(await trouble(archive.send(file))).toBe('refused');
    s3.uploads.clear();
    s3.fault(null);
    expect(await archive.send({ ...file, begun: 'upload-1' })).toBe('sent');
    s3.fault((r) => (r.query.get('partNumber') === '2' ? 'denied' : null));
    const other = sending(9 * mebi, 0);
    expect(await trouble(archive.send(other))).toBe('refused');
    s3.fault(null);
    expect(s3.uploads.size).toBe(1);
    await archive.abandon(other.key, other.marks[0] ?? '');
    expect(s3.uploads.size).toBe(0);
  });

  it('finds what a server keeps otherwise than it was sent, with the sums that it tells or by reading back', async () => {
    for (const sums of [true, false]) {
      const { s3, archive } = await bucket({ sums });
      const small = sending(1000);
      const large = sending(9 * mebi, Date.UTC(2026, 10, 4));
      s3.fault((r) => (r.method === 'PUT' && r.key.includes('gate') ? 'lose' : null));
      expect(await trouble(archive.send(small))).toBe('corrupt');
      s3.fault(null);
      expect(await archive.send(small)).toBe('sent');
      expect(await archive.send(large)).toBe('sent');
      // A server whose tags and sums say nothing of the bytes: they are read.
      s3.requests.length = 0;
      s3.fault((r) => {
        for (const object of s3.objects.values())
          if (r.method === 'HEAD') Object.assign(object, { etag: 'abc', sum: null });
        return null;
      });
      expect(await archive.send(small)).toBe('sent');
      expect(s3.requests.some((r) => r.method === 'GET' && r.key.endsWith(small.key))).toBe(true);
      await s3.close();
      server = null;
    }
  });
});
