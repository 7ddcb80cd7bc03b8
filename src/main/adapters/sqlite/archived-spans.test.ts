import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstArchive } from '#domain/archive.ts';
import type { StreamId } from '#domain/id.ts';
import { dayMs } from '#domain/time.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow } from '../../../../tests/support/camera-row.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import { openQueries, openWriteStore } from './index.ts';

const t0 = Date.UTC(2026, 10, 1);
const minute = 60_000;
const sha256 = 'ab'.repeat(32);
const newId = createUlids(() => systemClock.nowMs());
const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 4096 };

let folder: ReturnType<typeof tempFolder>;
let store: ReturnType<typeof openWriteStore>;
let queries: ReturnType<typeof openQueries>;
let streamId: StreamId;

beforeEach(() => {
  folder = tempFolder();
  const path = join(folder.path, 'index.db');
  const deps = { clock: systemClock, log: quietLog };
  store = openWriteStore(path, { ...deps, newStation: () => ({ id: newId(), name: 'Test' }) });
  streamId = store.camera.add(cameraRow()).streamIds.main;
  queries = openQueries(path, deps);
});
afterEach(() => {
  queries.close();
  store.close();
  folder.remove();
});

/** Minutes that are recorded; `is`: moved to an archive, copied there, or on the disk alone. */
function record(fromMin: number, toMin: number, is: 'moved' | 'copied' | 'here'): void {
  store.together(() => {
    for (let n = fromMin; n < toMin; n += 1) {
      const startMs = t0 + n * minute;
      const volume = is === 'moved' ? firstArchive : 1;
      store.segment.adopt({ streamId, startMs, endMs: startMs + minute, bytes: 9, state: 'sealed', volume, format });
      if (is !== 'here')
        store.archive.put({ streamId, startMs, archive: firstArchive, file: { sha256, bytes: 9 }, verifiedMs: t0 });
    }
  });
}
const archived = (fromMs: number, toMs: number, grainMs: number): [number, number][] | undefined =>
  queries.coverage({ streamIds: [streamId], fromMs, toMs, grainMs })[0]?.archived;

describe('what is at an archive only', () => {
  it('is told from what has a copy there and from what is here, to the minute', () => {
    record(0, 30, 'moved');
    record(30, 60, 'copied');
    record(60, 90, 'here');
    record(90, 100, 'moved');
    expect(archived(t0, t0 + 100 * minute, 0)).toEqual([
      [t0, t0 + 30 * minute],
      [t0 + 90 * minute, t0 + 100 * minute],
    ]);
    expect(archived(t0 + 10.5 * minute, t0 + 20.5 * minute, 0)).toEqual([[t0 + 10.5 * minute, t0 + 20.5 * minute]]);
    expect(archived(t0 + 40 * minute, t0 + 80 * minute, 0)).toEqual([]);
  });

  it('is the same of a long window, as far as its grain goes, and there many rows are passed over', () => {
    const days = 6;
    record(0, 2 * 1440, 'moved');
    record(2 * 1440, 3 * 1440, 'copied');
    record(3 * 1440, 5 * 1440, 'moved');
    record(5 * 1440, days * 1440, 'here');
    for (const grainMs of [minute, 10 * minute, 60 * minute, 180 * minute]) {
      const spans = archived(t0, t0 + days * dayMs, grainMs) ?? [];
      expect(spans).toHaveLength(2);
      for (const [i, [from, to]] of [
        [0, 2],
        [3, 5],
      ].entries()) {
        expect(Math.abs((spans[i]?.[0] ?? 0) - (t0 + (from ?? 0) * dayMs))).toBeLessThanOrEqual(grainMs);
        expect(Math.abs((spans[i]?.[1] ?? 0) - (t0 + (to ?? 0) * dayMs))).toBeLessThanOrEqual(grainMs);
      }
    }
  });
});
