/**
 * Objects of archives, whole or in parts, kept in a folder here up to a size: what was used longest ago goes first. All can be fetched
 * again; parts last as long as the process.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#lib/archive-error.ts';
import type { Clock } from '#lib/clock.ts';
import type { ArchiveCache, ArchiveFile } from '../../engine/archive-port.ts';
import { createPartialFile, type GetPart, type PartialFile } from './partial-file.ts';

/** `parts` null: all of it is here, as it was archived. `users`: who reads parts of it; they close them. */
type Entry = { path: string; bytes: number; parts: Parts | null; users: number };
type Parts = { file: PartialFile; checked: Promise<void> | null };
/** Each has a list of its blocks in memory. */
const mostPartial = 200;
const mostBad = 1_000;

/** `dir` is made when it is needed; what an earlier run left there is used on. Rejects with the system's error. */
export async function openArchiveCache(dir: string, limitBytes: number, clock: Clock): Promise<ArchiveCache> {
  let limit = limitBytes;
  /** In the order of use, newest at the end. */
  const entries = new Map<string, Entry>();
  const coming = new Map<string, Promise<string | null>>();
  const beginning = new Map<string, Promise<Entry>>();
  /** Objects whose parts together were not what was archived. */
  const bad = new Set<string>();
  let total = 0;

  const fileOf = (name: string): string => `${createHash('sha256').update(name).digest('hex').slice(0, 40)}.mp4`;
  const found: { name: string; bytes: number; usedMs: number }[] = [];
  for (const name of await readdir(dir).catch(() => [])) {
    if (!/^[0-9a-f]{40}\.mp4$/.test(name)) {
      await rm(join(dir, name), { force: true }).catch(() => undefined); // half fetched
      continue;
    }
    const s = await stat(join(dir, name));
    found.push({ name, bytes: s.size, usedMs: s.mtimeMs });
  }
  for (const { name, bytes } of found.sort((a, b) => a.usedMs - b.usedMs)) {
    entries.set(name, { path: join(dir, name), bytes, parts: null, users: 0 });
    total += bytes;
  }

  const use = (name: string, entry: Entry): void => {
    entries.delete(name);
    entries.set(name, entry);
  };
  const drop = async (name: string): Promise<void> => {
    const entry = entries.get(name);
    if (entry === undefined) return;
    entries.delete(name);
    total -= entry.bytes;
    await rm(entry.path, { force: true });
  };
  const shrink = async (spare: string | null): Promise<void> => {
    let partial = [...entries.values()].filter((e) => e.parts !== null).length;
    for (const [name, entry] of entries) {
      const tooMany = entry.parts !== null && partial > mostPartial;
      if (name === spare || entry.users > 0 || (total <= limit && !tooMany)) continue;
      if (entry.parts !== null) partial -= 1;
      await drop(name).catch(() => undefined); // in use (Windows): it goes another time
    }
  };
  const makeDir = async (): Promise<void> => {
    await mkdir(dir, { mode: 0o700 }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  };
  const fetch = async (
    name: string,
    file: ArchiveFile,
    get: (to: string) => Promise<ArchiveFile | null>,
  ): Promise<string | null> => {
    await makeDir();
    const draft = join(dir, `${randomUUID()}.part`);
    try {
      const got = await get(draft);
      if (got === null) return null;
      if (got.sha256 !== file.sha256 || got.bytes !== file.bytes)
        throw new ArchiveError('corrupt', 'What it gave back is not what was archived: it is not shown.');
      const path = join(dir, name);
      await drop(name); // parts of it
      await rename(draft, path);
      entries.set(name, { path, bytes: got.bytes, parts: null, users: 0 });
      total += got.bytes;
      bad.delete(name);
      await shrink(name);
      return path;
    } finally {
      await rm(draft, { force: true });
    }
  };

  /** For one user. */
  const begin = async (name: string, { bytes }: ArchiveFile): Promise<Entry> => {
    await makeDir();
    const entry: Entry = { path: join(dir, `${randomUUID()}.part`), bytes: 0, parts: null, users: 1 };
    const grew = (more: number): void => {
      if (entries.get(name) !== entry) return; // it was given up meanwhile
      entry.bytes += more;
      total += more;
    };
    entry.parts = { file: await createPartialFile(entry.path, bytes, grew), checked: null };
    entries.set(name, entry);
    return entry;
  };
  /** All parts are here: it becomes a whole one, or is given up. */
  const check = async (name: string, entry: Entry, { file }: Parts, sha256: string): Promise<void> => {
    if ((await file.sha256()) === sha256) {
      if (entries.get(name) !== entry) return;
      const path = join(dir, name);
      await rename(entry.path, path);
      entry.path = path;
      entry.parts = null;
      return;
    }
    bad.add(name);
    const [oldest] = bad;
    if (bad.size > mostBad && oldest !== undefined) bad.delete(oldest);
    if (entries.get(name) === entry) await drop(name);
    throw new ArchiveError('corrupt', 'What it gave back is not what was archived: it is not shown.');
  };
  /** The entry of an object in parts, with one more user; null: it is whole, or to be held. */
  const partsOf = async (name: string, file: ArchiveFile): Promise<Entry | null> => {
    const had = entries.get(name);
    if (bad.has(name) || had?.parts === null) return null;
    if (had !== undefined) {
      had.users += 1;
      use(name, had);
      return had;
    }
    const other = beginning.get(name);
    if (other !== undefined) {
      await other;
      return await partsOf(name, file);
    }
    const mine = begin(name, file).finally(() => beginning.delete(name));
    beginning.set(name, mine);
    return await mine;
  };

  return {
    async parts(of, file, get: GetPart) {
      const name = fileOf(`${of} ${file.sha256}`);
      const entry = await partsOf(name, file);
      const parts = entry?.parts ?? null;
      if (entry === null || parts === null) return 'whole';
      let open = true;
      return {
        bytes: file.bytes,
        async read(offset, length) {
          if (!open) throw new Error('it was closed');
          const data = await parts.file.read(offset, length, get);
          if (parts.file.whole()) await (parts.checked ??= check(name, entry, parts, file.sha256));
          else await shrink(name);
          return data;
        },
        async close() {
          if (!open) return;
          open = false;
          entry.users -= 1;
          if (entry.users === 0) await parts.file.close();
        },
      };
    },
    async hold(of, file, get) {
      const name = fileOf(`${of} ${file.sha256}`);
      const had = entries.get(name);
      if (had?.parts === null) {
        use(name, had);
        const nowS = clock.nowMs() / 1000;
        await utimes(had.path, nowS, nowS).catch(() => undefined); // only the order after a restart
        return had.path;
      }
      let mine = coming.get(name);
      if (mine === undefined) {
        mine = fetch(name, file, get).finally(() => coming.delete(name));
        coming.set(name, mine);
      }
      return await mine;
    },
    forget: (of, file) => drop(fileOf(`${of} ${file.sha256}`)),
    bytes: () => total,
    limit(bytes) {
      limit = bytes;
      void shrink(null);
    },
  };
}
