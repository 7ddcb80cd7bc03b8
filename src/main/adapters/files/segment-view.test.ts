import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { segmentPath } from '#domain/segment.ts';
import { bothWays, t0, volumeKey, withKey } from '../../../../tests/support/encrypted-segment.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import type { SegmentReader } from '../../engine/segment-file-port.ts';
import type { SegmentSource } from '../../engine/segment-port.ts';
import { authenticateFile } from './authenticate.ts';
import { createSegmentFiles } from './segment-files.ts';
import type { VolumeKeyLookup } from './segment-view.ts';

let root: string;
let remove: () => void;
beforeEach(() => {
  ({ path: root, remove } = tempFolder());
});
afterEach(() => remove());

function put(bytes: Uint8Array): string {
  const path = join(root, segmentPath('gate', 'main', t0));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}
async function opened(path: string, keys: VolumeKeyLookup = withKey): Promise<SegmentReader> {
  const reader = await createSegmentFiles(root, keys).open(path);
  if (reader === null) throw new Error('it is not there');
  return reader;
}
async function chunksOf(reader: SegmentReader, first: number, last: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of reader.chunks(first, last)) parts.push(part);
  return Buffer.concat(parts);
}

describe('an encrypted segment as players get it', () => {
  it('is the plain recording, whatever range is asked for and in whatever order', async () => {
    const { plain, encrypted } = bothWays(6);
    const path = put(encrypted);
    const files = createSegmentFiles(root, withKey);
    const position = fc.nat(plain.length - 1);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(position, position), { minLength: 1, maxLength: 4 }), async (ranges) => {
        for (const [a, b] of ranges) {
          const [first, last] = [Math.min(a, b), Math.max(a, b)];
          const wanted = plain.subarray(first, last + 1);
          const reader = await files.open(path);
          if (reader === null) throw new Error('it is not there');
          expect(Buffer.from(await reader.read(first, last + 1 - first)).equals(wanted)).toBe(true);
          expect((await chunksOf(reader, first, last)).equals(wanted)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
    const reader = await opened(path);
    expect(reader.encrypted).toBe(true);
    expect((await reader.read(plain.length - 10, 100)).length).toBe(10);
    await reader.close();
  });

  it('reads on in a file that grows', async () => {
    const { plain, encrypted, offsets } = bothWays(4, false);
    const path = put(encrypted.subarray(0, offsets[2]));
    const files = createSegmentFiles(root, withKey);
    const whole = async (): Promise<Buffer> => {
      const reader = await files.open(path);
      return reader === null ? Buffer.alloc(0) : chunksOf(reader, 0, plain.length - 1);
    };
    expect((await whole()).equals(plain.subarray(0, offsets[2]))).toBe(true);
    put(encrypted.subarray(0, (offsets[3] ?? 0) + 40)); // and the beginning of one that is being written
    expect((await whole()).equals(plain.subarray(0, offsets[3]))).toBe(true);
    put(encrypted);
    expect((await whole()).equals(plain)).toBe(true);
  });

  it('gives nothing of a fragment in which a bit is flipped, says where, and gives the others', async () => {
    const { plain, encrypted, offsets } = bothWays(3);
    const [, from = 0, to = 0] = offsets;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: from * 8, max: to * 8 - 1 }), async (bit) => {
        const changed = Buffer.from(encrypted);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const reader = await opened(put(changed));
        expect(Buffer.from(await reader.read(0, from)).equals(plain.subarray(0, from))).toBe(true);
        // A head that leads nowhere ends the file there, as in a plain one; everything else is refused by name.
        const read = await reader.read(from, to - from).catch((error: unknown) => error);
        if (read instanceof Uint8Array) expect(read.length).toBe(0);
        else expect(read).toMatchObject({ code: 'UNAVAILABLE', data: { reason: 'corrupt' } });
        await reader.close();
      }),
      { numRuns: 150 },
    );
    const changed = Buffer.from(encrypted);
    changed[to - 5] = (changed[to - 5] ?? 0) ^ 1;
    const reader = await opened(put(changed));
    await expect(reader.read(from + 50, 1)).rejects.toThrow(`at byte ${from}`);
    expect(Buffer.from(await reader.read(to, 100)).equals(plain.subarray(to, to + 100))).toBe(true);
    await reader.close();
  });

  it('is not opened without its key, and says whether that may come back', async () => {
    const path = put(bothWays(2).encrypted);
    await expect(opened(path, { find: () => null, isDestroyed: () => false })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      data: { reason: 'locked' },
    });
    await expect(opened(path, { find: () => null, isDestroyed: () => true })).rejects.toMatchObject({
      data: { reason: 'key-destroyed' },
    });
  });

  it('is opened as soon as its key is there, and no more when it is gone', async () => {
    const path = put(bothWays(2).encrypted);
    let there = false;
    const files = createSegmentFiles(root, { find: () => (there ? volumeKey : null), isDestroyed: () => false });
    await expect(files.open(path)).rejects.toThrow('locked');
    there = true;
    const reader = await files.open(path);
    await reader?.close();
    expect(reader?.encrypted).toBe(true);
    there = false;
    await expect(files.open(path)).rejects.toThrow('locked');
  });

  it('leaves a plain file as it is', async () => {
    const { plain } = bothWays(3);
    const reader = await opened(put(plain));
    expect(reader.encrypted).toBe(false);
    expect((await chunksOf(reader, 10, 900)).equals(plain.subarray(10, 901))).toBe(true);
    expect(await createSegmentFiles(root).open(join(root, 'nothing.mp4'))).toBeNull();
  });
});

describe('a segment that lies elsewhere', () => {
  function sourceOf(bytes: Buffer) {
    const open = { times: 1 };
    const source: SegmentSource = {
      bytes: bytes.length,
      read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
      close() {
        open.times -= 1;
        return Promise.resolve();
      },
    };
    return { source, open };
  }

  it('tells and gives the same as a file: plain, encrypted, and cut off by a crash', async () => {
    const { plain, encrypted } = bothWays(20);
    const crashed = bothWays(5, false);
    for (const [bytes, wanted] of [
      [plain, plain],
      [encrypted, plain],
      [crashed.encrypted.subarray(0, -7), crashed.plain.subarray(0, crashed.offsets[4])],
    ] as const) {
      const files = createSegmentFiles(root, withKey);
      const { source, open } = sourceOf(bytes);
      expect(await files.inspectFrom(source)).toEqual(await files.inspect(put(bytes)));
      expect(open.times).toBe(1);
      const reader = await files.openFrom('far', source);
      const at = Math.floor(wanted.length / 2);
      expect(Buffer.from(await reader.read(at, 700)).equals(wanted.subarray(at, at + 700))).toBe(true);
      expect((await chunksOf(reader, 3, wanted.length - 1)).equals(wanted.subarray(3))).toBe(true);
      expect(open.times).toBe(0);
    }
  });

  it('gives nothing of a fragment that was changed on the way, and is closed when it cannot be opened', async () => {
    const { encrypted, offsets } = bothWays(6);
    encrypted[(offsets[3] ?? 0) + 700] = 7;
    const changed = sourceOf(encrypted);
    const reader = await createSegmentFiles(root, withKey).openFrom('far', changed.source);
    expect((await reader.read(0, offsets[3] ?? 0)).length).toBe(offsets[3]);
    await expect(reader.read(offsets[3] ?? 0, 10)).rejects.toMatchObject({ data: { reason: 'corrupt' } });
    await reader.close();
    const locked = sourceOf(bothWays(2).encrypted);
    await expect(createSegmentFiles(root).openFrom('far', locked.source)).rejects.toMatchObject({
      data: { reason: 'locked' },
    });
    expect([changed.open.times, locked.open.times]).toEqual([0, 0]);
  });
});

describe('looking at the authentication of a whole segment', () => {
  it('names the fragments that are not as they were written, and how far it came without a key', async () => {
    const { plain, encrypted, offsets } = bothWays(4);
    const path = put(encrypted);
    expect(await authenticateFile(path, withKey)).toEqual({ is: 'sound' });
    expect(await authenticateFile(path, { find: () => null, isDestroyed: () => false })).toEqual({ is: 'locked' });
    expect(await authenticateFile(path, { find: () => null, isDestroyed: () => true })).toEqual({
      is: 'key-destroyed',
    });
    const changed = Buffer.from(encrypted);
    for (const s of [1, 3]) changed[(offsets[s] ?? 0) + 600] = (changed[(offsets[s] ?? 0) + 600] ?? 0) ^ 4;
    expect(await authenticateFile(put(changed), withKey)).toEqual({
      is: 'changed',
      offset: offsets[1],
      atMs: [t0 + 1000, t0 + 3000],
    });
    expect(await authenticateFile(put(plain), withKey)).toEqual({ is: 'plain' });
    expect(await authenticateFile(join(root, 'nothing.mp4'), withKey)).toEqual({ is: 'none' });
  });
});

describe('what a crash left of an encrypted segment', () => {
  it.each([
    ['with its key', withKey],
    ['without its key', { find: () => null, isDestroyed: () => false }],
  ])('ends at its last whole fragment, cut anywhere (%s)', async (_, keys) => {
    const { encrypted, offsets } = bothWays(4, false);
    const path = put(encrypted);
    for (const cut of [1, 30, 400, encrypted.length - (offsets[3] ?? 0) - 1]) {
      writeFileSync(path, encrypted);
      truncateSync(path, encrypted.length - cut);
      const content = await createSegmentFiles(root, keys).inspect(path);
      expect(content).toMatchObject({ bytes: offsets[3], sealed: false, endMs: t0 + 3000 });
    }
  });

  it.each([
    ['with its key', withKey],
    ['without its key', { find: () => null, isDestroyed: () => false }],
  ])('does not count fragments whose data never came to the disk (%s)', async (_, keys) => {
    const { encrypted, offsets } = bothWays(4, false);
    const holed = Buffer.from(encrypted);
    holed.fill(0, (offsets[2] ?? 0) + 500);
    const path = put(holed);
    expect(await createSegmentFiles(root, keys).inspect(path)).toMatchObject({ bytes: offsets[2], endMs: t0 + 2000 });
  });

  it('tells the same of a sealed file with and without its key', async () => {
    const path = put(bothWays(4).encrypted);
    const files = createSegmentFiles(root, withKey);
    expect(await files.inspect(path)).toEqual(await createSegmentFiles(root).inspect(path));
    expect(await files.inspect(path)).toMatchObject({ sealed: true, bytes: readFileSync(path).length });
  });
});
