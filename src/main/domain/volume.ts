/** A volume: a folder that video is recorded into, on a disk of its own as a rule. Pure. */
import { z } from 'zod';
import { TimeMs } from './time.ts';

/** The data folder's own volume; it is always there and is never removed. */
export const ownVolume = 1;

/** File at the root of each that says which one it is; an empty mount point has none. */
export const volumeMarkName = 'volume.json';

/** What the id file says. */
export const VolumeMark = z.object({
  vigie: z.literal('volume'),
  format: z.literal(1),
  id: z.string().min(1).max(64),
  /** Whose it is; the data folder's own does not say, its index does. */
  station: z.string().min(1).max(64).optional(),
});
export type VolumeMark = z.infer<typeof VolumeMark>;

/** Reads the text of an id file; null: it is none of ours. */
export function parseVolumeMark(text: string): VolumeMark | null {
  try {
    return VolumeMark.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** As the index numbers them: small, because every segment carries it. */
export const VolumeNumber = z.number().int().min(1).max(9999);

export const VolumeState = z.enum([
  'unseen', // not looked at yet since the station started
  'ok',
  'slow', // takes long to write
  'full',
  'read-only', // or this station may not write there
  'missing', // its folder or its id file is not there: unplugged, not mounted
  'swapped', // another volume is in its place
  'silent', // does not answer: a network share whose server is gone, a disk that hangs
  'error',
]);
export type VolumeState = z.infer<typeof VolumeState>;

/** Whether what is recorded there can be read in this state. */
export const isHere = (state: VolumeState): boolean =>
  state === 'ok' || state === 'slow' || state === 'full' || state === 'read-only' || state === 'error';

/**
 * When what is recorded is safe from a power cut. durable: each fragment, when its write is done · timed: every five seconds ·
 * closed: when the segment is closed, once a minute as a rule. A crash of the station alone costs the same with all three.
 */
export const SyncPolicy = z.enum(['durable', 'timed', 'closed']);
export type SyncPolicy = z.infer<typeof SyncPolicy>;
/** Between two syncs of a file on a `timed` volume. */
export const syncEveryMs = 5_000;

const bytes = z.number().int().min(0);
export const VolumeName = z.string().trim().max(80);
export const VolumePath = z.string().trim().min(1).max(1000);
/** What it is called in sentences: its name and where it is, or where it is alone. */
export const diskCalled = ({ name, path }: { name: string; path: string }): string =>
  name === '' ? path : `${name} (${path})`;
/** How much of what is recorded it gets, against the others; 0: only what no other volume can take. */
export const VolumeWeight = z.number().int().min(0).max(100);
/** Kept free, half of the disk at most; null: as much as is good for a disk of its size. */
export const VolumeReserve = z
  .number()
  .int()
  .min(0)
  .max(2 ** 50)
  .nullable();

/** What an administrator says of it. */
export const VolumeSettings = z.object({
  /** Empty: it is called by its path. */
  name: VolumeName,
  weight: VolumeWeight,
  reserveBytes: VolumeReserve,
  sync: SyncPolicy,
  /** Nothing new is recorded there; what is there stays, and is deleted by its rules. */
  paused: z.boolean(),
});
export type VolumeSettings = z.infer<typeof VolumeSettings>;

/** A volume and how it stands. */
export const Volume = VolumeSettings.extend({
  volume: VolumeNumber,
  /** The data folder's own. */
  own: z.boolean(),
  /** Absolute path of the folder that holds its `video` folder; empty for who is no administrator. */
  path: z.string(),
  addedMs: TimeMs,
  state: VolumeState,
  /** Since when it is in this state. */
  sinceMs: TimeMs,
  /** What is wrong and what to do, in words; null: nothing. */
  trouble: z.string().nullable(),
  /** What is recorded there can be played now. */
  here: z.boolean(),
  /** New footage goes there. */
  recording: z.boolean(),
  /** Streams whose new segments go there. */
  streams: z.number().int().min(0),
  writeBytesPerSecond: bytes,
  /** Of the file system, as last seen; null: never seen since the start. */
  totalBytes: bytes.nullable(),
  freeBytes: bytes.nullable(),
  /** What `reserveBytes` comes to now; null: not known before it was seen. */
  keptFreeBytes: bytes.nullable(),
  /** How long the last small write with its sync took, ms; null: none was made. */
  writeMs: z.number().min(0).nullable(),
  /** Of the file system, as the system names it (`ext4`, `nfs4`, `cifs` …); empty: the system does not say. */
  fileSystem: z.string(),
  /** Finished segments of ours on it, also while it is not here. */
  segments: z.number().int().min(0),
  storedBytes: bytes,
});
export type Volume = z.infer<typeof Volume>;

/** What is found at a path that might become a volume. */
export const VolumePlace = z.object({
  /** Absolute. */
  path: z.string(),
  /**
   * new: can become a volume · ours: a volume of this station that it does not know (any more): it would be taken back with its
   * footage · moved: a volume that it knows, and that is not at its own path now: it would be known by this path from then on.
   */
  is: z.enum(['new', 'ours', 'moved']),
  /** Of a volume that is `moved`. */
  volume: VolumeNumber.nullable(),
  /** The folder is made with it. */
  makes: z.boolean(),
  fileSystem: z.string(),
  /** Mounted over the network. */
  network: z.boolean(),
  totalBytes: bytes,
  freeBytes: bytes,
  /** Volumes on the same file system: they share its room and fail together. Adding it asks for `sameDisk`. */
  sharesWith: z.array(VolumeNumber),
});
export type VolumePlace = z.infer<typeof VolumePlace>;

/** What the index would forget with a volume. */
export const VolumeFootage = z.object({
  volume: VolumeNumber,
  segments: z.number().int().min(0),
  bytes,
  cameras: z.array(z.object({ name: z.string(), segments: z.number().int().min(1), bytes })),
  /** Start of the oldest and of the newest segment; null: it has none. */
  oldestMs: TimeMs.nullable(),
  newestMs: TimeMs.nullable(),
  /** Cameras with footage there that is held: it cannot be given up before the hold is lifted. */
  held: z.array(z.string()),
});
export type VolumeFootage = z.infer<typeof VolumeFootage>;
