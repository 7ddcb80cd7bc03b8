import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CameraId } from '#domain/id.ts';
import { cellCount } from '#domain/motion-cells.ts';
import { motionSpanMs, packMotion, type MotionChunk } from '#domain/motion-index.ts';
import { recordAlways } from '#domain/recording-plan.ts';
import { gateGrid } from '#domain/watching.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { openQueries, openWriteStore } from './index.ts';

const newId = createUlids(() => systemClock.nowMs());
const deps = { clock: systemClock, log: quietLog, newStation: () => ({ id: newId(), name: 'Test' }) };
const day = 1_800_000_000_000 - (1_800_000_000_000 % 86_400_000);
let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-watch-'));
  path = join(dir, 'vigie.db');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('finds every change of a day in an area in a moment, and keeps what was added bit by bit', () => {
  const store = openWriteStore(path, deps);
  const id = newId() as CameraId;
  const main = { url: 'rtsp://127.0.0.1/main', transport: 'auto' as const, plan: recordAlways };
  store.camera.add({
    ...{ id, number: 1, name: 'Gate', group: null, folder: 'gate', enabled: true, main, sub: null },
    ...{ username: null, hasPassword: false, createdMs: 0, tags: [], notes: '', link: null, sealedPassword: null },
  });
  // Something walks through the picture all day, looked at every second, written a minute at a time.
  const { columns } = gateGrid;
  store.together(() => {
    for (let minute = 0; minute < 1_440; minute += 1) {
      const fromMs = day + minute * 60_000;
      const spanMs = fromMs - (fromMs % motionSpanMs);
      const chunks: MotionChunk[] = [{ is: 'watched', fromMs, toMs: fromMs + 60_000 }];
      for (let s = 0; s < 60; s += 1) {
        const cells = new Uint8Array(cellCount);
        for (let row = 10; row < 20; row += 1) cells.fill(1, row * columns + (s % 38), row * columns + (s % 38) + 2);
        chunks.push({ is: 'moved', atMs: fromMs + s * 1_000, cells });
      }
      store.watch.addMotion([{ cameraId: id, spanMs, looks: packMotion(spanMs, chunks) }]);
    }
  });
  store.watch.addMotion([{ cameraId: newId() as CameraId, spanMs: day, looks: Uint8Array.of(1, 0, 5) }]);
  const q = openQueries(path, deps);
  const left = [
    { x: 0, y: 0 },
    { x: 0.05, y: 0 },
    { x: 0.05, y: 1 },
    { x: 0, y: 1 },
  ];
  const ask = { cameraId: id, fromMs: day, toMs: day + 86_400_000, minPart: 0.01, bridgeMs: 5_000, limit: 5_000 };
  const started = performance.now();
  const found = q.motion({ ...ask, area: left });
  const ms = performance.now() - started;
  // Twice a minute: it comes in on the left, and again.
  expect(found.hits).toHaveLength(2 * 1_440);
  expect(found.watched).toEqual([[day, day + 86_400_000]]);
  expect(ms).toBeLessThan(5_000);
  expect(q.motion({ ...ask, area: null }).hits).toHaveLength(1);
  store.watch.removeMotion(id, day, day + 43_200_000);
  expect(q.motion({ ...ask, area: left }).hits[0]?.fromMs).toBeGreaterThanOrEqual(day + 43_200_000);
  q.close();
  store.close();
});
