/**
 * Walks the recorded files of a volume, an hour's folder at a time. On the caller's thread and without waiting: three times as quick as by
 * promises, and meant for a worker or a command that does nothing else.
 */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileOnDisk } from '#domain/integrity.ts';
import { isListName } from './chain-files.ts';
import { errnoOf } from './data-folder-error.ts';
import { isFolderName } from './folder-names.ts';

export type WalkedHour = {
  /** Start of the hour whose folder it is. */
  fromMs: number;
  main: FileOnDisk[];
  sub: FileOnDisk[];
  /** Paths below the root that are none of ours. */
  unknown: string[];
};

/** What follows the hour in a name: `MM-SS.mmmZ.mp4`. */
const rest = /^([0-5]\d)-([0-5]\d)\.(\d{3})Z\.mp4$/;
const dayName = /^\d{4}-\d\d-\d\d$/;
const hourName = /^([01]\d|2[0-3])$/;

function entries(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Names of a folder in order; none when it is gone. */
function names(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Camera folders of a volume, by name. Throws the system's error when the volume is not there. */
export function walkFolders(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isFolderName(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** A camera's folder, oldest hour first. What Vigie keeps beside the video (`.json`, lists) is passed over. */
export function* walkHours(root: string, folder: string): Generator<WalkedHour> {
  for (const day of entries(join(root, folder))) {
    if (!day.isDirectory() && day.name.endsWith('.json')) continue;
    if (!day.isDirectory() || !dayName.test(day.name)) {
      yield { fromMs: 0, main: [], sub: [], unknown: [`${folder}/${day.name}`] };
      continue;
    }
    for (const entry of entries(join(root, folder, day.name))) {
      if (isListName(entry.name)) continue;
      const path = `${folder}/${day.name}/${entry.name}`;
      const fromMs = Date.parse(`${day.name}T${entry.name}:00:00.000Z`);
      if (!entry.isDirectory() || !hourName.test(entry.name) || Number.isNaN(fromMs)) {
        yield { fromMs: 0, main: [], sub: [], unknown: [path] };
        continue;
      }
      yield walkHour(root, path, `${day.name}_${entry.name}-`, fromMs);
    }
  }
}

function walkHour(root: string, path: string, middle: string, fromMs: number): WalkedHour {
  const out: WalkedHour = { fromMs, main: [], sub: [], unknown: [] };
  const folder = join(root, path);
  const [main, sub] = [`main_${middle}`, `sub_${middle}`];
  for (const name of names(folder)) {
    const prefix = name.startsWith(main) ? main : name.startsWith(sub) ? sub : null;
    const m = prefix === null ? null : rest.exec(name.slice(prefix.length));
    if (m === null) {
      out.unknown.push(`${path}/${name}`);
      continue;
    }
    const stat = statSync(`${folder}/${name}`, { throwIfNoEntry: false });
    if (stat === undefined) continue; // deleted since it was listed
    const startMs = fromMs + Number(m[1]) * 60_000 + Number(m[2]) * 1000 + Number(m[3]);
    out[prefix === main ? 'main' : 'sub'].push({ startMs, bytes: stat.size });
  }
  return out;
}
