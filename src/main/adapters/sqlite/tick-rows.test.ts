import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CameraId, EventId } from '#domain/id.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { openWriteStore } from './index.ts';
import { createTicks } from './tick-rows.ts';

const newId = createUlids(() => systemClock.nowMs());
const t0 = Date.UTC(2026, 10, 22);
let dir: string;
let path: string;
let store: ReturnType<typeof openWriteStore>;
let db: Sqlite.Database;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-ticks-'));
  path = join(dir, 'vigie.db');
  store = openWriteStore(path, {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  db = new Sqlite(path, { readonly: true });
});
afterEach(() => {
  db.close();
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

const cameras = Array.from({ length: 3 }, () => newId() as CameraId);
type Made = { kind: 'external' | 'camera-lost'; cameraId: CameraId | null; fromMs: number; toMs: number | null };
function add(events: Made[]): EventId[] {
  const ids = events.map(() => newId() as EventId);
  const origin = store.station.get().id;
  store.together(() => {
    for (const [i, e] of events.entries())
      store.event.add({ ...e, id: ids[i] ?? (newId() as EventId), origin, severity: 'info', data: {} });
  });
  return ids;
}

describe('ticks', () => {
  it('spread over the whole of a busy span, within the limit, and count every event once', () => {
    add(
      Array.from({ length: 9_000 }, (_, i) => ({
        kind: i % 2 === 0 ? ('external' as const) : ('camera-lost' as const),
        cameraId: cameras[i % 3] ?? null,
        fromMs: t0 + i * 9_600,
        toMs: t0 + i * 9_600,
      })),
    );
    for (const limit of [2_000, 100]) {
      const found = createTicks(db)({ cameraIds: null, fromMs: t0, toMs: t0 + dayMs, grainMs: 1_000, limit });
      expect(found.length).toBeLessThanOrEqual(limit);
      expect(found.length).toBeGreaterThan(limit / 3);
      expect(found.reduce((n, t) => n + t.count, 0)).toBe(9_000);
      for (const cameraId of cameras) {
        for (let hour = 0; hour < 24; hour += 3) {
          const from = t0 + hour * hourMs;
          expect(found.some((t) => t.cameraId === cameraId && t.fromMs >= from && t.fromMs < from + 3 * hourMs)).toBe(
            true,
          );
        }
      }
    }
    const few = createTicks(db)({ cameraIds: null, fromMs: t0, toMs: t0 + dayMs, grainMs: 0, limit: 1 });
    expect(few.reduce((n, t) => n + t.count, 0)).toBe(9_000);
    expect(few.length).toBeLessThan(18);
  });

  it('are the same sums from counts per day as from the events themselves', () => {
    const moment = fc.integer({ min: t0 - 3 * dayMs, max: t0 + 12 * dayMs });
    const event = fc.record({
      kind: fc.constantFrom('external' as const, 'camera-lost' as const),
      cameraId: fc.constantFrom(...cameras, null),
      fromMs: moment,
      lasts: fc.option(fc.constantFrom(0, 1_000, hourMs, 5 * hourMs, 3 * dayMs)),
      ended: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 40 }),
        fc.integer({ min: t0, max: t0 + 2 * dayMs }),
        fc.integer({ min: 1, max: 9 * dayMs }),
        fc.constantFrom(null, cameras.slice(0, 1), []),
        (events, fromMs, lengthMs, cameraIds) => {
          const ids = add(events.map(({ lasts, ...e }) => ({ ...e, toMs: lasts === null ? null : e.fromMs + lasts })));
          for (const [i, e] of events.entries()) {
            const id = ids[i];
            if (e.ended && id !== undefined) store.event.end(id, e.fromMs + 2_000);
          }
          expect(store.faults()).toEqual([]);
          const q = { cameraIds, fromMs, toMs: fromMs + lengthMs, grainMs: 1, limit: 2_000 };
          const sums = (maxRead: number) => {
            const out = new Map<string, number>();
            for (const t of createTicks(db, { maxRead })(q)) {
              const key = `${t.kind} ${t.cameraId ?? ''} ${String(Math.floor(t.fromMs / dayMs))}`;
              out.set(key, (out.get(key) ?? 0) + t.count);
            }
            return out;
          };
          expect(sums(0)).toEqual(sums(50_000));
          const touched = db
            .prepare('SELECT count(*) FROM event WHERE from_ms < ? AND (from_ms >= ? OR to_ms IS NULL OR to_ms >= ?)')
            .pluck();
          if (cameraIds === null)
            expect([...sums(0).values()].reduce((a, b) => a + b, 0)).toBe(touched.get(q.toMs, q.fromMs, q.fromMs));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('say of what goes on that it has no end, also when merged', () => {
    add([
      { kind: 'external', cameraId: null, fromMs: t0 - 5 * dayMs, toMs: null },
      { kind: 'external', cameraId: null, fromMs: t0 + 1, toMs: t0 + 5 },
      { kind: 'external', cameraId: null, fromMs: t0 + 2, toMs: null },
    ]);
    const found = createTicks(db)({ cameraIds: [], fromMs: t0, toMs: t0 + dayMs, grainMs: 1_000, limit: 100 });
    expect(found.map((t) => [t.fromMs, t.toMs, t.count])).toEqual([
      [t0 - 5 * dayMs, null, 1],
      [t0 + 1, null, 2],
    ]);
  });

  it('of a day are read from the small index alone', () => {
    const read: string[] = [];
    const heard = new Sqlite(path, { readonly: true, verbose: (sql) => read.push(String(sql)) });
    add([{ kind: 'external', cameraId: null, fromMs: t0, toMs: null }]);
    createTicks(heard)({ cameraIds: null, fromMs: t0, toMs: t0 + dayMs, grainMs: 1_000, limit: 100 });
    heard.close();
    const events = read.filter((sql) => sql.includes('FROM event '));
    expect(events.length).toBeGreaterThanOrEqual(3);
    for (const sql of events) {
      const plan = db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
      expect(plan.map((p) => p.detail).join()).toMatch(/^SEARCH event USING COVERING INDEX event_(tick|long) /);
    }
  });
});
