/** Reads for a check: page by page, so that no transaction stays open and millions of rows need little memory. */
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { StreamId } from '#domain/id.ts';
import type { IndexedFile } from '#domain/integrity.ts';
import { emptyChain, type ChainHead, type ChainLink, type ChainSeam } from '#domain/segment-chain.ts';
import { StreamKind } from '#domain/stream.ts';
import type { StreamRecord } from '../../engine/index-port.ts';
import {
  linkColumns,
  type RawHead,
  type RawLink,
  type RawSeam,
  seamColumns,
  toHead,
  toLink,
  toSeam,
} from './chain-rows.ts';
import { connect } from './connection.ts';
import { stateOf } from './segment-rows.ts';

/** A stream as a check names it. */
export type CheckedStream = StreamRecord;

export type CheckReader = {
  streams(): StreamRecord[];
  /** Segments of a stream from a start on, ascending; `volume`: of that one alone. */
  segments(streamId: StreamId, fromMs: number, limit: number, volume?: number): IndexedFile[];
  segment(streamId: StreamId, startMs: number): IndexedFile | null;
  links(streamId: StreamId, fromLink: number, limit: number): ChainLink[];
  link(streamId: StreamId, startMs: number): ChainLink | null;
  seams(streamId: StreamId): ChainSeam[];
  head(streamId: StreamId): ChainHead;
  close(): void;
};

type RawStream = { id: number; camera_id: string; name: string; kind: string; folder: string; removed: number };

/** Opens the index for a check. Throws `StoreError`. */
export function openCheckReader(path: string, deps: { clock: Clock; log: Log }): CheckReader {
  const { db, read, close } = connect(path, 'read', deps);
  const streams = db.prepare<[], RawStream>(
    'SELECT s.id, s.camera_id, c.name, s.kind, c.folder, c.removed_ms IS NOT NULL AS removed FROM stream AS s JOIN camera AS c ON c.id = s.camera_id ORDER BY c.folder, s.kind',
  );
  type RawRow = [startMs: number, durationMs: number, bytes: number, state: number, volume: number];
  const columns = 'SELECT start_ms, duration_ms, bytes, state, volume_id FROM segment WHERE stream_id = ?';
  const segments = db
    .prepare<[number, number, number | null, number], RawRow>(
      `${columns} AND start_ms >= ? AND volume_id = ifnull(?, volume_id) ORDER BY start_ms LIMIT ?`,
    )
    .raw();
  const segment = db.prepare<[number, number], RawRow>(`${columns} AND start_ms = ?`).raw();
  const links = db.prepare<[number, number, number], RawLink>(
    `SELECT ${linkColumns} WHERE stream_id = ? AND link >= ? ORDER BY link LIMIT ?`,
  );
  const link = db.prepare<[number, number], RawLink>(`SELECT ${linkColumns} WHERE stream_id = ? AND start_ms = ?`);
  const seams = db.prepare<[number], RawSeam>(`SELECT ${seamColumns} WHERE stream_id = ? ORDER BY from_link`);
  const head = db.prepare<[number], RawHead>('SELECT link, chain FROM chain_head WHERE stream_id = ?');
  const toFile = ([startMs, durationMs, bytes, state, volume]: RawRow): IndexedFile => ({
    startMs,
    endMs: startMs + durationMs,
    bytes,
    state: stateOf(state),
    volume,
  });
  const one = <R, T>(row: R | undefined, make: (row: R) => T): T | null => (row === undefined ? null : make(row));

  return {
    streams: () =>
      read('streams', () =>
        streams.all().map((r) => ({
          id: StreamId.parse(r.id),
          cameraId: r.camera_id as StreamRecord['cameraId'],
          camera: r.name,
          kind: StreamKind.parse(r.kind),
          folder: r.folder,
          removed: r.removed === 1,
        })),
      ),
    segments: (id, fromMs, limit, volume) =>
      read('check segments', () => segments.all(id, fromMs, volume ?? null, limit).map(toFile)),
    segment: (id, startMs) => read('check segment', () => one(segment.get(id, startMs), toFile)),
    links: (id, fromLink, limit) => read('check links', () => links.all(id, fromLink, limit).map(toLink)),
    link: (id, startMs) => read('check link', () => one(link.get(id, startMs), toLink)),
    seams: (id) => read('check seams', () => seams.all(id).map(toSeam)),
    head: (id) => read('check head', () => one(head.get(id), toHead) ?? emptyChain),
    close,
  };
}
