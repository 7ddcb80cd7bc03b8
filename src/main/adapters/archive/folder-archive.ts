/**
 * An archive in a folder: another disk, or a mounted network share. One operation at a time: of a share whose server is gone at most
 * one thread of the process waits, and whoever asks meanwhile is told so at once when the time is over.
 */
import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { ArchivePlace } from '#domain/archive.ts';
import { parseSegmentPath } from '#domain/segment.ts';
import { ArchiveError, otherSize } from '#lib/archive-error.ts';
import { syncFolder, writeWhole } from '#lib/durable-file.ts';
import type { ArchiveFile, ArchiveStore, Sending } from '../../engine/archive-port.ts';
import {
  type ArchiveMark,
  expectMark,
  markName,
  markText,
  noteFields,
  readMarkText,
  readNoteFields,
} from './archive-mark.ts';
import { diskError, errnoOf } from './disk-error.ts';
import { createGate } from './gate.ts';

const pieceBytes = 256 * 1024;
/** For one piece, one look, one rename: a share that needs longer is silent. */
const patienceMs = 15_000;
const noteSuffix = '.json';

export function openFolderArchive(
  place: Extract<ArchivePlace, { kind: 'folder' }>,
  expectedId: string | null,
): ArchiveStore {
  const root = place.path;
  const gate = createGate(patienceMs);
  /** One operation of the disk. */
  const disk = <T>(work: () => Promise<T>): Promise<T> =>
    gate(work).catch((error: unknown) => {
      throw diskError(root, error);
    });

  const readMark = async (): Promise<ArchiveMark | null> => {
    const text = await disk(() => textOf(join(root, markName)));
    return text === null ? null : readMarkText(text);
  };
  const here = async (): Promise<void> => {
    expectMark(await readMark(), expectedId);
  };

  /** Reads a file in pieces into `into`; answers its bytes. */
  const each = async (
    file: FileHandle,
    from: number,
    into: (piece: Uint8Array) => Promise<void> | void,
  ): Promise<number> => {
    const buffer = Buffer.allocUnsafe(pieceBytes);
    for (let at = from; ; ) {
      const { bytesRead } = await disk(() => file.read(buffer, 0, pieceBytes, at));
      if (bytesRead === 0) return at;
      await into(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  };
  const hashOf = async (path: string, signal: AbortSignal | null): Promise<ArchiveFile | null> => {
    const file = await disk(() => open(path, 'r')).catch(absent);
    if (file === null) return null;
    try {
      const hash = createHash('sha256');
      const bytes = await each(file, 0, (piece) => {
        signal?.throwIfAborted();
        hash.update(piece);
      });
      return { sha256: hash.digest('hex'), bytes };
    } finally {
      await disk(() => file.close());
    }
  };

  /** Copies what is still lacking of the draft; answers what the whole of the source is. */
  const copy = async ({ path, pace, signal }: Sending, draft: string): Promise<ArchiveFile> => {
    const source = await open(path, 'r'); // here, not at the archive: its errors are the station's own
    try {
      const out = await disk(() => open(draft, constants.O_RDWR | constants.O_CREAT, 0o640));
      try {
        const { size } = await disk(() => out.stat());
        const hash: Hash = createHash('sha256');
        const buffer = Buffer.allocUnsafe(pieceBytes);
        let at = 0;
        for (;;) {
          signal.throwIfAborted();
          const { bytesRead } = await source.read(buffer, 0, pieceBytes, at);
          if (bytesRead === 0) break;
          hash.update(buffer.subarray(0, bytesRead));
          if (at + bytesRead > size) {
            await pace(bytesRead);
            for (let done = 0; done < bytesRead; ) {
              const from = done;
              const { bytesWritten } = await disk(() => out.write(buffer, from, bytesRead - from, at + from));
              done += bytesWritten;
            }
          }
          at += bytesRead;
        }
        await disk(() => out.truncate(at));
        await disk(() => out.sync());
        return { sha256: hash.digest('hex'), bytes: at };
      } finally {
        await disk(() => out.close());
      }
    } finally {
      await source.close();
    }
  };

  return {
    async mark(make) {
      const found = await readMark();
      if (found !== null || make === null) return found;
      await disk(async () => {
        await mkdir(root, { recursive: false, mode: 0o750 }).catch((error: unknown) => {
          if (errnoOf(error) !== 'EEXIST') throw error;
        });
        await writeWhole(join(root, markName), markText(make));
      });
      return make;
    },
    async test() {
      await here();
      const path = join(root, `.probe-${randomUUID().slice(0, 8)}`);
      const sent = randomUUID();
      const got = await disk(async () => {
        try {
          await writeWhole(path, sent);
          return await readFile(path, 'utf8');
        } finally {
          await rm(path, { force: true });
        }
      });
      if (got !== sent) throw new ArchiveError('corrupt', 'What was written there for a test came back changed.');
    },
    async send(sending) {
      const { key, file, note } = sending;
      await here();
      const path = join(root, key);
      const draft = `${path}.part`;
      sending.begin('part');
      await disk(() => mkdir(dirname(path), { recursive: true, mode: 0o750 }));
      const source = await copy(sending, draft);
      if (source.sha256 !== file.sha256 || source.bytes !== file.bytes) {
        await disk(() => rm(draft, { force: true }));
        return 'changed';
      }
      const there = await hashOf(draft, sending.signal);
      if (there?.sha256 !== file.sha256) {
        await disk(() => rm(draft, { force: true }));
        throw new ArchiveError('corrupt', 'What was written there came back changed. Check that disk.');
      }
      await disk(async () => {
        await writeWhole(`${path}${noteSuffix}`, `${JSON.stringify(noteFields(note))}\n`);
        await rename(draft, path);
        await syncFolder(dirname(path));
      });
      return 'sent';
    },
    async abandon(key) {
      await here();
      await disk(() => rm(join(root, `${key}.part`), { force: true }));
    },
    async fetch(key, to, signal) {
      await here();
      const file = await disk(() => open(join(root, key), 'r')).catch(absent);
      if (file === null) return null;
      try {
        const out = await open(to, 'wx', 0o600);
        try {
          const hash = createHash('sha256');
          const bytes = await each(file, 0, async (piece) => {
            signal.throwIfAborted();
            hash.update(piece);
            await out.writeFile(piece);
          });
          return { sha256: hash.digest('hex'), bytes };
        } finally {
          await out.close();
        }
      } finally {
        await disk(() => file.close());
      }
    },
    async read(key, bytes, offset, length, signal) {
      signal.throwIfAborted();
      await here();
      return await disk(async () => {
        const file = await open(join(root, key), 'r');
        try {
          if ((await file.stat()).size !== bytes) throw otherSize();
          return await readAt(file, offset, length);
        } finally {
          await file.close();
        }
      }).catch(absent);
    },
    async look(key) {
      await here();
      const path = join(root, key);
      const size = await disk(async () => (await stat(path)).size).catch(absent);
      if (size === null) return null;
      const text = await disk(() => textOf(`${path}${noteSuffix}`));
      return { bytes: size, note: text === null ? null : readNote(text) };
    },
    async remove(key) {
      await here();
      const path = join(root, key);
      await disk(async () => {
        for (const name of [path, `${path}${noteSuffix}`, `${path}.part`]) await rm(name, { force: true });
      });
      // The folders of its hour, day and camera, where it was the last.
      for (let [up, n] = [dirname(path), 0]; n < 3; up = dirname(up), n += 1) {
        const left = await disk(() => readdir(up)).catch(absent);
        if (left !== null && left.length > 0) break;
        if (left !== null) await disk(() => rmdir(up)).catch(absent);
      }
    },
    async *list(folder) {
      await here();
      const names = async (path: string): Promise<string[]> =>
        ((await disk(() => readdir(path)).catch(absent)) ?? []).sort();
      for (const camera of folder === null ? await names(root) : [folder]) {
        for (const day of await names(join(root, camera))) {
          for (const hour of await names(join(root, camera, day))) {
            for (const name of await names(join(root, camera, day, hour))) {
              const key = `${camera}/${day}/${hour}/${name}`;
              if (parseSegmentPath(key) === null) continue;
              const bytes = await disk(async () => (await stat(join(root, key))).size).catch(absent);
              if (bytes !== null) yield { key, bytes };
            }
          }
        }
      }
    },
    async freeBytes() {
      await here();
      const s = await disk(() => statfs(root));
      return s.bavail * s.bsize;
    },
    close: () => undefined,
  };
}

/** Fewer at the end of the file only. */
async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const data = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(data, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return data.subarray(0, done);
}

/** null for what is not there. */
function absent(error: unknown): null {
  const cause = error instanceof ArchiveError ? error.cause : error;
  const code = errnoOf(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}
async function textOf(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch(absent);
}
function readNote(text: string): ReturnType<typeof readNoteFields> {
  try {
    return readNoteFields(JSON.parse(text) as Record<string, string>);
  } catch {
    return null;
  }
}
