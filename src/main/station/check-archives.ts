/** What is archived, against what the index knows of it: whether it is there, how large it is and, where asked for, every byte of it. */
import { rm } from 'node:fs/promises';
import { isArchive } from '#domain/archive.ts';
import type { Finding } from '#domain/integrity.ts';
import { parseSegmentPath, segmentPath } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import { ArchiveError } from '#lib/archive-error.ts';
import type { ArchiveDoor, ArchivedRow, ArchiveRowStore, ArchiveStore } from '../engine/archive-port.ts';
import { openArchiveSecret, type ArchiveRow } from '../engine/archive-list.ts';
import type { StreamRecord } from '../engine/index-port.ts';
import type { Secrets } from '../engine/secret-port.ts';

export type ArchiveLook = {
  rows: readonly ArchiveRow[];
  door: ArchiveDoor;
  /** null: the key of the station's secrets is out of reach here. */
  secrets: Secrets | null;
  copies: ArchiveRowStore['copies'];
  streams: readonly StreamRecord[];
  /** Whether every byte is fetched and compared with its hash; then a path that a file may be written to. */
  fetchTo: string | null;
  found: (finding: Finding) => void;
  progress: (objects: number, bytes: number) => void;
};
export type ArchivesLooked = { objects: number; bytes: number; fetched: number; unknown: number };

type Copy = ArchivedRow & { volume: number };
const pageRows = 1_000;

/** Copies of a stream in order, each given once. */
function createCursor(look: ArchiveLook, archive: number, stream: StreamRecord) {
  let page: Copy[] = [];
  let at = 0;
  let fromMs: number | null = 0;
  const peek = (): Copy | null => {
    while (at >= page.length && fromMs !== null) {
      page = look.copies(stream.id, archive, fromMs, pageRows);
      at = 0;
      const last = page.at(-1);
      fromMs = last === undefined || page.length < pageRows ? null : last.startMs + 1;
    }
    return page[at] ?? null;
  };
  return {
    /** Those before a moment. */
    *before(ms: number): Generator<Copy> {
      for (let copy = peek(); copy !== null && copy.startMs < ms; copy = peek()) {
        at += 1;
        yield copy;
      }
    },
    /** The one of a moment; those before it were taken. */
    take(ms: number): Copy | null {
      const copy = peek();
      if (copy?.startMs !== ms) return null;
      at += 1;
      return copy;
    },
  };
}

const sizeOf = (bytes: number): string => `${bytes.toLocaleString('en')} bytes`;

async function lookAtOne(look: ArchiveLook, row: ArchiveRow, store: ArchiveStore, sum: ArchivesLooked): Promise<void> {
  const tell = (code: Finding['code'], key: string, text: string): void => {
    look.found({ code, path: `${row.name}: ${key}`, text });
  };
  const missing = (stream: StreamRecord, copy: Copy): void => {
    tell(
      'archive-missing',
      segmentPath(stream.folder, stream.kind, copy.startMs),
      isArchive(copy.volume)
        ? 'It was moved there and verified; it is not there any more, and nowhere else.'
        : 'It was copied there and verified; it is not there any more. The recording itself is on its disk.',
    );
  };
  /** Every byte of an object; the file that it is fetched into is gone afterwards. */
  const fetch = async (key: string, copy: Copy, to: string): Promise<void> => {
    try {
      const got = await store.fetch(key, to, AbortSignal.timeout(600_000));
      sum.fetched += 1;
      if (got === null) tell('archive-missing', key, 'It was listed there and cannot be fetched.');
      else if (got.sha256 !== copy.file.sha256)
        tell('archive-differs', key, 'Its bytes are not those that were archived.');
    } catch (error) {
      // The server itself says that what it has is not what it was given.
      if (!(error instanceof ArchiveError) || error.trouble !== 'corrupt') throw error;
      tell('archive-differs', key, error.message);
    } finally {
      await rm(to, { force: true });
    }
  };
  type Side = { stream: StreamRecord; cursor: ReturnType<typeof createCursor> };
  const sidesOf = (folder: string): Map<StreamKind, Side> =>
    new Map(
      look.streams
        .filter((s) => s.folder === folder)
        .map((stream) => [stream.kind, { stream, cursor: createCursor(look, row.archive, stream) }]),
    );
  /** Nothing more comes of a camera: what is left of it in the index is not there. */
  const end = (sides: Map<StreamKind, Side>): void => {
    for (const { stream, cursor } of sides.values())
      for (const copy of cursor.before(Number.POSITIVE_INFINITY)) missing(stream, copy);
  };

  const left = new Set(look.streams.map((s) => s.folder));
  let folder: string | null = null;
  let sides = new Map<StreamKind, Side>();
  for await (const { key, bytes } of store.list(null)) {
    sum.objects += 1;
    sum.bytes += bytes;
    look.progress(sum.objects, sum.bytes);
    const place = parseSegmentPath(key);
    if (place === null) continue;
    if (place.folder !== folder) {
      end(sides);
      ({ folder } = place);
      sides = left.delete(folder) ? sidesOf(folder) : new Map<StreamKind, Side>();
    }
    const side = sides.get(place.kind);
    if (side === undefined) {
      sum.unknown += 1;
      continue;
    }
    for (const copy of side.cursor.before(place.startMs)) missing(side.stream, copy);
    const copy = side.cursor.take(place.startMs);
    if (copy === null) sum.unknown += 1;
    else if (copy.file.bytes !== bytes)
      tell('archive-differs', key, `It has ${sizeOf(bytes)} there; ${sizeOf(copy.file.bytes)} were archived.`);
    else if (look.fetchTo !== null) await fetch(key, copy, look.fetchTo);
  }
  end(sides);
  for (const other of left) end(sidesOf(other));
}

/** Looks at all archives, one after the other. One that cannot be looked at is a finding, and the others are looked at all the same. */
export async function lookAtArchives(look: ArchiveLook): Promise<ArchivesLooked> {
  const sum: ArchivesLooked = { objects: 0, bytes: 0, fetched: 0, unknown: 0 };
  for (const row of look.rows) {
    const refuse = (text: string): void => {
      look.found({ code: 'archive-away', path: row.name, text });
    };
    if (row.sealed !== null && look.secrets === null) {
      refuse(
        'Its secret key is locked in the keychain of the desktop: it can be compared in the running station only.',
      );
      continue;
    }
    try {
      const secret = look.secrets === null ? null : openArchiveSecret(look.secrets, row);
      const store = look.door.open(row.place, secret, row.mark);
      try {
        await lookAtOne(look, row, store, sum);
      } finally {
        store.close();
      }
    } catch (error) {
      refuse(error instanceof Error ? error.message : String(error));
    }
  }
  return sum;
}
