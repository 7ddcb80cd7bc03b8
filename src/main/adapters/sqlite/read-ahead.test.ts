import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { openQueries, openWriteStore } from './index.ts';

it('reads ahead in small steps, an end in sight, and keeps no transaction open in between', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-ahead-'));
  const path = join(dir, 'vigie.db');
  const newStation = () => ({ id: createUlids(() => systemClock.nowMs())(), name: 'Test' });
  const store = openWriteStore(path, { clock: systemClock, log: quietLog, newStation });
  const other = new Sqlite(path);
  other.pragma('foreign_keys = OFF');
  const run = other.prepare('INSERT INTO coverage (stream_id, from_ms, to_ms) VALUES (?, ?, ?)');
  const fill = (stream: number, rows: number): void => {
    other.transaction(() => {
      for (let i = 0; i < rows; i++) run.run(stream, i * 10, i * 10 + 5);
    })();
  };
  const queries = openQueries(path, { clock: systemClock, log: quietLog });
  const steps = (whileReading = () => undefined as unknown): number => {
    const step = queries.readAhead();
    let n = 0;
    for (let more = true; more; n++) {
      more = step();
      whileReading();
    }
    return n;
  };
  const empty = steps();
  fill(1, 12_000);
  // Writing all of the log back to the file and emptying it needs every reader to be out of it.
  let n = 0;
  const some = steps(() => {
    store.setting.set('test', String(n++));
    expect(other.pragma('wal_checkpoint(TRUNCATE)')).toEqual([{ busy: 0, log: 0, checkpointed: 0 }]);
  });
  expect(some).toBe(empty + 2);
  fill(2, 400_000);
  expect(steps()).toBeLessThan(empty + 50);
  queries.close();
  other.close();
  store.close();
  rmSync(dir, { recursive: true, force: true });
});
