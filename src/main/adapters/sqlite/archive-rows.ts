import { firstArchive } from '#domain/archive.ts';
import type { StreamId } from '#domain/id.ts';
import type { ArchivedRow, ArchiveRowStore, WaitingRow } from '../../engine/archive-port.ts';
import type { Connection } from './connection.ts';
import type { createCoverageRows } from './coverage-rows.ts';
import type { createStoredRows } from './stored-rows.ts';

type RawWaiting = {
  startMs: number;
  endMs: number;
  bytes: number;
  volume: number;
  seam: number;
  sha256: Buffer | null;
  copy: Buffer | null;
};
type RawArchived = {
  stream_id: number;
  start_ms: number;
  archive_id: number;
  bytes: number;
  sha256: Buffer;
  verified_ms: number;
};

const toRow = (r: RawArchived): ArchivedRow => ({
  streamId: r.stream_id as StreamId,
  startMs: r.start_ms,
  archive: r.archive_id,
  file: { sha256: r.sha256.toString('hex'), bytes: r.bytes },
  verifiedMs: r.verified_ms,
});
/** Of a segment: that a deletion of it is under way. */
const isGoing =
  'EXISTS (SELECT 1 FROM deleting AS d WHERE d.stream_id = s.stream_id AND s.start_ms BETWEEN d.from_ms AND d.to_ms)';
const withHash = `FROM segment AS s LEFT JOIN segment_hash AS h ON h.stream_id = s.stream_id AND h.start_ms = s.start_ms
  LEFT JOIN archived AS a ON a.stream_id = s.stream_id AND a.start_ms = s.start_ms`;

/** Which segments have a copy at an archive, and which files may leave the volumes because of it. */
export function createArchiveRows(
  { db, read, write }: Connection,
  derived: {
    coverage: Pick<ReturnType<typeof createCoverageRows>, 'sentAway'>;
    stored: Pick<ReturnType<typeof createStoredRows>, 'add'>;
  },
): ArchiveRowStore {
  const { coverage, stored } = derived;
  const page = db.prepare<[number, number, number], RawWaiting>(
    `SELECT s.start_ms AS startMs, s.start_ms + s.duration_ms AS endMs, s.bytes AS bytes, s.volume_id AS volume,
       s.seam_id AS seam, h.sha256 AS sha256, a.sha256 AS copy ${withHash}
     WHERE s.stream_id = ? AND s.start_ms >= ? AND s.state <> 0 AND s.volume_id < ${firstArchive} ORDER BY s.start_ms LIMIT ?`,
  );
  const columns = 'a.stream_id, a.start_ms, a.archive_id, a.bytes, a.sha256, a.verified_ms';
  const of = db.prepare<[number, number], RawArchived>(
    `SELECT ${columns} FROM archived AS a WHERE a.stream_id = ? AND a.start_ms = ?`,
  );
  const put = db.prepare(
    `INSERT INTO archived (stream_id, start_ms, archive_id, bytes, sha256, verified_ms)
     SELECT s.stream_id, s.start_ms, ?, ?, ?, ? FROM segment AS s
     WHERE s.stream_id = ? AND s.start_ms = ? AND (s.volume_id < ${firstArchive} OR s.volume_id = ?) AND NOT ${isGoing}
     ON CONFLICT (stream_id, start_ms) DO UPDATE SET archive_id = excluded.archive_id, bytes = excluded.bytes,
       sha256 = excluded.sha256, verified_ms = excluded.verified_ms`,
  );
  const free = db.prepare<[number, number], { endMs: number; volume: number; bytes: number; archive: number }>(
    `SELECT s.start_ms + s.duration_ms AS endMs, s.volume_id AS volume, s.bytes AS bytes, a.archive_id AS archive ${withHash}
     WHERE s.stream_id = ? AND s.start_ms = ? AND s.state <> 0 AND s.volume_id < ${firstArchive} AND a.sha256 = h.sha256
       AND NOT ${isGoing}`,
  );
  const move = db.prepare('UPDATE segment SET volume_id = ? WHERE stream_id = ? AND start_ms = ?');
  const setLeaving = db.prepare('UPDATE archived SET leaving = ? WHERE stream_id = ? AND start_ms = ?');
  const leaving = db.prepare<[number, number, number, number], { streamId: StreamId; startMs: number; volume: number }>(
    `SELECT stream_id AS streamId, start_ms AS startMs, leaving AS volume FROM archived INDEXED BY archived_leaving
     WHERE leaving IS NOT NULL AND (leaving, stream_id, start_ms) > (?, ?, ?)
     ORDER BY leaving, stream_id, start_ms LIMIT ?`,
  );
  const forget = db.prepare('DELETE FROM archived WHERE stream_id = ? AND start_ms = ?');
  const copiesBefore = db.prepare<[number, number, number, number], RawArchived>(
    `SELECT ${columns} FROM archived AS a JOIN segment AS s ON s.stream_id = a.stream_id AND s.start_ms = a.start_ms
     WHERE a.stream_id = ? AND a.archive_id = ? AND s.volume_id < ${firstArchive} AND s.start_ms + s.duration_ms <= ?
     ORDER BY a.start_ms LIMIT ?`,
  );
  const copies = db.prepare<[number, number, number, number], RawArchived & { volume: number }>(
    `SELECT ${columns}, s.volume_id AS volume FROM archived AS a
     JOIN segment AS s ON s.stream_id = a.stream_id AND s.start_ms = a.start_ms
     WHERE a.stream_id = ? AND a.archive_id = ? AND a.start_ms >= ? ORDER BY a.start_ms LIMIT ?`,
  );
  const count = db.prepare<[number], { segments: number; bytes: number }>(
    'SELECT count(*) AS segments, ifnull(sum(bytes), 0) AS bytes FROM archived WHERE archive_id = ?',
  );
  const waiting = db.prepare<[number, number, number, number], { segments: number; bytes: number }>(
    `SELECT count(*) AS segments, ifnull(sum(bytes), 0) AS bytes FROM (SELECT s.bytes AS bytes ${withHash}
     WHERE s.stream_id = ? AND s.start_ms >= ? AND s.start_ms + s.duration_ms <= ? AND s.state <> 0
       AND s.volume_id < ${firstArchive} AND a.sha256 IS NOT h.sha256 LIMIT ?)`,
  );
  const begun = db
    .prepare<[number, number, number], string>(
      'SELECT begun FROM sending WHERE archive_id = ? AND stream_id = ? AND start_ms = ?',
    )
    .pluck();
  const begin = db.prepare(
    `INSERT INTO sending (archive_id, stream_id, start_ms, begun) VALUES (?, ?, ?, ?)
     ON CONFLICT (archive_id, stream_id, start_ms) DO UPDATE SET begun = excluded.begun`,
  );
  const end = db.prepare('DELETE FROM sending WHERE archive_id = ? AND stream_id = ? AND start_ms = ?');
  const allBegun = db.prepare<[number], { streamId: StreamId; startMs: number; begun: string }>(
    'SELECT stream_id AS streamId, start_ms AS startMs, begun FROM sending WHERE archive_id = ? ORDER BY stream_id, start_ms',
  );
  const dropCopies = db.prepare('DELETE FROM archived WHERE archive_id = ?');
  const dropSending = db.prepare('DELETE FROM sending WHERE archive_id = ?');

  return {
    page: (streamId, fromMs, limit) =>
      read('segments for an archive', () =>
        page.all(streamId, fromMs, limit).map(
          ({ sha256, copy, ...row }): WaitingRow => ({
            ...row,
            sha256: sha256?.toString('hex') ?? null,
            hashed: sha256 !== null,
            archived: sha256 !== null && copy !== null && sha256.equals(copy),
          }),
        ),
      ),
    of: (streamId, startMs) =>
      read('archived segment', () => {
        const row = of.get(streamId, startMs);
        return row === undefined ? null : toRow(row);
      }),
    put: ({ streamId, startMs, archive, file, verifiedMs }) =>
      write('note an archived segment', () => {
        const sha256 = Buffer.from(file.sha256, 'hex');
        return put.run(archive, file.bytes, sha256, verifiedMs, streamId, startMs, archive).changes > 0;
      }),
    leave: (streamId, startsMs) =>
      write('let segments leave', () =>
        startsMs.flatMap((startMs) => {
          const row = free.get(streamId, startMs);
          if (row === undefined) return [];
          move.run(row.archive, streamId, startMs);
          setLeaving.run(row.volume, streamId, startMs);
          stored.add(streamId, row.volume, -1, -row.bytes);
          stored.add(streamId, row.archive, 1, row.bytes);
          coverage.sentAway(streamId, startMs, row.endMs);
          return [{ startMs, volume: row.volume, bytes: row.bytes }];
        }),
      ),
    leaving: (limit, after) =>
      read('files that leave', () =>
        leaving.all(after?.volume ?? -1, after?.streamId ?? -1, after?.startMs ?? -1, limit),
      ),
    left: (streamId, startMs) =>
      write('a file has left', () => {
        setLeaving.run(null, streamId, startMs);
      }),
    forget: (streamId, startMs) =>
      write('forget a copy', () => {
        forget.run(streamId, startMs);
      }),
    copiesBefore: (streamId, archive, endedMs, limit) =>
      read('old copies', () => copiesBefore.all(streamId, archive, endedMs, limit).map(toRow)),
    copies: (streamId, archive, fromMs, limit) =>
      read('copies', () =>
        copies.all(streamId, archive, fromMs, limit).map((r) => ({ ...toRow(r), volume: r.volume })),
      ),
    count: (archive) => read('count of an archive', () => count.get(archive) ?? { segments: 0, bytes: 0 }),
    waiting: (streamId, fromMs, untilMs, limit) =>
      read('segments that wait', () => waiting.get(streamId, fromMs, untilMs, limit) ?? { segments: 0, bytes: 0 }),
    sending: {
      of: (archive, streamId, startMs) => read('begun', () => begun.get(archive, streamId, startMs) ?? null),
      begin: (archive, streamId, startMs, mark) =>
        write('begin to send', () => {
          begin.run(archive, streamId, startMs, mark);
        }),
      end: (archive, streamId, startMs) =>
        write('end of sending', () => {
          end.run(archive, streamId, startMs);
        }),
      all: (archive) => read('all begun', () => allBegun.all(archive)),
    },
    drop: (archive) =>
      write('forget an archive', () => {
        dropCopies.run(archive);
        dropSending.run(archive);
      }),
  };
}

/** For the rooms of segments and retention, inside their transactions. */
export function createArchivedBeside({ db }: Pick<Connection, 'db'>) {
  const forget = db.prepare('DELETE FROM archived WHERE stream_id = ? AND start_ms = ?');
  const forgetRange = db.prepare('DELETE FROM archived WHERE stream_id = ? AND start_ms BETWEEN ? AND ?');
  const copy = db
    .prepare<[number, number], number>('SELECT archive_id FROM archived WHERE stream_id = ? AND start_ms = ?')
    .pluck();
  const move = db.prepare('UPDATE segment SET volume_id = ? WHERE stream_id = ? AND start_ms = ?');
  return {
    gone(streamId: StreamId, startMs: number): void {
      forget.run(streamId, startMs);
    },
    goneRange(streamId: StreamId, fromMs: number, toMs: number): void {
      forgetRange.run(streamId, fromMs, toMs);
    },
    /** A file is lost that has a copy: its segment is the archive's. Answers which; null: it has none. */
    rescue(streamId: StreamId, startMs: number): number | null {
      const archive = copy.get(streamId, startMs) ?? null;
      if (archive !== null) move.run(archive, streamId, startMs);
      return archive;
    },
  };
}
export type ArchivedBeside = ReturnType<typeof createArchivedBeside>;
