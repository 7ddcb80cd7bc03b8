import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { StreamId } from '#domain/id.ts';
import { connect } from './connection.ts';
import { migrate } from './migrate.ts';
import { createWantedRows } from './wanted-rows.ts';

const streamId = 1 as StreamId;

function open() {
  const connection = connect(':memory:', 'write', { clock: systemClock, log: quietLog });
  migrate(connection.db);
  connection.db.exec(`INSERT INTO camera (id, number, name, folder, enabled, created_ms) VALUES ('c', 1, 'Gate', 'gate', 1, 0);
    INSERT INTO stream (id, camera_id, kind, url, transport, used) VALUES (1, 'c', 'main', 'rtsp://h/', 'auto', 1);`);
  return { ...createWantedRows(connection), close: () => connection.close() };
}

const step = fc.oneof(
  fc.record({ do: fc.constant('begin' as const), ms: fc.nat(20) }),
  fc.record({ do: fc.constant('end' as const), ms: fc.nat(20) }),
  fc.record({ do: fc.constant('add' as const), back: fc.nat(30), ms: fc.nat(20) }),
);

describe('runs in which recording was asked for', () => {
  it('hold exactly the moments that were asked for, in order, not touching, one open at most', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const rows = open();
        const asked = new Set<number>();
        let now = 100;
        let open_ = null as number | null;
        for (const s of steps) {
          if (s.do === 'begin') {
            rows.writes.begin(streamId, (now += s.ms));
            open_ ??= now;
          } else if (s.do === 'end') {
            rows.writes.end(streamId, (now += s.ms));
            for (let at = open_ ?? now; at < now; at++) asked.add(at);
            open_ = null;
          } else {
            const from = now - s.back;
            rows.writes.add(streamId, from, from + s.ms);
            for (let at = from; at < from + s.ms; at++) asked.add(at);
            now = Math.max(now, from + s.ms);
          }
        }
        const horizon = now + 50;
        if (open_ !== null) for (let at = open_; at < horizon; at++) asked.add(at);
        const runs = rows.wanted(streamId, 0, Number.MAX_SAFE_INTEGER);
        rows.close();
        const told = new Set<number>();
        for (const [i, run] of runs.entries()) {
          for (let at = run.fromMs; at < (run.toMs ?? horizon); at++) told.add(at);
          const next = runs[i + 1];
          if (next !== undefined) expect(next.fromMs).toBeGreaterThan(run.toMs ?? Infinity);
        }
        expect([...told].sort((a, b) => a - b)).toEqual([...asked].sort((a, b) => a - b));
        expect(runs.filter((r) => r.toMs === null)).toHaveLength(open_ === null ? 0 : 1);
      }),
      { numRuns: 60 },
    );
  });
});
