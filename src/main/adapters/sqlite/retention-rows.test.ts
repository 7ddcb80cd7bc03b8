import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BookmarkId, CameraId, EventId, HoldId } from '#domain/id.ts';
import { untouched } from '#domain/retention.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow } from '../../../../tests/support/camera-row.ts';
import type { CameraRecord, ReadStore, WriteStore } from '../../engine/index-port.ts';
import type { DeletionMark } from '../../engine/retention-port.ts';
import { openWriteStore } from './index.ts';

const newId = createUlids(() => systemClock.nowMs());
const t0 = Date.UTC(2026, 10, 22, 10);
const minute = 60_000;
const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 700 };

let dir: string;
let store: WriteStore & ReadStore;
let camera: CameraRecord;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-retention-'));
  store = openWriteStore(join(dir, 'index.db'), {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  camera = store.camera.add(cameraRow({ createdMs: t0 }));
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

const main = () => camera.streamIds.main;
function record(n: number, over: { startMs?: number; longMs?: number; state?: 'open' | 'sealed' } = {}): void {
  const startMs = over.startMs ?? t0 + n * minute;
  const state = over.state ?? 'sealed';
  store.segment.adopt({
    streamId: main(),
    startMs,
    endMs: startMs + (over.longMs ?? minute),
    bytes: 100 + n,
    state,
    format,
  });
  if (state === 'sealed')
    store.chain.link(
      main(),
      { folder: 'gate', kind: 'main' },
      { startMs, endMs: startMs + minute, bytes: 100 + n, sha256: n.toString(16).padStart(64, '0') },
    );
}
const all = () => store.retention.finished(main(), 0, 10_000);
const markOf = (fromMs: number, toMs: number, over: Partial<DeletionMark> = {}): DeletionMark => ({
  streamId: main(),
  fromMs,
  toMs,
  reason: 'age',
  by: '',
  why: '',
  ...over,
});
function remove(starts: number[], atMs = t0 + dayMs, over: Partial<DeletionMark> = {}): void {
  const removed = all().filter((s) => starts.includes(s.startMs));
  const mark = markOf(Math.min(...starts), Math.max(...starts), over);
  store.retention.mark([mark]);
  store.retention.gone([{ mark, removed }], atMs);
}
const everything = { cameraIds: [], reasons: [], fromMs: null, toMs: null, before: null, limit: 100 };

describe('deleting rows', () => {
  it('takes coverage, counts and chain with them, whichever go, and makes no gap', () => {
    const some = fc.array(fc.record({ hole: fc.integer({ min: 0, max: 2 }), long: fc.integer({ min: 0, max: 3 }) }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(some, fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 5 }), (list, cuts) => {
        store.segment.clear();
        store.chain.clear();
        let at = t0;
        for (const [n, { hole, long }] of list.entries()) {
          at += hole * 400;
          record(n, { startMs: at, longMs: long * minute });
          at += long * minute + 1;
        }
        for (const [a, b] of cuts) {
          const rows = all().slice(Math.min(a, b), Math.max(a, b) + 1);
          if (rows.length > 0) remove(rows.map((s) => s.startMs));
          expect(store.faults()).toEqual([]);
        }
        const left = all();
        expect(store.retention.stored().find((s) => s.streamId === main()) ?? { segments: 0, bytes: 0 }).toMatchObject({
          segments: left.length,
          bytes: left.reduce((sum, s) => sum + s.bytes, 0),
        });
        expect(store.counts().segments).toBe(left.length);
        expect(store.endedGaps(main(), 0, 10)).toEqual([]);
        expect(store.openGap(main())).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  it('spares what came between after it was marked', () => {
    for (const n of [0, 1, 3]) record(n);
    const removed = all();
    const mark = markOf(t0, t0 + 3 * minute);
    store.retention.mark([mark]);
    record(2);
    store.retention.gone([{ mark, removed }], t0 + dayMs);
    expect(all().map((s) => s.startMs)).toEqual([t0 + 2 * minute]);
    expect(store.faults()).toEqual([]);
    expect(store.retention.marks()).toEqual([]);
  });

  it('counts no segment that is being written, and takes it into account when it is closed', () => {
    record(0, { state: 'open' });
    expect(store.retention.finished(main(), 0, 10)).toEqual([]);
    store.segment.close(main(), t0, { endMs: t0 + minute, bytes: 777, state: 'sealed' });
    expect(store.retention.stored()).toEqual([{ streamId: main(), volume: 1, segments: 1, bytes: 777 }]);
    store.segment.correct({
      streamId: main(),
      startMs: t0,
      endMs: t0 + minute,
      bytes: 700,
      state: 'recovered',
      format,
    });
    expect(store.retention.stored()).toEqual([{ streamId: main(), volume: 1, segments: 1, bytes: 700 }]);
    store.segment.drop(main(), t0);
    expect(store.retention.stored()).toEqual([{ streamId: main(), volume: 1, segments: 0, bytes: 0 }]);
    expect(store.faults()).toEqual([]);
  });

  it('finds counts that disagree and makes them again', () => {
    record(0);
    store.retention.gone([], 0);
    remove([t0]);
    record(1);
    expect(store.faults()).toEqual([]);
    store.together(() => {
      store.segment.clear();
      record(2);
    });
    store.rebuildStored();
    expect(store.faults()).toEqual([]);
    expect(store.retention.stored()).toEqual([{ streamId: main(), volume: 1, segments: 1, bytes: 102 }]);
  });
});

describe('the report', () => {
  it('makes runs of what was deleted together, by stream, reason and day, and outlives the camera', () => {
    for (let n = 0; n < 6; n++) record(n);
    remove([t0, t0 + minute]);
    remove([t0 + 2 * minute], t0 + dayMs + 1000);
    remove([t0 + 3 * minute], t0 + dayMs + 2000, { reason: 'legal' });
    remove([t0 + 4 * minute], t0 + 2 * dayMs);
    remove([t0 + 5 * minute], t0 + 2 * dayMs, { reason: 'by-hand', by: 'ana', why: 'asked for by letter' });
    expect(store.retention.deletedUntil(main())).toBe(t0 + 6 * minute);
    store.camera.erase(camera.id);
    const rows = store.retention.deletions(everything);
    expect(rows.map((d) => [d.reason, d.fromMs, d.toMs, d.segments, d.bytes, d.by])).toEqual([
      ['by-hand', t0 + 5 * minute, t0 + 6 * minute, 1, 105, 'ana'],
      ['age', t0 + 4 * minute, t0 + 5 * minute, 1, 104, ''],
      ['legal', t0 + 3 * minute, t0 + 4 * minute, 1, 103, ''],
      ['age', t0, t0 + 3 * minute, 3, 303, ''],
    ]);
    expect(rows.at(-1)).toMatchObject({
      camera: 'Gate',
      stream: 'main',
      coveredMs: 3 * minute,
      firstMs: t0 + dayMs,
      lastMs: t0 + dayMs + 1000,
    });
    expect(store.retention.deletions({ ...everything, reasons: ['legal'] })).toHaveLength(1);
    expect(store.retention.deletions({ ...everything, fromMs: t0 + 2 * dayMs })).toHaveLength(2);
    expect(store.retention.deletions({ ...everything, before: rows[1]?.id ?? 0, limit: 1 })[0]?.reason).toBe('legal');
    expect(store.retention.deletions({ ...everything, cameraIds: [CameraId.parse(newId())] })).toEqual([]);
  });
});

describe('events that make footage worth more', () => {
  it('are found by kind and severity, with what belongs to them before and after, the long ones too', () => {
    const add = (kind: 'motion' | 'camera-lost', severity: 'info' | 'alarm', fromMs: number, toMs: number | null) =>
      store.event.add({
        id: EventId.parse(newId()),
        origin: store.station.get().id,
        kind,
        severity,
        cameraId: camera.id,
        fromMs,
        toMs,
        data: {},
      });
    add('motion', 'info', t0, t0 + 1000);
    add('camera-lost', 'info', t0 + minute, t0 + 2 * minute);
    add('camera-lost', 'alarm', t0 - 3 * hourMs, null);
    const favour = { ...untouched.events, beforeMs: 10_000, afterMs: 20_000 };
    const spans = store.retention.eventSpans(camera.id, t0 - minute, t0 + 5 * minute, favour);
    expect(spans.toSorted((a, b) => a[0] - b[0])).toEqual([
      [t0 - 3 * hourMs - 10_000, t0 + 5 * minute + 20_000],
      [t0 - 10_000, t0 + 21_000],
    ]);
    expect(store.retention.eventSpans(camera.id, t0 + minute, t0 + 2 * minute, { ...favour, severity: null })).toEqual(
      [],
    );
    expect(store.retention.eventSpans(CameraId.parse(newId()), t0, t0 + minute, favour)).toEqual([]);
  });
});

describe('holds, bookmarks, rules and deletions by hand', () => {
  it('come back as they were put', () => {
    const hold = {
      id: HoldId.parse(newId()),
      cameraIds: [camera.id],
      fromMs: t0,
      toMs: t0 + minute,
      reason: 'Case 12',
      owner: 'Ana',
      untilMs: null,
      createdMs: t0,
      createdBy: 'ana',
      lifted: null,
    };
    store.hold.put(hold);
    const lifted = { ...hold, untilMs: t0 + dayMs, lifted: { atMs: t0 + 5, by: 'bo', reason: 'closed' } };
    store.hold.put(lifted);
    expect(store.hold.all()).toEqual([lifted]);

    const marks = [3, 1, 2].map((n) => ({
      id: BookmarkId.parse(newId()),
      cameraId: camera.id,
      atMs: t0 + n,
      name: `mark ${String(n)}`,
      note: '',
      createdMs: t0,
      createdBy: 'ana',
    }));
    for (const mark of marks) store.bookmark.put(mark);
    const any = { cameraIds: [], fromMs: null, toMs: null, before: null, limit: 10 };
    expect(store.bookmark.list(any).map((b) => b.atMs - t0)).toEqual([3, 2, 1]);
    expect(store.bookmark.list({ ...any, before: marks[2]?.id ?? null }).map((b) => b.atMs - t0)).toEqual([1]);
    expect(store.bookmark.list({ ...any, fromMs: t0 + 2, toMs: t0 + 3 }).map((b) => b.atMs - t0)).toEqual([2]);
    store.bookmark.remove(marks[0]?.id ?? BookmarkId.parse(newId()));
    expect(store.bookmark.ofCamera(camera.id).map((b) => b.atMs - t0)).toEqual([1, 2]);

    const rule = { main: null, sub: null, legalDays: 30 };
    store.retention.setRule(camera.id, rule);
    expect(store.retention.rules()).toEqual([{ cameraId: camera.id, rule }]);
    store.retention.setRule(camera.id, null);
    expect(store.retention.rules()).toEqual([]);

    const erasure = {
      id: newId(),
      cameraId: camera.id,
      kind: null,
      fromMs: t0,
      toMs: t0 + minute,
      why: 'asked for',
      by: 'ana',
      askedMs: t0,
    };
    store.retention.erasure.add(erasure);
    expect(store.retention.erasure.open()).toEqual([erasure]);
    store.retention.erasure.done(erasure.id, t0 + 1);
    expect(store.retention.erasure.open()).toEqual([]);
  });
});
