/** The engine: everything a station does, without a window, a wire or a vendor. Ordered start, reverse stop. */
import type { CameraId, StreamId } from '#domain/id.ts';
import { ownVolume } from '#domain/volume.ts';
import { createAnalysing } from './analysing.ts';
import { createBackFill } from './back-fill.ts';
import { createCameraHealth, type CameraHealthRoom } from './camera-health.ts';
import { createChain } from './chain.ts';
import { createCommanding } from './commanding.ts';
import { createCoverageProofs } from './coverage-proof.ts';
import { createCameras, type CameraRoom } from './cameras.ts';
import { createDeviceRooms, type DeviceRooms } from './device-rooms.ts';
import { createDiskPressure } from './disk-pressure.ts';
import { disksSeen } from './disks-seen.ts';
import { createEncryption, type EncryptionRoom } from './encryption.ts';
import type { EngineDeps } from './engine-deps.ts';
import { createEvents } from './events.ts';
import { createGaps } from './gaps.ts';
import { createHearing, type Hearing } from './hearing.ts';
import { createHealth } from './health.ts';
import { createIndexJournal } from './index-journal.ts';
import { createIngest, type Ingest } from './ingest.ts';
import { createIngestPool, type IngestPool } from './ingest-pool.ts';
import { createJoinedMotion } from './joined-motion.ts';
import { createKeeping, type Keeping } from './keeping.ts';
import { namingDisks } from './naming-disks.ts';
import { createPlayback } from './playback.ts';
import { createPrivacy } from './privacy.ts';
import { createProving } from './proving.ts';
import { createReportRoute } from './report-route.ts';
import { createRecordings, type RecordingRoom } from './recordings.ts';
import { createRecovery } from './recovery.ts';
import type { Engine } from './rooms.ts';
import { createSegments } from './segments.ts';
import { endedKey, lastRun } from './settings.ts';
import { createStationClock, type StationClock } from './station-clock.ts';
import { noteStart } from './station-start.ts';
import { createStreamStatuses } from './stream-statuses.ts';
import { createSystemWatch } from './system-watch.ts';
import { createThumbnails } from './thumbnails.ts';
import { tellingOfLost } from './telling-of-lost.ts';
import { createTimeline } from './timeline.ts';
import { createVolumeRooms } from './volume-rooms.ts';
import { createWatchRooms, type WatchRooms } from './watch-rooms.ts';

export type { EngineDeps } from './engine-deps.ts';
export type { CameraPush, Cameras, Engine, Events, HealthReport, NewEvent, Playback, Timeline } from './rooms.ts';

/** An ingest worker that says nothing for so long at the end hangs. */
const drainGraceMs = 2_400;
/** It ends by itself before that, also where a disk is slow to take what waits. */
const mostDrainMs = 21_000;

export function createEngine(deps: EngineDeps): Engine {
  const { clock, log, store, queries, files } = deps;
  /** What waits is being written at the end. */
  let writing = false;
  const startedMs = clock.nowMs();
  const journal = createIndexJournal({ store, clock, log, holds: deps.indexHolds });
  const gaps = createGaps(journal);
  const events = namingDisks(
    createEvents({
      ...{ store, queries, clock, log },
      newId: deps.newId,
      cameraExists: (id) => cameras.get(id) !== null,
      pictures: (id) => watched.pictures.looks(id),
    }),
    (volume) => store.volume.all().find((row) => row.volume === volume)?.name ?? '',
  );
  const disks = createVolumeRooms({
    ...deps,
    events,
    journal,
    rooms: () => ({ ingest, encryption, statuses, segments, keeping, proving }),
  });
  const volumes = disks.room;
  const chain = createChain({ store, files: volumes.spread, journal, log });
  const clocks = (): StationClock => stationClock;
  const segments = createSegments({ journal, gaps, chain, clocks });
  const statuses = createStreamStatuses({ clock, changed: (id) => cameras.streamChanged(id) });
  const recovery = createRecovery({
    store,
    volumes,
    log,
    later: (fromMs) => proving.takingIn.from(fromMs),
    clocks,
  });
  const watch = createSystemWatch({
    clock,
    log,
    store,
    files,
    events: tellingOfLost(events, { devices: () => devices, finding: () => finding }),
    statuses,
    journal,
    cameras: () => cameras.records(),
    seen: volumes.own,
    mark: () => store.volume.all().find((row) => row.volume === ownVolume)?.mark ?? null,
    silenced: (id) => cameraHealth.maintenance(id) !== null,
  });
  const cameras: CameraRoom = createCameras({
    store,
    clock,
    log,
    newId: deps.newId,
    secrets: deps.secrets,
    files: { eraseFolder: (folder) => keeping.archiving.eraseFolder(folder) },
    described: (ids) => keeping.changed(ids),
    ingest: () => ingest,
    pool: () => pool,
    devices: () => devices,
    statuses: () => statuses,
    maintenance: (id) => cameraHealth.maintenance(id),
    recording: (camera) => recordings.now(camera),
    scheduleName: (id) => recordings.scheduleName(id),
    privacy: (id) => watched.rules.privacy(id),
    sendsObjects: (id) => cameraMetadata.sendsObjects(id),
    gone: (camera) => {
      cameraHealth.forget(camera.id);
      cameraMetadata.forget(camera.id);
      recordings.forget(camera);
      watched.forget(camera.id);
      analysing.pool.forget(camera.id);
    },
    events: () => ({ note: events.note, endLost: (id: CameraId) => watch.endLost(id) }),
    held: (id) => keeping.holds.spans(id).length > 0,
    away: disks.awayWith,
    flush: () => journal.flush(),
    erased: (id) => {
      thumbnails.erase(id);
      watched.erase(id);
    },
    forget(id) {
      keeping.retention.forget(id);
      gaps.forget(id);
      segments.forget(id);
      chain.forget(id);
      watch.forget(id);
      statuses.forget(id);
    },
  });
  const recordings: RecordingRoom = createRecordings({
    ...deps,
    events,
    records: () => cameras.records(),
    record: (id) => cameras.record(id),
    alsoUses: (id) => watched.rules.usersOf(id),
    cameras: () => cameras,
    obey: (camera, kind, order) => {
      ingest.obey(camera, kind, order);
    },
    changed: (id) => cameras.deviceChanged(id),
  });
  const joined = createJoinedMotion({ clock, events, watched: (id) => watched.tellsMotion(id) });
  const watched: WatchRooms = createWatchRooms({
    ...{
      ...deps,
      events: { ...events, ...joined.station },
      statuses,
      cameras: () => cameras,
      recordings: () => recordings,
    },
    ...{ health: () => cameraHealth, pool: () => pool, analysing: () => analysing, playback: () => playback },
    ...{ keeping: () => keeping, strained: () => pressure.any() },
  });
  const deviceRooms: DeviceRooms = createDeviceRooms({ ...deps, events, cameras, pool: () => pool });
  const { devices, finding } = deviceRooms;
  const hearing: Hearing = createHearing({
    ...{ clock, log, devices, events: joined.camera, store, cameras, statuses },
    pool: () => pool,
    health: () => cameraHealth,
  });
  const { cameraEvents, cameraMetadata } = hearing;
  const cameraHealth: CameraHealthRoom = createCameraHealth({
    ...{ clock, log, events, store, statuses, hearing },
    ffmpeg: deps.ffmpeg,
    watching: () => watched.watching,
    records: () => cameras.records(),
    record: (id) => cameras.record(id),
    silenced(id, silent) {
      if (silent) watch.endLost(id);
      cameras.deviceChanged(id);
    },
  });
  const encryption: EncryptionRoom = createEncryption({
    volumes: disks.keyed,
    pool: () => pool,
    forget(fromMs, toMs) {
      for (const id of new Set(store.streams().map((s) => s.cameraId))) thumbnails.forget(id, fromMs, toMs);
      watched.pictures.forget(null, fromMs, toMs);
    },
    events,
    log,
  });
  const commanding = createCommanding({
    ...{ clock, log, store, devices, events, cameras },
    health: () => cameraHealth,
    pool: () => pool,
  });
  const ingest: Ingest = createIngest({
    ...{ clock, log, store, volumes, recovery, journal, gaps, segments, statuses, events },
    secrets: deps.secrets,
    recordings: () => recordings,
    metadata: (camera, kind) => cameraMetadata.want(camera, kind),
    pool: () => pool,
  });
  const pressure = createDiskPressure({
    ...deps,
    ...{ events, statuses, volumes },
    cameras: () => cameras.records(),
    pool: () => pool,
    roomNeeded: () => keeping.retention.wake(),
  });
  const pool: IngestPool = createIngestPool({
    log,
    startWorker: deps.startIngestWorker,
    maxWorkers: deps.maxIngestWorkers,
    report: createReportRoute({
      ...{ statuses, gaps, segments, volumes, watch, pressure, recordings, clocks, metadata: cameraMetadata },
      letGo: disks.letGo,
      begun(streamId, volume) {
        const id = cameras.cameraOf(streamId);
        if (id !== null) keeping.begun(id, volume);
      },
    }),
    crashed(ids: StreamId[], why) {
      health.workerCrashed();
      for (const id of ids) cameraMetadata.line(id, { is: 'closed', leftOut: 0 });
      return ingest.crashed(ids, why);
    },
  });
  const backFill = createBackFill({
    ...{ clock, log, store, volumes },
    journal,
    chain,
    clocks,
    devices,
    statuses,
    events,
    pool: () => pool,
    record: (id) => cameras.record(id),
    records: () => cameras.records(),
    password: (camera) => cameras.password(camera),
    diskSlow: () => pressure.any(),
    ...(deps.fillBytesPerSecond !== undefined && { maxBytesPerSecond: deps.fillBytesPerSecond }),
  });
  const keeping: Keeping = createKeeping({
    ...deps,
    volumes,
    events,
    statuses,
    cameras: () => cameras.records(),
    camera: (id) => cameras.known(id),
    description: (id) => cameras.description(id),
    bare: (id, fromMs, toMs) => {
      thumbnails.forget(id, fromMs, toMs);
      watched.bare(id, fromMs, toMs);
    },
    zone: () => recordings.settings().zone,
    disks: () => disksSeen({ volumes, written: disks.written, full: (volume) => pressure.full(volume) }),
    seams: () => stationClock.seams(),
    noteStation: (json) => deps.volumes.noteStation(json),
    flush: () => {
      journal.flush();
    },
  });
  const proving = createProving({
    ...{ clocks, store, volumes, chain, events, clock, log },
    verifier: deps.verifier,
    backupFiles: deps.backupFiles,
    camera: (stream) => cameras.record(stream.cameraId),
  });
  const privacy = createPrivacy({ log, setting: store.setting, zones: (id) => watched.rules.privacy(id) });
  const health = createHealth({
    ...{ keeping, volumes, pressure, privacy, encryption, clock, startedMs, store, files },
    ffmpeg: deps.ffmpeg,
    ...{ watch, journal, analysis: watched.troubles },
    integrity: proving.integrity,
    backups: proving.backups,
    cameras,
    pool: () => pool,
    queryWorkers: () => ({ restarts: queries.restarts() }),
    watchWorkers: () => [...watched.watching.workers(), ...watched.sound.workers()],
  });

  const playback = createPlayback({ cameras, queries, segments, volumes: keeping.archiving });
  const thumbnails = createThumbnails({
    clock,
    log: log.with({ room: 'thumbnails' }),
    store: deps.thumbnails,
    setting: store.setting,
    ...{ ffmpeg: deps.ffmpeg, pictures: deps.pictures, privacy: privacy.zones, keyed: disks.keyed },
    ...{ cameras, playback, segments, queries, events },
  });

  const analysing = createAnalysing({ ...deps, events, strained: () => pressure.any() });

  const stationClock = createStationClock({ ...deps, journal, events, ingest: () => ingest });

  return {
    station: {
      info: () => ({ ...store.station.get(), version: deps.version, startedMs }),
      rename(name) {
        store.station.rename(name);
      },
    },
    cameras,
    devices,
    finding,
    ptz: commanding.ptz,
    deviceSettings: commanding.deviceSettings,
    talks: commanding.talks,
    cameraHealth,
    cameraMetadata,
    encryption,
    volumes: disks.settings,
    recordings,
    ...{
      watchRules: watched.rules,
      lineTallies: watched.lines,
      looks: watched.looks,
      eventPictures: watched.pictures,
      work: watched.work,
    },
    ...{ motionSearch: watched.motion, sounds: watched.sound, plates: watched.plates, footageSearch: watched.footage },
    retention: keeping.retention,
    archives: keeping.archiving.room,
    models: analysing.models,
    analysis: analysing.analysis,
    storage: keeping.forecasts,
    holds: keeping.holds,
    bookmarks: keeping.bookmarks,
    events,
    timeline: createTimeline({ cameras, queries, clock }),
    playback,
    thumbnails,
    privacy,
    integrity: proving.integrity,
    coverage: createCoverageProofs({
      clock,
      queries,
      reports: deps.reports,
      stationName: () => store.station.get().name,
    }),
    health,
    live: pool,
    recording: { streams: () => statuses.recording(), onChange: (listener) => statuses.onRecording(listener) },

    async start() {
      const last = lastRun(store.setting);
      const now = clock.nowMs();
      // Kept before this run is known to be alive: a start that is killed as well leaves it to the next one.
      if (last?.ended === false) proving.takingIn.crashed(last.aliveMs);
      store.setting.set(endedKey, 'no');
      noteStart({ events, nowMs: now, version: deps.version, last, restored: deps.restored ?? null });
      journal.start();
      stationClock.start(last?.aliveMs ?? null);
      chain.start();
      encryption.start();
      await volumes.start();
      const aliveMs = Math.min(last?.aliveMs ?? now, now);
      await Promise.all([cameras.each((camera) => ingest.resume(camera, aliveMs)), watch.start()]);
      journal.flush();
      pressure.start();
      recordings.start();
      deviceRooms.start();
      commanding.start();
      cameraEvents.start(aliveMs);
      backFill.start();
      cameraHealth.start(aliveMs);
      watched.start(aliveMs);
      thumbnails.start();
      await analysing.start();
      keeping.start(last?.aliveMs ?? null);
      watched.footage.start();
      await proving.start();
    },

    writes: () => writing,
    async stop() {
      deviceRooms.stop();
      pressure.stop();
      recordings.stop();
      thumbnails.stop();
      proving.stop();
      cameraHealth.stop();
      cameraMetadata.stop();
      const unseen = watched.stop();
      const kept = keeping.stop();
      const filled = backFill.stop();
      const unfollowed = cameraEvents.stop();
      // What moves is stopped while segments are sealed; the connections end after that.
      const letGo = commanding.stop().finally(() => devices.stop());
      const quiet = finding.stop();
      watch.stop();
      volumes.stop();
      stationClock.stop();
      ingest.stop();
      encryption.stop();
      // Linked at once: whatever else takes long, what was recorded last has its hash.
      writing = true;
      const drained = pool
        .drain(drainGraceMs, mostDrainMs)
        .finally(() => (writing = false))
        .then(() => chain.stop());
      await Promise.all([drained, quiet, unfollowed, letGo, filled, kept, unseen, analysing.stop()]);
      joined.stop();
      const now = clock.nowMs();
      events.note({ kind: 'station-stopped', severity: 'info', fromMs: now, toMs: now });
      events.stop();
      cameras.stop();
      await chain.stop(); // what was fetched from cameras meanwhile
      journal.stop();
      store.setting.set(endedKey, String(now));
    },
  };
}
