import { Hold } from '#domain/hold.ts';
import type { HoldStore } from '../../engine/retention-port.ts';
import type { Connection } from './connection.ts';

type RawHold = {
  id: string;
  camera_ids: string;
  from_ms: number;
  to_ms: number;
  reason: string;
  owner: string;
  until_ms: number | null;
  created_ms: number;
  created_by: string;
  lifted_ms: number | null;
  lifted_by: string | null;
  lift_reason: string | null;
};

const toHold = (r: RawHold): Hold =>
  Hold.parse({
    id: r.id,
    cameraIds: JSON.parse(r.camera_ids) as unknown,
    fromMs: r.from_ms,
    toMs: r.to_ms,
    reason: r.reason,
    owner: r.owner,
    untilMs: r.until_ms,
    createdMs: r.created_ms,
    createdBy: r.created_by,
    lifted: r.lifted_ms === null ? null : { atMs: r.lifted_ms, by: r.lifted_by ?? '', reason: r.lift_reason ?? '' },
  });

export function createHoldRows({ db, read, write }: Connection): HoldStore {
  const all = db.prepare<[], RawHold>('SELECT * FROM hold ORDER BY created_ms, id');
  const put = db.prepare(
    `INSERT OR REPLACE INTO hold (id, camera_ids, from_ms, to_ms, reason, owner, until_ms, created_ms, created_by, lifted_ms, lifted_by, lift_reason)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    all: () => read('holds', () => all.all().map(toHold)),
    put: (h) =>
      write('put hold', () => {
        put.run(
          h.id,
          JSON.stringify(h.cameraIds),
          h.fromMs,
          h.toMs,
          h.reason,
          h.owner,
          h.untilMs,
          h.createdMs,
          h.createdBy,
          h.lifted?.atMs ?? null,
          h.lifted?.by ?? null,
          h.lifted?.reason ?? null,
        );
      }),
  };
}
