import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstArchive } from '#domain/archive.ts';
import { gapToleranceMs } from '#domain/gap.ts';
import type { StreamId } from '#domain/id.ts';
import { dayMs } from '#domain/time.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow } from '../../../../tests/support/camera-row.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import { openQueries, openWriteStore } from './index.ts';
import { archivedRun } from './migrations/0018-archived-run.ts';

const t0 = Date.UTC(2026, 10, 1);
const minute = 60_000;
const newId = createUlids(() => systemClock.nowMs());
const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 4096 };
const sha256 = 'ab'.repeat(32);
const file = { sha256, bytes: 9 };
const deps = { clock: systemClock, log: quietLog };

let folder: ReturnType<typeof tempFolder>;
let path: string;
let store: ReturnType<typeof openWriteStore>;
let queries: ReturnType<typeof openQueries>;
let streamId: StreamId;

const open = () => openWriteStore(path, { ...deps, newStation: () => ({ id: newId(), name: 'Test' }) });
beforeEach(() => {
  folder = tempFolder();
  path = join(folder.path, 'index.db');
  store = open();
  streamId = store.camera.add(cameraRow()).streamIds.main;
  queries = openQueries(path, deps);
});
afterEach(() => {
  queries.close();
  store.close();
  folder.remove();
});

type Place = 'moved' | 'copied' | 'here';
/** A segment that lies at an archive only, has a copy there, or is on the disk alone. */
function put(startMs: number, endMs: number, is: Place): void {
  const volume = is === 'moved' ? firstArchive : 1;
  store.segment.adopt({ streamId, startMs, endMs, bytes: 9, state: 'sealed', volume, format });
  if (is !== 'here') copy(startMs);
}
function copy(startMs: number): void {
  store.archive.put({ streamId, startMs, archive: firstArchive, file, verifiedMs: t0 });
}
/** Minutes that are recorded. */
function record(fromMin: number, toMin: number, is: Place): void {
  store.together(() => {
    for (let n = fromMin; n < toMin; n += 1) put(t0 + n * minute, t0 + (n + 1) * minute, is);
  });
}
const archived = (fromMs: number, toMs: number, grainMs: number): [number, number][] | undefined =>
  queries.coverage({ streamIds: [streamId], fromMs, toMs, grainMs })[0]?.archived;

const whole = { fromMs: t0 - dayMs, toMs: t0 + dayMs };
/** What is covered, and what of it is at archives only, as a timeline is told. */
function told({ fromMs, toMs } = whole): { spans: [number, number][]; archived: [number, number][] } {
  const { spans = [], archived: away = [] } =
    queries.coverage({ streamIds: [streamId], fromMs, toMs, grainMs: 0 })[0] ?? {};
  return { spans, archived: away };
}
/** The same from the rows of the segments, all of them. */
function meant({ fromMs, toMs } = whole): ReturnType<typeof told> {
  const rows = store.segmentsFrom(streamId, 0, t0 * 2, 10_000).filter((s) => s.endMs > s.startMs);
  const merged = (some: typeof rows): [number, number][] => {
    const out: [number, number][] = [];
    for (const { startMs, endMs } of some) {
      const last = out.at(-1);
      if (last !== undefined && startMs - last[1] <= gapToleranceMs) last[1] = Math.max(last[1], endMs);
      else out.push([startMs, endMs]);
    }
    const inside = out.filter(([from, to]) => to > fromMs && from < toMs);
    return inside.map(([from, to]) => [Math.max(from, fromMs), Math.min(to, toMs)]);
  };
  return { spans: merged(rows), archived: merged(rows.filter((s) => (s.volume ?? 1) >= firstArchive)) };
}

/** Also what a run that failed has left, so that what it is shrunk to begins with nothing too. */
function empty(): void {
  // Where it has a copy it is the archive's after the first time.
  for (let i = 0; i < 2; i += 1)
    for (const { startMs } of store.segmentsFrom(streamId, 0, t0 * 2, 10_000)) store.segment.drop(streamId, startMs);
  store.rebuildCoverage(streamId);
}
/** Deletes what retention would, of [fromMs, toMs]. */
function retain(fromMs: number, toMs: number): void {
  const mark = { streamId, fromMs, toMs, reason: 'age' as const, by: '', why: '' };
  const removed = store.retention
    .finished(streamId, fromMs, 10_000)
    .filter((s) => s.startMs <= toMs)
    // Now and then one of them came after the deletion was planned.
    .filter((s) => s.startMs % 11 !== 3);
  store.retention.mark([mark]);
  store.retention.gone([{ mark, removed }], t0);
}

/** What befalls a segment that starts somewhere in a minute or so, two clocks having gone through it; holes of 500 ms are none, of 501 are. */
const step = fc.record({
  at: fc.integer({ min: 0, max: 10 }),
  seam: fc.constantFrom(0, 1),
  length: fc.constantFrom(0, 300, 6_499, 6_500, 7_000, 12_000, minute, 300_000),
  op: fc.constantFrom('moved', 'moved', 'copied', 'here', 'copy', 'leave', 'drop', 'correct', 'retain', 'clear'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
function act({ at, seam, length, op }: Step): void {
  const startMs = t0 + at * 7_000 + seam;
  const endMs = startMs + length;
  switch (op) {
    case 'moved':
    case 'copied':
    case 'here':
      put(startMs, endMs, op);
      break;
    case 'copy':
      copy(startMs);
      break;
    case 'leave':
      copy(startMs);
      store.chain.link(streamId, { folder: 'gate', kind: 'main' }, { startMs, endMs, bytes: 9, sha256 });
      for (const { volume } of store.archive.leave(streamId, [startMs])) {
        expect(volume).toBe(1);
        store.archive.left(streamId, startMs);
      }
      break;
    case 'drop':
      store.segment.drop(streamId, startMs);
      break;
    case 'correct':
      store.segment.correct({ streamId, startMs, endMs, bytes: 9, state: 'recovered', format });
      break;
    case 'retain':
      retain(startMs, endMs);
      break;
    case 'clear':
      store.segment.clear();
  }
}

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

  it('is a few runs of a long window too, merged as its grain says', () => {
    record(0, 2 * 1440, 'moved');
    record(2 * 1440, 2 * 1440 + 30, 'copied');
    record(2 * 1440 + 30, 5 * 1440, 'moved');
    record(5 * 1440, 6 * 1440, 'here');
    const ends = [t0 + 2 * dayMs, t0 + 2 * dayMs + 30 * minute] as const;
    expect(archived(t0, t0 + 6 * dayMs, 10 * minute)).toEqual([
      [t0, ends[0]],
      [ends[1], t0 + 5 * dayMs],
    ]);
    expect(archived(t0, t0 + 6 * dayMs, 60 * minute)).toEqual([[t0, t0 + 5 * dayMs]]);
    const db = new Sqlite(path, { readonly: true });
    expect(db.prepare('SELECT count(*) FROM archived_run').pluck().get()).toBe(2);
    db.close();
  });

  it('is what the segments say, whatever is sent away, lost, corrected or deleted in whatever order', () => {
    let seen = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        empty();
        for (const one of steps) {
          act(one);
          const from = t0 + one.at * 7_000;
          for (const span of [whole, { fromMs: from, toMs: from + minute }]) expect(told(span)).toEqual(meant(span));
          seen += told().archived.length;
        }
        expect(store.faults()).toEqual([]);
      }),
      { numRuns: 30 },
    );
    expect(seen).toBeGreaterThan(100);
  });

  it('is made again from the segments of an index that did not keep it, and where it disagrees with them', () => {
    const older = new Sqlite(path);
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        empty();
        for (const one of steps) act(one);
        queries.close();
        store.close();
        older.exec('DROP TABLE archived_run');
        older.exec(archivedRun);
        store = open();
        queries = openQueries(path, deps);
        expect(store.faults()).toEqual([]);
        expect(told()).toEqual(meant());
      }),
      { numRuns: 20 },
    );
    empty();
    record(0, 3, 'moved');
    older.exec('UPDATE archived_run SET to_ms = to_ms - 1');
    older.close();
    const words = `what stream ${streamId} has at archives only disagrees with its segments`;
    expect(store.faults()).toEqual([{ what: 'coverage', detail: words, streamId }]);
    store.rebuildCoverage(streamId);
    expect(store.faults()).toEqual([]);
    expect(archived(t0, t0 + dayMs, 0)).toEqual([[t0, t0 + 3 * minute]]);
  });
});
