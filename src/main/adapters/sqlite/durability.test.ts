import { execFileSync } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fullCamera, storeStage } from '../../../../tests/support/store-stage.ts';
import { type Checkpointer, type IndexStore, openCheckpointer } from './index.ts';

describe('an index whose commits do not wait for the disk', () => {
  const stage = storeStage();
  let store: IndexStore;
  let checkpoints: Checkpointer;
  beforeEach(() => {
    store = stage.open();
    store.syncLater();
    checkpoints = openCheckpointer(stage.path());
  });
  afterEach(() => {
    store.close();
    checkpoints.close();
  });
  const read = (sql: string): unknown => {
    const db = new Sqlite(stage.path(), { readonly: true });
    try {
      return db.prepare(sql).pluck().get();
    } finally {
      db.close();
    }
  };

  it('is durable when somebody waits for it, and at once where nothing was written', async () => {
    await store.durable();
    store.setting.set('a', '1');
    await store.durable();
    expect(await store.durably(() => Promise.resolve(store.setting.get('a')))).toBe('1');
  });

  it('lets an answer wait for what was written on its behalf, and passes on what was refused', async () => {
    const answer = store.durably(async () => {
      await Promise.resolve();
      store.setting.set('a', '2');
      return 'done';
    });
    expect(await answer).toBe('done');
    await expect(store.durably(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('leaves its log to another thread, which takes it over and begins it anew while the index is open', () => {
    for (let n = 0; n < 3_000; n += 1) store.setting.set(`key ${n}`, 'x'.repeat(2_000));
    const { pages, left } = checkpoints.state();
    expect(pages).toBeGreaterThan(3_000); // SQLite by itself would have taken it over at 1,000
    expect(left).toBeGreaterThan(3_000);
    expect(checkpoints.take().left).toBe(0);
    const bytes = statSync(`${stage.path()}-wal`).size;
    const version = read('PRAGMA user_version');
    checkpoints.beginAnew();
    expect(checkpoints.state().pages).toBe(1);
    expect(read('PRAGMA user_version')).toBe(version);
    store.setting.set('after', '1');
    expect(checkpoints.state().pages).toBeLessThan(10);
    expect(statSync(`${stage.path()}-wal`).size).toBe(bytes);
    expect(read("SELECT value FROM setting WHERE key = 'after'")).toBe('1');
    expect(store.faults()).toEqual([]);
  });

  it('is whole for others after the last one closed it, and its log is gone', async () => {
    store.camera.add(fullCamera());
    await store.durable();
    store.close();
    checkpoints.close();
    expect(statSync(`${stage.path()}-wal`, { throwIfNoEntry: false })).toBeUndefined();
    expect(read('SELECT count(*) FROM camera')).toBe(1);
    store = stage.open();
    checkpoints = openCheckpointer(stage.path());
  });

  it('keeps its locks, whatever is opened and closed of its log: no other process may write meanwhile', async () => {
    store.setting.set('a', '1');
    await store.durable();
    closeSync(openSync(`${stage.path()}-wal`, 'r+'));
    const script = `
      const db = new (require('better-sqlite3'))(process.argv[1], { timeout: 0 });
      try { db.exec('BEGIN IMMEDIATE'); } catch (error) { console.log(error.code); }`;
    const tryElsewhere = (): string =>
      execFileSync(process.execPath, ['-e', script, stage.path()], { encoding: 'utf8' }).trim();
    let said = '';
    store.together(() => {
      store.setting.set('a', '2');
      said = tryElsewhere();
    });
    expect(said).toBe('SQLITE_BUSY');
    expect(tryElsewhere()).toBe('');
    expect(store.setting.get('a')).toBe('2');
  });
});
