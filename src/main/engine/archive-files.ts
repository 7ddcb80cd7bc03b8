/**
 * Segments at an archive as players and retention see those of a volume. What is wanted of one is fetched by parts and kept here for a
 * while; a whole one is fetched whole, and verified before a byte of it is given out (docs/archive.md says what parts promise).
 */
import { AppError } from '#contract/error.ts';
import { parseSegmentPath, segmentPath } from '#domain/segment.ts';
import { ArchiveError } from '#lib/archive-error.ts';
import type { ArchiveCache, ArchivedRow, ArchiveStore } from './archive-port.ts';
import type { ArchiveHealth } from './archive-health.ts';
import type { StreamRecord } from './index-port.ts';
import type { SegmentFiles, SegmentReader } from './segment-file-port.ts';
import type { SegmentSource } from './segment-port.ts';
import { createTurns } from './turns.ts';

/** Reads what lies here, or comes from elsewhere. */
export type OwnFiles = Pick<SegmentFiles, 'inspect' | 'open' | 'inspectFrom' | 'openFrom'>;
export type SegmentPlace = Pick<SegmentFiles, 'path' | 'inspect' | 'open' | 'remove'>;

/** A viewer waits no longer for a whole segment … */
const patienceMs = 60_000;
/** … and for a part, of a MiB at most: an archive that needs longer is slow, and is asked again after a while only. */
const usualPartMs = 20_000;
/** Parts that one archive is asked for at the same time, and that wait for their turn. */
const partsAtOnce = 16;
const partsWaiting = 1_000;

export function createArchiveFiles(deps: {
  archive: number;
  name: () => string;
  store: () => ArchiveStore;
  health: ArchiveHealth;
  cache: ArchiveCache;
  partMs?: number;
  own: OwnFiles;
  streams: () => readonly StreamRecord[];
  copyOf: (streamId: StreamRecord['id'], startMs: number) => ArchivedRow | null;
}): SegmentPlace {
  const { archive, health, cache, own, partMs = usualPartMs } = deps;
  const start = `archive:${archive}/`;
  const cached = (key: string): string => `${archive}/${key}`;

  const copyAt = (key: string): ArchivedRow | null => {
    const place = parseSegmentPath(key);
    const stream =
      place === null ? undefined : deps.streams().find((s) => s.folder === place.folder && s.kind === place.kind);
    const row = stream === undefined || place === null ? null : deps.copyOf(stream.id, place.startMs);
    return row?.archive === archive ? row : null;
  };

  /** What kept an archive from giving something, as a viewer is told: UNAVAILABLE (reason `archive-away`). */
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError) throw error;
      const words =
        error instanceof ArchiveError
          ? error.message
          : error instanceof Error && error.name === 'TimeoutError'
            ? 'It takes too long to get.'
            : error instanceof Error
              ? error.message
              : String(error);
      throw new AppError('UNAVAILABLE', `This recording is at the archive “${deps.name()}”. ${words}`, {
        cause: error,
        data: { reason: 'archive-away' },
      });
    }
  };
  /** One that is known not to work is not asked before its time: nobody waits for it. */
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    const trouble = health.trouble();
    if (trouble !== null && !health.ready()) throw new ArchiveError(trouble.trouble, trouble.words);
    return await health.run(work);
  };

  /** Path of a whole copy here; null: there is none at the archive. */
  const hold = (key: string, row: ArchivedRow): Promise<string | null> =>
    told(() =>
      cache.hold(cached(key), row.file, (to) =>
        asked(() => deps.store().fetch(key, to, AbortSignal.timeout(patienceMs))),
      ),
    );

  const turns = createTurns(partsAtOnce, partsWaiting);
  const part = async (key: string, { file }: ArchivedRow, offset: number, length: number): Promise<Uint8Array | null> =>
    await turns(() =>
      asked(async () => {
        const signal = AbortSignal.timeout(partMs);
        try {
          return await deps.store().read(key, file.bytes, offset, length, signal);
        } catch (error) {
          if (signal.aborted && !(error instanceof ArchiveError))
            throw new ArchiveError('slow', 'It does not answer in time.', { cause: error });
          throw error;
        }
      }),
    );

  type Copy = { key: string; row: ArchivedRow; source: SegmentSource | null };
  /** A copy to read parts of; `source` null: it is to be held whole. null: there is none at the archive. */
  const copyOf = async (path: string): Promise<Copy | null> => {
    const key = path.slice(start.length);
    const row = copyAt(key);
    if (row === null) return null;
    const parts = await told(() =>
      cache.parts(cached(key), row.file, (offset, length) => part(key, row, offset, length)),
    );
    if (parts === 'whole') return { key, row, source: null };
    const { bytes } = parts;
    const read: SegmentSource['read'] = (offset, length) => told(() => parts.read(offset, length));
    return { key, row, source: { bytes, read, close: () => parts.close() } };
  };
  /** Whoever asks for all of it gets what was verified as a whole. */
  const wholeWhenAsked = (reader: SegmentReader, { key, row }: Copy): SegmentReader => ({
    ...reader,
    chunks(first, last) {
      if (first > 0 || last < row.file.bytes - 1) return reader.chunks(first, last);
      return (async function* () {
        await reader.close();
        const here = await hold(key, row);
        const whole = here === null ? null : await own.open(here);
        if (whole !== null) yield* whole.chunks(first, last);
      })();
    },
  });

  return {
    path: (folder, kind, startMs) => start + segmentPath(folder, kind, startMs),
    async inspect(path) {
      const copy = await copyOf(path);
      if (copy === null) return null;
      const { key, row, source } = copy;
      if (source === null) {
        const here = await hold(key, row);
        return here === null ? null : await own.inspect(here);
      }
      try {
        return await own.inspectFrom(source);
      } finally {
        await source.close();
      }
    },
    async open(path) {
      const copy = await copyOf(path);
      if (copy === null) return null;
      const { key, row, source } = copy;
      if (source === null) {
        const here = await hold(key, row);
        return here === null ? null : await own.open(here);
      }
      return wholeWhenAsked(await own.openFrom(`${cached(key)} ${row.file.sha256}`, source), copy);
    },
    async remove(folder, segments, spared) {
      const gone: (typeof segments)[number][] = [];
      for (const segment of segments) {
        if (spared(segment)) continue;
        const key = segmentPath(folder, segment.kind, segment.startMs);
        const row = copyAt(key);
        try {
          await health.run(() => deps.store().remove(key));
          if (row !== null) await cache.forget(cached(key), row.file);
        } catch (error) {
          return { gone, refused: [], trouble: error instanceof Error ? error.message : String(error) };
        }
        gone.push(segment);
      }
      return { gone, refused: [], trouble: null };
    },
  };
}
