/** The archives of a station: which there are, how they do, and the way to what lies there. */
import { AppError, invalid } from '#contract/error.ts';
import { type ArchivePlace, firstArchive, isArchive, type ArchiveSettings } from '#domain/archive.ts';
import type { EventId } from '#domain/id.ts';
import { ArchiveError } from '#lib/archive-error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createArchiveFiles, type OwnFiles, type SegmentPlace } from './archive-files.ts';
import { archivesKey, openArchiveSecret, readArchiveRows, sealArchiveSecret, type ArchiveRow } from './archive-list.ts';
import { isIn } from './is-in.ts';
import { createArchiveHealth, type ArchiveHealth } from './archive-health.ts';
import type { ArchiveCache, ArchiveDoor, ArchiveStore } from './archive-port.ts';
import type { EventRoom } from './events.ts';
import type { ReadStore, WriteStore } from './index-port.ts';
import type { Secrets } from './secret-port.ts';

export type OpenArchive = {
  row: ArchiveRow;
  store: ArchiveStore;
  health: ArchiveHealth;
  files: SegmentPlace;
};

export type ArchiveRoom = {
  list(): OpenArchive[];
  /** Throws NOT_FOUND. */
  get(archive: number): OpenArchive;
  /** null for a volume, and for an archive that is not there any more. */
  filesOf(volume: number): SegmentPlace | null;
  /** Throws INVALID where it cannot be used, CONFLICT where it is another station's. */
  add(settings: ArchiveSettings, secret: string | null): Promise<OpenArchive>;
  /** `secret` null: the one that is kept. Throws as `add`. */
  change(archive: number, settings: ArchiveSettings, secret: string | null): Promise<OpenArchive>;
  /** Nothing is known of it any more; what lies there stays there. */
  remove(archive: number): void;
  stop(): void;
};

export type ArchiveDeps = {
  store: WriteStore & ReadStore;
  door: ArchiveDoor;
  cache: ArchiveCache;
  /** The longest for a part of a recording; absent: the usual. */
  partMs?: number;
  secrets: Secrets;
  own: OwnFiles;
  /** Folders that are recorded on. */
  folders: () => readonly string[];
  events: Pick<EventRoom, 'note' | 'finish'>;
  newId: () => string;
  clock: Clock;
  log: Log;
};

export function createArchives(deps: ArchiveDeps): ArchiveRoom {
  const { store, door, cache, clock, log, events } = deps;
  const entries = new Map<number, OpenArchive>();

  const secretOf = (row: ArchiveRow): string | null => {
    try {
      return openArchiveSecret(deps.secrets, row);
    } catch {
      log.error('the secret key of an archive cannot be opened: enter it anew', { archive: row.name });
      return null;
    }
  };
  const open = (row: ArchiveRow): OpenArchive => {
    let event: EventId | null = null;
    const health = createArchiveHealth({
      clock,
      changed(trouble) {
        const atMs = clock.nowMs();
        if (event !== null) events.finish(event, atMs);
        event = null;
        const data = { archive: entry.row.name };
        if (trouble === null) {
          log.info('an archive works again', data);
          return;
        }
        log.warn('an archive does not do its work', { ...data, trouble: trouble.trouble, words: trouble.words });
        event =
          events.note({
            kind: 'archive-trouble',
            severity: 'warning',
            fromMs: atMs,
            data: { ...data, text: `${entry.row.name}: ${trouble.words}` },
          })?.id ?? null;
      },
    });
    const entry: OpenArchive = {
      row,
      store: door.open(row.place, secretOf(row), row.mark),
      health,
      files: createArchiveFiles({
        archive: row.archive,
        name: () => entry.row.name,
        store: () => entry.store,
        health,
        cache,
        ...(deps.partMs !== undefined && { partMs: deps.partMs }),
        own: deps.own,
        streams: () => store.streams(),
        copyOf: store.archive.of,
      }),
    };
    return entry;
  };

  try {
    for (const row of readArchiveRows(store.setting.get(archivesKey))) entries.set(row.archive, open(row));
  } catch (error) {
    log.error('what was said of archives cannot be read', { error: String(error) });
  }
  const save = (): void => {
    store.setting.set(archivesKey, JSON.stringify([...entries.values()].map((e) => e.row)));
  };

  const refused = (error: unknown): AppError => {
    if (error instanceof AppError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return invalid('place', 'store', message, {
      cause: error,
      code: error instanceof ArchiveError ? error.trouble : 'error',
    });
  };
  /** The id of what is there, made where nothing is, and tried. */
  const prove = async (place: ArchivePlace, secret: string | null, expected: string | null): Promise<string> => {
    const station = store.station.get().id;
    if (place.kind === 'folder') {
      // There it would be taken for the folder of a camera, and be lost with what it is to outlive.
      const outer = deps.folders().find((f) => isIn(place.path, f));
      if (outer !== undefined)
        throw invalid(
          'place.path',
          'recorded-on',
          `${place.path} lies in ${outer}, which is recorded on. Choose a folder on another disk.`,
        );
    }
    const first = door.open(place, secret, null);
    try {
      const mark = await first.mark(expected === null ? { id: deps.newId(), station } : null);
      if (mark === null) throw new ArchiveError('missing', 'Nothing of this archive is there.');
      if (mark.station !== station)
        throw new AppError('CONFLICT', 'This is the archive of another station. Choose another folder or prefix.', {
          data: { what: 'archive-foreign' },
        });
      if (expected !== null && mark.id !== expected) throw new ArchiveError('swapped', 'Another archive is there.');
      const whole = door.open(place, secret, mark.id);
      try {
        await whole.test();
      } finally {
        whole.close();
      }
      return mark.id;
    } catch (error) {
      throw refused(error);
    } finally {
      first.close();
    }
  };
  const get = (archive: number): OpenArchive => {
    const found = entries.get(archive);
    if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such archive.');
    return found;
  };
  const unique = (name: string, but: number | null): void => {
    for (const { row } of entries.values())
      if (row.archive !== but && row.name === name)
        throw new AppError('CONFLICT', `There is an archive “${name}” already.`, { data: { what: 'name', name } });
  };
  const needSecret = (place: ArchivePlace, secret: string | null): void => {
    if (place.kind === 's3' && (secret ?? '') === '')
      throw invalid('secret', 'secret', 'A bucket needs the secret key that belongs to its access key.');
  };

  return {
    list: () => [...entries.values()],
    get,
    filesOf: (volume) => (isArchive(volume) ? (entries.get(volume)?.files ?? null) : null),
    async add({ name, place, pace }, secret) {
      unique(name, null);
      needSecret(place, secret);
      const mark = await prove(place, secret, null);
      for (const { row } of entries.values())
        if (row.mark === mark)
          throw new AppError('CONFLICT', `This is the archive “${row.name}” already.`, {
            data: { what: 'archive-known', name: row.name },
          });
      const archive = Math.max(firstArchive - 1, ...entries.keys()) + 1;
      const sealed = place.kind === 's3' ? sealArchiveSecret(deps.secrets, archive, secret ?? '') : null;
      const entry = open({ archive, mark, name, place, pace, sealed, addedMs: clock.nowMs() });
      entries.set(archive, entry);
      save();
      return entry;
    },
    async change(archive, { name, place, pace }, secret) {
      const was = get(archive);
      unique(name, archive);
      const { row } = was;
      const moved = JSON.stringify(place) !== JSON.stringify(row.place) || secret !== null;
      const known = secret ?? secretOf(row);
      let { sealed } = row;
      if (moved) {
        needSecret(place, known);
        await prove(place, known, row.mark);
        sealed = place.kind === 's3' ? sealArchiveSecret(deps.secrets, archive, known ?? '') : null;
      }
      was.row = { ...row, name, place, pace, sealed };
      if (moved) {
        was.store.close();
        was.store = door.open(place, known, row.mark);
        was.health.hurry();
      }
      save();
      return was;
    },
    remove(archive) {
      get(archive).store.close();
      entries.delete(archive);
      store.archive.drop(archive);
      save();
    },
    stop() {
      for (const { store: s } of entries.values()) s.close();
    },
  };
}
