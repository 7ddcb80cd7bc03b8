import { z } from 'zod';
import { CameraId } from '#domain/id.ts';
import { lineQuarterMs, type LineQuarter } from '#domain/line-totals.ts';
import { motionSpanMs } from '#domain/motion-index.ts';
import { WatchLine, WatchZone } from '#domain/watch-zone.ts';
import { WatchSettings } from '#domain/watching.ts';
import type { WatchStore } from '../../engine/watch-port.ts';
import type { Connection } from './connection.ts';

type Drawn = { id: string; camera_id: string; version: number; json: string };
const Settings = z.object({ cameraId: CameraId, settings: WatchSettings });

const present = 'SELECT id FROM camera WHERE removed_ms IS NULL';

/** Settings, zones and lines of cameras, and who crossed them. JSON in a column is checked like anything that comes from outside. */
export function createWatchRows({ db, read, write }: Connection): WatchStore {
  const settings = db.prepare<[], { camera_id: string; settings: string }>(
    `SELECT camera_id, settings FROM watch_settings WHERE camera_id IN (${present})`,
  );
  const settingsOf = db.prepare<[string], { settings: string }>(
    'SELECT settings FROM watch_settings WHERE camera_id = ?',
  );
  const setSettings = db.prepare(
    `INSERT INTO watch_settings (camera_id, settings) VALUES (?, ?)
     ON CONFLICT (camera_id) DO UPDATE SET settings = excluded.settings`,
  );
  const drawn = (table: 'watch_zone' | 'watch_line', column: 'zone' | 'line') => ({
    all: db.prepare<[], Drawn>(
      `SELECT id, camera_id, version, ${column} AS json FROM ${table} WHERE camera_id IN (${present}) ORDER BY id`,
    ),
    ofCamera: db.prepare<[string], Drawn>(
      `SELECT id, camera_id, version, ${column} AS json FROM ${table} WHERE camera_id = ? ORDER BY id`,
    ),
    put: db.prepare(
      `INSERT INTO ${table} (id, camera_id, version, ${column}) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, ${column} = excluded.${column}`,
    ),
    remove: db.prepare(`DELETE FROM ${table} WHERE id = ?`),
  });
  const zones = drawn('watch_zone', 'zone');
  const lines = drawn('watch_line', 'line');
  const addMotion = db.prepare(
    `INSERT INTO motion_index (camera_id, span_ms, looks) SELECT id, ?, ? FROM camera WHERE id = ?
     ON CONFLICT (camera_id, span_ms) DO UPDATE SET looks = CAST(looks || excluded.looks AS BLOB)`,
  );
  const removeMotion = db.prepare(
    `DELETE FROM motion_index WHERE camera_id = ? AND span_ms >= ? AND span_ms + ${motionSpanMs} <= ?`,
  );
  // Of a line that is gone meanwhile nothing is kept.
  const insertCount = `INSERT INTO line_count (line_id, quarter_ms, went_in, went_out, looked_ms)
     SELECT id, ?, ?, ?, ? FROM watch_line WHERE id = ?
     ON CONFLICT (line_id, quarter_ms) DO UPDATE SET`;
  const addCount = db.prepare(
    `${insertCount} went_in = went_in + excluded.went_in, went_out = went_out + excluded.went_out,
       looked_ms = MIN(${lineQuarterMs}, looked_ms + excluded.looked_ms)`,
  );
  const restoreCount = db.prepare(
    `${insertCount} went_in = MAX(went_in, excluded.went_in), went_out = MAX(went_out, excluded.went_out),
       looked_ms = MAX(looked_ms, excluded.looked_ms)`,
  );
  const countsOf = db.prepare<[string, number, number], LineQuarter>(
    `SELECT quarter_ms AS quarterMs, went_in AS "in", went_out AS out, looked_ms AS lookedMs FROM line_count
     WHERE line_id = ? AND quarter_ms >= ? AND quarter_ms < ? ORDER BY quarter_ms`,
  );
  const removeCounts = db.prepare(
    'DELETE FROM line_count WHERE line_id IN (SELECT id FROM watch_line) AND quarter_ms < ?',
  );
  const whole = ({ id, camera_id, version, json }: Drawn): unknown => ({
    ...(JSON.parse(json) as object),
    ...{ id, version, cameraId: camera_id },
  });
  return {
    settings: () =>
      read('watch settings', () =>
        settings
          .all()
          .map((r) => Settings.parse({ cameraId: r.camera_id, settings: JSON.parse(r.settings) as unknown })),
      ),
    setSettings: (cameraId, said) =>
      write('set watch settings', () => {
        setSettings.run(cameraId, JSON.stringify(said));
      }),
    zones: () => read('zones', () => zones.all.all().map((r) => WatchZone.parse(whole(r)))),
    putZone: ({ id, cameraId, version, ...draft }) =>
      write('put zone', () => {
        zones.put.run(id, cameraId, version, JSON.stringify(draft));
      }),
    removeZone: (id) =>
      write('remove zone', () => {
        zones.remove.run(id);
      }),
    lines: () => read('lines', () => lines.all.all().map((r) => WatchLine.parse(whole(r)))),
    putLine: ({ id, cameraId, version, ...draft }) =>
      write('put line', () => {
        lines.put.run(id, cameraId, version, JSON.stringify(draft));
      }),
    ofCamera: (id) =>
      read('watching of a camera', () => {
        const said = settingsOf.get(id);
        return {
          settings: said === undefined ? null : WatchSettings.parse(JSON.parse(said.settings)),
          zones: zones.ofCamera.all(id).map((r) => WatchZone.parse(whole(r))),
          lines: lines.ofCamera.all(id).map((r) => WatchLine.parse(whole(r))),
        };
      }),
    addMotion: (rows) =>
      write('add motion', () => {
        for (const { cameraId, spanMs, looks } of rows) addMotion.run(spanMs, looks, cameraId);
      }),
    removeMotion: (cameraId, fromMs, toMs) =>
      write('remove motion', () => {
        removeMotion.run(cameraId, fromMs, toMs);
      }),
    removeLine: (id) =>
      write('remove line', () => {
        lines.remove.run(id);
      }),
    addLineCounts: (rows) =>
      write('add line counts', () => {
        for (const q of rows) addCount.run(q.quarterMs, q.in, q.out, q.lookedMs, q.lineId);
      }),
    restoreLineCounts: (rows) =>
      write('restore line counts', () => {
        for (const q of rows) restoreCount.run(q.quarterMs, q.in, q.out, q.lookedMs, q.lineId);
      }),
    lineCounts: (id, fromMs, toMs) => read('line counts', () => countsOf.all(id, fromMs, toMs)),
    removeLineCounts: (beforeMs) =>
      write('remove line counts', () => {
        removeCounts.run(beforeMs);
      }),
  };
}
