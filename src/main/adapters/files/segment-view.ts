/**
 * Segments as players get them: of an encrypted one the plain view (docs/encryption.md), each fragment verified as a whole before a
 * byte of it is given out. Plain ones are read as they lie.
 */
import type { KeyObject } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '#contract/error.ts';
import { createSegmentCipher, type SegmentKeys } from '#lib/segment-cipher.ts';
import { MediaError } from '#media/media-error.ts';
import { decryptFragment, type FragmentCipher, plainInit } from '#media/mp4/encryption.ts';
import { type Mp4Init, type ReadAt, readInit } from '#media/mp4/read-init.ts';
import { type FragmentPlace, type Scan, scanFragments } from '#media/mp4/scan.ts';
import { scanByKeys } from '#media/mp4/scan-by-keys.ts';
import type { SegmentReader } from '../../engine/segment-file-port.ts';
import type { SegmentSource } from '../../engine/segment-port.ts';
import { errnoOf } from './data-folder-error.ts';

/** The keys of a volume as readers ask for them. */
export type VolumeKeyLookup = SegmentKeys & {
  /** A person has destroyed it: what it encrypted is gone for good. */
  isDestroyed(keyId: string): boolean;
};
export const noKeys: VolumeKeyLookup = { find: () => null, isDestroyed: () => false };

/** Why an encrypted segment cannot be shown. */
export type Closed = 'locked' | 'key-destroyed';

/** What opens one segment; null: it is plain. */
export type SegmentOpener = {
  keyId: string;
  /** Of the file as it is on disk: a whole fragment becomes plain. Throws `MediaError` (`unauthentic`). */
  decrypt(fragment: Uint8Array): Uint8Array;
  /** `ftyp moov` as that of a plain file. */
  start: Uint8Array;
};

const closedWords: Record<Closed, string> = {
  locked:
    'This recording is encrypted, and its key is locked. Unlock the disk with its passphrase or recovery key under Storage.',
  'key-destroyed': 'The key of this recording was destroyed. It can never be shown again.',
};
const closed = (reason: Closed): AppError => new AppError('UNAVAILABLE', closedWords[reason], { data: { reason } });
const corrupt = (offset: number): AppError =>
  new AppError(
    'UNAVAILABLE',
    `This recording was changed or damaged at byte ${offset} of its file: it does not pass its authentication. Run "vigie check".`,
    { data: { reason: 'corrupt' } },
  );

/** How a segment is opened: plain, with its key, or not at all. `start`: its `ftyp moov` as on disk. */
export function openerOf(init: Mp4Init, start: Uint8Array, keys: VolumeKeyLookup): SegmentOpener | Closed | null {
  if (init.encryption === null) return null;
  const { keyId, segmentId } = init.encryption;
  const key = keys.find(keyId);
  if (key === null) return keys.isDestroyed(keyId) ? 'key-destroyed' : 'locked';
  const cipher = createSegmentCipher(key, segmentId, start);
  return { keyId, start: plainInit(start), decrypt: (fragment) => decryptFragment(fragment, { keyId, cipher }) };
}

/** Reads up to `length` bytes; fewer at the end of the file only. */
export const readerOf =
  (file: FileHandle): ReadAt =>
  async (offset, length) => {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  };

/** Finds fragments from a place on (none said: the first), as `scanFragments` does. */
export type Scanner = (read: ReadAt, size: number, init: Mp4Init, from?: number) => Promise<Scan>;
export const scanHere: Scanner = scanFragments;
/** Where each read is a trip: many at the same time. */
export const scanFar: Scanner = async (read, size, init, from = init.bytes) =>
  (from === init.bytes ? await scanByKeys(read, size, init) : null) ?? (await scanFragments(read, size, init, from));

/** Where the bytes of a segment are had from. */
type Place = { read: ReadAt; size: () => Promise<number>; scan: Scanner; close: () => Promise<void> };

/** What is remembered of a file: these never change, and a file that is written only grows. */
type Known = {
  init: Mp4Init | null;
  start: Uint8Array;
  key: KeyObject | null;
  cipher: FragmentCipher | null;
  /** Fragments found so far, from the first on without a hole. */
  places: Pick<FragmentPlace, 'offset' | 'bytes'>[];
};
const maxKnown = 500;
const chunkBytes = 256 * 1024;

export type SegmentViews = {
  /** null: there is no such file. Rejects with UNAVAILABLE for one whose key is not there, with the system's errors else. */
  open(path: string): Promise<SegmentReader | null>;
  /** As `SegmentFiles.openFrom`. */
  openFrom(name: string, source: SegmentSource): Promise<SegmentReader>;
  /** Files were deleted: others may come in their place. */
  forget(): void;
};

export function createSegmentViews(keys: VolumeKeyLookup): SegmentViews {
  const known = new Map<string, Known>();

  const knownOf = async (path: string, read: ReadAt): Promise<Known> => {
    const had = known.get(path);
    if (had !== undefined) {
      known.delete(path);
      known.set(path, had); // newest at the end
      return had;
    }
    let init: Mp4Init | null;
    try {
      init = await readInit(read);
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
      init = null; // no segment: nothing is encrypted in it
    }
    const encrypted = init?.encryption != null;
    const start = init !== null && encrypted ? await read(0, init.bytes) : new Uint8Array(0);
    const entry: Known = { init: encrypted ? init : null, start, key: null, cipher: null, places: [] };
    known.set(path, entry);
    const oldest = known.keys().next();
    if (known.size > maxKnown && oldest.done !== true) known.delete(oldest.value);
    return entry;
  };

  const encryptedReader = (home: Place, of: Known & { init: Mp4Init }, keyId: string): SegmentReader => {
    const { read } = home;
    const { init, places } = of;
    const { cipher } = of;
    if (cipher === null) throw closed('locked');
    const start = plainInit(of.start);
    let last: { offset: number; bytes: Uint8Array } | null = null;

    const plain = async (place: Pick<FragmentPlace, 'offset' | 'bytes'>): Promise<Uint8Array> => {
      if (last?.offset === place.offset) return last.bytes;
      const raw = await read(place.offset, place.bytes);
      try {
        last = { offset: place.offset, bytes: decryptFragment(raw, { keyId, cipher }) };
      } catch (error) {
        if (error instanceof MediaError) throw corrupt(place.offset);
        throw error;
      }
      return last.bytes;
    };
    /** The fragment that holds a byte; what lies behind the last whole one is told as its own end. */
    const placeAt = async (offset: number): Promise<Pick<FragmentPlace, 'offset' | 'bytes'> | { rest: boolean }> => {
      const end = places.at(-1);
      const from = end === undefined ? init.bytes : end.offset + end.bytes;
      if (offset >= from) {
        const scan = await home.scan(read, await home.size(), init, from);
        const reached = places.at(-1);
        // Another reader of the same file may have come first.
        const next = reached === undefined ? init.bytes : reached.offset + reached.bytes;
        places.push(
          ...scan.fragments.filter((f) => f.offset >= next).map((f) => ({ offset: f.offset, bytes: f.bytes })),
        );
        const now = places.at(-1);
        if (offset >= (now === undefined ? init.bytes : now.offset + now.bytes)) return { rest: scan.rest === 'index' };
      }
      let low = 0;
      let high = places.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((places[middle]?.offset ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return places[low] ?? { rest: false };
    };
    /** What can be given at once from `offset` on, at most `length` bytes; empty at the end. */
    const some = async (offset: number, length: number): Promise<Uint8Array> => {
      if (offset < start.length) return start.subarray(offset, offset + length);
      const place = await placeAt(offset);
      // The index of key frames at the end is not encrypted; the beginning of a fragment that was never finished is not shown.
      if ('rest' in place) return place.rest ? read(offset, length) : new Uint8Array(0);
      const bytes = await plain(place);
      return bytes.subarray(offset - place.offset, offset - place.offset + length);
    };
    return {
      encrypted: true,
      async read(offset, length) {
        const parts: Uint8Array[] = [];
        let filled = 0;
        while (filled < length) {
          const part = await some(offset + filled, length - filled);
          if (part.length === 0) break;
          parts.push(part);
          filled += part.length;
        }
        return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
      },
      async *chunks(first, end) {
        try {
          for (let at = first; at <= end; ) {
            const part = await some(at, Math.min(chunkBytes, end + 1 - at));
            if (part.length === 0) return;
            at += part.length;
            yield part;
          }
        } finally {
          await home.close();
        }
      },
      close: home.close,
    };
  };

  /** Of an encrypted segment its plain view; null: it is plain. `home` stays open where this rejects. */
  const decrypting = async (name: string, home: Place): Promise<SegmentReader | null> => {
    const of = await knownOf(name, home.read);
    const { init } = of;
    if (init?.encryption == null) return null;
    const { keyId, segmentId } = init.encryption;
    const key = keys.find(keyId);
    if (key === null) throw closed(keys.isDestroyed(keyId) ? 'key-destroyed' : 'locked');
    if (of.key !== key) {
      of.key = key;
      of.cipher = createSegmentCipher(key, segmentId, of.start);
    }
    return encryptedReader(home, { ...of, init }, keyId);
  };

  return {
    forget: () => {
      known.clear();
    },
    async open(path) {
      let file: FileHandle;
      try {
        file = await open(path, 'r');
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return null;
        throw error;
      }
      const read = readerOf(file);
      const at: Place = { read, size: async () => (await file.stat()).size, scan: scanHere, close: () => file.close() };
      try {
        const plain: SegmentReader = {
          encrypted: false,
          read,
          chunks: (start, end) => file.createReadStream({ start, end, highWaterMark: chunkBytes }),
          close: at.close,
        };
        return (await decrypting(path, at)) ?? plain;
      } catch (error) {
        await file.close();
        throw error;
      }
    },
    async openFrom(name, source) {
      const { read, bytes } = source;
      const at: Place = { read, size: () => Promise.resolve(bytes), scan: scanFar, close: () => source.close() };
      const plain: SegmentReader = {
        encrypted: false,
        read,
        async *chunks(first, end) {
          try {
            for (let from = first; from <= end; ) {
              const part = await read(from, Math.min(chunkBytes, end + 1 - from));
              if (part.length === 0) return;
              from += part.length;
              yield part;
            }
          } finally {
            await source.close();
          }
        },
        close: at.close,
      };
      try {
        return (await decrypting(name, at)) ?? plain;
      } catch (error) {
        await source.close();
        throw error;
      }
    },
  };
}
