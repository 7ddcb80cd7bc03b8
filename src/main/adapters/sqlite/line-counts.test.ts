import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CameraId, LineId } from '#domain/id.ts';
import { recordAlways } from '#domain/recording-plan.ts';
import { LineDraft } from '#domain/watch-zone.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { openWriteStore } from './index.ts';

const newId = createUlids(() => systemClock.nowMs());
const deps = { clock: systemClock, log: quietLog, newStation: () => ({ id: newId(), name: 'Test' }) };
const day = 1_800_000_000_000 - (1_800_000_000_000 % 86_400_000);
let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-lines-'));
  path = join(dir, 'vigie.db');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('adds who crossed a line to its quarter of an hour, and keeps none of a line that is gone', () => {
  const store = openWriteStore(path, deps);
  const id = newId() as CameraId;
  const main = { url: 'rtsp://127.0.0.1/main', transport: 'auto' as const, plan: recordAlways };
  store.camera.add({
    ...{ id, number: 1, name: 'Gate', group: null, folder: 'gate', enabled: true, main, sub: null },
    ...{ username: null, hasPassword: false, createdMs: 0, tags: [], notes: '', link: null, sealedPassword: null },
  });
  const draft = LineDraft.parse({ name: 'Door', a: { x: 0, y: 0 }, b: { x: 1, y: 1 }, countsIn: 'to-right' });
  const line = { ...draft, id: newId() as LineId, cameraId: id, version: 1 };
  store.watch.putLine(line);
  const row = { lineId: line.id, quarterMs: day, in: 2, out: 1, lookedMs: 500_000 };
  store.watch.addLineCounts([row, { ...row, quarterMs: day + 900_000, in: 0 }, { ...row, lineId: newId() as LineId }]);
  store.watch.addLineCounts([row]);
  expect(store.watch.lineCounts(line.id, day, day + 900_000)).toEqual([
    // A quarter is not longer than itself, whatever the clock did.
    { quarterMs: day, in: 4, out: 2, lookedMs: 900_000 },
  ]);
  // What was noted elsewhere: newer or older, told once or twice.
  for (let n = 0; n < 2; n += 1)
    store.watch.restoreLineCounts([
      { ...row, in: 5 },
      { ...row, lineId: newId() as LineId },
    ]);
  expect(store.watch.lineCounts(line.id, day, day + 900_000)).toEqual([
    { quarterMs: day, in: 5, out: 2, lookedMs: 900_000 },
  ]);
  // A line that is changed keeps its counts.
  store.watch.putLine({ ...line, name: 'Gate', version: 2 });
  expect(store.watch.lineCounts(line.id, 0, Number.MAX_SAFE_INTEGER)).toHaveLength(2);
  store.watch.removeLineCounts(day + 1);
  expect(store.watch.lineCounts(line.id, 0, Number.MAX_SAFE_INTEGER).map((q) => q.quarterMs)).toEqual([day + 900_000]);
  store.watch.removeLine(line.id);
  expect(store.watch.lineCounts(line.id, 0, Number.MAX_SAFE_INTEGER)).toEqual([]);
  store.close();
});
