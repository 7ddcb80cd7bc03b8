import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { segmentPath } from '#domain/segment.ts';
import { bothWays, jpeg, t0, withKey } from '../../../../tests/support/encrypted-segment.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import { readKeyPictures } from './key-pictures.ts';
import { noKeys } from './segment-view.ts';

let root: string;
let remove: () => void;
beforeEach(() => {
  ({ path: root, remove } = tempFolder());
});
afterEach(() => remove());

const path = (): string => join(root, segmentPath('gate', 'main', t0));
function put(bytes: Uint8Array): void {
  mkdirSync(dirname(path()), { recursive: true });
  writeFileSync(path(), bytes);
}
/** At which seconds of the segment pictures were found. */
async function found(seconds: readonly number[], keys = withKey, startMs: number = t0): Promise<number[]> {
  const out: number[] = [];
  const moments = seconds.map((s) => t0 + s * 1000);
  for await (const { key, atMs, track } of readKeyPictures({ path: path(), startMs, moments }, keys)) {
    const second = (atMs - t0) / 1000;
    expect(track.codec).toBe('mjpeg');
    expect([...key]).toEqual([...jpeg(second)]);
    out.push(second);
  }
  return out;
}

describe('key frames read out of a segment', () => {
  it.each(['plain', 'encrypted'] as const)('are those nearest to the moments, none twice: %s', async (which) => {
    put(bothWays(30)[which]);
    expect(await found([0, 10, 20])).toEqual([0, 10, 20]);
    expect(await found([9.6, 10.2, 10.6])).toEqual([10, 11]);
    expect(await found([-9, 38, 60])).toEqual([0, 29]);
    expect(await found([])).toEqual([]);
  });

  it.each(['plain', 'encrypted'] as const)(
    'are found without an index too, up to where it was cut: %s',
    async (which) => {
      const segment = bothWays(30, false);
      put(segment[which].subarray(0, (segment.offsets[20] ?? 0) + 50));
      expect(await found([10, 20])).toEqual([10, 19]);
    },
  );

  it.each(['plain', 'encrypted'] as const)(
    'are found by their own times where the segment begins behind its first picture: %s',
    async (which) => {
      put(bothWays(30)[which]);
      expect(await found([5, 10], withKey, t0 + 2000)).toEqual([5, 10]);
    },
  );

  it('are none of a file that is not there, locked, or none of ours', async () => {
    expect(await found([1])).toEqual([]);
    put(bothWays(3).encrypted);
    expect(await found([1], noKeys)).toEqual([]);
    truncateSync(path(), 20);
    expect(await found([1])).toEqual([]);
  });

  it('leave out what was changed, and go on with the others', async () => {
    const { encrypted, offsets } = bothWays(30);
    const at = (offsets[10] ?? 0) + 700;
    encrypted.writeUInt8(encrypted.readUInt8(at) ^ 1, at);
    put(encrypted);
    expect(await found([0, 10, 20])).toEqual([0, 20]);
  });
});
