/** Whole objects of archives, kept in a folder here up to a size: what was used longest ago goes first. All can be fetched again. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#lib/archive-error.ts';
import type { Clock } from '#lib/clock.ts';
import type { ArchiveCache, ArchiveFile } from '../../engine/archive-port.ts';

type Entry = { path: string; bytes: number };

/** `dir` is made when it is needed; what an earlier run left there is used on. Rejects with the system's error. */
export async function openArchiveCache(dir: string, limitBytes: number, clock: Clock): Promise<ArchiveCache> {
  let limit = limitBytes;
  /** In the order of use, newest at the end. */
  const entries = new Map<string, Entry>();
  const coming = new Map<string, Promise<string | null>>();
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
    entries.set(name, { path: join(dir, name), bytes });
    total += bytes;
  }

  const drop = async (name: string): Promise<void> => {
    const entry = entries.get(name);
    if (entry === undefined) return;
    entries.delete(name);
    total -= entry.bytes;
    await rm(entry.path, { force: true });
  };
  const shrink = async (spare: string | null): Promise<void> => {
    for (const name of entries.keys()) {
      if (total <= limit) return;
      if (name !== spare) await drop(name).catch(() => undefined); // in use (Windows): it goes another time
    }
  };
  const fetch = async (
    name: string,
    file: ArchiveFile,
    get: (to: string) => Promise<ArchiveFile | null>,
  ): Promise<string | null> => {
    await mkdir(dir, { mode: 0o700 }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
    const draft = join(dir, `${randomUUID()}.part`);
    try {
      const got = await get(draft);
      if (got === null) return null;
      if (got.sha256 !== file.sha256 || got.bytes !== file.bytes)
        throw new ArchiveError('corrupt', 'What it gave back is not what was archived: it is not shown.');
      const path = join(dir, name);
      await rename(draft, path);
      entries.set(name, { path, bytes: got.bytes });
      total += got.bytes;
      await shrink(name);
      return path;
    } finally {
      await rm(draft, { force: true });
    }
  };

  return {
    async hold(of, file, get) {
      const name = fileOf(`${of} ${file.sha256}`);
      const had = entries.get(name);
      if (had !== undefined) {
        entries.delete(name);
        entries.set(name, had);
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
