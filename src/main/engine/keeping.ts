/** How long footage is kept, what is held, what is bookmarked: the rooms that belong together, put together. */
import type { ClockSeam } from '#domain/clock-seam.ts';
import { CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createAccountsBeside } from './accounts-beside.ts';
import { createBookmarks } from './bookmarks.ts';
import type { OwnFiles } from './archive-files.ts';
import type { ArchiveDeps } from './archives.ts';
import { createArchiving, type Archiving } from './archiving.ts';
import type { EventRoom } from './events.ts';
import { createForecasts, type ForecastRoom } from './forecast.ts';
import { createGuarantees, type Guarantees } from './guarantees.ts';
import { createHolds, type HoldRoom } from './holds.ts';
import { createKeptBeside } from './kept-beside.ts';
import type { CameraRecord, ReadStore, WriteStore } from './index-port.ts';
import type { Queries } from './query-port.ts';
import type { Secrets } from './secret-port.ts';
import { createRetention, type DiskSeen, type RetentionRoom } from './retention.ts';
import type { Bookmarks } from './retention-rooms.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import type { VolumeLookup } from './volume-lookup.ts';

const waitingKey = 'kept-waiting';
/** Which version of `kept.json` was written for all cameras last. */
const keptKey = 'kept-version';
const keptVersion = 'watching';

export type Keeping = {
  holds: HoldRoom;
  bookmarks: Bookmarks;
  retention: RetentionRoom;
  forecasts: ForecastRoom;
  guarantees: Guarantees;
  archiving: Archiving;
  start(aliveMs: number | null): void;
  /** How these cameras are described, or what was said of them, is another: it is written beside their video. */
  changed(ids: readonly CameraId[]): void;
  /** A segment of a camera was begun on a volume: what is kept of it is written there if nothing is yet. */
  begun(id: CameraId, volume: number): void;
  /**
   * All cameras, or those with these folders, are described, and what is kept of them is written, beside their video on every volume that is here.
   */
  refresh(folders?: ReadonlySet<string>): void;
  /** Ends after the file that is going. */
  stop(): Promise<void>;
};

export function createKeeping(deps: {
  clock: Clock;
  log: Log;
  store: WriteStore & ReadStore;
  queries: Pick<Queries, 'recordedHours'>;
  volumes: Pick<VolumeLookup, 'filesOf' | 'need' | 'spread' | 'placeOf'>;
  events: Pick<EventRoom, 'note' | 'finish'>;
  newId: () => string;
  statuses: Pick<StreamStatuses, 'get'>;
  cameras: () => readonly CameraRecord[];
  /** Folder and name of a camera, present or removed; null: it never was here. */
  camera: (id: CameraId) => { folder: string; name: string; group: string | null } | null;
  /** What stands of it beside its video; null: it is not a camera of the station any more. */
  description: (id: CameraId) => string | null;
  disks: () => DiskSeen[];
  /** Of the station's clock. */
  seams: () => readonly ClockSeam[];
  archives: Pick<ArchiveDeps, 'door' | 'cache' | 'partMs'>;
  secrets: Secrets;
  /** Recorded files of the data folder's own volume. */
  files: OwnFiles;
  /** IANA name of the station's zone; null: that of the system. */
  zone: () => string | null;
  /** No stream of a camera has anything of a span any more. */
  bare: (cameraId: CameraId, fromMs: number, toMs: number) => void;
  /** Writes down beside the own volume's video what the station is set to. */
  noteStation: (json: string) => Promise<void>;
  /** What the index was told goes into it now. */
  flush: () => void;
}): Keeping {
  const { clock, log, store, volumes, events, newId } = deps;
  const cameraName = (id: CameraId): string | null => deps.camera(id)?.name ?? null;
  const kept = createKeptBeside({
    files: volumes.spread,
    clock,
    log,
    filesOf: (volume) => volumes.filesOf(volume),
    descriptionOf: deps.description,
    folderOf: (id) => deps.camera(id)?.folder ?? null,
    keptOf: (id) => ({
      cameraId: id,
      holds: holds.ofCamera(id),
      bookmarks: store.bookmark.ofCamera(id),
      retention: retention.rules.camera(id),
      station: retention.rules.station(),
      watching: store.watch.ofCamera(id),
    }),
    waiting: {
      get: () => (store.setting.get(waitingKey) ?? '').split(' ').flatMap((id) => CameraId.safeParse(id).data ?? []),
      set(ids) {
        store.setting.set(waitingKey, ids.join(' '));
      },
    },
  });
  const { changed } = kept;
  const holds = createHolds({ store, clock, log, newId, events, cameraName, changed });
  const bookmarks = createBookmarks({
    store,
    clock,
    newId,
    cameraExists: (id) => cameraName(id) !== null,
    changed,
  });
  const archiving: Archiving = createArchiving({
    ...deps,
    ...deps.archives,
    own: deps.files,
    folders: () => deps.disks().map((d) => d.path),
    keeping: () => ({ retention, holds }),
    cameraName,
    groupOf: (id) => deps.camera(id)?.group ?? null,
  });
  const guarantees = createGuarantees({ clock, log, store, events });
  const retention: RetentionRoom = createRetention({
    clock,
    log,
    store,
    volumes,
    events,
    guarantees,
    holds,
    disks: deps.disks,
    seams: deps.seams,
    archives: archiving.numbers,
    release: archiving.release,
    bare: deps.bare,
    newId,
    cameraName,
    changed,
  });
  const forecasts = createForecasts({
    clock,
    log,
    store,
    queries: deps.queries,
    cameras: deps.cameras,
    statuses: deps.statuses,
    rules: retention.rules,
    tiers: archiving.tiers,
    holds,
    disks: deps.disks,
    volumeOf: (id) => volumes.placeOf(id),
    guarantees,
  });
  const accounts = createAccountsBeside({
    ...{ store, clock, log },
    files: volumes.spread,
    noteStation: deps.noteStation,
    flush: deps.flush,
  });
  const refresh = (folders?: ReadonlySet<string>): void => {
    const streams = store.streams().filter((s) => folders?.has(s.folder) !== false);
    accounts.refresh(folders);
    changed([...new Set(streams.map((s) => s.cameraId))]);
  };
  return {
    holds,
    bookmarks,
    retention,
    forecasts,
    guarantees,
    archiving,
    changed,
    begun(id, volume) {
      kept.begun(id, volume);
      accounts.begun(id, volume);
    },
    start(aliveMs) {
      if (store.setting.get(keptKey) !== keptVersion) refresh();
      store.setting.set(keptKey, keptVersion);
      guarantees.start();
      retention.start(aliveMs);
      archiving.start();
      forecasts.start();
      accounts.start();
    },
    refresh,
    async stop() {
      forecasts.stop();
      await Promise.all([retention.stop(), archiving.stop(), kept.stop(), accounts.stop()]);
    },
  };
}
