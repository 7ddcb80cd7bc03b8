import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from '#contract/error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { StoreError } from '#lib/store-error.ts';
import type { StationId, StreamId } from '#domain/id.ts';
import { StationId as Station } from '#domain/id.ts';
import type { ReadStore, WriteStore } from '../../engine/index-port.ts';
import { createArchivedBeside, createArchiveRows } from './archive-rows.ts';
import { createAccessRows } from './access-rows.ts';
import { createBookmarkRows } from './bookmark-rows.ts';
import { createCameraRows } from './camera-rows.ts';
import { connect, emptyDatabase, type Connection } from './connection.ts';
import { createChainRows } from './chain-rows.ts';
import { createCoverageRows } from './coverage-rows.ts';
import { createEventDays } from './event-days.ts';
import { createEventLanes } from './event-lanes.ts';
import { createEventRows } from './event-rows.ts';
import { createGapRows, toStoredGap, type RawGap } from './gap-rows.ts';
import { createHoldRows } from './hold-rows.ts';
import { migrate, schemaFaults } from './migrate.ts';
import { createScheduleRows } from './schedule-rows.ts';
import { createSoundRows } from './sound-rows.ts';
import { createPlateRows } from './plate-rows.ts';
import { createWatchRows } from './watch-rows.ts';
import { createWorkRows } from './work-rows.ts';
import { createWantedRows } from './wanted-rows.ts';
import { createClockRows } from './clock-rows.ts';
import { createRetentionRows } from './retention-rows.ts';
import { createVolumeRows } from './volume-rows.ts';
import { createSegmentRows, segmentColumns, toSegmentRow, type RawSegment } from './segment-rows.ts';
import { createStoredRows } from './stored-rows.ts';
import { createWalSync, type WalSync } from './wal-sync.ts';

export type StoreDeps = {
  clock: Clock;
  log: Log;
  /** For a new database: who this station is. */
  newStation: () => { id: string; name: string };
};

export type IndexStore = WriteStore &
  ReadStore & {
    /**
     * From now on no commit waits for the disk: what is committed becomes durable some tenths of a second later, or when somebody waits for
     * it (`durable`, `durably`), and another thread takes it into the database (`openCheckpointer`). Throws `StoreError`.
     */
    syncLater(): void;
  };

/** Who waits for an answer is told that the disk does not keep up after so long. */
const patienceMs = 30_000;

/**
 * Opens the index for writing (made if it is not there, brought to this version if it is older). One process only: the data
 * folder's lock is taken before. Throws `StoreError` with a sentence that says what to do.
 */
export function openWriteStore(path: string, deps: StoreDeps): IndexStore {
  const connection = connect(path, 'write', deps);
  try {
    return build(connection, path, deps);
  } catch (error) {
    connection.close();
    throw error;
  }
}

function build(connection: Connection, path: string, deps: StoreDeps): IndexStore {
  const { db, read, write } = connection;
  const { from, to } = connection.read('migrate', () => migrate(db));
  if (from !== to) deps.log.info('database brought to this version', { from, to });

  const station = ownStation(connection, deps);
  const writerId = writerOf(connection, station.rowId);
  const cameras = createCameraRows(connection);
  const coverage = createCoverageRows(db);
  const chain = createChainRows(connection);
  const stored = createStoredRows(db);
  const archived = createArchivedBeside(connection);
  const { rebuildCoverage, rebuildStored, ...segment } = createSegmentRows(
    connection,
    { coverage, chain, stored, archived },
    writerId,
  );
  const eventDays = createEventDays(db);
  const eventLanes = createEventLanes(db);
  const events = createEventRows(connection, { days: eventDays, lanes: eventLanes });

  const wanted = createWantedRows(connection);
  const schedules = createScheduleRows(connection);

  const become = db.prepare('UPDATE station SET ulid = ?, name = ? WHERE own = 1');
  const rename = db.prepare('UPDATE station SET name = ? WHERE own = 1');
  const open = db.prepare<[], RawSegment>(
    `SELECT ${segmentColumns} WHERE s.state = 0 ORDER BY s.stream_id, s.start_ms`,
  );
  const last = db.prepare<[number, number], RawSegment>(
    `SELECT ${segmentColumns} WHERE s.stream_id = ? AND s.start_ms <= ? ORDER BY s.start_ms DESC LIMIT 1`,
  );
  const range = db.prepare<[number, number, number, number], RawSegment>(
    `SELECT ${segmentColumns} WHERE s.stream_id = ? AND s.start_ms BETWEEN ? AND ? ORDER BY s.start_ms LIMIT ?`,
  );
  const openGap = db.prepare<[number], RawGap>(
    'SELECT stream_id, from_ms, to_ms, cause FROM gap WHERE stream_id = ? AND to_ms IS NULL',
  );
  const endedGaps = db.prepare<[number, number, number], RawGap>(
    'SELECT stream_id, from_ms, to_ms, cause FROM gap WHERE stream_id = ? AND to_ms IS NOT NULL AND from_ms >= ? ORDER BY from_ms LIMIT ?',
  );
  // The gap that holds the first moment starts before it: one seek back, then forward.
  const gapsWithin = db.prepare<{ stream: number; fromMs: number; toMs: number }, RawGap>(
    `SELECT stream_id, from_ms, to_ms, cause FROM gap WHERE stream_id = @stream AND from_ms <= @toMs
     AND from_ms >= ifnull((SELECT max(from_ms) FROM gap WHERE stream_id = @stream AND from_ms <= @fromMs), 0)
     AND (to_ms IS NULL OR to_ms >= @fromMs) ORDER BY from_ms`,
  );
  const accountedFrom = db
    .prepare<{ stream: number }, number | null>(
      `SELECT min(first) FROM (SELECT min(from_ms) AS first FROM gap WHERE stream_id = @stream
       UNION ALL SELECT min(from_ms) FROM wanted WHERE stream_id = @stream)`,
    )
    .pluck();
  const segments = db.prepare<[], number>("SELECT value FROM tally WHERE name = 'segments'").pluck();
  const eventCount = db
    .prepare<[], number>('SELECT ifnull(sum(n), 0) FROM (SELECT max(seq) AS n FROM event GROUP BY station_id)')
    .pluck();
  const getSetting = db.prepare<[string], string>('SELECT value FROM setting WHERE key = ?').pluck();
  const setSetting = db.prepare(
    'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const size = (): number =>
    Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));

  const faults: ReadStore['faults'] = () => {
    const found: ReturnType<ReadStore['faults']> = [];
    for (const line of db.prepare<[], string>('PRAGMA integrity_check').pluck().all()) {
      if (line !== 'ok') found.push({ what: 'integrity', detail: line });
    }
    const fresh = emptyDatabase();
    for (const detail of schemaFaults(db, fresh)) found.push({ what: 'schema', detail });
    fresh.close();
    for (const { id } of cameras.streams()) {
      for (const detail of coverage.faults(id)) found.push({ what: 'coverage', detail, streamId: id });
    }
    if (!stored.agrees())
      found.push({ what: 'stored', detail: 'segments counted per stream disagree with the segments' });
    if (!eventLanes.agrees())
      found.push({ what: 'event-days', detail: 'lanes of the timeline disagree with the events' });
    if (!eventDays.agrees())
      found.push({ what: 'event-days', detail: 'events counted per day disagree with the events' });
    return found;
  };

  return {
    station: {
      get: () => ({ id: station.id, name: station.name }),
      rename(name) {
        write('rename station', () => rename.run(name));
        station.name = name;
      },
      become(id, name) {
        write('become station', () => become.run(id, name));
        station.id = id;
        station.name = name;
      },
    },
    camera: cameras.writes,
    segment,
    gap: createGapRows(connection),
    wanted: wanted.writes,
    schedule: schedules.writes,
    clock: createClockRows(connection),
    event: events.writes,
    together: (work) => write('together', work),
    rebuildCoverage,
    rebuildStored,
    retention: createRetentionRows(connection, { coverage, stored, chain, archived }),
    hold: createHoldRows(connection),
    bookmark: createBookmarkRows(connection),
    volume: createVolumeRows(connection),
    archive: createArchiveRows(connection, { coverage, stored }),
    watch: createWatchRows(connection),
    sound: createSoundRows(connection),
    plate: createPlateRows(connection),
    work: createWorkRows(connection),
    rebuildEventDays: () =>
      write('rebuild event days', () => {
        eventLanes.rebuild();
        eventDays.rebuild();
      }),
    chain: chain.store,
    access: createAccessRows(connection),
    setting: {
      get: (key) => read('setting', () => getSetting.get(key) ?? null),
      set: (key, value) =>
        write('set setting', () => {
          setSetting.run(key, value);
        }),
    },
    cameras: cameras.cameras,
    streams: cameras.streams,
    openSegments: () => read('open segments', () => open.all().map(toSegmentRow)),
    lastSegment: (streamId, notAfterMs = Number.MAX_SAFE_INTEGER) =>
      read('last segment', () => one(last.get(streamId, notAfterMs), toSegmentRow)),
    segmentsFrom: (streamId: StreamId, fromMs, toMs, limit) =>
      read('segments', () => range.all(streamId, fromMs, toMs, limit).map(toSegmentRow)),
    openGap: (streamId) => read('open gap', () => one(openGap.get(streamId), toStoredGap)),
    endedGaps: (streamId, sinceMs, limit) =>
      read('ended gaps', () =>
        endedGaps
          .all(streamId, sinceMs, limit)
          .map(toStoredGap)
          .flatMap((gap) => (gap.toMs === null ? [] : [{ ...gap, toMs: gap.toMs }])),
      ),
    accountedFromMs: (stream) => read('accounted from', () => accountedFrom.get({ stream }) ?? null),
    gapsWithin: (stream, fromMs, toMs) =>
      read('gaps within', () => gapsWithin.all({ stream, fromMs, toMs }).map(toStoredGap)),
    wantedRuns: wanted.wanted,
    schedules: schedules.schedules,
    counts: () =>
      read('counts', () => ({ segments: segments.get() ?? 0, events: eventCount.get() ?? 0, bytes: size() })),
    eventById: events.event,
    eventWhy: events.eventWhy,
    openEvents: events.openEvents,
    faults: () => read('check', faults),
    ...createDurability(connection, `${path}-wal`, deps),
  };
}

/** Each commit is durable when it returns, until `syncLater`. */
function createDurability(
  { db, read, onCommit, close }: Connection,
  logPath: string,
  { clock, log }: Pick<StoreDeps, 'clock' | 'log'>,
): Pick<IndexStore, 'durable' | 'durably' | 'syncLater' | 'close'> {
  /** Whether something was written on behalf of who is waited for. */
  const calls = new AsyncLocalStorage<{ wrote: boolean }>();
  let sync: WalSync | null = null;
  const durable = (): Promise<void> => sync?.durable() ?? Promise.resolve();

  return {
    durable,
    async durably(work) {
      const call = { wrote: false };
      const done = await calls.run(call, work);
      if (call.wrote) await inTime(durable());
      return done;
    },
    syncLater() {
      if (sync !== null) return;
      sync = read('sync later', () => {
        db.pragma('synchronous = NORMAL');
        db.pragma('wal_autocheckpoint = 0');
        return createWalSync({
          ...{ path: logPath, clock, log },
          exclusive(work) {
            db.exec('BEGIN IMMEDIATE');
            try {
              work();
            } finally {
              db.exec('ROLLBACK');
            }
          },
        });
      });
      onCommit(() => {
        const call = calls.getStore();
        if (call !== undefined) call.wrote = true;
        sync?.wrote();
      });
    },
    close() {
      sync?.close();
      close();
    },
  };
}

async function inTime(durable: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new AppError(
          'UNAVAILABLE',
          'The change is made, but the disk with the data folder has not kept it yet: a power cut would undo it. Check that disk.',
          { data: { reason: 'data-folder-slow' } },
        ),
      );
    }, patienceMs);
  });
  try {
    await Promise.race([durable, late]);
  } finally {
    clearTimeout(timer);
  }
}

const one = <R, T>(row: R | undefined, make: (row: R) => T): T | null => (row === undefined ? null : make(row));

function ownStation({ db, write }: Connection, deps: StoreDeps): { rowId: number; id: StationId; name: string } {
  const find = db.prepare<[], { id: number; ulid: string; name: string }>(
    'SELECT id, ulid, name FROM station WHERE own = 1',
  );
  const row =
    find.get() ??
    write('new station', () => {
      const { id, name } = deps.newStation();
      db.prepare('INSERT INTO station (ulid, name, own, created_ms) VALUES (?, ?, 1, ?)').run(
        id,
        name,
        deps.clock.nowMs(),
      );
      return find.get();
    });
  if (row === undefined) throw new StoreError('other', 'The database refused to take this station in.');
  return { rowId: row.id, id: Station.parse(row.ulid), name: row.name };
}

/** This station as a writer of segments, under its lease epoch (1 until stations share cameras). */
function writerOf({ db, write }: Connection, stationRow: number, epoch = 1): number {
  return write('writer', () => {
    db.prepare('INSERT OR IGNORE INTO writer (station_id, epoch) VALUES (?, ?)').run(stationRow, epoch);
    return Number(
      db.prepare('SELECT id FROM writer WHERE station_id = ? AND epoch = ?').pluck().get(stationRow, epoch),
    );
  });
}
