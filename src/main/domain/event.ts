import { z } from 'zod';
import { CloserLook } from './closer-look.ts';
import { CameraId, EventId, LineId, StationId, ZoneId } from './id.ts';
import { ObjectClass } from './object-class.ts';
import { Box } from './place.ts';
import { TimeMs } from './time.ts';

/** Kinds of events. Those that other programs post are `external`. */
export const EventKind = z.enum([
  'camera-lost',
  'camera-back',
  'camera-added',
  'camera-removed',
  'camera-changed',
  'camera-moved', // followed to another address
  'camera-clock-off',
  'camera-clock-set',
  'camera-steering-taken', // an administrator took the head from somebody
  // What a camera says through its events.
  'motion',
  'tamper',
  'digital-input',
  'line-crossed',
  'field-entered',
  'sound',
  'storage-failed',
  // What the station sees in pictures and figures of a camera.
  'picture-frozen',
  'picture-dark',
  'picture-covered',
  'picture-moved',
  'bit-rate-off',
  'frame-rate-off',
  'packet-loss',
  'maintenance',
  'manual-recording', // a person records a camera now
  'station-started',
  'station-stopped',
  'station-crashed', // found at the next start
  'worker-restarted',
  'disk-low',
  'disk-full',
  'disk-error',
  'disk-slow', // streams give way, or drop pictures
  'folder-refused', // the volume takes video, but not into one camera's folder
  'disk-back',
  'recording-moved', // to other volumes, or back
  'volume-added',
  'volume-changed',
  'volume-removed',
  'archive-trouble', // it does not do its work
  'archive-changed', // added, changed, taken out
  'tiering-changed', // which footage goes to which archive
  'segment-recovered',
  'segment-corrupt', // its bytes are not those that were recorded
  'segment-missing', // the index has it and the disk has not
  'chain-broken', // what is kept of a stream's hashes does not hold
  'index-restored', // a backup took the place of an index that could not be used
  'index-backup-failed',
  'back-filled', // fetched from a camera's own card
  'footage-deleted', // by hand
  'minimum-ahead', // it will be broken soon, as things go
  'minimum-broken', // to keep the disk from becoming full
  'retention-changed', // how long footage is kept
  'schedule-changed', // weeks that cameras share, or their time zone
  'hold-placed',
  'hold-changed',
  'hold-lifted',
  'encryption-changed', // of a volume: on, off, a key, a passphrase
  'footage-locked', // its key cannot be opened
  'footage-plain', // although it should be encrypted: the disk takes no key
  'clock-jumped',
  'station-suspended', // the machine slept, or the station was held
  'log-in-blocked',
  // What this station's own analysis sees and hears (domain/watch-zone.ts). `motion` and `line-crossed` may be its own too.
  'object', // something of a class is in a zone
  'zone-entered',
  'zone-left',
  'loitering',
  'crowd',
  'object-left', // it stands where nothing stood
  'object-taken',
  'wrong-way',
  'speeding',
  'plate',
  'speech',
  'silence',
  'analysis-slow', // fewer pictures are looked at than was asked for
  'analysis-failed', // a model or a decoder does not do its work
  'model-changed', // another does a task for the station: which detects, reads plates, hears speech
  'external',
]);
export type EventKind = z.infer<typeof EventKind>;

export const Severity = z.enum(['info', 'warning', 'alarm']);
export type Severity = z.infer<typeof Severity>;

/** What the station's own analysis knows of an event. */
export const EventLook = z.object({
  class: ObjectClass.nullable(),
  score: z.number().min(0).max(1).nullable(),
  /** In the picture that is kept with the event. */
  box: Box.nullable(),
  zoneId: ZoneId.nullable(),
  lineId: LineId.nullable(),
  trackId: z.number().int().min(1).nullable(),
  /** A plate, or what was said. */
  text: z.string().max(2000).nullable(),
  /** A picture is kept with it: `/media/events/{id}.jpg`. */
  hasPicture: z.boolean(),
  /** Whether its object has never left the place in which it was seen first. Absent: not known (yet), or about no object. */
  stayed: z.boolean().optional(),
});
export type EventLook = z.infer<typeof EventLook>;

/** Something that happened, with a start and an end. Carries its origin so that stations can merge without a rewrite. */
export const Event = z.object({
  id: EventId,
  /** Station that made it, and that station's own running number: together unique, gap-free per station. */
  origin: StationId,
  seq: z.number().int().min(1),
  kind: EventKind,
  severity: Severity,
  cameraId: CameraId.nullable(),
  fromMs: TimeMs,
  /** null: still going on. */
  toMs: TimeMs.nullable(),
  /** Words for values that the text of this kind needs (camera name, reason …), or those of who posted it. */
  data: z.record(z.string().max(40), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()])),
  /** Absent: not of this station's own analysis. */
  look: EventLook.optional(),
  /** What the recorded main stream showed of its object afterwards. Absent: nobody looked (yet). */
  closer: CloserLook.optional(),
});
export type Event = z.infer<typeof Event>;

/** What another program posts. */
export const ExternalEvent = z.object({
  title: z.string().trim().min(1).max(200),
  text: z.string().max(2000).optional(),
  severity: Severity.default('info'),
  cameraId: CameraId.nullable().default(null),
  fromMs: TimeMs.optional(),
  toMs: TimeMs.nullable().optional(),
});
export type ExternalEvent = z.infer<typeof ExternalEvent>;
