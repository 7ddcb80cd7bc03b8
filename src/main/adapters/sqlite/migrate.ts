import type { Database } from 'better-sqlite3';
import { StoreError } from '#lib/store-error.ts';
import { first } from './migrations/0001-first.ts';
import { eventDays } from './migrations/0002-event-days.ts';
import { eventLanes } from './migrations/0003-event-lanes.ts';
import { cameraLink } from './migrations/0004-camera-link.ts';
import { segmentOrigin } from './migrations/0005-segment-origin.ts';
import { segmentChain } from './migrations/0006-segment-chain.ts';
import { wanted } from './migrations/0007-wanted.ts';
import { retention } from './migrations/0008-retention.ts';
import { recordingPlan } from './migrations/0009-recording-plan.ts';
import { clockSeam } from './migrations/0010-clock-seam.ts';
import { volume } from './migrations/0011-volume.ts';
import { archived } from './migrations/0012-archived.ts';
import { watching } from './migrations/0013-watching.ts';
import { sound } from './migrations/0014-sound.ts';
import { plates } from './migrations/0015-plates.ts';
import { work } from './migrations/0016-work.ts';
import { eventWhy } from './migrations/0017-event-why.ts';
import { archivedRun } from './migrations/0018-archived-run.ts';
import { closerLook } from './migrations/0019-closer-look.ts';
import { eventStayed } from './migrations/0020-event-stayed.ts';
import { lineCount } from './migrations/0021-line-count.ts';

/** Forward only; number n is at place n - 1. Nothing is ever taken out or changed, only added. */
const migrations: readonly string[] = [
  first,
  eventDays,
  eventLanes,
  cameraLink,
  segmentOrigin,
  segmentChain,
  wanted,
  retention,
  recordingPlan,
  clockSeam,
  volume,
  archived,
  watching,
  sound,
  plates,
  work,
  eventWhy,
  archivedRun,
  closerLook,
  eventStayed,
  lineCount,
];
export const schemaVersion = migrations.length;

/** "VIGI", so that `file` and we know whose database this is (SQLite file format §1.3.5). */
export const applicationId = 0x56494749;

const number = (db: Database, pragma: string): number => Number(db.pragma(pragma, { simple: true }));

/**
 * Brings a database to this program's version, each step in its own transaction. Refuses a newer one and one that is not
 * Vigie's without touching it.
 */
export function migrate(db: Database): { from: number; to: number } {
  const from = number(db, 'user_version');
  const owner = number(db, 'application_id');
  const empty = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table'").pluck().get() === 0;
  if (owner !== applicationId && !(empty && from === 0 && owner === 0)) {
    throw new StoreError(
      'foreign',
      'The database in the data folder was not made by Vigie. Choose another data folder with --data.',
    );
  }
  if (from > schemaVersion) {
    throw new StoreError(
      'newer',
      `The data folder belongs to a newer Vigie (its database has version ${from}, this program knows ${schemaVersion}). ` +
        'Start that newer version, or choose another data folder with --data. Nothing was changed.',
    );
  }
  for (const [at, sql] of migrations.entries()) {
    if (at < from) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${at + 1}`);
    }).immediate();
  }
  return { from, to: schemaVersion };
}

/** The schema as SQLite keeps it, one line per object, in a fixed order. */
function schemaOf(db: Database): Map<string, string> {
  const rows = db
    .prepare<[], { type: string; name: string; sql: string }>(
      "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type, name",
    )
    .all();
  return new Map(rows.map((r) => [`${r.type} ${r.name}`, r.sql.replace(/--[^\n]*/g, '').replace(/\s+/g, ' ')]));
}

/** What in a database's schema differs from one made afresh (`fresh` is an empty database in memory). */
export function schemaFaults(db: Database, fresh: Database): string[] {
  migrate(fresh);
  const want = schemaOf(fresh);
  const have = schemaOf(db);
  const faults: string[] = [];
  for (const [name, sql] of want) {
    if (!have.has(name)) faults.push(`${name} is missing`);
    else if (have.get(name) !== sql) faults.push(`${name} is not as it should be`);
  }
  for (const name of have.keys()) if (!want.has(name)) faults.push(`${name} does not belong here`);
  return faults;
}
