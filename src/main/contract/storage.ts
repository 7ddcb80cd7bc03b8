/** How long the disks last: what is written a day, how long it will be kept, what cannot be kept any more, and when. */
import { z } from 'zod';
import { CameraId } from '../domain/id.ts';
import { StreamKind } from '../domain/stream.ts';
import { TimeMs } from '../domain/time.ts';
import { VolumeNumber } from '../domain/volume.ts';
import { none, viewer } from './base.ts';

const bytes = z.number().int().min(0);

/**
 * What the bytes a day are taken from. recorded: what was recorded in the last two weeks, by hour of the week · live: the rate at which it
 * comes now, as if it were recorded without a break (little is recorded yet) · off: nothing of it is recorded · unknown: it should be, but
 * nothing has come yet.
 */
export const RateBasis = z.enum(['recorded', 'live', 'off', 'unknown']);

/**
 * Why a stream keeps no more: rule by age, by bytes, the legal maximum, the room on its volume, the days at its archive; nothing: it never
 * has to go.
 */
export const KeepLimit = z.enum(['age', 'size', 'legal', 'room', 'archive', 'nothing']);

export const StreamForecast = z.object({
  cameraId: CameraId,
  name: z.string(),
  /** The camera is out of the station; only its footage is there. */
  removed: z.boolean(),
  stream: StreamKind,
  /** Where it is recorded now. */
  volume: VolumeNumber,
  basis: RateBasis,
  /** How much time `recorded` is taken from. */
  knownMs: z.number().min(0),
  bytesPerDay: bytes,
  /** What comes in now; 0 while nothing is written. */
  bitsPerSecond: z.number().min(0),
  /** On the disks now, and how far back that goes; null: there is nothing. */
  bytes,
  keptMs: z.number().min(0).nullable(),
  /** How far back it will go with what is written now, on its disk or at its archive; null: for ever. */
  holdsMs: z.number().min(0).nullable(),
  /** … and on its disk alone: older footage is at the archive. */
  diskMs: z.number().min(0).nullable(),
  limit: KeepLimit,
  /** What is guaranteed. */
  minMs: z.number().min(0),
  /** When that cannot be kept any more; null: it can. */
  shortAtMs: TimeMs.nullable(),
});

/** Whose guaranteed footage has to go first. */
const ShortStream = z.object({ cameraId: CameraId, name: z.string(), stream: StreamKind, minMs: z.number() });

export const VolumeForecast = z.object({
  volume: VolumeNumber,
  path: z.string(),
  totalBytes: bytes,
  freeBytes: bytes,
  /** What is kept free. */
  targetBytes: bytes,
  /** Of footage that a hold keeps. */
  heldBytes: bytes,
  bytesPerDay: bytes,
  /** When its room is used up and the oldest begins to go for it; null: never. Not later than `atMs`: it is used up. */
  fullAtMs: TimeMs.nullable(),
  /** When guaranteed footage has to go; null: never. */
  shortAtMs: TimeMs.nullable(),
  /** Whose is the first. */
  short: ShortStream.nullable(),
});

/** All volumes that are here, together; those of one file system have its room once. */
export const SumForecast = z.object({
  totalBytes: bytes,
  freeBytes: bytes,
  /** What is kept free. */
  targetBytes: bytes,
  /** Of footage that a hold keeps. */
  heldBytes: bytes,
  /** Of footage on them now. */
  storedBytes: bytes,
  bytesPerDay: bytes,
  /** What comes in now. */
  bitsPerSecond: z.number().min(0),
  /** How far back the streams that are written will go, those that keep least and most; null: for ever, or nothing is written. */
  leastMs: z.number().min(0).nullable(),
  mostMs: z.number().min(0).nullable(),
  /** When the room of all of them is used up; null: never. Not later than `atMs`: it is. */
  fullAtMs: TimeMs.nullable(),
  /** When the first guaranteed footage has to go, and on which of them; null: never. */
  shortAtMs: TimeMs.nullable(),
  short: ShortStream.extend({ volume: VolumeNumber }).nullable(),
  /** Put together, their room is enough for all that is guaranteed; false: not even then. */
  fits: z.boolean(),
});

export const StorageForecast = z.object({
  atMs: TimeMs,
  all: SumForecast,
  streams: z.array(StreamForecast),
  /** Those that are here now. */
  volumes: z.array(VolumeForecast),
});
export type StorageForecast = z.infer<typeof StorageForecast>;

export const storage = {
  /** Made anew when it is older than a minute, or when what it rests on was changed. */
  forecast: viewer
    .route({ method: 'GET', path: '/storage/forecast', summary: 'How long the disks last' })
    .input(none)
    .output(StorageForecast),
};
