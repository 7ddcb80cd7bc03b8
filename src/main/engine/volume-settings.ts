/** Volumes as administrators steer them: which there are, adding one, changing it, taking it out. */
import { AppError, invalid } from '#contract/error.ts';
import type { Clash } from '#contract/reason.ts';
import { changeData, type SaidFields } from '#domain/change.ts';
import { mostReserveBytes, spaceNeed } from '#domain/decide/space-need.ts';
import { ownVolume, type Volume, type VolumeFootage, type VolumePlace } from '#domain/volume.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { isIn } from './is-in.ts';
import type { EventRoom } from './events.ts';
import type { HoldRoom } from './holds.ts';
import type { ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import { createVolumeGate } from './volume-gate.ts';
import type { FoundPlace, VolumeDoor } from './volume-door-port.ts';
import type { Volumes } from './volume-room.ts';
import type { SeenVolume } from './volume-lookup.ts';
import type { VolumeRow } from './volume-port.ts';
import type { VolumeRoom } from './volumes.ts';

/** A path that is asked for answers within this time, or hangs. */
const patienceMs = 10_000;
/** Paths that hang at once; each keeps a thread. */
const mostHanging = 2;
/** Segments forgotten in one transaction. */
const batch = 200;

const conflict = (what: Clash, text: string, names?: string[]): AppError =>
  new AppError('CONFLICT', text, { data: { what, ...(names && { names }) } });
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO';
const inGb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
/** More would not be kept free than half of a disk. */
const checkReserve = (reserveBytes: number | null, totalBytes: number | null, field: string): void => {
  if (reserveBytes === null || totalBytes === null || reserveBytes <= mostReserveBytes(totalBytes)) return;
  throw invalid(
    field,
    'range',
    `${inGb(reserveBytes)} cannot be kept free: half of the disk at most, ${inGb(mostReserveBytes(totalBytes))} of ${inGb(totalBytes)}. Keep less free, or nothing special.`,
    { most: mostReserveBytes(totalBytes) },
  );
};

/** What is said of it, field by field, for the events that tell who changed it. */
const saidOf = ({ name, weight, reserveBytes, sync, pausedMs }: Omit<VolumeRow, 'volume' | 'mark'>): SaidFields => ({
  name,
  weight,
  reserveBytes,
  sync,
  paused: pausedMs !== null,
});

export function createVolumeSettings(deps: {
  store: WriteStore & ReadStore;
  volumes: VolumeRoom;
  door: VolumeDoor;
  holds: () => Pick<HoldRoom, 'spans'>;
  /** What streams that are recorded on a volume write now, bytes a second, and how many they are. */
  written: (volume: number) => { streams: number; bytesPerSecond: number };
  events: Pick<EventRoom, 'note'>;
  /** Encryption is on for the own volume: what is recorded elsewhere is to be encrypted too. */
  encrypted: () => boolean;
  encrypt: (volume: number, by: string) => Promise<void>;
  /** Which volumes there are is written beside the own one's video. */
  noteList: () => Promise<void>;
  /** The index may lack what the volume has from this moment on. */
  takeIn: (fromMs: number) => void;
  flush: () => void;
  clock: Clock;
  log: Log;
}): Volumes {
  const { store, volumes, door, events, clock, log } = deps;
  const gate = createVolumeGate(mostHanging);

  const viewOf = (seen: SeenVolume): Volume => {
    const { row, space } = seen;
    const mine = store.retention.stored().filter((s) => s.volume === row.volume);
    const { streams, bytesPerSecond } = deps.written(row.volume);
    return {
      volume: row.volume,
      own: row.volume === ownVolume,
      path: seen.path,
      name: row.name,
      weight: row.weight,
      reserveBytes: row.reserveBytes,
      sync: row.sync,
      paused: row.pausedMs !== null,
      addedMs: row.addedMs,
      state: seen.state,
      sinceMs: seen.sinceMs,
      trouble: seen.trouble,
      here: seen.here,
      recording: streams > 0,
      streams,
      writeBytesPerSecond: Math.round(bytesPerSecond),
      totalBytes: space?.totalBytes ?? null,
      freeBytes: space?.freeBytes ?? null,
      keptFreeBytes:
        space === null
          ? null
          : Math.round(spaceNeed({ ...space, reserveBytes: row.reserveBytes, writeBytesPerSecond: 0 }).reserveBytes),
      writeMs: seen.writeMs === null ? null : Math.round(seen.writeMs * 10) / 10,
      fileSystem: seen.fileSystem,
      segments: mine.reduce((sum, s) => sum + s.segments, 0),
      storedBytes: mine.reduce((sum, s) => sum + s.bytes, 0),
    };
  };
  const seenOf = (volume: number): SeenVolume => {
    const seen = volumes.seen().find((v) => v.row.volume === volume);
    if (seen === undefined) throw new AppError('NOT_FOUND', 'There is no such volume.');
    return seen;
  };

  const survey = async (asked: string): Promise<{ found: FoundPlace; place: VolumePlace }> => {
    const found = await gate
      .run(patienceMs, () => door.survey(asked))
      .catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        throw new AppError('UNAVAILABLE', `${asked} does not answer. Check the disk, the server and the network.`, {
          data: { reason: 'path-silent' },
        });
      });
    if (found.refusal !== null) {
      const { code, message } = found.refusal;
      throw code === 'not-whole' ? invalid('path', 'form', message) : invalid('path', 'place', message, { code });
    }
    const all = volumes.seen();
    const known = found.mark === null ? undefined : all.find((v) => v.row.mark === found.mark?.id);
    for (const other of all) {
      if (other === known) continue;
      if (other.path === found.path)
        throw found.mark === null
          ? conflict(
              'known',
              `${found.path} is the place of a volume already: bring its disk back, or take that volume out first.`,
            )
          : conflict('foreign', `${found.path} is the place of another volume. Take that one out first.`);
      if (isIn(found.path, other.root) || isIn(other.path, door.rootOf(found.path)))
        throw conflict(
          'inside',
          `${found.path} and the volume ${other.path} lie inside each other. Choose another folder.`,
        );
    }
    if (known !== undefined && (known.here || known.path === found.path))
      throw conflict('known', `${found.path} is a volume of this station already.`);
    if (found.mark !== null && known === undefined && found.mark.station !== store.station.get().id)
      throw conflict(
        'foreign',
        `${found.path} holds the video of another station. Choose another folder; to look at that video, start that station, or run "vigie rebuild-index" on a copy of it.`,
      );
    const sharesWith = all.filter((v) => v !== known && v.device === found.device).map((v) => v.row.volume);
    const { path, fileSystem, network, totalBytes, freeBytes } = found;
    return {
      found,
      place: {
        path,
        is: known !== undefined ? 'moved' : found.mark !== null ? 'ours' : 'new',
        volume: known?.row.volume ?? null,
        makes: !found.exists,
        fileSystem,
        network,
        totalBytes,
        freeBytes,
        sharesWith,
      },
    };
  };

  const footage = (volume: number): VolumeFootage => {
    seenOf(volume);
    const streams = new Map(store.streams().map((s) => [s.id, s]));
    const byCamera = new Map<string, { segments: number; bytes: number }>();
    const held = new Set<string>();
    let oldestMs: number | null = null;
    let newestMs: number | null = null;
    for (const s of store.retention.stored()) {
      const stream = streams.get(s.streamId);
      if (s.volume !== volume || s.segments === 0 || stream === undefined) continue;
      const camera = byCamera.get(stream.camera) ?? { segments: 0, bytes: 0 };
      byCamera.set(stream.camera, { segments: camera.segments + s.segments, bytes: camera.bytes + s.bytes });
      const span = store.volume.span(s.streamId, volume);
      if (span === null) continue;
      oldestMs = Math.min(oldestMs ?? span.oldestMs, span.oldestMs);
      newestMs = Math.max(newestMs ?? span.newestMs, span.newestMs);
      if (holdsSome(stream, volume)) held.add(stream.camera);
    }
    const cameras = [...byCamera].map(([name, of]) => ({ name, ...of })).sort((a, b) => a.name.localeCompare(b.name));
    return {
      volume,
      segments: cameras.reduce((sum, c) => sum + c.segments, 0),
      bytes: cameras.reduce((sum, c) => sum + c.bytes, 0),
      cameras,
      oldestMs,
      newestMs,
      held: [...held].sort(),
    };
  };
  /** Whether a hold keeps something of a stream that lies on a volume. */
  const holdsSome = (stream: StreamRecord, volume: number): boolean =>
    deps
      .holds()
      .spans(stream.cameraId)
      .some(([fromMs, toMs]) => {
        const first = store.retention.before(stream.id, fromMs + 1) ?? fromMs;
        return store.retention.finished(stream.id, first, 1, volume).some((s) => s.startMs < toMs && s.endMs > fromMs);
      });

  const forget = (volume: number): void => {
    deps.flush();
    for (const stream of store.streams()) {
      for (;;) {
        const page = store.retention.finished(stream.id, 0, batch, volume);
        if (page.length === 0) break;
        store.together(() => {
          for (const { startMs } of page) store.segment.drop(stream.id, startMs);
        });
      }
    }
    for (const row of store.openSegments().filter((s) => s.volume === volume))
      store.segment.drop(row.streamId, row.startMs);
  };

  return {
    hanging: volumes.hanging,
    list: () => volumes.seen().map(viewOf),
    places: () => volumes.seen().map(({ row, path }) => ({ volume: row.volume, name: row.name, path })),
    look: async (path) => (await survey(path)).place,
    async add({ path: asked, sameDisk, ...settings }, caller) {
      const { found, place } = await survey(asked);
      checkReserve(settings.reserveBytes, place.totalBytes, 'reserveBytes');
      if (place.sharesWith.length > 0 && !sameDisk)
        throw conflict(
          'same-disk',
          `${found.path} is on the same disk as another volume: they share its room and fail together. Say that this is meant, or choose a folder on another disk.`,
        );
      const rows = store.volume.all();
      const known = rows.find((r) => r.volume === place.volume);
      const mark =
        found.mark?.id ??
        (await gate
          .run(patienceMs, () => door.make(found.path, store.station.get().id))
          .catch((error: unknown) => {
            if (error instanceof AppError) throw error;
            throw invalid(
              'path',
              'place',
              `The system says: ${error instanceof Error ? error.message : String(error)}`,
              {
                code: codeOf(error),
              },
            );
          }));
      const volume = known?.volume ?? Math.max(...rows.map((r) => r.volume)) + 1;
      const addedMs = known?.addedMs ?? clock.nowMs();
      const row = { volume, mark, path: found.path, addedMs, ...settings };
      const encrypted = deps.encrypted();
      // Nothing plain gets there first.
      store.volume.put({ ...row, pausedMs: encrypted ? clock.nowMs() : null });
      await deps.noteList();
      await volumes.reload();
      const data = { path: found.path, volume, by: caller.name, is: place.is };
      const said = changeData({}, saidOf({ ...row, pausedMs: null }));
      events.note({
        ...{ kind: 'volume-added', severity: 'info', fromMs: addedMs, toMs: addedMs },
        data: { ...data, ...said },
      });
      log.info('a volume was added', data);
      if (encrypted) {
        await deps.encrypt(volume, caller.name);
        store.volume.put({ ...row, pausedMs: null });
        await volumes.reload();
      }
      const oldestMs =
        place.is === 'new' ? null : await gate.run(patienceMs, () => door.oldestDayMs(door.rootOf(found.path)));
      if (oldestMs !== null) deps.takeIn(oldestMs);
      return viewOf(seenOf(volume));
    },
    async change(volume, { paused, ...asked }, caller) {
      const change = Object.fromEntries(Object.entries(asked).filter(([, v]) => v !== undefined));
      const { row, space } = seenOf(volume);
      // What was said before stays, and the page says what it comes to.
      const { reserveBytes } = asked;
      if (reserveBytes !== undefined && reserveBytes !== row.reserveBytes)
        checkReserve(reserveBytes, space?.totalBytes ?? null, 'change.reserveBytes');
      const pausedMs = paused === undefined ? row.pausedMs : paused ? (row.pausedMs ?? clock.nowMs()) : null;
      const next = { ...row, ...change, pausedMs };
      store.volume.put(next);
      await deps.noteList();
      await volumes.reload();
      const atMs = clock.nowMs();
      const changed = changeData(saidOf(row), saidOf(next));
      const data = { path: seenOf(volume).path, volume, by: caller.name, ...changed };
      if (Object.keys(changed).length > 0)
        events.note({ kind: 'volume-changed', severity: 'info', fromMs: atMs, toMs: atMs, data });
      return viewOf(seenOf(volume));
    },
    footage,
    async remove(volume, { footageGone, segments }, caller) {
      const { path } = seenOf(volume);
      if (volume === ownVolume)
        throw conflict('own', "This is the data folder's own volume; it cannot be taken out. Pause it instead.");
      const has = footage(volume);
      if (has.segments > 0 && !footageGone)
        throw conflict(
          'footage',
          `${has.segments} segments are recorded on it. Pause it and wait until retention has deleted them, or say that its footage is gone.`,
        );
      if (has.segments > 0 && segments !== has.segments)
        throw conflict(
          'changed',
          `It holds ${has.segments} segments now. Look again at what would be given up, then confirm that.`,
        );
      if (has.held.length > 0)
        throw conflict('held', `Footage on it is held: ${has.held.join(', ')}. Lift the hold first.`, has.held);
      const { row } = seenOf(volume);
      store.volume.put({ ...row, pausedMs: row.pausedMs ?? clock.nowMs() });
      await volumes.reload();
      if (deps.written(volume).streams > 0)
        throw conflict('recording', 'It is still recorded on, and no other volume takes that. Add another one first.');
      forget(volume);
      store.volume.remove(volume);
      await deps.noteList();
      await volumes.reload();
      const atMs = clock.nowMs();
      const disk = row.name === '' ? {} : { disk: row.name };
      const data = { path, volume, ...disk, by: caller.name, segments: has.segments, bytes: has.bytes };
      events.note({
        kind: 'volume-removed',
        severity: has.segments > 0 ? 'warning' : 'info',
        fromMs: atMs,
        toMs: atMs,
        data,
      });
      log.warn('a volume was taken out of the station', data);
    },
  };
}
