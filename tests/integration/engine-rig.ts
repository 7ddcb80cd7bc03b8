/** A whole engine over real parts in a temporary folder: SQLite on disk, worker threads, files, and RTSP cameras on loopback. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootId } from '#lib/boot.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import type { IngestCommand, IngestReport, IngestSetup } from '#workers/ingest/port.ts';
import type { StartInferenceWorker } from '#workers/inference/port.ts';
import { createIntegrityClient } from '#workers/integrity/client.ts';
import type { IntegrityCommand, IntegrityReport } from '#workers/integrity/port.ts';
import { createQueryClient } from '#workers/query/client.ts';
import type { QueryCommand, QueryReport } from '#workers/query/port.ts';
import { createThumbsClient } from '#workers/thumbs/client.ts';
import type { ThumbsCommand, ThumbsReport, ThumbsSetup } from '#workers/thumbs/port.ts';
import { supervise } from '#workers/lib/supervise.ts';
import { startThread } from '#workers/lib/thread.ts';
import { createArchiveDoor, openArchiveCache } from '../../src/main/adapters/archive/index.ts';
import { createKeyring, createSecrets, openVolumeKeys } from '../../src/main/adapters/auth/index.ts';
import {
  createBackupFiles,
  createKeysFile,
  createSegmentFiles,
  createVolumeDoor,
  openVolume,
  writeStationNote,
  writeVolumeList,
} from '../../src/main/adapters/files/index.ts';
import { createModelStore } from '../../src/main/adapters/models/index.ts';
import { createReportWriter } from '../../src/main/adapters/report/index.ts';
import {
  openEventPictureStore,
  openFootageStore,
  openThumbnailStore,
  openWriteStore,
} from '../../src/main/adapters/sqlite/index.ts';
import { createDemoSite, type DemoCamera } from '../../src/main/demo/index.ts';
import { noDevices } from '../../src/main/engine/device-none.ts';
import type { DeviceDoor } from '../../src/main/engine/device-port.ts';
import { createEngine, type Engine } from '../../src/main/engine/engine.ts';
import type { ReadyModel } from '../../src/main/engine/model-rooms.ts';
import type { Ffmpeg } from '../../src/main/engine/ffmpeg-port.ts';
import { lookingWorkers } from '../../src/main/station/looking-workers.ts';
import { noteOwnMark } from '../../src/main/station/open-volumes.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const workerFile = (name: string): string => join(root, 'src', 'workers', name, 'worker.ts');

export const tempFolder = (): { path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'vigie-engine-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** Waits for a condition; fails with `what` after `ms`. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  ms = 20_000,
): Promise<T> {
  for (const started = performance.now(); ; ) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() - started > ms) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

type RigFfmpeg = Pick<Ffmpeg, 'found' | 'thumbnail' | 'blacken'>;
const noFfmpeg: RigFfmpeg = {
  found: null,
  thumbnail: () => Promise.reject(new Error('there is no ffmpeg in this rig')),
  blacken: () => Promise.reject(new Error('there is no ffmpeg in this rig')),
};

/** `poison`: a stream whose worker dies a moment after it was started there. */
export async function openEngine(
  path: string,
  poison: (label: string) => boolean = () => false,
  devices: DeviceDoor = noDevices,
  ffmpeg: RigFfmpeg = noFfmpeg,
  fillBytesPerSecond?: number,
  models: { builtIn: ReadyModel[]; start: StartInferenceWorker } | null = null,
) {
  const newId = createUlids(() => systemClock.nowMs());
  const database = join(path, 'vigie.db');
  const store = openWriteStore(database, {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  const volume = await openVolume(path, null);
  const keyring = createKeyring();
  const files = createSegmentFiles(volume.root, keyring, volume.id);
  noteOwnMark(store, volume.id);
  const secrets = createSecrets(join(path, 'keys'));
  const keys = await openVolumeKeys({
    file: createKeysFile(volume.root, null),
    volume: volume.id,
    station: { id: store.station.get().id, secrets },
    nowMs: () => systemClock.nowMs(),
    cost: { memoryKiB: 64, passes: 1 },
  });
  keyring.add(keys);
  const queryThreads: WorkerPort<QueryCommand, QueryReport>[] = [];
  const ingestThreads: WorkerPort<IngestCommand, IngestReport>[] = [];
  const queries = createQueryClient({
    clock: systemClock,
    log: quietLog,
    threads: 1,
    start: () => {
      const thread = startThread<QueryCommand, QueryReport>(workerFile('query'), 'query', { path: database });
      queryThreads.push(thread);
      return thread;
    },
  });
  const boot = bootId();
  const setup: IngestSetup = {
    ffmpeg: null,
    boot,
    maxPendingBytes: 2 ** 23,
    maxPreRollBytes: 2 ** 26,
    maxCachedGopBytes: 2 ** 22,
  };
  const thumbnails = openThumbnailStore(join(path, 'thumbnails.db'), new Uint8Array(32), quietLog);
  const eventPictures = openEventPictureStore(join(path, 'event-pictures.db'), new Uint8Array(32), quietLog);
  const thumbsSetup: ThumbsSetup = { ffmpeg: ffmpeg.found?.path ?? '' };
  const pictures = createThumbsClient({
    clock: systemClock,
    log: quietLog,
    start: () => startThread<ThumbsCommand, ThumbsReport>(workerFile('thumbs'), 'thumbs', thumbsSetup),
  });
  const footage = openFootageStore(join(path, 'footage-searches.db'), new Uint8Array(32), quietLog);
  const verifier = createIntegrityClient({
    clock: systemClock,
    log: quietLog,
    start: () => startThread<IntegrityCommand, IntegrityReport>(workerFile('integrity'), 'integrity', { database }),
  });
  const looking = lookingWorkers({ worker: workerFile }, systemClock);
  const engine: Engine = createEngine({
    clock: systemClock,
    boot,
    log: quietLog,
    version: '0.0.0',
    store,
    queries,
    secrets,
    files,
    dataPath: path,
    volumes: createVolumeDoor({
      files: (at, mark) => createSegmentFiles(at, keyring, mark),
      note: (rows) => writeVolumeList(files.root, rows),
      noteStation: (json) => writeStationNote(files.root, json),
      async keys(at, mark) {
        const opened = await openVolumeKeys({
          file: createKeysFile(at, null),
          volume: mark,
          station: { id: store.station.get().id, secrets },
          nowMs: () => systemClock.nowMs(),
          cost: { memoryKiB: 64, passes: 1 },
        });
        keyring.add(opened);
        return opened;
      },
    }),
    keys: [{ volume: 1, root: volume.root, keys }],
    verifier,
    backupFiles: createBackupFiles(join(path, 'backups'), database),
    ffmpeg,
    thumbnails,
    pictures,
    startInferenceWorker:
      models?.start ??
      (() => {
        throw new Error('this rig runs no models');
      }),
    machine: () => ({ cores: 2, freeBytes: 2 ** 31 }),
    eventPictures,
    startWatchWorker: looking.startWatchWorker,
    startListenWorker: looking.startListenWorker,
    footage: { store: footage, startWorker: looking.startFootageWorker },
    models: { store: createModelStore(join(path, 'models')), builtIn: models?.builtIn ?? [], catalogue: [] },
    archives: {
      door: createArchiveDoor(),
      cache: await openArchiveCache(join(path, 'archive-cache'), 2 ** 28, systemClock),
    },
    reports: createReportWriter(),
    devices,
    ...(fillBytesPerSecond === undefined ? {} : { fillBytesPerSecond }),
    maxIngestWorkers: 2,
    newId,
    startIngestWorker: (on) =>
      supervise<IngestCommand, IngestReport>({
        clock: systemClock,
        start: () => {
          const thread = startThread<IngestCommand, IngestReport>(workerFile('ingest'), 'ingest', setup);
          ingestThreads.push(thread);
          return {
            ...thread,
            post(command, transfer) {
              thread.post(command, transfer);
              if (command.op === 'start' && poison(command.stream.label)) void thread.kill();
            },
          };
        },
        onMessage: on.message,
        onUp: on.up,
        onDown: on.down,
      }),
  });
  await engine.start();
  return {
    engine,
    store,
    thumbnails,
    files,
    queries,
    queryThreads,
    ingestThreads,
    async close() {
      await engine.stop();
      await Promise.all([queries.stop(), pictures.stop()]);
      thumbnails.close();
      eventPictures.close();
      footage.close();
      await Promise.all([queries.stop(), verifier.stop()]);
      store.close();
    },
  };
}

/** Well-behaved cameras. `ports` of an earlier site: the same again. */
export async function openCameras(portBase = 0, password = 'a secret word') {
  const site = createDemoSite({
    clock: systemClock,
    log: quietLog,
    dir: join(root, 'resources', 'demo'),
    portBase,
    password,
    faults: [],
  });
  const cameras = await site.start();
  return { site, cameras };
}

export const draftOf = (camera: DemoCamera, over: { name?: string; password?: string } = {}) => ({
  name: over.name ?? camera.name,
  group: camera.group,
  enabled: true,
  main: camera.main,
  sub: camera.sub,
  username: camera.username,
  password: over.password ?? camera.password,
});
