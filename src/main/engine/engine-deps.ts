/** What an engine is made of. Types only. */
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { DeviceDoor } from './device-port.ts';
import type { KeyedVolume } from './encryption.ts';
import type { BackupFiles } from './backup-port.ts';
import type { Ffmpeg } from './ffmpeg-port.ts';
import type { ReadStore, WriteStore } from './index-port.ts';
import type { StartIngestWorker } from './ingest-port.ts';
import type { Queries } from './query-port.ts';
import type { ReportWriter } from './report-port.ts';
import type { Secrets } from './secret-port.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { SegmentPictures, ThumbnailStore } from './thumbnail-port.ts';
import type { Verifier } from './verifier-port.ts';
import type { ArchiveCache, ArchiveDoor } from './archive-port.ts';
import type { ModelStore } from './model-port.ts';
import type { ReadyModel } from './model-rooms.ts';
import type { ModelManifest } from '#domain/model.ts';
import type { StartInferenceWorker } from '#workers/inference/port.ts';
import type { VolumeDoor } from './volume-door-port.ts';
import type { StartListenWorker } from './sound-port.ts';
import type { FootageStore, StartFootageWorker } from './footage-port.ts';
import type { EventPictureStore, StartWatchWorker } from './watch-port.ts';

export type EngineDeps = {
  clock: Clock;
  /** Which boot of the machine its steady clock counts from. */
  boot: string;
  log: Log;
  version: string;
  store: WriteStore & ReadStore;
  /** What the index is told and may wait is to wait for some seconds; absent: never. */
  indexHolds?: () => boolean;
  /** `restarts`: how often its workers were started again. */
  queries: Queries & { restarts(): number };
  secrets: Secrets;
  /** Recorded files of the data folder's own volume. */
  files: SegmentFiles;
  /** Absolute path of the data folder. */
  dataPath: string;
  /** Other volumes. */
  volumes: VolumeDoor;
  /** Keys of the volumes; absent: nothing is encrypted. */
  keys?: readonly KeyedVolume[];
  archives: { door: ArchiveDoor; cache: ArchiveCache };
  /** Files of models; those that come with the program, and those that can be downloaded. */
  models: { store: ModelStore; builtIn: readonly ReadyModel[]; catalogue: readonly ModelManifest[] };
  ffmpeg: Pick<Ffmpeg, 'found' | 'thumbnail' | 'blacken'>;
  thumbnails: ThumbnailStore;
  pictures: SegmentPictures;
  eventPictures: EventPictureStore;
  startWatchWorker: StartWatchWorker;
  startListenWorker: StartListenWorker;
  /** Searches of recorded footage. */
  footage: { store: FootageStore; startWorker: StartFootageWorker };
  verifier: Verifier;
  backupFiles: BackupFiles;
  /** A backup took the place of an index that could not be used. */
  restored?: { backupMs: number; aside: string | null; why: string } | null;
  startInferenceWorker: StartInferenceWorker;
  /** Cores of the PC, and memory that is free on it now. */
  machine: () => { cores: number; freeBytes: number };
  reports: ReportWriter;
  /** ONVIF devices on the network. */
  devices: DeviceDoor;
  startIngestWorker: StartIngestWorker;
  maxIngestWorkers: number;
  /** Bytes a second that are fetched from a camera's card at most; absent: 1 MB. */
  fillBytesPerSecond?: number;
  newId: () => string;
};
