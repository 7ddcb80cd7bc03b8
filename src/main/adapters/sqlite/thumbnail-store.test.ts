import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CameraId } from '#domain/id.ts';
import { quietLog } from '#lib/log.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import { openThumbnailStore } from './thumbnail-store.ts';

const gate = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA');
const yard = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZB');
const t0 = Date.UTC(2026, 10, 22, 14);
const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const picture = (n: number): Uint8Array => Uint8Array.from({ length: 3000 }, (_, i) => (i * 7 + n) & 255);

let path: string;
let remove: () => void;
beforeEach(() => {
  ({ path, remove } = tempFolder());
});
afterEach(() => {
  remove();
});
const file = (): string => join(path, 'thumbnails.db');
const open = (with_ = key) => openThumbnailStore(file(), with_, quietLog);

describe('thumbnails', () => {
  it('are found by the nearest moment of their camera, one in a slot', () => {
    const store = open();
    for (const [n, at] of [0, 10_200, 20_100, 600_000].entries()) store.put(gate, t0 + at, picture(n));
    store.put(gate, t0 + 10_900, picture(9));
    store.put(yard, t0 + 14_000, picture(8));
    const near = (atMs: number, withinMs: number) => {
      const found = store.near(gate, t0 + atMs, withinMs);
      return found === null ? null : [found.atMs - t0, found.jpeg[0]];
    };
    expect(near(12_000, 10_000)).toEqual([10_200, 1]);
    expect(near(17_000, 10_000)).toEqual([20_100, 2]);
    expect(near(300_000, 10_000)).toBeNull();
    expect(near(300_000, 290_000)).toEqual([20_100, 2]);
    expect(store.firstIn(gate, t0 + 1, t0 + 10_100)).toBeNull();
    expect(store.firstIn(gate, t0 + 1, t0 + 10_201)).toBe(t0 + 10_200);
    expect(store.newestMs(gate)).toBe(t0 + 600_000);
    expect(store.totals().counts).toEqual({ 0: 3, 1: 0, 2: 2 });
    store.close();
  });

  it('are still there after closing, and the oldest of the finest go first', () => {
    let store = open();
    for (let n = 0; n < 180; n += 1) store.put(gate, t0 + n * 10_000, picture(n));
    store.close();
    store = open();
    expect(store.totals().counts).toEqual({ 0: 3, 1: 27, 2: 150 });
    const { bytes } = store.totals();
    store.removeOldest(2, 100);
    expect(store.totals().counts).toEqual({ 0: 3, 1: 27, 2: 50 });
    expect(store.totals().bytes).toBeLessThan(bytes / 2);
    expect(store.near(gate, t0 + 10_000, 0)).toBeNull();
    expect(store.near(gate, t0 + 60_000, 0)?.jpeg).toEqual(Buffer.from(picture(6)));
    expect(store.near(gate, t0 + 1_790_000, 0)).not.toBeNull();
    store.remove(gate, t0 + 60_000, t0 + 600_000);
    expect(store.firstIn(gate, t0 + 60_000, t0 + 600_000)).toBeNull();
    store.put(yard, t0, picture(1));
    store.removeCamera(gate);
    expect(store.oldest()).toEqual([{ cameraId: yard, atMs: t0 }]);
    expect(store.totals().counts).toEqual({ 0: 1, 1: 0, 2: 0 });
    store.close();
  });

  it('show nothing to who has the file and not the key, and are begun anew under another key or when damaged', () => {
    let store = open();
    store.put(gate, t0, Buffer.concat([Buffer.from('A FACE'), picture(1)]));
    store.close();
    expect(readFileSync(file()).includes('A FACE')).toBe(false);
    store = open(new Uint8Array(32));
    expect(store.totals().bytes).toBe(0);
    store.put(gate, t0, picture(1));
    store.close();
    writeFileSync(file(), 'no database at all, but long enough to look at: '.repeat(200));
    store = open(new Uint8Array(32));
    expect(store.newestMs(gate)).toBeNull();
    store.put(gate, t0, picture(2));
    expect(store.near(gate, t0, 0)?.jpeg[0]).toBe(2);
    store.close();
  });
});
