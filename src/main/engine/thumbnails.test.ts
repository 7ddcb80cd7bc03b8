import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CameraId, StreamId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { SmallPictures, ThumbsAsk } from '#workers/thumbs/port.ts';
import { tempFolder } from '../../../tests/support/temp.ts';
import { until } from '../../../tests/support/until.ts';
import { openThumbnailStore } from '../adapters/sqlite/index.ts';
import type { StreamRecord } from './index-port.ts';
import type { PlacedSegment } from './query-port.ts';
import type { ThumbnailStore } from './thumbnail-port.ts';
import { createThumbnails, type ThumbnailRoom } from './thumbnails.ts';

const id = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA');
const streamId = StreamId.parse(1);
const t0 = Math.floor(Date.now() / 600_000) * 600_000 - 600_000;
const segment: PlacedSegment = {
  startMs: t0,
  endMs: t0 + 60_500,
  bytes: 1_000_000,
  state: 'sealed',
  codecs: 'avc1.42C01E',
  width: 640,
  height: 360,
  initBytes: 700,
  volume: 1,
};

const stream: StreamRecord = {
  id: streamId,
  cameraId: id,
  kind: 'main',
  folder: 'gate',
  camera: 'Gate',
  removed: false,
};

let folder: ReturnType<typeof tempFolder>;
let store: ThumbnailStore;
let room: ThumbnailRoom;
let asked: ThumbsAsk[];
let answer: (made: SmallPictures) => void;
beforeEach(() => {
  folder = tempFolder();
  store = openThumbnailStore(join(folder.path, 'thumbnails.db'), new Uint8Array(32), quietLog);
  asked = [];
  const settings = new Map<string, string>();
  room = createThumbnails({
    clock: systemClock,
    log: quietLog,
    store,
    setting: {
      get: (name) => settings.get(name) ?? null,
      set: (name, value) => {
        settings.set(name, value);
      },
    },
    ffmpeg: {
      found: { path: 'ffmpeg', version: '7', source: 'PATH' },
      thumbnail: () => Promise.reject(new Error('nobody asked for one')),
      blacken: () => Promise.reject(new Error('nothing is private')),
    },
    pictures: {
      make(ask) {
        asked.push(ask);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    },
    privacy: () => [],
    events: { note: () => null },
    keyed: () => [],
    cameras: {
      records: () => [{ id }] as ReturnType<Parameters<typeof createThumbnails>[0]['cameras']['records']>,
      stream: (_, kind) => (kind === 'main' ? stream : null),
    },
    playback: {
      moment: () => Promise.resolve(null),
      segmentAt: () => Promise.resolve({ segment, path: '/video/gate/one.mp4' }),
    },
    segments: { finishedMs: () => segment.endMs, newestMs: () => segment.endMs },
    queries: {
      segments: () => Promise.resolve([]),
      bounds: () => Promise.resolve({ firstMs: t0, lastMs: segment.endMs }),
      locate: () => Promise.resolve([]),
    },
  });
  // Only what comes after it is made.
  store.put(id, t0, new Uint8Array(100));
  room.start();
});
afterEach(() => {
  room.stop();
  store.close();
  folder.remove();
});

const at = (s: number): number => t0 + s * 1000;
const made = (...seconds: number[]): SmallPictures => ({
  pictures: seconds.map((s) => ({ atMs: at(s), jpeg: new Uint8Array(100).fill(s) })),
  trouble: null,
});

it('are asked for once a segment, all of it, and kept', async () => {
  await until('its pictures are asked for', () => asked.length === 1);
  expect(asked[0]).toEqual({
    volume: 1,
    path: '/video/gate/one.mp4',
    startMs: t0,
    moments: [10, 20, 30, 40, 50, 60].map(at),
    keys: [],
  });
  answer(made(10, 20, 30, 40, 50, 60));
  await until('they are kept', () => store.totals().counts[2] === 5);
  expect(store.near(id, at(60), 0)?.jpeg[0]).toBe(60);
  expect(room.status().behindMs).toBeLessThan(1_000);
});

it('are not kept where the footage went while they were made', async () => {
  await until('its pictures are asked for', () => asked.length === 1);
  room.forget(id, at(15), at(35));
  answer(made(10, 20, 30, 40));
  await until('the rest is kept', () => store.near(id, at(40), 0) !== null);
  expect([10, 20, 30].map((s) => store.near(id, at(s), 0) !== null)).toEqual([false, false, false]);
});
