/** Hashes of segments and the chain of each stream. Writers call `gone` (`goneRange`) inside the transaction that deletes a segment's row. */
import { hash } from 'node:crypto';
import type { StreamId } from '#domain/id.ts';
import { addSeam } from '#domain/decide/verify-chain.ts';
import {
  type ChainHead,
  type ChainLink,
  type ChainSeam,
  type Hasher,
  type SeamCause,
  emptyChain,
  nextLink,
} from '#domain/segment-chain.ts';
import type { ChainStore } from '../../engine/chain-port.ts';
import type { Connection } from './connection.ts';

export const sha256Text: Hasher = (text) => hash('sha256', text);

export type RawLink = {
  link: number;
  start_ms: number;
  duration_ms: number;
  bytes: number;
  sha256: Uint8Array;
  chain: Uint8Array;
};
export type RawSeam = { from_link: number; to_link: number; chain: Uint8Array; cause: SeamCause };
export type RawHead = { link: number; chain: Uint8Array };

export const linkColumns = 'link, start_ms, duration_ms, bytes, sha256, chain FROM segment_hash';
export const seamColumns = 'from_link, to_link, chain, cause FROM chain_seam';

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
const blob = (text: string): Buffer => Buffer.from(text, 'hex');

export const toLink = (r: RawLink): ChainLink => ({
  link: r.link,
  startMs: r.start_ms,
  endMs: r.start_ms + r.duration_ms,
  bytes: r.bytes,
  sha256: hex(r.sha256),
  chain: hex(r.chain),
});
export const toHead = (r: RawHead): ChainHead => ({ link: r.link, chain: hex(r.chain) });
export const toSeam = (r: RawSeam): ChainSeam => ({
  fromLink: r.from_link,
  toLink: r.to_link,
  chain: hex(r.chain),
  cause: r.cause,
});

export function createChainRows({ db, read, write }: Connection) {
  const getHead = db.prepare<[number], RawHead & { listed: number }>(
    'SELECT link, chain, listed FROM chain_head WHERE stream_id = ?',
  );
  const setHead = db.prepare(
    `INSERT INTO chain_head (stream_id, link, chain, listed, noted) VALUES (?, ?, ?, 0, 0)
     ON CONFLICT (stream_id) DO UPDATE SET link = excluded.link, chain = excluded.chain, noted = 0`,
  );
  const changed = db.prepare('UPDATE chain_head SET noted = 0 WHERE stream_id = ?');
  const listed = db.prepare('UPDATE chain_head SET listed = ? WHERE stream_id = ?');
  const noted = db.prepare('UPDATE chain_head SET noted = 1 WHERE stream_id = ? AND link = ?');
  const toNote = db
    .prepare<[number], number>('SELECT stream_id FROM chain_head WHERE noted = 0 ORDER BY stream_id LIMIT ?')
    .pluck();
  const insert = db.prepare(
    'INSERT INTO segment_hash (stream_id, start_ms, link, duration_ms, bytes, sha256, chain) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const one = db.prepare<[number, number], RawLink>(`SELECT ${linkColumns} WHERE stream_id = ? AND start_ms = ?`);
  const remove = db.prepare('DELETE FROM segment_hash WHERE stream_id = ? AND start_ms = ?');
  const range = db.prepare<[number, number, number], { link: number; chain: Uint8Array }>(
    'SELECT link, chain FROM segment_hash WHERE stream_id = ? AND start_ms BETWEEN ? AND ?',
  );
  const removeRange = db.prepare('DELETE FROM segment_hash WHERE stream_id = ? AND start_ms BETWEEN ? AND ?');
  const from = db.prepare<[number, number, number], RawLink>(
    `SELECT ${linkColumns} WHERE stream_id = ? AND link >= ? ORDER BY link LIMIT ?`,
  );
  const seamsOf = db.prepare<[number], RawSeam>(`SELECT ${seamColumns} WHERE stream_id = ? ORDER BY from_link`);
  const near = db.prepare<[number, number, number], RawSeam>(
    `SELECT ${seamColumns} WHERE stream_id = ? AND (to_link = ? OR from_link = ?) ORDER BY from_link`,
  );
  const addSeamRow = db.prepare(
    'INSERT INTO chain_seam (stream_id, from_link, to_link, chain, cause) VALUES (?, ?, ?, ?, ?)',
  );
  const removeSeam = db.prepare('DELETE FROM chain_seam WHERE stream_id = ? AND from_link = ?');
  const known = db.prepare<[number, number], 1>('SELECT 1 FROM segment WHERE stream_id = ? AND start_ms = ?').pluck();
  // Two keys in the same order: one is followed, the other looked up.
  const unhashed = db
    .prepare<[{ stream: number; from: number; limit: number }], [number, number]>(
      `SELECT s.start_ms, h.link IS NOT NULL FROM (SELECT stream_id, start_ms FROM segment
         WHERE stream_id = @stream AND start_ms >= @from AND state <> 0 ORDER BY start_ms LIMIT @limit) AS s
       LEFT JOIN segment_hash AS h ON h.stream_id = s.stream_id AND h.start_ms = s.start_ms`,
    )
    .raw();

  const head = (streamId: StreamId): ChainHead => {
    const row = getHead.get(streamId);
    return row === undefined ? emptyChain : toHead(row);
  };

  const put = (streamId: StreamId, l: ChainLink): void => {
    insert.run(streamId, l.startMs, l.link, Math.max(0, l.endMs - l.startMs), l.bytes, blob(l.sha256), blob(l.chain));
  };

  const seam = (streamId: StreamId, made: ChainSeam): void => {
    const neighbours = near.all(streamId, made.fromLink - 1, made.toLink + 1).map(toSeam);
    for (const { fromLink } of neighbours) removeSeam.run(streamId, fromLink);
    for (const s of addSeam(neighbours, made)) addSeamRow.run(streamId, s.fromLink, s.toLink, blob(s.chain), s.cause);
  };

  /** The segment goes: its link becomes part of a seam. Nothing for one without a link. */
  const gone = (streamId: StreamId, startMs: number, cause: SeamCause): void => {
    const row = one.get(streamId, startMs);
    if (row === undefined) return;
    remove.run(streamId, startMs);
    seam(streamId, { fromLink: row.link, toLink: row.link, chain: hex(row.chain), cause });
    changed.run(streamId);
  };

  /** Many that go at once: as a rule their links follow one another and become one seam. */
  const goneRange = (streamId: StreamId, fromMs: number, toMs: number, cause: SeamCause): void => {
    const runs: ChainSeam[] = [];
    for (const row of range.all(streamId, fromMs, toMs).toSorted((a, b) => a.link - b.link)) {
      const last = runs.at(-1);
      if (last?.toLink === row.link - 1) runs[runs.length - 1] = { ...last, toLink: row.link, chain: hex(row.chain) };
      else runs.push({ fromLink: row.link, toLink: row.link, chain: hex(row.chain), cause });
    }
    if (runs.length === 0) return;
    removeRange.run(streamId, fromMs, toMs);
    for (const run of runs) seam(streamId, run);
    changed.run(streamId);
  };

  const store: ChainStore = {
    head: (streamId) => read('chain head', () => head(streamId)),
    listedTo: (streamId) => read('chain listed', () => getHead.get(streamId)?.listed ?? 0),
    link: (streamId, stream, file) =>
      write('link segment', () => {
        const before = one.get(streamId, file.startMs);
        if (before !== undefined && hex(before.sha256) === file.sha256 && before.bytes === file.bytes) return null;
        if (known.get(streamId, file.startMs) === undefined) return null;
        gone(streamId, file.startMs, 'replaced');
        const made = nextLink(head(streamId), stream, file, sha256Text);
        put(streamId, made);
        setHead.run(streamId, made.link, blob(made.chain));
        return made;
      }),
    join: (streamId, items) =>
      write('join chain', () => {
        let last = head(streamId);
        for (const item of items) {
          const to = 'link' in item ? item.link : item.toLink;
          if (to <= last.link) continue;
          if ('link' in item) {
            gone(streamId, item.startMs, 'replaced');
            put(streamId, item);
          } else seam(streamId, { ...item, fromLink: Math.max(item.fromLink, last.link + 1) });
          last = { link: to, chain: item.chain };
        }
        setHead.run(streamId, last.link, blob(last.chain));
        listed.run(last.link, streamId);
      }),
    of: (streamId, startMs) =>
      read('segment hash', () => {
        const row = one.get(streamId, startMs);
        return row === undefined ? null : toLink(row);
      }),
    links: (streamId, fromLink, limit) => read('chain links', () => from.all(streamId, fromLink, limit).map(toLink)),
    seams: (streamId) => read('chain seams', () => seamsOf.all(streamId).map(toSeam)),
    unhashed: (streamId, fromMs, limit) =>
      read('unhashed segments', () => {
        const rows = unhashed.all({ stream: streamId, from: fromMs, limit });
        const last = rows.at(-1);
        return {
          startsMs: rows.filter(([, has]) => has === 0).map(([startMs]) => startMs),
          nextMs: last === undefined || rows.length < limit ? null : last[0] + 1,
        };
      }),
    listed: (streamId, link) =>
      write('chain listed', () => {
        listed.run(link, streamId);
      }),
    toNote: (limit) => read('chains to note', () => toNote.all(limit) as StreamId[]),
    noted: (streamId, headLink) =>
      write('chain noted', () => {
        noted.run(streamId, headLink);
      }),
    clear: () =>
      write('clear chains', () => {
        db.exec('DELETE FROM segment_hash; DELETE FROM chain_seam; DELETE FROM chain_head');
      }),
  };
  return { store, gone, goneRange };
}
