import { createHash } from 'node:crypto';
import { cpSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FindingCode } from '#domain/integrity.ts';
import { segmentPath } from '#domain/segment.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow } from '../../../tests/support/camera-row.ts';
import { writeSegment } from '../../../tests/support/recorded.ts';
import { tempFolder } from '../../../tests/support/temp.ts';
import { createFileHasher, createSegmentFiles, hashWhole } from '../../main/adapters/files/index.ts';
import { openCheckReader, openWriteStore } from '../../main/adapters/sqlite/index.ts';
import type { StreamRecord } from '../../main/engine/index-port.ts';
import { checkChain } from './chains.ts';
import { checkHashes, sameFile } from './hashes.ts';
import { comparePlace } from './presence.ts';

const newId = createUlids(() => systemClock.nowMs());
const deps = { clock: systemClock, log: quietLog };
const t0 = Date.UTC(2026, 10, 22, 22, 30);

let dir: string;
let root: string;
let database: string;
let remove: () => void;
let store: ReturnType<typeof openWriteStore>;
let stream: StreamRecord;

beforeEach(() => {
  ({ path: dir, remove } = tempFolder());
  root = join(dir, 'video');
  database = join(dir, 'vigie.db');
  store = openWriteStore(database, { ...deps, newStation: () => ({ id: newId(), name: 'Test' }) });
  store.camera.add(cameraRow({ createdMs: t0 }));
  const [only] = store.streams();
  if (only === undefined) throw new Error('one stream');
  stream = only;
});
afterEach(() => {
  store.close();
  remove();
});

const pathOf = (startMs: number): string => join(root, segmentPath('gate', 'main', startMs));
const sha256 = (startMs: number): string =>
  createHash('sha256')
    .update(readFileSync(pathOf(startMs)))
    .digest('hex');

/** Records `count` segments of a second, linked in the index and listed beside the video. */
async function record(count: number): Promise<number[]> {
  const starts = Array.from({ length: count }, (_, n) => t0 + n * 1000);
  const rows = starts.map((startMs) => writeSegment(root, startMs, { seconds: 1 }));
  store.together(() => {
    for (const row of rows) {
      store.segment.adopt({ ...row, streamId: stream.id });
      store.chain.link(stream.id, stream, { ...row, sha256: sha256(row.startMs) });
    }
  });
  const { chain } = createSegmentFiles(root);
  await chain.append(stream, store.chain.links(stream.id, 1, count));
  await chain.note('gate', { main: { head: store.chain.head(stream.id), seams: [] } });
  return starts;
}

type Told = [FindingCode | 'no-file' | 'no-row' | 'unsure' | 'unknown', number | null];

async function check(): Promise<Told[]> {
  const reader = openCheckReader(database, deps);
  const out: Told[] = [];
  for (const step of comparePlace({ root, volume: 1, reader, untilMs: Number.MAX_SAFE_INTEGER }))
    for (const odd of step.odd)
      out.push([odd.is, odd.is === 'unknown' ? null : 'row' in odd ? odd.row.startMs : odd.file.startMs]);
  for await (const step of checkChain({ reader, files: [createSegmentFiles(root).chain], stream }))
    for (const f of step.findings) out.push([f.code, f.startMs]);
  const hasher = createFileHasher(true);
  for (const step of checkHashes({
    rootOf: () => root,
    reader,
    stream,
    hasher,
    fromMs: 0,
    untilMs: Number.MAX_SAFE_INTEGER,
  }))
    if (step.is === 'ended' && step.found !== null && !sameFile(step.link, step.found))
      out.push(['hash-differs', step.link.startMs]);
  reader.close();
  return out;
}

/** Writes past the station, as somebody with the disk and the database would. */
function tamper(sql: string, ...values: (number | string | Uint8Array)[]): void {
  const db = new Sqlite(database);
  db.prepare(sql).run(...values);
  db.close();
}

describe('a check of what was recorded', () => {
  it('finds nothing where all is as it was, also after deleting for a cause', async () => {
    const starts = await record(50);
    expect(await check()).toEqual([]);
    for (const startMs of starts.slice(0, 20)) {
      store.segment.drop(stream.id, startMs);
      rmSync(pathOf(startMs));
    }
    expect(await check()).toEqual([]);
  });

  it('finds every segment of which one byte was changed, and no other', async () => {
    const starts = await record(400);
    const changed = starts.filter((_, n) => n % 100 === 37);
    for (const [n, startMs] of changed.entries()) {
      const bytes = readFileSync(pathOf(startMs));
      const at = Math.floor((bytes.length * (n + 0.5)) / changed.length);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(pathOf(startMs), bytes);
    }
    expect(await check()).toEqual(changed.map((startMs) => ['hash-differs', startMs]));
  });

  it('finds what is missing, what is too much, and what has another size', async () => {
    const [a = 0, b = 0, c = 0] = await record(5);
    renameSync(pathOf(a), pathOf(a + 1));
    writeFileSync(pathOf(b), readFileSync(pathOf(b)).subarray(0, -10));
    writeFileSync(join(root, 'gate', '2026-11-22', '22', 'notes.txt'), 'x');
    cpSync(pathOf(c), join(root, 'gate', '2026-11-22', 'main.mp4'));
    const found = await check();
    expect(found.sort()).toEqual(
      (
        [
          ['hash-differs', b],
          ['no-file', a],
          ['no-row', a + 1],
          ['unknown', null],
          ['unknown', null],
          ['unsure', b],
        ] as Told[]
      ).sort(),
    );
  });

  it('shows two segments that changed places: in the files, and where the index was made to fit', async () => {
    const [, a = 0, b = 0] = await record(5);
    const spare = join(dir, 'spare');
    renameSync(pathOf(a), spare);
    renameSync(pathOf(b), pathOf(a));
    renameSync(spare, pathOf(b));
    expect(await check()).toEqual([
      ['hash-differs', a],
      ['hash-differs', b],
    ]);
    const hashes = [sha256(a), sha256(b)].map((h) => Buffer.from(h, 'hex'));
    for (const [n, startMs] of [a, b].entries())
      tamper('UPDATE segment_hash SET sha256 = ? WHERE start_ms = ?', hashes[n] ?? '', startMs);
    expect(await check()).toEqual([
      ['chain-changed', a],
      ['chain-changed', b],
    ]);
  });

  it('shows a segment that was taken away from disk and index, and one whose time was changed', async () => {
    const [, a = 0, b = 0] = await record(5);
    rmSync(pathOf(a));
    tamper('DELETE FROM segment WHERE start_ms = ?', a);
    tamper('UPDATE segment SET duration_ms = duration_ms + 1 WHERE start_ms = ?', b);
    expect(await check()).toEqual([
      ['link-differs', a],
      ['link-differs', b],
    ]);
    tamper('DELETE FROM segment_hash WHERE start_ms = ?', a);
    expect(await check()).toEqual([
      ['chain-missing', null],
      ['link-differs', b],
    ]);
  });

  it('shows an older index, and one that was made anew from some link on, by what lies beside the video', async () => {
    await record(5);
    store.close();
    const old = `${database}.old`;
    cpSync(database, old);
    store = openWriteStore(database, { ...deps, newStation: () => ({ id: newId(), name: 'Test' }) });
    const more = writeSegment(root, t0 + 10_000, { seconds: 1 });
    store.segment.adopt({ ...more, streamId: stream.id });
    store.chain.link(stream.id, stream, { ...more, sha256: sha256(more.startMs) });
    await createSegmentFiles(root).chain.append(stream, store.chain.links(stream.id, 6, 1));
    expect(await check()).toEqual([]);
    store.close();
    for (const name of readdirSync(dir)) if (name.startsWith('vigie.db-')) rmSync(join(dir, name));
    cpSync(old, database);
    store = openWriteStore(database, { ...deps, newStation: () => ({ id: newId(), name: 'Test' }) });
    expect(await check()).toEqual([
      ['no-row', t0 + 10_000],
      ['chain-cut', null],
    ]);

    // Anew from the first link on, with another file in its place.
    const links = store.chain.links(stream.id, 1, 10);
    store.chain.clear();
    writeFileSync(pathOf(t0), 'another video');
    store.segment.adopt({ ...more, streamId: stream.id });
    for (const l of [...links, { ...more, sha256: sha256(more.startMs) }])
      store.chain.link(stream.id, stream, { ...l, sha256: sha256(l.startMs) });
    const found = await check();
    expect(found.filter(([code]) => code === 'list-differs')).toHaveLength(7);
  });
});

describe('hashing a file', () => {
  it.each([true, false])('gives what it holds, whatever its size (past the cache: %s)', (sparing) => {
    const hasher = createFileHasher(sparing);
    for (const size of [0, 1, 4095, 4096, 1 << 20, (1 << 20) + 1, (3 << 20) - 512]) {
      const bytes = Buffer.alloc(size, size % 251);
      const path = join(dir, 'file');
      writeFileSync(path, bytes);
      expect(hashWhole(hasher(path))).toEqual({
        bytes: size,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
    }
    expect(hashWhole(hasher(join(dir, 'nothing')))).toBeNull();
    expect(() => hashWhole(hasher(dir))).toThrow('EISDIR');
  });
});
