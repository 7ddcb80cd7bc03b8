import type { Database } from 'better-sqlite3';
import { firstArchive } from '#domain/archive.ts';
import type { StreamId } from '#domain/id.ts';
import type { SegmentOrigin, SegmentState } from '#domain/segment.ts';
import { ownVolume } from '#domain/volume.ts';
import type { SegmentRow, WriteStore } from '../../engine/index-port.ts';
import type { ArchivedBeside } from './archive-rows.ts';
import type { createChainRows } from './chain-rows.ts';
import type { Connection } from './connection.ts';
import type { createCoverageRows } from './coverage-rows.ts';
import type { createStoredRows } from './stored-rows.ts';

/** As stored: the place in this list. */
const states: readonly SegmentState[] = ['open', 'sealed', 'recovered'];
const origins: readonly SegmentOrigin[] = ['live', 'back-fill'];

export type RawSegment = {
  stream_id: number;
  start_ms: number;
  duration_ms: number;
  bytes: number;
  state: number;
  origin: number;
  seam_id: number;
  volume_id: number;
  codecs: string;
  width: number;
  height: number;
  init_bytes: number;
};

export const segmentColumns =
  's.stream_id, s.start_ms, s.duration_ms, s.bytes, s.state, s.origin, s.seam_id, s.volume_id, f.codecs, f.width, f.height, f.init_bytes FROM segment AS s JOIN format AS f ON f.id = s.format_id';

export function stateOf(stored: number): SegmentState {
  const state = states[stored];
  if (state === undefined) throw new Error(`segment state ${stored} in the database is unknown`);
  return state;
}

export const toSegmentRow = (r: RawSegment): SegmentRow => ({
  streamId: r.stream_id as StreamId,
  startMs: r.start_ms,
  endMs: r.start_ms + r.duration_ms,
  bytes: r.bytes,
  state: stateOf(r.state),
  origin: origins[r.origin] ?? 'live',
  ...(r.seam_id > 0 && { seam: r.seam_id }),
  volume: r.volume_id,
  format: { codecs: r.codecs, width: r.width, height: r.height, initBytes: r.init_bytes },
});

type SegmentWrites = WriteStore['segment'] & { rebuildCoverage(streamId: StreamId): void; rebuildStored(): void };

/** Segment rows with their coverage and their counts, always together. `writerId`: this station under its lease epoch. */
export function createSegmentRows(
  connection: Connection,
  derived: {
    coverage: ReturnType<typeof createCoverageRows>;
    chain: Pick<ReturnType<typeof createChainRows>, 'gone'>;
    stored: ReturnType<typeof createStoredRows>;
    archived: Pick<ArchivedBeside, 'rescue' | 'gone'>;
  },
  writerId: number,
): SegmentWrites {
  const { db, write } = connection;
  const { coverage, chain, stored, archived } = derived;
  const insert = db.prepare(
    'INSERT OR IGNORE INTO segment (stream_id, start_ms, duration_ms, bytes, state, origin, volume_id, format_id, writer_id, seam_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const grown = db.prepare(
    'UPDATE segment SET duration_ms = ?, bytes = ? WHERE stream_id = ? AND start_ms = ? AND state = 0 AND duration_ms <= ?',
  );
  const found = db.prepare<[number, number], { duration_ms: number; bytes: number; state: number; volume_id: number }>(
    'SELECT duration_ms, bytes, state, volume_id FROM segment WHERE stream_id = ? AND start_ms = ?',
  );
  const set = db.prepare(
    'UPDATE segment SET duration_ms = ?, bytes = ?, state = ? WHERE stream_id = ? AND start_ms = ?',
  );
  const setFormat = db.prepare('UPDATE segment SET format_id = ? WHERE stream_id = ? AND start_ms = ?');
  const setSeam = db.prepare('UPDATE segment SET seam_id = ? WHERE stream_id = ? AND start_ms = ?');
  const remove = db.prepare('DELETE FROM segment WHERE stream_id = ? AND start_ms = ?');
  const streams = db.prepare<[], StreamId>('SELECT DISTINCT stream_id FROM segment').pluck();
  const count = db.prepare("UPDATE tally SET value = value + ? WHERE name = 'segments'");
  const formats = createFormats(db);

  const put = (row: SegmentRow): void => {
    const { streamId, startMs, endMs } = row;
    const done = insert.run(
      streamId,
      startMs,
      Math.max(0, endMs - startMs),
      row.bytes,
      states.indexOf(row.state),
      origins.indexOf(row.origin ?? 'live'),
      row.volume ?? ownVolume,
      formats.id(row.format),
      writerId,
      row.seam ?? 0,
    );
    if (done.changes === 0) return;
    count.run(1);
    if (row.state !== 'open') stored.add(streamId, row.volume ?? ownVolume, 1, row.bytes);
    coverage.add(streamId, startMs, endMs, row.volume ?? ownVolume);
  };

  /** Sets end, bytes and state; false when there is no such segment. */
  const change = (
    streamId: StreamId,
    startMs: number,
    to: { endMs: number; bytes: number; state: SegmentState },
  ): boolean => {
    const duration = Math.max(0, to.endMs - startMs);
    const had = found.get(streamId, startMs);
    if (had === undefined) return false;
    set.run(duration, to.bytes, states.indexOf(to.state), streamId, startMs);
    const [was, is] = [stateOf(had.state) !== 'open', to.state !== 'open'];
    if (was || is)
      stored.add(streamId, had.volume_id, (is ? 1 : 0) - (was ? 1 : 0), (is ? to.bytes : 0) - (was ? had.bytes : 0));
    if (duration < had.duration_ms) coverage.redo(streamId, startMs);
    else coverage.add(streamId, startMs, to.endMs, had.volume_id);
    return true;
  };

  return {
    open: (row) => write('open segment', () => put(row)),
    adopt: (row) => write('adopt segment', () => put(row)),
    grow(rows) {
      write('grow segments', () => {
        for (const { streamId, startMs, endMs, bytes } of rows) {
          const duration = endMs - startMs;
          if (grown.run(duration, bytes, streamId, startMs, duration).changes > 0)
            // What is being written is never at an archive.
            coverage.add(streamId, startMs, endMs, ownVolume);
        }
      });
    },
    close(streamId, startMs, to) {
      write('close segment', () => {
        change(streamId, startMs, to);
      });
    },
    drop(streamId, startMs) {
      write('drop segment', () => {
        const had = found.get(streamId, startMs);
        if (had === undefined) return;
        if (had.volume_id < firstArchive) {
          const archive = archived.rescue(streamId, startMs);
          if (archive !== null) {
            stored.add(streamId, had.volume_id, -1, -had.bytes);
            stored.add(streamId, archive, 1, had.bytes);
            coverage.sentAway(streamId, startMs, startMs + had.duration_ms);
            return;
          }
        } else archived.gone(streamId, startMs);
        remove.run(streamId, startMs);
        count.run(-1);
        chain.gone(streamId, startMs, 'lost');
        if (stateOf(had.state) !== 'open') stored.add(streamId, had.volume_id, -1, -had.bytes);
        coverage.redo(streamId, startMs);
      });
    },
    correct(row) {
      write('correct segment', () => {
        const { streamId, startMs } = row;
        if (!change(streamId, startMs, row)) return;
        setFormat.run(formats.id(row.format), streamId, startMs);
        chain.gone(streamId, startMs, 'replaced');
      });
    },
    setSeam(streamId, startMs, seam) {
      write('set seam', () => {
        setSeam.run(seam, streamId, startMs);
      });
    },
    clear(spared = []) {
      write('clear segments', () => {
        db.prepare(
          `DELETE FROM segment WHERE volume_id < ${firstArchive} AND volume_id NOT IN (SELECT value FROM json_each(?))`,
        ).run(JSON.stringify(spared));
        db.exec(
          "DELETE FROM coverage; DELETE FROM archived_run; UPDATE tally SET value = (SELECT count(*) FROM segment) WHERE name = 'segments'",
        );
        for (const streamId of streams.all()) coverage.rebuild(streamId);
        stored.rebuild();
      });
    },
    rebuildCoverage: (streamId) => write('rebuild coverage', () => coverage.rebuild(streamId)),
    rebuildStored: () => write('rebuild stored', () => stored.rebuild()),
  };
}

/** Formats by a small number; there are a few dozen in a station's life. */
function createFormats(db: Database) {
  const find = db
    .prepare<[string, number, number, number], number>(
      'SELECT id FROM format WHERE codecs = ? AND width = ? AND height = ? AND init_bytes = ?',
    )
    .pluck();
  const add = db.prepare('INSERT INTO format (codecs, width, height, init_bytes) VALUES (?, ?, ?, ?)');
  return {
    // Looked up each time: a number remembered from a transaction that was then rolled back would be another's.
    id: ({ codecs, width, height, initBytes }: SegmentRow['format']): number =>
      find.get(codecs, width, height, initBytes) ?? Number(add.run(codecs, width, height, initBytes).lastInsertRowid),
  };
}
