import { z } from 'zod';
import { Event } from '#domain/event.ts';
import type { Connection } from './connection.ts';
import type { createEventDays } from './event-days.ts';
import type { createEventLanes } from './event-lanes.ts';
import type { WriteStore } from '../../engine/ports.ts';

export type RawEvent = {
  id: string;
  origin: string;
  seq: number;
  kind: string;
  severity: string;
  camera_id: string | null;
  from_ms: number;
  to_ms: number | null;
  data: string;
};

export const eventColumns =
  'e.id, st.ulid AS origin, e.seq, e.kind, e.severity, e.camera_id, e.from_ms, e.to_ms, e.data FROM event AS e JOIN station AS st ON st.id = e.station_id';

/** JSON in a column is checked like anything that comes from outside. */
const Data = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
});

export const toEvent = (r: RawEvent): Event =>
  Event.parse({
    id: r.id,
    origin: r.origin,
    seq: r.seq,
    kind: r.kind,
    severity: r.severity,
    cameraId: r.camera_id,
    fromMs: r.from_ms,
    toMs: r.to_ms,
    data: Data.parse(r.data),
  });

type Derived = { days: ReturnType<typeof createEventDays>; lanes: ReturnType<typeof createEventLanes> };

export function createEventRows({ db, write, read }: Connection, { days, lanes }: Derived) {
  const station = db.prepare<[string], number>('SELECT id FROM station WHERE ulid = ?').pluck();
  const next = db.prepare<[number], number>('SELECT ifnull(max(seq), 0) + 1 FROM event WHERE station_id = ?').pluck();
  const insert = db.prepare(
    'INSERT INTO event (id, station_id, seq, kind, severity, camera_id, from_ms, to_ms, data, lane_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const finish = db.prepare('UPDATE event SET to_ms = ?, data = json_patch(data, ?) WHERE id = ? AND to_ms IS NULL');
  const byId = db.prepare<[string], RawEvent>(`SELECT ${eventColumns} WHERE e.id = ?`);
  const open = db.prepare<[], RawEvent>(`SELECT ${eventColumns} WHERE e.to_ms IS NULL ORDER BY e.from_ms`);

  const event = (id: string): Event | null => {
    const row = byId.get(id);
    return row === undefined ? null : toEvent(row);
  };
  const writes: WriteStore['event'] = {
    add: (draft) =>
      write('add event', () => {
        const stationId = station.get(draft.origin);
        if (stationId === undefined) throw new Error(`station ${draft.origin} is unknown to the database`);
        const made: Event = { ...draft, seq: next.get(stationId) ?? 1 };
        insert.run(
          made.id,
          stationId,
          made.seq,
          made.kind,
          made.severity,
          made.cameraId,
          made.fromMs,
          made.toMs,
          JSON.stringify(made.data),
          lanes.id(made),
        );
        days.added(made);
        return made;
      }),
    end: (id, toMs, more = {}) =>
      write('end event', () => {
        if (finish.run(toMs, JSON.stringify(more), id).changes === 0) return null;
        const ended = event(id);
        if (ended !== null) days.ended(ended, toMs);
        return ended;
      }),
  };
  return {
    writes,
    event: (id: string) => read('event', () => event(id)),
    openEvents: () => read('open events', () => open.all().map(toEvent)),
  };
}
