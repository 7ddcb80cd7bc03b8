/** Segments at an archive as players and retention see those of a volume: fetched whole, verified, and kept here for a while. */
import { AppError } from '#contract/error.ts';
import { parseSegmentPath, segmentPath } from '#domain/segment.ts';
import { ArchiveError } from '#lib/archive-error.ts';
import type { ArchiveCache, ArchivedRow, ArchiveStore } from './archive-port.ts';
import type { ArchiveHealth } from './archive-health.ts';
import type { SegmentFiles, StreamRecord } from './ports.ts';

export type SegmentPlace = Pick<SegmentFiles, 'path' | 'inspect' | 'open' | 'remove'>;

/** A viewer waits no longer for one segment. */
const patienceMs = 60_000;

export function createArchiveFiles(deps: {
  archive: number;
  name: () => string;
  store: () => ArchiveStore;
  health: ArchiveHealth;
  cache: ArchiveCache;
  /** Reads what lies in the cache. */
  own: Pick<SegmentFiles, 'inspect' | 'open'>;
  streams: () => readonly StreamRecord[];
  copyOf: (streamId: StreamRecord['id'], startMs: number) => ArchivedRow | null;
}): SegmentPlace {
  const { archive, health, cache, own } = deps;
  const start = `archive:${archive}/`;
  const cached = (key: string): string => `${archive}/${key}`;

  const copyAt = (key: string): ArchivedRow | null => {
    const place = parseSegmentPath(key);
    const stream =
      place === null ? undefined : deps.streams().find((s) => s.folder === place.folder && s.kind === place.kind);
    const row = stream === undefined || place === null ? null : deps.copyOf(stream.id, place.startMs);
    return row?.archive === archive ? row : null;
  };

  /** Path of a whole copy here; null: there is none. Rejects with UNAVAILABLE (reason `archive-away`). */
  const hold = async (path: string): Promise<string | null> => {
    const key = path.slice(start.length);
    const row = copyAt(key);
    if (row === null) return null;
    try {
      return await cache.hold(cached(key), row.file, async (to) => {
        const trouble = health.trouble();
        if (trouble !== null && !health.ready()) throw new ArchiveError(trouble.trouble, trouble.words);
        return await health.run(() => deps.store().fetch(key, to, AbortSignal.timeout(patienceMs)));
      });
    } catch (error) {
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

  return {
    path: (folder, kind, startMs) => start + segmentPath(folder, kind, startMs),
    async inspect(path) {
      const here = await hold(path);
      return here === null ? null : await own.inspect(here);
    },
    async open(path) {
      const here = await hold(path);
      return here === null ? null : await own.open(here);
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
          return { gone, trouble: error instanceof Error ? error.message : String(error) };
        }
        gone.push(segment);
      }
      return { gone, trouble: null };
    },
  };
}
