import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow } from '../../../../tests/support/camera-row.ts';
import type { ReadStore, WriteStore } from '../../engine/index-port.ts';
import type { VolumeRow } from '../../engine/volume-port.ts';
import { openWriteStore } from './index.ts';

const newId = createUlids(() => systemClock.nowMs());
const t0 = Date.UTC(2026, 10, 22, 10);
const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 700 };
const second: VolumeRow = {
  volume: 2,
  mark: 'b',
  name: 'Archive',
  path: '/mnt/archive',
  weight: 3,
  reserveBytes: 2 ** 30,
  sync: 'closed',
  addedMs: t0,
  pausedMs: null,
};

let dir: string;
let store: WriteStore & ReadStore;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-volumes-'));
  store = openWriteStore(join(dir, 'index.db'), {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A camera whose segments, a minute each, lie on these volumes; the last one is open. */
function record(volumes: readonly number[]) {
  const camera = store.camera.add(cameraRow({ createdMs: t0 }));
  const streamId = camera.streamIds.main;
  for (const [i, volume] of volumes.entries()) {
    const startMs = t0 + i * 60_000;
    const state = i === volumes.length - 1 ? 'open' : 'sealed';
    store.segment.adopt({ streamId, startMs, endMs: startMs + 60_000, bytes: 1000, state, volume, format });
  }
  return streamId;
}

describe('volumes in the index', () => {
  it('keeps what is said of them, and the number of one that was taken out is free', () => {
    store.volume.put(second);
    store.volume.put({ ...second, name: 'Other', pausedMs: t0 });
    expect(store.volume.all().map((v) => [v.volume, v.name, v.sync, v.pausedMs])).toEqual([
      [1, '', 'durable', null],
      [2, 'Other', 'closed', t0],
    ]);
    store.volume.remove(2);
    expect(store.volume.all().map((v) => v.volume)).toEqual([1]);
  });

  it('never loses the own one, nor one that has segments', () => {
    store.volume.put(second);
    const streamId = record([2, 1, 1]);
    expect(() => store.volume.remove(1)).toThrow('volume 1');
    expect(() => store.volume.remove(2)).toThrow('volume 2');
    expect(store.volume.span(streamId, 2)).toEqual({ oldestMs: t0, newestMs: t0 });
    store.segment.drop(streamId, t0);
    expect(store.volume.span(streamId, 2)).toBeNull();
    store.volume.remove(2);
    expect(store.faults()).toEqual([]);
  });

  it('forgets the segments of those that are here and keeps all that is derived from the others in step', () => {
    store.volume.put(second);
    const streamId = record([1, 2, 2, 1, 2, 1]);
    store.segment.clear([2]);
    expect(store.segmentsFrom(streamId, 0, Number.MAX_SAFE_INTEGER, 10).map((s) => s.volume)).toEqual([2, 2, 2]);
    expect(store.retention.stored()).toEqual([{ streamId, volume: 2, segments: 3, bytes: 3000 }]);
    expect(store.counts().segments).toBe(3);
    expect(store.faults()).toEqual([]);
    store.segment.clear();
    expect(store.counts().segments).toBe(0);
    expect(store.faults()).toEqual([]);
  });
});
