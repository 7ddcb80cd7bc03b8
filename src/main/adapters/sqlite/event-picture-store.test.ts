import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CameraId, EventId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { openEventPictureStore } from './index.ts';

const newId = createUlids(() => systemClock.nowMs());
const key = new Uint8Array(32).fill(7);
const [gate, yard] = [newId() as CameraId, newId() as CameraId];
let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-event-pictures-'));
  path = join(dir, 'event-pictures.db');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const jpeg = (n: number): Uint8Array => new Uint8Array(5_000).fill(n);

it('keeps pictures sealed over a reopening, and removes those of a span or the oldest', () => {
  const store = openEventPictureStore(path, key, quietLog);
  const ids = Array.from({ length: 8 }, (_, n) => {
    const id = newId() as EventId;
    store.put(id, n % 2 === 0 ? gate : yard, n * 1_000, jpeg(n));
    return id;
  });
  store.put(ids[0]!, gate, 0, jpeg(99));
  expect(store.bytes()).toBe(8 * (5_000 + 28));
  store.close();
  const all = Buffer.concat([path, `${path}-wal`].filter(existsSync).map((p) => readFileSync(p)));
  expect(all.includes(Buffer.from(jpeg(3)).subarray(0, 64))).toBe(false);
  const again = openEventPictureStore(path, key, quietLog);
  expect(again.get(ids[0]!)).toEqual(Buffer.from(jpeg(99)));
  expect(again.get(newId() as EventId)).toBeNull();
  expect(again.remove(gate, 2_000, 5_000)).toEqual([ids[2], ids[4]]);
  expect(again.removeOldest(2)).toEqual([ids[0], ids[1]]);
  expect(again.remove(null, 0, 6_000)).toEqual([ids[3], ids[5]]);
  expect([again.get(ids[6]!), again.get(ids[7]!)].every((p) => p !== null)).toBe(true);
  expect(again.bytes()).toBe(2 * (5_000 + 28));
  again.close();
});

it('keeps pictures that decided an event beside its own, counts them, and lets them go with it or with their time', () => {
  const store = openEventPictureStore(path, key, quietLog);
  const [first, second] = [newId() as EventId, newId() as EventId];
  store.putLook(first, gate, 900, jpeg(1));
  expect(store.looks(first)).toEqual([]);
  for (const id of [first, second]) store.put(id, gate, 2_000, jpeg(9));
  for (const atMs of [1_000, 500, 1_500]) store.putLook(first, gate, atMs, jpeg(atMs % 256));
  store.putLook(first, gate, 500, jpeg(3));
  store.putLook(second, gate, 1_500, jpeg(4));
  expect([store.looks(first), store.bytes()]).toEqual([[500, 1_000, 1_500], 6 * (5_000 + 28)]);
  expect(store.getLook(first, 500)).toEqual(Buffer.from(jpeg(3)));
  expect([store.getLook(first, 501), store.getLook(second, 500)]).toEqual([null, null]);
  expect(store.remove(gate, 0, 1_200)).toEqual([]);
  expect([store.looks(first), store.bytes()]).toEqual([[1_500], 4 * (5_000 + 28)]);
  expect(store.removeOldest(1)).toEqual([first]);
  expect([store.looks(first), store.looks(second), store.bytes()]).toEqual([[], [1_500], 2 * (5_000 + 28)]);
  store.close();
});

it('sets one aside that it cannot open', () => {
  const store = openEventPictureStore(path, key, quietLog);
  const id = newId() as EventId;
  store.put(id, gate, 1, jpeg(1));
  store.close();
  const other = openEventPictureStore(path, new Uint8Array(32).fill(8), quietLog);
  expect([other.get(id), other.bytes(), existsSync(`${path}.unreadable`)]).toEqual([null, 0, true]);
  other.close();
});
