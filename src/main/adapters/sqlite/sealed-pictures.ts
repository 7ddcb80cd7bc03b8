/**
 * What all stores of small pictures have in common: a database of their own beside the index, in which pictures lie sealed (AES-256-GCM,
 * NIST SP 800-38D) under one key, nothing being synced but at checkpoints. What they hold beside the pictures is theirs.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import type { Log } from '#lib/log.ts';
import { sealing, type Sealing } from './sealing.ts';

export type SealedPictures = Sealing & {
  db: Database;
  /**
   * Removes what `some` names, as long as it names something: there may be very many, so each time in a transaction of its own, or a part of
   * the one that it is called in. Answers all that were named.
   */
  sweep<T>(some: () => T[], remove: (each: T) => void): T[];
  /** Gives room of removed ones back to the disk, so many pages at most. */
  giveBack(pages: number): void;
  close(): void;
};

type Kind = {
  /** Tells this database from others. */
  mark: string;
  version: number;
  /** Makes its tables; `mark (sealed BLOB NOT NULL)` is one of them. */
  schema: string;
  /**
   * One that is damaged, foreign or sealed with another key: what can be made again is deleted, what cannot is set aside as
   * `….unreadable`.
   */
  unusable: 'delete' | 'set-aside';
  /** What is said of it in the log then. */
  words: string;
};

/** Opens the database, made if need be; null where it is not ours, damaged, or sealed with another key. */
function openSound(path: string, seal: Sealing, { mark, version, schema }: Kind): Database | null {
  const db = new Sqlite(path);
  const plain = Buffer.from(mark);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('wal_autocheckpoint = 0'); // another thread does it (`openCheckpointer`)
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('foreign_keys = ON');
    const made = Number(db.pragma('user_version', { simple: true }));
    if (made === 0) {
      db.transaction(() => {
        db.exec(schema);
        db.prepare('INSERT INTO mark (sealed) VALUES (?)').run(seal.seal(plain, 'mark'));
        db.pragma(`user_version = ${version}`);
      })();
      return db;
    }
    const sealed = made === version ? db.prepare<[], Buffer>('SELECT sealed FROM mark').pluck().get() : undefined;
    if (sealed !== undefined && seal.open(sealed, 'mark').equals(plain)) return db;
  } catch {
    // Whatever it is, it is none of ours that can be used.
  }
  db.close();
  return null;
}

function putAway(path: string, how: Kind['unusable']): void {
  for (const end of ['', '-wal', '-shm']) {
    if (how === 'delete') rmSync(path + end, { force: true });
    else if (existsSync(path + end)) renameSync(path + end, `${path}.unreadable${end}`);
  }
}

/** `key`: 32 bytes. Throws the system's error where no database can be made at `path`. */
export function openSealedPictures(path: string, key: Uint8Array, log: Log, kind: Kind): SealedPictures {
  const seal = sealing(key);
  let db = openSound(path, seal, kind);
  if (db === null) {
    log.warn(kind.words, { path });
    putAway(path, kind.unusable);
    db = openSound(path, seal, kind);
    if (db === null) throw new Error(`${path} cannot be made.`);
  }
  const sound = db;
  return {
    ...seal,
    db: sound,
    sweep(some, remove) {
      const gone: ReturnType<typeof some> = [];
      for (let found = some(); found.length > 0; found = some()) {
        const step = found;
        sound.transaction(() => {
          for (const each of step) remove(each);
        })();
        gone.push(...step);
      }
      return gone;
    },
    giveBack(pages) {
      sound.pragma(`incremental_vacuum(${pages})`);
    },
    close: () => sound.close(),
  };
}
