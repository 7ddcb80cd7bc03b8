import { RecordingSchedule } from '#domain/recording-plan.ts';
import type { ScheduleStore } from '../../engine/wanted-port.ts';
import type { Connection } from './connection.ts';

/** Weeks that cameras share. */
export function createScheduleRows({ db, read, write }: Connection): {
  writes: ScheduleStore;
  schedules(): RecordingSchedule[];
} {
  const all = db.prepare<[], { id: string; name: string; week: string }>(
    'SELECT id, name, week FROM recording_schedule ORDER BY name COLLATE NOCASE',
  );
  const put = db.prepare(
    `INSERT INTO recording_schedule (id, name, week) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, week = excluded.week`,
  );
  const remove = db.prepare('DELETE FROM recording_schedule WHERE id = ?');
  return {
    writes: {
      save: ({ id, name, week }) =>
        write('save schedule', () => {
          put.run(id, name, JSON.stringify(week));
        }),
      remove: (id) =>
        write('remove schedule', () => {
          remove.run(id);
        }),
    },
    schedules: () =>
      read('schedules', () =>
        all.all().map((s) => RecordingSchedule.parse({ ...s, week: JSON.parse(s.week) as unknown })),
      ),
  };
}
