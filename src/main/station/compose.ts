/** Every part of a running station, put together. Read it as the list of what there is. */
import { randomBytes } from 'node:crypto';
import { cpus, freemem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bootId } from '#lib/boot.ts';
import { isLoopback } from '#lib/loopback.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import type { IngestCommand, IngestReport, IngestSetup } from '#workers/ingest/port.ts';
import { createCheckpointClient } from '#workers/checkpoint/client.ts';
import type { CheckpointCommand, CheckpointReport, CheckpointSetup } from '#workers/checkpoint/port.ts';
import { createIntegrityClient } from '#workers/integrity/client.ts';
import type { IntegrityCommand, IntegrityReport, IntegritySetup } from '#workers/integrity/port.ts';
import { createQueryClient } from '#workers/query/client.ts';
import type { QueryCommand, QueryReport, QuerySetup } from '#workers/query/port.ts';
import { createThumbsClient } from '#workers/thumbs/client.ts';
import type { ThumbsCommand, ThumbsReport, ThumbsSetup } from '#workers/thumbs/port.ts';
import { supervise } from '#workers/lib/supervise.ts';
import { createBell, withBell } from '#workers/lib/bell.ts';
import { startThread } from '#workers/lib/thread.ts';
import {
  type Certificate,
  createKeyring,
  createPasswords,
  type Keychain,
  loadCertificate,
  openSecrets,
} from '../adapters/auth/index.ts';
import { createArchiveDoor, openArchiveCache } from '../adapters/archive/index.ts';
import { createFfmpeg } from '../adapters/ffmpeg/index.ts';
import { createModelStore } from '../adapters/models/index.ts';
import { createDevices } from '../adapters/onvif/index.ts';
import { openEventPictureStore, openFootageStore, openThumbnailStore } from '../adapters/sqlite/index.ts';
import type { Http } from '../adapters/http/index.ts';
import {
  createBackupFiles,
  createSegmentFiles,
  createVolumeDoor,
  writeStationNote,
  writeVolumeList,
  type DataFolder,
} from '../adapters/files/index.ts';
import { createReportWriter } from '../adapters/report/index.ts';
import { createAccess } from '../engine/access.ts';
import { createAnswers } from '../engine/api/index.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { createLive } from '../engine/live.ts';
import type { StartIngestWorker } from '../engine/ingest-port.ts';
import type { Secrets } from '../engine/secret-port.ts';
import type { Environment, Places } from './config.ts';
import { createDemo } from './demo-site.ts';
import { knownFfmpeg, rememberFfmpeg } from './known-ffmpeg.ts';
import { keysDir, openFiles, toStationError, volumeKey, type Store } from './open-data.ts';
import { adoptVolumeList, noteOwnMark } from './open-volumes.ts';
import { takeOver } from './from-beside.ts';
import { openKeysAt, openKeysOf } from './open-keys.ts';
import type { Options } from './options.ts';
import { endOfIndex } from './end-of-index.ts';
import { findModels } from './find-models.ts';
import { inferenceWorkers } from './inference-workers.ts';
import { lookingWorkers } from './looking-workers.ts';
import { backupsDir, openOrRestore } from './restore.ts';
import { createSpareThreads } from './spare-threads.ts';
import { StationError } from './stop-with.ts';

export const defaultPort = 8710;
/** Ports that are tried when 8710 is taken and none was asked for. */
const furtherPorts = 20;
/** A stream whose disk is slow may hold this much; at 2 Mbit/s that is half a minute. */
const maxPendingBytes = 8 * 2 ** 20;
/** Two seconds before a trigger and a group of pictures, of 64 streams of 8 Mbit/s each; see docs/recording.md. */
const maxPreRollBytes = 256 * 2 ** 20;
const maxCachedGopBytes = 4 * 2 ** 20;
/** Footage of archives that is kept here after it was looked at: about half an hour of one camera. */
const archiveCacheBytes = 2 * 2 ** 30;
/** Cameras are given this long to be started before the door is made. */
const patienceMs = 500;

export type Station = {
  engine: Engine;
  /** Records, then listens. Throws `StationError`. */
  /** `fingerprint`: of a self-made certificate; null for a given one or none. */
  start(): Promise<{ url: string; fingerprint: string | null }>;
  /** Writes what waits and seals all segments (20 s at most, for a slow disk), then ends everything else; under 3 s as a rule. */
  stop(): Promise<void>;
  mintTicket(): string | null;
  /** What waits is being written at the end. */
  writes(): boolean;
  /** Some thread has not come back from a disk: the process cannot end by itself. */
  hanging(): boolean;
};

export async function compose(deps: {
  options: Options;
  environment: Environment;
  places: Places;
  folder: DataFolder;
  clock: Clock;
  log: Log;
  /** Of the host; null: it has none. */
  keychain: Keychain | null;
}): Promise<Station> {
  const { options, places, folder, clock, log } = deps;
  const newId = createUlids(() => clock.nowMs());
  const boot = bootId();
  const { store, restored } = await openOrRestore(folder, { clock, log: log.with({ room: 'index' }) });
  // No commit waits for the disk from here on: a slow one would hold screens, calls and the end of recording.
  store.syncLater();
  const index = endOfIndex(store, log.with({ room: 'index' }));
  const closing: (() => Promise<void> | void)[] = [() => index.close()];
  const unwind = async (): Promise<void> => {
    for (const close of closing.reverse()) await close();
  };
  try {
    const wanted = { given: deps.environment.ffmpegBin, searchPath: deps.environment.searchPath };
    const known = knownFfmpeg(store.setting, wanted);
    let ffmpegPath = known?.path ?? null;
    const ingestThreads = createSpareThreads(() => {
      const bell = createBell();
      const memory = { maxPendingBytes, maxPreRollBytes, maxCachedGopBytes };
      const setup: IngestSetup = { bell, ffmpeg: ffmpegPath, boot, ...memory };
      return withBell(startThread<IngestCommand, IngestReport>(places.worker('ingest'), 'ingest', setup), bell);
    });
    closing.push(() => ingestThreads.end());
    // The threads that record start before all else: they load while this one does.
    if (known !== null) ingestThreads.add(Math.min(2, store.cameras().length));
    const keyring = createKeyring();
    const [files, ffmpeg, tls, secrets] = await Promise.all([
      openFiles(folder, store.setting, false, keyring),
      createFfmpeg({ ...wanted, known, log: log.with({ room: 'ffmpeg' }) }),
      certificate(options, folder.path, clock),
      unlock(keysDir(folder.path), deps.keychain, options.keyFile),
    ]);
    closing.push(() => ffmpeg.stop());
    ffmpegPath = ffmpeg.found?.path ?? null;
    noteOwnMark(store, store.setting.get(volumeKey));
    // The index of a backup may not know of a volume that came since.
    if (restored !== null) {
      await adoptVolumeList(store, files.root);
      await takeOver(store, files, restored.backupMs, log);
    }
    const keysIn = { folder, store, secrets, nowMs: () => clock.nowMs() };
    const volumeKeys = await openKeysOf({ ...keysIn, root: files.root });
    keyring.add(volumeKeys);
    if (known === null) rememberFfmpeg(store.setting, wanted, ffmpeg.found);

    const querySetup: QuerySetup = { path: folder.database };
    const queries = createQueryClient({
      clock,
      log: log.with({ room: 'query' }),
      start: () => startThread<QueryCommand, QueryReport>(places.worker('query'), 'query', querySetup),
    });
    closing.push(() => queries.stop());

    const integritySetup: IntegritySetup = { database: folder.database };
    const verifier = createIntegrityClient({
      clock,
      log: log.with({ room: 'integrity' }),
      start: () =>
        startThread<IntegrityCommand, IntegrityReport>(places.worker('integrity'), 'integrity', integritySetup),
    });
    closing.push(() => verifier.stop());

    const startIngestWorker: StartIngestWorker = (on) =>
      supervise<IngestCommand, IngestReport>({
        clock,
        start: ingestThreads.take,
        onMessage: on.message,
        onUp: on.up,
        onDown: on.down,
        // It tells what it costs every 10 s.
        silentSeconds: 30,
      });

    const beside = {
      thumbnails: join(folder.path, 'thumbnails.db'),
      eventPictures: join(folder.path, 'event-pictures.db'),
      footage: join(folder.path, 'footage-searches.db'),
    };
    const thumbnails = openThumbnailStore(
      beside.thumbnails,
      thumbnailKey(store.setting, secrets),
      log.with({ room: 'thumbnails' }),
    );
    closing.push(() => thumbnails.close());
    const eventPictures = openEventPictureStore(
      beside.eventPictures,
      thumbnailKey(store.setting, secrets),
      log.with({ room: 'event-pictures' }),
    );
    closing.push(() => eventPictures.close());
    // Nothing is asked of it where there is no ffmpeg.
    const thumbsSetup: ThumbsSetup = { ffmpeg: ffmpegPath ?? '' };
    const pictures = createThumbsClient({
      clock,
      log: log.with({ room: 'thumbnails' }),
      start: () => startThread<ThumbsCommand, ThumbsReport>(places.worker('thumbs'), 'thumbs', thumbsSetup),
    });
    closing.push(() => pictures.stop());
    const looking = lookingWorkers(places, clock);
    const footage = openFootageStore(
      beside.footage,
      thumbnailKey(store.setting, secrets),
      log.with({ room: 'footage-search' }),
    );
    closing.push(() => footage.close());
    const checkpointSetup: CheckpointSetup = { paths: [folder.database, ...Object.values(beside)] };
    const checkpoints = createCheckpointClient({
      clock,
      log: log.with({ room: 'index' }),
      start: () =>
        startThread<CheckpointCommand, CheckpointReport>(places.worker('checkpoint'), 'checkpoint', checkpointSetup),
    });
    // After all others have closed their databases.
    closing.unshift(() => checkpoints.stop());
    const engine = createEngine({
      clock,
      boot,
      log: log.with({ room: 'engine' }),
      version: places.version,
      store,
      indexHolds: checkpoints.holds,
      queries,
      secrets,
      files,
      dataPath: folder.path,
      volumes: createVolumeDoor({
        files: (root, mark) => createSegmentFiles(root, keyring, mark),
        note: (rows) => writeVolumeList(files.root, rows),
        noteStation: (json) => writeStationNote(files.root, json),
        async keys(root, mark) {
          const keys = await openKeysAt({ ...keysIn, root }, mark);
          keyring.add(keys);
          return keys;
        },
      }),
      keys: [{ volume: 1, root: files.root, keys: volumeKeys }],
      verifier,
      backupFiles: createBackupFiles(backupsDir(folder), folder.database),
      restored,
      ffmpeg,
      thumbnails,
      pictures,
      eventPictures,
      startWatchWorker: looking.startWatchWorker,
      startListenWorker: looking.startListenWorker,
      footage: { store: footage, startWorker: looking.startFootageWorker },
      archives: {
        door: createArchiveDoor(),
        cache: await openArchiveCache(join(folder.path, 'archive-cache'), archiveCacheBytes, clock),
      },
      models: { store: createModelStore(join(folder.path, 'models')), ...(await findModels(places)) },
      startInferenceWorker: inferenceWorkers(places, clock, log.with({ room: 'inference' })),
      machine: () => ({ cores: cpus().length, freeBytes: freemem() }),
      reports: createReportWriter(),
      devices: createDevices({ clock, log: log.with({ room: 'devices' }) }),
      startIngestWorker,
      maxIngestWorkers: cpus().length,
      newId,
    });
    const access = createAccess({
      store: store.access,
      setting: store.setting,
      passwords: createPasswords(),
      clock,
      log: log.with({ room: 'access' }),
      newId,
      event: (event) => engine.events.add(event),
    });
    const live = createLive({
      source: engine.live,
      cameras: engine.cameras,
      privacy: engine.privacy,
      ffmpeg,
      clock,
      log: log.with({ room: 'live' }),
    });
    const demo = createDemo({
      clock,
      log,
      dir: places.demoDir,
      cameras: () => engine.cameras,
      setting: store.setting,
      secrets,
    });
    const answers = createAnswers({ engine, access, live, demo, clock });
    let ready: { ok: boolean; reasons: string[] } = { ok: false, reasons: ['starting'] };

    const listen = async (): Promise<{ http: Http; url: string }> => {
      const { createHttp } = await import('../adapters/http/index.ts');
      const ask = options.port ?? defaultPort;
      const ports = options.port === null ? [...Array.from({ length: furtherPorts }, (_, i) => ask + i), 0] : [ask];
      for (const port of ports) {
        const http = createHttp({
          answers,
          durably: store.durably,
          access,
          live,
          playback: engine.playback,
          retention: engine.retention,
          talks: engine.talks,
          snapshots: engine.deviceSettings,
          thumbnails: engine.thumbnails,
          privacy: engine.privacy,
          eventPictures: engine.eventPictures,
          plates: engine.plates,
          lines: engine.lineTallies,
          footage: engine.footageSearch,
          coverageReport: engine.coverage.report,
          ffmpeg,
          rendererDir: places.rendererDir,
          log: log.with({ room: 'http' }),
          clock,
          version: places.version,
          ready: () => ready,
          listen: { host: options.listen, port, tls },
        });
        try {
          const { url } = await http.start();
          return { http, url };
        } catch (error) {
          if (port !== ports.at(-1) && isTaken(error)) continue;
          throw new StationError(error instanceof Error ? error.message : String(error), 1, { cause: error });
        }
      }
      throw new StationError('No free port was found.');
    };

    return {
      engine,
      mintTicket: () => access.mintTicket(),
      async start() {
        await demo.prepare();
        closing.push(() => demo.close());
        const started = engine.start();
        // Its failure is awaited below; until then it must not count as unheard.
        started.catch(() => undefined);
        live.start();
        // Together: segments are sealed at once, whatever a client does to its socket.
        let door: Http | null = null;
        closing.push(async () => {
          live.stop();
          await Promise.all([door?.stop(), engine.stop()]);
        });
        try {
          // Loading the door keeps this thread busy: the cameras are connected first, unless a crash left much to look at.
          await Promise.race([started, delay(patienceMs, undefined, { ref: false })]);
          const { http, url } = await listen();
          door = http;
          queries.warm();
          await started;
          await ingestThreads.end();
          await demo.settle();
          if (options.demo && !demo.running()) await demo.start();
          ready = { ok: true, reasons: [] };
          return { url, fingerprint: tls?.selfMade === true ? tls.fingerprint : null };
        } catch (error) {
          await unwind();
          throw toStationError(error);
        }
      },
      hanging: () =>
        engine.volumes.hanging() ||
        verifier.hanging().length > 0 ||
        pictures.hanging().length > 0 ||
        queries.hanging() ||
        index.hanging() ||
        checkpoints.hanging(),
      writes: () => engine.writes() || index.writes() || checkpoints.writes(),
      async stop() {
        ready = { ok: false, reasons: ['stopping'] };
        await unwind();
      },
    };
  } catch (error) {
    await unwind();
    throw toStationError(error);
  }
}

const isTaken = (error: unknown): boolean => {
  const cause = error instanceof Error ? error.cause : null;
  return cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
};

/** The key that thumbnails are sealed with, itself sealed by the station's; a new one where it cannot be opened. */
function thumbnailKey(setting: Store['setting'], secrets: Secrets): Uint8Array {
  const name = 'thumbnail-key';
  const kept = setting.get(name);
  if (kept !== null) {
    try {
      return Buffer.from(secrets.open(Buffer.from(kept, 'base64'), name), 'base64');
    } catch {
      // Sealed under another key: its thumbnails are made anew.
    }
  }
  const key = randomBytes(32);
  setting.set(name, Buffer.from(secrets.seal(key.toString('base64'), name)).toString('base64'));
  return key;
}

async function unlock(dir: string, keychain: Keychain | null, inFile: boolean): Promise<Secrets> {
  try {
    return await openSecrets(dir, keychain, inFile);
  } catch (error) {
    throw new StationError(error instanceof Error ? error.message : String(error), 1, { cause: error });
  }
}

async function certificate(options: Options, folder: string, clock: Clock): Promise<Certificate | null> {
  if (options.tls === null && isLoopback(options.listen)) return null;
  try {
    return await loadCertificate({ keysDir: keysDir(folder), clock, given: options.tls ?? undefined });
  } catch (error) {
    throw new StationError(error instanceof Error ? error.message : String(error), 1, { cause: error });
  }
}
