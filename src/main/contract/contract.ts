/** What a client may call and follow. Every procedure names the role it needs; one without a role is denied. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { Camera, CameraChange, CameraDraft, CameraView } from '../domain/camera.ts';
import { ColourName } from '../domain/colour.ts';
import { CertificatePin, DeviceFacts } from '../domain/device.ts';
import { ClockSeam } from '#domain/clock-seam.ts';
import { Event, EventKind, ExternalEvent } from '../domain/event.ts';
import { EventWhy } from '../domain/event-why.ts';
import { Gap } from '../domain/gap.ts';
import { CameraId, EventId, LineId, StationId, UserId, ZoneId } from '../domain/id.ts';
import { ObjectClass } from '../domain/object-class.ts';
import { Segment } from '../domain/segment.ts';
import { ShortVolume } from '../domain/short-volume.ts';
import { SlowDisk } from '../domain/slow-disk.ts';
import {
  AudioFormat,
  StreamKind,
  StreamStatus,
  StreamTrouble,
  Transport,
  StreamUrl,
  VideoFormat,
} from '../domain/stream.ts';
import { TimeMs } from '../domain/time.ts';
import { NewPassword, Role, User, UserName } from '../domain/user.ts';
import { administrator, many, none, num, open, operator, viewer, yesNo } from './base.ts';
import { bookmarks } from './bookmarks.ts';
import { device } from './device.ts';
import { cameraHealth } from './camera-health.ts';
import { encryption } from './encryption.ts';
import { coverage } from './coverage.ts';
import { finding } from './finding.ts';
import { footageSearch } from './footage-search.ts';
import { holds } from './holds.ts';
import { integrity } from './integrity.ts';
import { looks } from './looks.ts';
import { motionSearch } from './motion-search.ts';
import { objects } from './objects.ts';
import { plates } from './plates.ts';
import { privacy } from './privacy.ts';
import { ptz } from './ptz.ts';
import { recording } from './recording.ts';
import { thumbnails } from './thumbnails.ts';
import { retention } from './retention.ts';
import { storage } from './storage.ts';
import { volumes } from './volumes.ts';
import { sound } from './sound.ts';
import { watching } from './watching.ts';
import { analysis } from './analysis.ts';
import { archives } from './archives.ts';
import { models } from './models.ts';

export type { ProcedureMeta } from './base.ts';

export const StationInfo = z.object({
  id: StationId,
  name: z.string(),
  version: z.string(),
  /** No user exists yet: offer to create the administrator. */
  firstRun: z.boolean(),
  /** The demo site runs. */
  demo: z.boolean(),
  nowMs: TimeMs,
});

export const Health = z.object({
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
        'volume-trouble', // one of several; the others are recorded on
        'retention-stuck',
        'minimum-ahead', // guaranteed footage will have to go soon
        'minimum-broken', // guaranteed footage is being deleted
        'worker-restarting',
        'no-ffmpeg',
        'ffmpeg-old',
        'query-slow',
        'camera-trouble',
        'recordings-unsound', // what a look at files, chains and hashes found
        'index-backup', // the index could not be backed up
        'footage-locked', // encrypted recordings whose key cannot be opened here
        'footage-plain', // encryption is on, and the disk takes no new key
        'archive-trouble',
        'deleting-stuck', // a disk refuses to delete: it will become full
        'privacy-unreadable', // who is given whole video is not known: administrators alone
      ]),
      detail: z.string(),
      /** Of `disk-slow`. */
      slow: SlowDisk.optional(),
      /** Of `minimum-ahead` and `minimum-broken`. */
      short: ShortVolume.optional(),
    }),
  ),
  volume: z.object({ path: z.string(), totalBytes: z.number(), freeBytes: z.number(), writable: z.boolean() }),
  database: z.object({ bytes: z.number(), segments: z.number(), events: z.number() }),
  workers: z.array(z.object({ kind: z.string(), streams: z.number(), restarts: z.number(), cpuSeconds: z.number() })),
  /** What transcodes and takes what our own client cannot; null: none was found. */
  ffmpeg: z.object({ version: z.string(), source: z.string() }).nullable(),
  memoryBytes: z.number(),
  liveViewers: z.number(),
});

export const Session = z.object({
  user: User,
  /** Opened by the desktop on this PC without a password. */
  local: z.boolean(),
  expiresMs: TimeMs,
});

/** Coverage of one camera's stream over the asked span, merged so that nothing shorter than `grainMs` is told apart. */
export const CoverageRow = z.object({
  cameraId: CameraId,
  stream: StreamKind,
  /** [fromMs, toMs] pairs, ascending, not touching. */
  spans: z.array(z.tuple([z.number(), z.number()])),
  gaps: z.array(Gap),
  /** What of the spans was not recorded live but fetched later from the camera's own memory card. */
  backFilled: z.array(z.tuple([z.number(), z.number()])),
  /** What of the spans is at an archive only: it takes longer to show. */
  archived: z.array(z.tuple([z.number(), z.number()])),
});

/** Bytes of one fragment: [offset, bytes, fromMs, durationMs, startsWithKey]. */
export const FragmentRow = z.tuple([z.number(), z.number(), z.number(), z.number(), z.boolean()]);

export const ProbeResult = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    video: VideoFormat,
    audio: AudioFormat.nullable(),
    fps: z.number(),
    via: z.enum(['native', 'ffmpeg']),
    transport: z.enum(['tcp', 'udp', 'tls']),
    keyIntervalMs: z.number().nullable(),
    /** One key frame as length-prefixed NAL units (base64) with its decoder configuration, to show a picture at once. */
    picture: z.object({ config: z.string(), data: z.string() }),
  }),
  z.object({ ok: z.literal(false), trouble: StreamTrouble, detail: z.string() }),
]);

export const CameraPush = z.discriminatedUnion('type', [
  /** First, and after a break: everything. */
  z.object({ type: z.literal('all'), cameras: z.array(CameraView) }),
  z.object({ type: z.literal('camera'), camera: CameraView }),
  z.object({ type: z.literal('removed'), id: CameraId }),
  z.object({
    type: z.literal('streams'),
    changes: z.array(z.object({ id: CameraId, streams: z.array(StreamStatus) })),
  }),
]);

export const contract = {
  station: {
    info: open
      .route({ method: 'GET', path: '/station', summary: 'Who this station is' })
      .input(none)
      .output(StationInfo),
    health: viewer
      .route({ method: 'GET', path: '/station/health', summary: 'How it is doing' })
      .input(none)
      .output(Health),
    rename: administrator
      .route({ method: 'PATCH', path: '/station', summary: 'Rename the station' })
      .input(z.object({ name: z.string().trim().min(1).max(80) }))
      .output(StationInfo),
  },
  session: {
    /** First run only: creates the administrator and signs in. */
    setup: open
      .route({ method: 'POST', path: '/setup', summary: 'Create the first administrator' })
      .input(z.object({ name: UserName, password: NewPassword }))
      .output(Session),
    login: open
      .route({ method: 'POST', path: '/session', summary: 'Sign in' })
      .input(z.object({ name: z.string().max(64), password: z.string().max(256) }))
      .output(Session),
    /** Redeems the desktop's one-time ticket. */
    ticket: open
      .route({ method: 'POST', path: '/session/ticket', summary: 'Sign in with a one-time ticket' })
      .input(z.object({ ticket: z.string().max(128) }))
      .output(Session),
    current: viewer.route({ method: 'GET', path: '/session', summary: 'Who am I' }).input(none).output(Session),
    logout: viewer.route({ method: 'DELETE', path: '/session', summary: 'Sign out' }).input(none).output(none),
  },
  users: {
    list: administrator.route({ method: 'GET', path: '/users' }).input(none).output(z.array(User)),
    create: administrator
      .route({ method: 'POST', path: '/users', successStatus: 201 })
      .input(z.object({ name: UserName, password: NewPassword, role: Role }))
      .output(User),
    update: administrator
      .route({ method: 'PATCH', path: '/users/{id}' })
      .input(
        z.object({
          id: UserId,
          role: Role.optional(),
          enabled: z.boolean().optional(),
          password: NewPassword.optional(),
        }),
      )
      .output(User),
    remove: administrator
      .route({ method: 'DELETE', path: '/users/{id}' })
      .input(z.object({ id: UserId }))
      .output(none),
    changePassword: viewer
      .route({ method: 'POST', path: '/users/me/password' })
      .input(z.object({ old: z.string().max(256), password: NewPassword }))
      .output(none),
  },
  cameras: {
    list: viewer
      .route({ method: 'GET', path: '/cameras', summary: 'All cameras with their state' })
      .input(none)
      .output(z.array(CameraView)),
    get: viewer
      .route({ method: 'GET', path: '/cameras/{id}' })
      .input(z.object({ id: CameraId }))
      .output(CameraView),
    add: administrator
      .route({ method: 'POST', path: '/cameras', successStatus: 201 })
      .input(CameraDraft)
      .output(Camera),
    update: administrator
      .route({ method: 'PATCH', path: '/cameras/{id}' })
      .input(z.object({ id: CameraId, change: CameraChange }))
      .output(Camera),
    /** Takes the camera out of the station; its video stays on disk and on the timeline until retention takes it. */
    remove: administrator
      .route({ method: 'DELETE', path: '/cameras/{id}' })
      .input(z.object({ id: CameraId }))
      .output(none),
    /** Tries an address without saving it; takes 10 s at most. */
    probe: administrator
      .route({ method: 'POST', path: '/cameras/probe' })
      .input(
        z.object({
          url: StreamUrl,
          transport: Transport.default('auto'),
          username: z.string().max(128).nullable().default(null),
          password: z.string().max(256).nullable().default(null),
          /** Take the password saved for this camera where none is given. */
          cameraId: CameraId.optional(),
        }),
      )
      .output(ProbeResult),
    /** What the camera's device says of itself; `fresh` asks it anew (25 s at most). */
    facts: administrator
      .route({ method: 'GET', path: '/cameras/{id}/device', summary: 'What the device says of itself' })
      .input(z.object({ id: CameraId, fresh: yesNo.default(false) }))
      .output(DeviceFacts),
    /** Accepts the certificate that an https device shows now, for all cameras of the device. */
    trust: administrator
      .route({ method: 'POST', path: '/cameras/{id}/certificate', summary: 'Accept a changed certificate' })
      .input(z.object({ id: CameraId, certificate: CertificatePin }))
      .output(none),
    watch: viewer
      .route({ method: 'GET', path: '/cameras/watch', summary: 'Follow cameras and their states (server-sent events)' })
      .input(none)
      .output(eventIterator(CameraPush)),
  },
  finding,
  ptz,
  device,
  cameraHealth,
  objects,
  recording,
  watching,
  looks,
  sound,
  motionSearch,
  plates,
  footageSearch,
  thumbnails,
  privacy,
  coverage,
  retention,
  storage,
  holds,
  bookmarks,
  encryption,
  volumes,
  archives,
  models,
  analysis,
  integrity,
  events: {
    /** Newest first; `before` is the id after which the last page ended. */
    list: viewer
      .route({ method: 'GET', path: '/events', summary: 'Events, newest first' })
      .input(
        z.object({
          fromMs: num(TimeMs.optional()),
          toMs: num(TimeMs.optional()),
          cameraId: many(CameraId).optional(),
          kind: many(EventKind).optional(),
          /** Of the station's own analysis. */
          class: many(ObjectClass).optional(),
          zoneId: many(ZoneId).optional(),
          lineId: many(LineId).optional(),
          /** Of a vehicle, or of upper or lower clothes, as a closer look measured them. */
          colour: many(ColourName).optional(),
          /**
           * Part of a plate (O and 0 are taken for each other), of what was said, or of what a closer look showed (`red car`, `haut blanc`),
           * in letters of either case.
           */
          text: z.string().trim().min(1).max(100).optional(),
          before: EventId.optional(),
          limit: num(z.number().int().min(1).max(500).default(100)),
        }),
      )
      .output(z.object({ events: z.array(Event), more: z.boolean() })),
    /**
     * What decided that the station's own analysis told it; null: nothing is known of it. Of those moments of `why` a picture is kept:
     * `/media/events/{id}/{ms}.jpg`.
     */
    why: viewer
      .route({ method: 'GET', path: '/events/{id}/why', summary: 'Why an event was told' })
      .input(z.object({ id: EventId }))
      .output(z.object({ why: EventWhy.nullable(), pictures: z.array(TimeMs).max(100) })),
    create: operator
      .route({
        method: 'POST',
        path: '/events',
        summary: 'Tell the station that something happened',
        successStatus: 201,
      })
      .input(ExternalEvent)
      .output(Event),
    watch: viewer
      .route({ method: 'GET', path: '/events/watch', summary: 'Follow events (server-sent events)' })
      .input(none)
      .output(eventIterator(Event)),
  },
  timeline: {
    /** Coverage and gaps of cameras over a span of at most 400 days. */
    coverage: viewer
      .route({ method: 'GET', path: '/timeline', summary: 'Coverage, gaps and event ticks over a span' })
      .input(
        z.object({
          fromMs: num(TimeMs),
          toMs: num(TimeMs),
          cameraId: many(CameraId).optional(),
          stream: StreamKind.default('main'),
          /** What one pixel of the screen spans, in ms. */
          grainMs: num(
            z
              .number()
              .min(0)
              .max(86_400_000 * 31)
              .default(0),
          ),
        }),
      )
      .output(
        z.object({
          rows: z.array(CoverageRow),
          /** Events per kind, as [fromMs, toMs or null, count] at the asked grain; at most 2000 in all. */
          ticks: z.array(
            z.object({
              kind: EventKind,
              cameraId: CameraId.nullable(),
              fromMs: TimeMs,
              toMs: TimeMs.nullable(),
              count: z.number(),
            }),
          ),
          /** First and last recorded moment of these cameras, null if there is none. */
          firstMs: TimeMs.nullable(),
          lastMs: TimeMs.nullable(),
          /** Where the station's clock was not continuous: its newest seams, also outside of the span. */
          seams: z.array(ClockSeam),
          /** What more than one clock recorded of a stream; `runs` are seams, the one whose recording is shown first. */
          twice: z.array(
            z.object({ cameraId: CameraId, fromMs: TimeMs, toMs: TimeMs, runs: z.array(z.number().int()) }),
          ),
        }),
      ),
    /** Which of the days starting at the given moments (local midnights, as the client sees them) have footage. */
    days: viewer
      .route({ method: 'POST', path: '/timeline/days' })
      .input(z.object({ startsMs: z.array(TimeMs).min(2).max(64), cameraId: z.array(CameraId).max(256).default([]) }))
      .output(z.object({ covered: z.array(z.boolean()) })),
    /** The segment at a moment, for each camera, or the nearest next one within `withinMs`. */
    locate: viewer
      .route({ method: 'POST', path: '/timeline/locate' })
      .input(
        z.object({
          atMs: TimeMs,
          cameraId: z.array(CameraId).min(1).max(64),
          stream: StreamKind,
          withinMs: z.number().min(0).max(86_400_000).default(0),
          /** Where more than one clock recorded it: prefer what was recorded after this seam (0: before any). */
          clock: z.number().int().min(0).optional(),
        }),
      )
      .output(z.array(z.object({ cameraId: CameraId, segment: Segment.nullable() }))),
  },
  playback: {
    /** Segments that touch a span, oldest first; of those that more than one clock recorded, the ones that are shown. */
    segments: viewer
      .route({ method: 'GET', path: '/cameras/{id}/segments' })
      .input(
        z.object({
          id: CameraId,
          stream: StreamKind,
          fromMs: num(TimeMs),
          toMs: num(TimeMs),
          limit: num(z.number().int().min(1).max(1000).default(200)),
          /** Where more than one clock recorded the same time: prefer what was recorded after this seam (0: before any). */
          clock: num(z.number().int().min(0).optional()),
        }),
      )
      .output(z.array(Segment)),
    /** The fragments of one segment, for reading it by byte range from `/media/segments/{id}/{stream}/{startMs}.mp4`. */
    fragments: viewer
      .route({ method: 'GET', path: '/cameras/{id}/segments/{startMs}/fragments' })
      .input(z.object({ id: CameraId, stream: StreamKind, startMs: num(TimeMs) }))
      .output(z.object({ segment: Segment, fragments: z.array(FragmentRow) })),
  },
  preferences: {
    /** What this user's screens keep (layouts, keys …): one JSON value per key, 64 KiB at most. */
    get: viewer
      .route({ method: 'GET', path: '/preferences/{key}' })
      .input(z.object({ key: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/) }))
      .output(z.object({ value: z.unknown() })),
    set: viewer
      .route({ method: 'PUT', path: '/preferences/{key}' })
      .input(z.object({ key: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), value: z.unknown() }))
      .output(none),
  },
  demo: {
    start: administrator.route({ method: 'POST', path: '/demo' }).input(none).output(none),
    /** Removes the demo cameras and their video, and nothing else. */
    stop: administrator.route({ method: 'DELETE', path: '/demo' }).input(none).output(none),
  },
};

export type Contract = typeof contract;
