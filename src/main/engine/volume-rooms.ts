/** The volumes and what hangs on them, put together: where streams go, what is done when one is back, what administrators say. */
import type { StreamId } from '#domain/id.ts';
import { hourMs } from '#domain/time.ts';
import { ownVolume } from '#domain/volume.ts';
import { writtenTo } from './disks-seen.ts';
import type { EngineDeps } from './engine-deps.ts';
import type { EncryptionRoom, KeyedVolume } from './encryption.ts';
import type { EventRoom } from './events.ts';
import type { Ingest } from './ingest.ts';
import type { Keeping } from './keeping.ts';
import type { Proving } from './proving.ts';
import type { IndexJournal } from './index-journal.ts';
import type { StreamRecord } from './index-port.ts';
import type { Segments } from './segments.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import type { Volumes } from './volume-room.ts';
import { createSettlingBack } from './settle-deleted.ts';
import { createVolumeSettings } from './volume-settings.ts';
import { createVolumes, type VolumeRoom } from './volumes.ts';

export type VolumeRooms = {
  room: VolumeRoom;
  settings: Volumes;
  written: (volume: number) => { streams: number; bytesPerSecond: number };
  /** What was left on a disk that did not answer is as it will stay: where the disk is back it is taken into the index. */
  letGo: (streamId: StreamId, startMs: number) => void;
  /** Those whose keys are open. */
  keyed: () => readonly KeyedVolume[];
  /** Names of the volumes that are not here and have something of a camera's streams. */
  awayWith: (streamIds: readonly StreamId[]) => string[];
};

/** Unknown files of a volume that comes back are looked for from so long before it went. */
const beforeLeavingMs = 2 * hourMs;
/** What a stream writes, until it is measured. */
const usualBits = { main: 2_000_000, sub: 300_000 };

export function createVolumeRooms(
  deps: Pick<EngineDeps, 'files' | 'dataPath' | 'keys' | 'store' | 'volumes' | 'clock' | 'log'> & {
    events: Pick<EventRoom, 'note' | 'finish'>;
    journal: Pick<IndexJournal, 'flush'>;
    rooms: () => {
      ingest: Pick<Ingest, 'relocate' | 'wanted'>;
      encryption: Pick<EncryptionRoom, 'opened' | 'isOn' | 'turnOn'>;
      statuses: Pick<StreamStatuses, 'get'>;
      segments: Pick<Segments, 'mayChange' | 'openOn'>;
      keeping: Pick<Keeping, 'holds' | 'refresh'>;
      proving: Pick<Proving, 'takingIn'>;
    };
  },
): VolumeRooms {
  const { store, clock, log, volumes: door, events, rooms } = deps;
  const refresh = (): void => {
    rooms().keeping.refresh();
  };
  const keyed = new Map<number, KeyedVolume>((deps.keys ?? []).map((k) => [k.volume, k]));
  let streams = new Map<StreamId, StreamRecord>();
  const streamOf = (id: StreamId): StreamRecord | undefined => {
    if (!streams.has(id)) streams = new Map(store.streams().map((s) => [s.id, s]));
    return streams.get(id);
  };
  const kindOf = (id: StreamId): 'main' | 'sub' => streamOf(id)?.kind ?? 'main';

  /** What a recorder left there, or a crash, is closed as its file says. */
  const takeBack = (volume: number): void => {
    closeLeft(volume).catch((error: unknown) => {
      log.error('what was left on a volume could not be looked at', { volume, error: String(error) });
    });
  };
  const closeLeft = async (volume: number): Promise<void> => {
    deps.journal.flush();
    for (const row of store.openSegments()) {
      if ((row.volume ?? ownVolume) !== volume || rooms().segments.mayChange(row.streamId, row.startMs)) continue;
      const stream = streamOf(row.streamId);
      const files = room.filesOf(volume);
      if (stream === undefined || files === null) continue;
      const content = await files.inspect(files.path(stream.folder, stream.kind, row.startMs));
      store.together(() => {
        if (content === null) {
          store.segment.drop(row.streamId, row.startMs);
          return;
        }
        const { endMs, bytes, sealed } = content;
        store.segment.close(row.streamId, row.startMs, { endMs, bytes, state: sealed ? 'sealed' : 'recovered' });
        store.gap.cut(row.streamId, row.startMs, endMs);
      });
    }
  };

  const noteVolumes = async (): Promise<void> => {
    try {
      await door.note(store.volume.all());
    } catch (error) {
      log.warn('the list of volumes could not be written beside the video', { error: String(error) });
    }
  };
  const room: VolumeRoom = createVolumes({
    own: deps.files,
    ownPath: deps.dataPath,
    rows: store.volume,
    store,
    folderOf: (id) => streamOf(id) ?? null,
    door,
    clock,
    log,
    events,
    loadOf(id) {
      const { bitsPerSecond } = rooms().statuses.get(id, kindOf(id));
      return bitsPerSecond > 0 ? bitsPerSecond : usualBits[kindOf(id)];
    },
    records(id) {
      const { state } = rooms().statuses.get(id, kindOf(id));
      return (state === 'live' || state === 'degraded') && rooms().ingest.wanted(id);
    },
    moved: (ids, move) => {
      rooms().ingest.relocate(ids, move);
    },
    keyed(volume, root, keys) {
      const one = { volume, root, keys };
      keyed.set(volume, one);
      rooms().encryption.opened(one);
    },
    silent(volume) {
      const elsewhere = rooms()
        .segments.openOn(volume)
        .filter((id) => room.placeOf(id) !== volume);
      rooms().ingest.relocate(elsewhere, () => 'now');
    },
    returned(volume, leftMs) {
      takeBack(volume);
      rooms().proving.takingIn.returned(leftMs - beforeLeavingMs);
      refresh();
      void settling.returned(volume);
    },
    missed: (folders) => {
      rooms().keeping.refresh(folders);
    },
    exchanged(places) {
      const rows = store.volume.all();
      store.together(() => {
        for (const row of rows) {
          const path = places.get(row.volume);
          if (path !== undefined) store.volume.put({ ...row, path });
        }
      });
      for (const row of rows) {
        const path = places.get(row.volume);
        if (path === undefined) continue;
        const [atMs, data] = [clock.nowMs(), { path, was: row.path, volume: row.volume, changed: 'path' }];
        log.warn('a volume is in the place of another one: it is known by that from now on', data);
        events.note({ kind: 'volume-changed', severity: 'warning', fromMs: atMs, toMs: atMs, data });
      }
      Promise.all([noteVolumes(), room.reload()]).catch((error: unknown) => {
        log.error('volumes that were exchanged could not be looked at', { error: String(error) });
      });
    },
  });
  const settling = createSettlingBack({
    store,
    filesOf: (volume) => room.filesOf(volume),
    mayChange: (stream, startMs) => rooms().segments.mayChange(stream.id, startMs),
    flush: () => {
      deps.journal.flush();
    },
    log,
  });
  const written: VolumeRooms['written'] = (volume) =>
    writtenTo(volume, { volumes: room, statuses: rooms().statuses, kindOf });

  return {
    room,
    written,
    letGo(streamId, startMs) {
      deps.journal.flush();
      const [row] = store.segmentsFrom(streamId, startMs, startMs, 1);
      if (row !== undefined) takeBack(row.volume ?? ownVolume);
    },
    keyed: () => [...keyed.values()],
    awayWith(ids) {
      const mine = new Set(ids);
      const on = new Set(
        store.retention.stored().flatMap((s) => (mine.has(s.streamId) && s.segments > 0 ? [s.volume] : [])),
      );
      return room
        .seen()
        .flatMap((v) => (on.has(v.row.volume) && !v.here ? [v.row.name === '' ? v.path : v.row.name] : []));
    },
    settings: createVolumeSettings({
      store,
      volumes: room,
      door,
      holds: () => rooms().keeping.holds,
      written,
      events,
      encrypted: () => rooms().encryption.isOn(ownVolume),
      encrypt: async (volume, by) => {
        await rooms().encryption.turnOn(volume, by);
      },
      takeIn: (fromMs) => {
        rooms().proving.takingIn.from(fromMs);
      },
      noteList: noteVolumes,
      flush: () => {
        deps.journal.flush();
      },
      clock,
      log,
    }),
  };
}
