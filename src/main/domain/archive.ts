/** An archive: a place that finished recordings are copied or moved to, and that is never recorded to. Pure. */
import { z } from 'zod';
import { CameraId } from './id.ts';
import { Sha256 } from './segment-chain.ts';
import { StreamKind } from './stream.ts';
import { dayMs, TimeMs } from './time.ts';

/** Archives share the numbers of volumes (`segment.volume`), from here on. */
export const firstArchive = 10_001;
export const ArchiveNumber = z.number().int().min(firstArchive).max(10_999);
export const isArchive = (volume: number): boolean => volume >= firstArchive;

/** Scheme and host, a port perhaps, and nothing else: no name, no password, no path. */
const address = /^(https?):\/\/([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?\/?$/i;
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/** Absolute path of a folder on another disk or a network share. */
export const FolderPlace = z.object({
  kind: z.literal('folder'),
  path: z
    .string()
    .trim()
    .min(1)
    .max(1000)
    .refine((p) => /^([/\\]|[A-Za-z]:[/\\])/.test(p), 'the whole path of a folder, such as /mnt/nas/vigie'),
});

/** A bucket of a server that speaks the S3 protocol. */
export const S3Place = z
  .object({
    kind: z.literal('s3'),
    endpoint: z
      .string()
      .trim()
      .max(500)
      .regex(address, 'an address such as https://s3.eu-west-3.amazonaws.com, and nothing behind it'),
    region: z.string().trim().min(1).max(60).default('us-east-1'),
    bucket: z
      .string()
      .trim()
      .min(3)
      .max(63)
      .regex(/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/, 'not the name of a bucket'),
    /** Put before every object's name; without slashes at its ends. */
    prefix: z
      .string()
      .trim()
      .max(200)
      .regex(/^(?!.*\.\.)([\w.-]+(\/[\w.-]+)*)?$/, 'letters, digits, "-", "_", "." and "/" between them')
      .default(''),
    accessKey: z.string().trim().min(1).max(200),
    /** The bucket in the path and not in the host's name: what most servers but Amazon's want. */
    pathStyle: z.boolean().default(true),
    /** Said on purpose: footage and signatures cross the network readable for everybody on it. */
    plainHttp: z.boolean().default(false),
  })
  .superRefine((s, context) => {
    const [, scheme = '', host = ''] = address.exec(s.endpoint) ?? [];
    if (scheme.toLowerCase() === 'http' && !s.plainHttp && !loopback.test(host))
      context.addIssue({
        code: 'custom',
        path: ['endpoint'],
        params: { why: 'plain-http' },
        message: 'https, so that nobody on the way can read the footage; or allow http on purpose',
      });
  });
export type S3Place = z.infer<typeof S3Place>;
export type FolderPlace = z.infer<typeof FolderPlace>;
export const ArchivePlace = z.union([FolderPlace, S3Place]);
export type ArchivePlace = z.infer<typeof ArchivePlace>;

const Rate = z
  .number()
  .max(100_000)
  .refine((n) => n === 0 || n >= 0.1, '0, or at least 0.1 Mbit/s')
  .nullable();
/**
 * How fast it is filled, Mbit/s; null: as fast as it goes, 0: not at all. `hours`: minutes of the station's day [from, to), over
 * midnight where the end is not after the start; null: the same all day.
 */
export const ArchivePace = z.object({
  hours: z
    .object({ fromMin: z.number().int().min(0).max(1439), toMin: z.number().int().min(0).max(1440) })
    .nullable()
    .default(null),
  within: Rate.default(null),
  outside: Rate.default(null),
});
export type ArchivePace = z.infer<typeof ArchivePace>;

/** Bytes a second at a minute of the day; null: no limit. */
export function paceAt(pace: ArchivePace, minuteOfDay: number): number | null {
  const { hours } = pace;
  const inside =
    hours === null ||
    (hours.fromMin < hours.toMin
      ? minuteOfDay >= hours.fromMin && minuteOfDay < hours.toMin
      : minuteOfDay >= hours.fromMin || minuteOfDay < hours.toMin);
  const mbit = inside ? pace.within : pace.outside;
  return mbit === null ? null : (mbit * 1e6) / 8;
}

export const ArchiveName = z.string().trim().min(1, 'an archive needs a name').max(80);
/** What an administrator says of an archive, but for its secret. */
export const ArchiveSettings = z.object({ name: ArchiveName, place: ArchivePlace, pace: ArchivePace });
export type ArchiveSettings = z.infer<typeof ArchiveSettings>;

/** Days, parts of a day included. */
const Days = z.number().min(0.01).max(3650);
/** What becomes of a stream's footage. */
export const TierRule = z.object({
  archive: ArchiveNumber,
  /** copy: it stays here too, as long as retention says. */
  mode: z.enum(['move', 'copy']),
  afterDays: Days,
  /** Deleted there when it is older; null: never for its age. */
  keepDays: Days.nullable(),
});
export type TierRule = z.infer<typeof TierRule>;
/** null: it stays here. */
export const TierRules = z.object({ main: TierRule.nullable(), sub: TierRule.nullable() });
export type TierRules = z.infer<typeof TierRules>;
export const noTiers: TierRules = { main: null, sub: null };
export const tierAfterMs = (rule: TierRule): number => Math.round(rule.afterDays * dayMs);

/** A group of cameras, as they name it. */
export const TierGroup = z.string().trim().min(1).max(80);
/** Of the station; of groups and of cameras of which something else is said. A camera goes before its group. */
export const Tiering = z.object({
  station: TierRules,
  groups: z.array(z.object({ group: TierGroup, rules: TierRules })).default([]),
  cameras: z.array(z.object({ cameraId: CameraId, rules: TierRules })),
});
export type Tiering = z.infer<typeof Tiering>;

/** What is said of a camera: by itself, else of its group, else of all. `cameraId` null: of the group. */
export const tiersFor = (tiering: Tiering, cameraId: CameraId | null, group: string | null): TierRules =>
  tiering.cameras.find((c) => c.cameraId === cameraId)?.rules ??
  tiering.groups.find((g) => g.group === group)?.rules ??
  tiering.station;

/** How an archive does. */
export const ArchiveView = z.object({
  archive: ArchiveNumber,
  name: z.string(),
  place: ArchivePlace,
  pace: ArchivePace,
  addedMs: TimeMs,
  /** null: it does its work. */
  trouble: z.lazy(() => ArchiveTrouble).nullable(),
  /** The last failure, in words; null: none since it worked last. */
  words: z.string().nullable(),
  /** Since when; of a trouble alone. */
  sinceMs: TimeMs.nullable(),
  nextTryMs: TimeMs.nullable(),
  /** sending · paused: its hours say no · idle: nothing waits · away: it waits to try again. */
  is: z.enum(['sending', 'paused', 'idle', 'away']),
  /** Bytes a second of the last minute. */
  bytesPerSecond: z.number().int().min(0),
  /** What waits to be sent; `more`: more than was counted. */
  waiting: z.object({ segments: z.number().int(), bytes: z.number().int(), more: z.boolean() }),
  /** Segments that are given up for a while: their file here is not what the index knows, or could not be sent. */
  resting: z.number().int(),
  /** Verified copies there, and of these what is nowhere else. */
  copies: z.object({ segments: z.number().int(), bytes: z.number().int() }),
  only: z.object({ segments: z.number().int(), bytes: z.number().int() }),
  freeBytes: z.number().int().nullable(),
});
export type ArchiveView = z.infer<typeof ArchiveView>;

/**
 * Why an archive does not do its work. away: it does not answer · slow: not in time · refused: it does not take the key, or this
 * station may not write · missing: its bucket, folder or id is not there (not mounted) · swapped: another archive is in its
 * place · full · corrupt: what it gives back is not what was sent · error: anything else.
 */
export const ArchiveTrouble = z.enum(['away', 'slow', 'refused', 'missing', 'swapped', 'full', 'corrupt', 'error']);
export type ArchiveTrouble = z.infer<typeof ArchiveTrouble>;
/** It may be better the next moment: tried again at once. */
export const isPassing = (trouble: ArchiveTrouble): boolean => trouble === 'away' || trouble === 'slow';

/** What an object says of the segment that it is, so that the index can be made again from the archive. */
export const ArchivedNote = z.object({
  cameraId: CameraId,
  folder: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  kind: StreamKind,
  startMs: TimeMs,
  endMs: TimeMs,
  sha256: Sha256,
  codecs: z.string().max(200),
  width: z.number().int().min(0),
  height: z.number().int().min(0),
  initBytes: z.number().int().min(0),
});
export type ArchivedNote = z.infer<typeof ArchivedNote>;
