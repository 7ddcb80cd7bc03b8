/** A file here that comes from elsewhere bit by bit: what was asked for stays, and several readers fetch nothing twice. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { ArchiveError } from '#lib/archive-error.ts';

/** Fetched in whole blocks: those of main streams' files, which fragments begin with (docs/storage.md). */
export const blockBytes = 4096;
/** What lies between two wanted parts and is no longer than this is fetched with them: a trip costs more. */
const joinBlocks = 16;
/** By one request: what comes slowly comes in time. */
const requestBlocks = 256;

/** Bytes [offset, offset + length) from elsewhere, all of them; null: they are not there any more. */
export type GetPart = (offset: number, length: number) => Promise<Uint8Array | null>;

export type PartialFile = {
  /** As a source gives it (`SegmentSource`). Rejects as `get` does; with `ArchiveError` (`corrupt`) where it gives none or too few. */
  read(offset: number, length: number, get: GetPart): Promise<Uint8Array>;
  /** Bytes that are here. */
  heldBytes(): number;
  whole(): boolean;
  /** SHA-256 of what is here; of a whole one that of the object. */
  sha256(): Promise<string>;
  /** Nobody reads it for now: it is opened again by the next read. */
  close(): Promise<void>;
};

/** Makes the file, which must not be there. `grew` is told how many bytes more are here. Rejects with the system's error. */
export async function createPartialFile(
  path: string,
  bytes: number,
  grew: (bytes: number) => void,
): Promise<PartialFile> {
  let opened: Promise<FileHandle> | null = Promise.resolve(await open(path, 'wx+', 0o600));
  const handle = (): Promise<FileHandle> => (opened ??= open(path, 'r+'));
  const blocks = Math.ceil(bytes / blockBytes);
  const has = new Uint8Array(blocks);
  const coming = new Map<number, Promise<void>>();
  let held = 0;

  const sizeOf = (block: number): number => Math.min(blockBytes, bytes - block * blockBytes);

  /** Fetches blocks [first, end). */
  const fetch = async (file: FileHandle, first: number, end: number, get: GetPart): Promise<void> => {
    const from = first * blockBytes;
    const length = Math.min(end * blockBytes, bytes) - from;
    const data = await get(from, length);
    if (data === null) throw new ArchiveError('corrupt', 'It is not there any more.');
    if (data.length !== length) throw new ArchiveError('corrupt', 'It is shorter than what was archived.');
    await writeAt(file, data, from);
    let more = 0;
    for (let block = first; block < end; block += 1) {
      if (has[block] === 1) continue;
      has[block] = 1;
      more += sizeOf(block);
    }
    held += more;
    grew(more);
  };

  /** Begins what lacks of blocks [first, end), and answers what is to be waited for. */
  const wanted = (file: FileHandle, first: number, end: number, get: GetPart): Promise<void>[] => {
    const out: Promise<void>[] = [];
    const lacks = (block: number): boolean => has[block] !== 1 && !coming.has(block);
    for (let at = first; at < end; at += 1) {
      const other = coming.get(at);
      if (other !== undefined) out.push(other);
      if (!lacks(at)) continue;
      let last = at; // of those that lack
      for (let next = at + 1; next < Math.min(end, at + requestBlocks); next += 1) {
        if (coming.has(next) || next - last > joinBlocks) break;
        if (lacks(next)) last = next;
      }
      const [from, to] = [at, last];
      const mine = fetch(file, from, to + 1, get).finally(() => {
        for (let block = from; block <= to; block += 1) if (coming.get(block) === mine) coming.delete(block);
      });
      for (let block = from; block <= to; block += 1) if (lacks(block)) coming.set(block, mine);
      out.push(mine);
      at = to;
    }
    return out;
  };

  return {
    async read(offset, length, get) {
      const end = Math.min(offset + length, bytes);
      if (end <= offset) return new Uint8Array(0);
      const file = await handle();
      await Promise.all(wanted(file, Math.floor(offset / blockBytes), Math.ceil(end / blockBytes), get));
      return await readAt(file, offset, end - offset);
    },
    heldBytes: () => held,
    whole: () => held === bytes,
    async sha256() {
      const file = await handle();
      const hash = createHash('sha256');
      const piece = requestBlocks * blockBytes;
      for (let at = 0; at < bytes; at += piece) hash.update(await readAt(file, at, Math.min(piece, bytes - at)));
      return hash.digest('hex');
    },
    async close() {
      const was = opened;
      opened = null;
      await (await was)?.close();
    },
  };
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const data = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(data, done, length - done, offset + done);
    if (bytesRead === 0) throw new ArchiveError('corrupt', 'What was kept of it here is gone.');
    done += bytesRead;
  }
  return data;
}
async function writeAt(file: FileHandle, data: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < data.length; )
    done += (await file.write(data, done, data.length - done, offset + done)).bytesWritten;
}
