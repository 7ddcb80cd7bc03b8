import { z } from 'zod';
import { closerWords } from '#domain/closer-look.ts';
import { Event, type EventLook } from '#domain/event.ts';
import { EventWhy } from '#domain/event-why.ts';
import type { Connection } from './connection.ts';
import type { createEventDays } from './event-days.ts';
import type { createEventLanes } from './event-lanes.ts';
import type { WriteStore } from '../../engine/index-port.ts';

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
  look_id: string | null;
  class: string | null;
  score: number | null;
  box: string | null;
  zone_id: string | null;
  line_id: string | null;
  track_id: number | null;
  text: string | null;
  has_picture: number | null;
  stayed: number | null;
  closer: string | null;
};

export const eventColumns =
  'e.id, st.ulid AS origin, e.seq, e.kind, e.severity, e.camera_id, e.from_ms, e.to_ms, e.data, ' +
  'l.event_id AS look_id, l.class, l.score, l.box, l.zone_id, l.line_id, l.track_id, l.text, l.has_picture, l.stayed, c.look AS closer ' +
  'FROM event AS e JOIN station AS st ON st.id = e.station_id LEFT JOIN event_look AS l ON l.event_id = e.id ' +
  'LEFT JOIN closer_look AS c ON c.event_id = e.id';

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
    ...(r.look_id !== null && {
      look: {
        class: r.class,
        score: r.score,
        box: r.box === null ? null : Data.parse(r.box),
        zoneId: r.zone_id,
        lineId: r.line_id,
        trackId: r.track_id,
        text: r.text,
        hasPicture: r.has_picture === 1,
        ...(r.stayed !== null && { stayed: r.stayed === 1 }),
      },
    }),
    ...(r.closer !== null && { closer: Data.parse(r.closer) }),
  });

type Derived = { days: ReturnType<typeof createEventDays>; lanes: ReturnType<typeof createEventLanes> };

export function createEventRows({ db, write, read }: Connection, { days, lanes }: Derived) {
  const station = db.prepare<[string], number>('SELECT id FROM station WHERE ulid = ?').pluck();
  const next = db.prepare<[number], number>('SELECT ifnull(max(seq), 0) + 1 FROM event WHERE station_id = ?').pluck();
  const insert = db.prepare(
    'INSERT INTO event (id, station_id, seq, kind, severity, camera_id, from_ms, to_ms, data, lane_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const finish = db.prepare('UPDATE event SET to_ms = ?, data = json_patch(data, ?) WHERE id = ? AND to_ms IS NULL');
  const putLook = db.prepare(
    `INSERT INTO event_look (event_id, class, score, box, zone_id, line_id, track_id, text, has_picture, stayed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO UPDATE SET class = excluded.class, score = excluded.score,
     box = excluded.box, zone_id = excluded.zone_id, line_id = excluded.line_id, track_id = excluded.track_id,
     text = excluded.text, has_picture = excluded.has_picture, stayed = ifnull(excluded.stayed, stayed)`,
  );
  const stay = db.prepare('UPDATE event_look SET stayed = ? WHERE event_id = ?');
  const putWhy = db.prepare(
    'INSERT INTO event_why (event_id, why) VALUES (?, ?) ON CONFLICT (event_id) DO UPDATE SET why = excluded.why',
  );
  const putCloser = db.prepare(
    `INSERT INTO closer_look (event_id, look, words) VALUES (?, ?, ?)
     ON CONFLICT (event_id) DO UPDATE SET look = excluded.look, words = excluded.words`,
  );
  const whyOf = db.prepare<[string], string>('SELECT why FROM event_why WHERE event_id = ?').pluck();
  const weigh = db.prepare('UPDATE event SET severity = ?, data = json_patch(data, ?) WHERE id = ?');
  const bare = db.prepare('UPDATE event_look SET has_picture = 0 WHERE event_id = ?');
  const byId = db.prepare<[string], RawEvent>(`SELECT ${eventColumns} WHERE e.id = ?`);
  const open = db.prepare<[], RawEvent>(`SELECT ${eventColumns} WHERE e.to_ms IS NULL ORDER BY e.from_ms`);

  const event = (id: string): Event | null => {
    const row = byId.get(id);
    return row === undefined ? null : toEvent(row);
  };
  const keepLook = (id: string, look: EventLook): void => {
    const { class: cls, score, box, zoneId, lineId, trackId, text, hasPicture, stayed } = look;
    const where = box === null ? null : JSON.stringify(box);
    putLook.run(
      id,
      cls,
      score,
      where,
      zoneId,
      lineId,
      trackId,
      text,
      hasPicture ? 1 : 0,
      stayed === undefined ? null : Number(stayed),
    );
  };
  const writes: WriteStore['event'] = {
    add: (draft, why) =>
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
        if (made.look !== undefined) keepLook(made.id, made.look);
        if (why !== undefined) putWhy.run(made.id, JSON.stringify(why));
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
    stayed: (id, stayed) =>
      write('whether the object of an event stayed', () =>
        stay.run(Number(stayed), id).changes === 0 ? null : event(id),
      ),
    why: (id, why) =>
      write('why of event', () => {
        if (event(id) !== null) putWhy.run(id, JSON.stringify(why));
      }),
    closer: (id, look) =>
      write('closer look of event', () => {
        const was = event(id);
        if (was === null) return null;
        putCloser.run(id, JSON.stringify(look), closerWords(look, was.look?.class ?? null));
        return event(id);
      }),
    bare: (ids) =>
      write('pictures of events are gone', () => {
        for (const id of ids) bare.run(id);
      }),
    look: (id, look, more) =>
      write('look of event', () => {
        if (event(id) === null) return null;
        if (more !== undefined) weigh.run(more.severity, JSON.stringify(more.data), id);
        keepLook(id, look);
        return event(id);
      }),
  };
  return {
    writes,
    event: (id: string) => read('event', () => event(id)),
    eventWhy: (id: string): EventWhy | null =>
      read('why of event', () => {
        const why = whyOf.get(id);
        return why === undefined ? null : EventWhy.parse(Data.parse(why));
      }),
    openEvents: () => read('open events', () => open.all().map(toEvent)),
  };
}
