/** `bench check`: how quickly recordings are laid beside the index, and how quickly their bytes are hashed. */
import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { segmentPath } from '#domain/segment.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { comparePlace } from '#workers/integrity/presence.ts';
import { cameraRow } from '../tests/support/camera-row.ts';
import { createFileHasher, hashWhole } from '../src/main/adapters/files/index.ts';
import { openCheckReader, openWriteStore } from '../src/main/adapters/sqlite/index.ts';
import type { Outcome } from './outcome.ts';
import { median, rounded } from './outcome.ts';

const cameras = 32;
const minuteMs = 60_000;
const deps = { clock: systemClock, log: quietLog };
const newId = createUlids(() => systemClock.nowMs());

/** Files of one byte each, as many as recordings have, with their rows: what presence looks at does not depend on their size. */
function makeRecordings(dir: string, segments: number): string {
  const database = join(dir, 'vigie.db');
  const store = openWriteStore(database, { ...deps, newStation: () => ({ id: newId(), name: 'Bench' }) });
  for (let n = 1; n <= cameras; n++)
    store.camera.add(cameraRow({ number: n, name: `Camera ${n}`, folder: `camera-${n}`, enabled: false }));
  const streams = store.streams();
  const startMs = Date.UTC(2026, 0, 1);
  const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 1 };
  for (let n = 0; n < segments; n += cameras) {
    const at = startMs + (n / cameras) * minuteMs;
    store.together(() => {
      for (const { id, folder } of streams) {
        const path = join(dir, 'video', segmentPath(folder, 'main', at));
        if (at % (60 * minuteMs) === 0) mkdirSync(join(path, '..'), { recursive: true });
        writeFileSync(path, 'v');
        store.segment.adopt({ streamId: id, startMs: at, endMs: at + minuteMs, bytes: 1, state: 'sealed', format });
      }
    });
  }
  store.close();
  const db = new Sqlite(database);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return database;
}

/** Segments a second, of a whole walk. */
function presence(dir: string, database: string): number {
  const reader = openCheckReader(database, deps);
  const started = performance.now();
  let files = 0;
  let odd = 0;
  for (const step of comparePlace({ root: join(dir, 'video'), volume: 1, reader, untilMs: Number.MAX_SAFE_INTEGER })) {
    files += step.files;
    odd += step.odd.length;
  }
  const seconds = (performance.now() - started) / 1000;
  reader.close();
  if (odd > 0) throw new Error(`${odd} of ${files} segments did not agree`);
  return files / seconds;
}

/** Bytes a second of the product's hashing and of sha256sum, over the same files, all in memory. */
function hashing(files: readonly string[], bytes: number): { own: number; theirs: number } {
  const hasher = createFileHasher(false);
  const started = performance.now();
  for (const file of files) hashWhole(hasher(file));
  const own = bytes / ((performance.now() - started) / 1000);
  const again = performance.now();
  if (spawnSync('sha256sum', files).status !== 0) throw new Error('sha256sum is needed for the comparison');
  return { own, theirs: bytes / ((performance.now() - again) / 1000) };
}

export function benchCheck(o: { segments: number; rounds: number; say: (text: string) => void }): Outcome {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  try {
    o.say(`  making ${o.segments} segments …`);
    const database = makeRecordings(dir, o.segments);
    const perSecond = Array.from({ length: o.rounds + 1 }, () => presence(dir, database)).slice(1);
    const size = 16 << 20;
    const files = Array.from({ length: 16 }, (_, n) => join(dir, `file-${n}`));
    for (const file of files) writeFileSync(file, randomFillSync(Buffer.alloc(size)));
    const rates = Array.from({ length: o.rounds }, () => hashing(files, files.length * size));
    return {
      name: 'check',
      figures: {
        segments: o.segments,
        segmentsPerSecond: rounded(median(perSecond)),
        hashRatio: rounded(median(rates.map((r) => r.own / r.theirs))),
        ownMBs: rounded(median(rates.map((r) => r.own)) / 1e6),
        sha256sumMBs: rounded(median(rates.map((r) => r.theirs)) / 1e6),
      },
      goals: { segmentsPerSecond: '>= 50000', hashRatio: '>= 0.9' },
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
