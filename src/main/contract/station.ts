/** The station itself: who it is and how it is doing. */
import { z } from 'zod';
import { StationId } from '#domain/id.ts';
import { AnalysisTrouble } from '../domain/analysis-trouble.ts';
import { RefusedFolder } from '../domain/refused-folder.ts';
import { ShortVolume } from '#domain/short-volume.ts';
import { SlowDisk } from '#domain/slow-disk.ts';
import { TimeMs } from '#domain/time.ts';
import { VolumeNumber } from '#domain/volume.ts';
import { administrator, none, open, viewer } from './base.ts';

const StationInfo = z.object({
  id: StationId,
  name: z.string(),
  version: z.string(),
  /** No user exists yet: offer to create the administrator. */
  firstRun: z.boolean(),
  /** The demo site runs. */
  demo: z.boolean(),
  nowMs: TimeMs,
});

/** What a worker of the station does: record streams, look at pictures, listen, or read the index. */
export const WorkerKind = z.enum(['ingest', 'watch', 'listen', 'query']);
export type WorkerKind = z.infer<typeof WorkerKind>;

const Health = z.object({
  state: z.enum(['ok', 'degraded', 'failing']),
  startedMs: TimeMs,
  /** What needs a person, most urgent first; words are chosen by `code`. */
  problems: z.array(
    z.object({
      code: z.enum([
        'disk-low',
        'disk-full',
        'disk-error',
        'disk-slow',
        'folder-refused', // a camera's on a volume that takes video otherwise
        'volume-trouble', // one of several; the others are recorded on
        'retention-stuck',
        'minimum-ahead', // guaranteed footage will have to go soon
        'minimum-broken', // guaranteed footage is being deleted
        'worker-restarting',
        'no-ffmpeg',
        'ffmpeg-old',
        'query-slow',
        'camera-trouble',
        'analysis-trouble', // pictures are not analysed although they are to be, or much less often
        'recordings-unsound', // what a look at files, chains and hashes found
        'index-backup', // the index could not be backed up
        'footage-locked', // encrypted recordings whose key cannot be opened here
        'footage-plain', // encryption is on, and the disk takes no new key
        'archive-trouble',
        'deleting-stuck', // a disk refuses to delete: it will become full
        'privacy-unreadable', // who is given whole video is not known: administrators alone
      ]),
      detail: z.string(),
      /** Of those about one disk: as an administrator called it, else by its path (empty: see `volume.path`). */
      disk: z.string().optional(),
      /** … and its number. */
      volume: VolumeNumber.optional(),
      /** Of `analysis-trouble`. */
      analysis: AnalysisTrouble.optional(),
      /** Of `disk-slow`. */
      slow: SlowDisk.optional(),
      /** Of `folder-refused`. */
      folder: RefusedFolder.optional(),
      /** Of `minimum-ahead` and `minimum-broken`. */
      short: ShortVolume.optional(),
    }),
  ),
  /**
   * The own one. `name`: as an administrator called it; empty: by its path. `path`, as every path of the PC, is told to administrators
   * alone; it is empty for others, and sentences have the name in its place.
   */
  volume: z.object({
    name: z.string(),
    path: z.string(),
    totalBytes: z.number(),
    freeBytes: z.number(),
    writable: z.boolean(),
  }),
  database: z.object({ bytes: z.number(), segments: z.number(), events: z.number() }),
  /** `cpuSeconds` null: it is not measured. */
  workers: z.array(
    z.object({ kind: WorkerKind, streams: z.number(), restarts: z.number(), cpuSeconds: z.number().nullable() }),
  ),
  /** What transcodes and takes what our own client cannot; null: none was found. */
  ffmpeg: z.object({ version: z.string(), source: z.string() }).nullable(),
  memoryBytes: z.number(),
  liveViewers: z.number(),
});

export const station = {
  info: open.route({ method: 'GET', path: '/station', summary: 'Who this station is' }).input(none).output(StationInfo),
  health: viewer
    .route({ method: 'GET', path: '/station/health', summary: 'How it is doing' })
    .input(none)
    .output(Health),
  rename: administrator
    .route({ method: 'PATCH', path: '/station', summary: 'Rename the station' })
    .input(z.object({ name: z.string().trim().min(1).max(80) }))
    .output(StationInfo),
};
