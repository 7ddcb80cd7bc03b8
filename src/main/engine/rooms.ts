/** What the engine offers to `engine/api` and to the composition root: one typed room per noun. Types only. */
import type { Camera, CameraChange, CameraDraft, CameraView } from '#domain/camera.ts';
import type { CameraHealth, Maintenance } from '#domain/camera-health.ts';
import type { CameraObjects, MetadataNow } from '#domain/camera-objects.ts';
import type { ColourName } from '#domain/colour.ts';
import type { CoverageProof, Missing } from '#domain/coverage-proof.ts';
import type { CertificatePin, DeviceFacts, DeviceLink } from '#domain/device.ts';
import type { DeviceStatus } from '#domain/device-status.ts';
import type { Event, EventKind, EventLook, ExternalEvent, Severity } from '#domain/event.ts';
import type { EventWhy } from '#domain/event-why.ts';
import type { IntegrityPlan } from '#domain/integrity.ts';
import type { CameraId, EventId, LineId, StationId, StreamId, ZoneId } from '#domain/id.ts';
import type { ObjectClass } from '#domain/object-class.ts';
import type { ManualRecording, RecordingNow } from '#domain/recording-now.ts';
import type { Polygon } from '#domain/place.ts';
import type { PrivacyNow, PrivacySettings } from '#domain/privacy.ts';
import type { RecordingPlan, RecordingSchedule, ScheduleId } from '#domain/recording-plan.ts';
import type { StreamKind, StreamSettings, Transport } from '#domain/stream.ts';
import type { PictureCell, ThumbnailStatus } from '#domain/thumbnail.ts';
import type { z } from 'zod';
import type { FoundPush as FoundPushSchema } from '#contract/finding.ts';
import type { RecordingSettings } from '#contract/recording.ts';
import type { FoundDraft } from '#domain/finding.ts';
import type { Outputs, Pushed, Signal } from '#contract/call.ts';
import type { DeviceSettings, Ptz, Talks } from './command-rooms.ts';
import type { Device } from './device-port.ts';
import type { Encryption } from './encryption-room.ts';
import type { CameraRecord } from './index-port.ts';
import type { LiveSource } from './live-port.ts';
import type { PlaybackDoor } from './playback-port.ts';
import type { PrivacyDoor } from './privacy-port.ts';
import type { PlacedSegment } from './query-port.ts';
import type { CoverageReportDoor } from './report-port.ts';
import type { ThumbnailDoor } from './thumbnail-port.ts';
import type { Archives } from './archive-rooms.ts';
import type { Analysis, Models } from './model-rooms.ts';
import type { Bookmarks, Holds, Retention } from './retention-rooms.ts';
import type { Volumes } from './volume-room.ts';
import type { FootageSearches } from './footage-room.ts';
import type { Looks } from './looks.ts';
import type { Sounds } from './sound-room.ts';
import type { MotionSearches } from './motion-journal.ts';
import type { PlateLists } from './plate-port.ts';
import type { EventPictureDoor, LineCsvDoor, LineTallies } from './watch-port.ts';
import type { WatchRules } from './watch-rules.ts';
import type { Work } from './work-port.ts';

/** One pushed item of `cameras.watch`. */
export type CameraPush =
  | { type: 'all'; cameras: CameraView[] }
  | { type: 'camera'; camera: CameraView }
  | { type: 'removed'; id: CameraId }
  | { type: 'streams'; changes: { id: CameraId; streams: CameraView['streams'] }[] };

/** A draft; what is not said of a camera is empty. */
export type NewCamera = Omit<CameraDraft, 'tags' | 'notes' | 'link'> &
  Partial<Pick<CameraDraft, 'tags' | 'notes' | 'link'>>;

/** `deviceUrl`: for the link of a camera that has one. */
export type OwnCameraAddress = {
  main: StreamSettings;
  sub: StreamSettings | null;
  username: string;
  password: string;
  deviceUrl: string;
};

export type Cameras = {
  /** By number. */
  list(): CameraView[];
  get(id: CameraId): CameraView | null;
  /** Throws CONFLICT when the number is taken. Recording starts at once. `by` as with `update`; none: the station itself, for its demo. */
  add(draft: NewCamera, by?: string): Promise<Camera>;
  /** All or none. Throws CONFLICT. `by` as with `update`. */
  addAll(drafts: NewCamera[], by?: string): Promise<Camera[]>;
  /**
   * Throws NOT_FOUND, CONFLICT; DEVICE when other profiles were asked for and the device does not give them. `by`: the user's name, for the
   * event that tells of it.
   */
  update(id: CameraId, change: CameraChange, by?: string): Promise<Camera>;
  /** A camera of the station's own (the demo's) listens elsewhere since it started. Nobody changed it: no event is made. */
  readdress(id: CameraId, to: OwnCameraAddress): Promise<void>;
  /** Out of the station; its video stays. Throws NOT_FOUND. `by` as with `update`. */
  remove(id: CameraId, by?: string): Promise<void>;
  /** Out of the station with all its video and rows; for a removed camera too. Throws NOT_FOUND. */
  erase(id: CameraId): Promise<void>;
  /** Tries an address without saving it; 10 s at most. Throws UNAVAILABLE when no worker runs. */
  probe(input: {
    url: string;
    transport: Transport;
    username: string | null;
    password: string | null;
    cameraId?: CameraId | undefined;
  }): Promise<Outputs['cameras']['probe']>;
  /** First `all`, then changes; a follower that falls behind gets `all` again instead of what it missed. Ends with `signal`. */
  watch(signal: Signal): AsyncIterable<Pushed<CameraPush>>;
  /** The stream's number, of present and of removed cameras; null if there is none. */
  streamId(id: CameraId, kind: StreamKind): StreamId | null;
};

/** What changed at a camera's device: it has another connection now (or none), another status, other facts. */
export type DeviceChange = { id: CameraId; is: 'linked' | 'unlinked' | 'status' };

/**
 * The devices that cameras hang on: one connection per device, made lazily, each behind a circuit breaker
 * (`domain/decide/breaker.ts`). The one door to them for every other room.
 */
export type Devices = {
  /** For what lasts (following events); null without a link. Another one after `linked`. */
  of(id: CameraId): Device | null;
  /** One call, if the breaker lets it through. Throws NOT_FOUND, CONFLICT (no link), DEVICE. */
  run<T>(id: CameraId, work: (device: Device, link: DeviceLink) => Promise<T>): Promise<T>;
  /** What the device says of itself, as last asked; `fresh` asks anew. Throws as `run`. */
  facts(id: CameraId, fresh?: boolean): Promise<DeviceFacts>;
  /** null without a link. */
  status(id: CameraId): DeviceStatus | null;
  /** Accepts the certificate that a person has compared; an event says who. Throws CONFLICT when the device shows another one by now. */
  trust(id: CameraId, certificate: CertificatePin, by: string): Promise<void>;
  onChange(listener: (change: DeviceChange) => void): () => void;
};

/** Finding, looking at and adding cameras; what the contract's `finding` says. */
export type Finding = {
  watch(signal: Signal): AsyncIterable<Pushed<FoundPush>>;
  probe(): void;
  ask(hosts: string, signal: Signal): Promise<Outputs['finding']['ask']>;
  look(input: ParsedLook): Promise<Outputs['finding']['look']>;
  guess(input: {
    host: string;
    username: string | null;
    password: string | null;
  }): Promise<Outputs['finding']['guess']>;
  /** `by`: the user's name, for the events that tell of it. */
  add(cameras: FoundDraft[], by?: string): Promise<Camera[]>;
  readList(text: string): Outputs['finding']['readList'];
  importList(text: string, by?: string): Promise<Camera[]>;
};
export type FoundPush = z.infer<typeof FoundPushSchema>;
export type ParsedLook = {
  url: string;
  username: string | null;
  password: string | null;
  certificate: CertificatePin | null;
};

/** How cameras do besides their streams and devices; what the contract's `cameraHealth` says. */
export type CameraHealths = {
  /** By number. */
  list(): CameraHealth[];
  /** Throws NOT_FOUND. */
  get(id: CameraId): CameraHealth;
  /** Throws NOT_FOUND. */
  watchPicture(id: CameraId, on: boolean): CameraHealth;
  /** Throws NOT_FOUND, INVALID. */
  beginMaintenance(id: CameraId, said: { reason: string; by: string; untilMs: number }): Maintenance;
  /** Throws NOT_FOUND. */
  endMaintenance(id: CameraId): void;
};

/** What cameras tell beside their pictures. */
export type CameraMetadatas = {
  /** null: not known, while the stream that would carry it is away. */
  now(id: CameraId): MetadataNow | null;
  /** What its own analysis sees, as it comes; who is slow misses pictures. Throws NOT_FOUND. Ends with `signal`. */
  watch(id: CameraId, signal: Signal): AsyncIterable<Pushed<CameraObjects>>;
};

/** When cameras are recorded; what the contract's `recording` says. `by`: the user's name, for the events that tell of it. */
export type Recordings = {
  settings(): RecordingSettings;
  /** null: that of the system. Throws INVALID for a zone that is not known. */
  setZone(zone: string | null, by: string): RecordingSettings;
  /** Throws NOT_FOUND, CONFLICT (the name). */
  saveSchedule(
    schedule: Omit<RecordingSchedule, 'id'> & { id?: ScheduleId | undefined },
    by: string,
  ): RecordingSchedule;
  /** Throws NOT_FOUND, CONFLICT while a camera goes by it. */
  removeSchedule(id: ScheduleId, by: string): void;
  /** Throws NOT_FOUND. */
  scheduleUsers(id: ScheduleId): Outputs['recording']['scheduleUsers'];
  /** Throws NOT_FOUND, CONFLICT (the schedule). */
  apply(
    input: { cameraId: CameraId[]; main?: RecordingPlan | undefined; sub?: RecordingPlan | undefined },
    by: string,
  ): Promise<{ changed: number }>;
  /** Throws NOT_FOUND, CONFLICT for a camera that is switched off. */
  startManual(id: CameraId, said: { by: string; seconds: number }): ManualRecording;
  /** Throws NOT_FOUND. */
  stopManual(id: CameraId, by: string): void;
  now(camera: CameraRecord): RecordingNow;
};

/** An event before it has an id and a running number. `fromMs` defaults to now; `toMs` to null (still going on). */
export type NewEvent = {
  kind: EventKind;
  severity: Severity;
  cameraId?: CameraId | null;
  fromMs?: number;
  toMs?: number | null;
  data?: Event['data'];
  look?: EventLook;
  /** Kept with it. */
  why?: EventWhy;
};

export type Events = {
  /** Stores it, then tells every follower. */
  add(event: NewEvent): Event;
  /** Stores what another program posted; `by` is the user's name. Throws NOT_FOUND for a camera that is not there. */
  post(event: ExternalEvent, by: string): Event;
  /** Ends an event that is going on, adds to its data, and tells every follower. */
  end(id: EventId, toMs: number, more?: Event['data']): void;
  list(q: {
    fromMs?: number | undefined;
    toMs?: number | undefined;
    cameraId?: CameraId[] | undefined;
    kind?: EventKind[] | undefined;
    class?: ObjectClass[] | undefined;
    zoneId?: ZoneId[] | undefined;
    lineId?: LineId[] | undefined;
    colour?: ColourName[] | undefined;
    text?: string | undefined;
    before?: EventId | undefined;
    limit: number;
  }): Promise<{ events: Event[]; more: boolean }>;
  /** Why the station's own analysis told it. Throws NOT_FOUND for an event that is not there. */
  why(id: EventId): Outputs['events']['why'];
  /**
   * New events as they happen; with `afterId` first those of the index after that event. A follower that falls behind is
   * fed from the index again, so that nothing is missed. `Pushed.id` is the event's id. Ends with `signal`.
   */
  watch(afterId: string | undefined, signal: Signal): AsyncIterable<Pushed<Event>>;
};

export type Timeline = {
  coverage(q: {
    fromMs: number;
    toMs: number;
    cameraId?: CameraId[] | undefined;
    stream: StreamKind;
    grainMs: number;
  }): Promise<Outputs['timeline']['coverage']>;
  days(q: { startsMs: number[]; cameraId: CameraId[] }): Promise<Outputs['timeline']['days']>;
};

export type Playback = PlaybackDoor & {
  /** Throws NOT_FOUND for a camera or stream that is not there. */
  segments(q: {
    id: CameraId;
    stream: StreamKind;
    fromMs: number;
    toMs: number;
    limit: number;
    clock?: number | undefined;
  }): Promise<Outputs['playback']['segments']>;
  /** Throws NOT_FOUND for a segment that is not there, UNAVAILABLE when its file cannot be read. */
  fragments(q: { id: CameraId; stream: StreamKind; startMs: number }): Promise<Outputs['playback']['fragments']>;
  /**
   * The segment that holds a moment, of the first of these streams that has one, and its file; `path` null: it lies at an archive. null: nothing was
   * recorded. Throws UNAVAILABLE where its volume is not here.
   */
  segmentAt(
    id: CameraId,
    streams: readonly StreamKind[],
    atMs: number,
  ): Promise<{ segment: PlacedSegment; path: string | null } | null>;
};

/** How much of what should have been recorded was; what the contract's `coverage` says. */
export type CoverageProofs = {
  /** Throws INVALID. */
  prove(q: { edgesMs: number[]; cameraId: CameraId[] }): Promise<CoverageProof>;
  /** Throws INVALID. */
  missing(q: { id: CameraId; fromMs: number; toMs: number }): Promise<{ missing: Missing[]; more: boolean }>;
  report: CoverageReportDoor;
};

/** Small pictures of what was recorded; what the contract's `thumbnails` says. */
export type Thumbnails = ThumbnailDoor & {
  /** The span in `count` parts, each with the moment that stands for it. Throws NOT_FOUND. */
  grid(id: CameraId, span: { fromMs: number; toMs: number; count: number }): Promise<PictureCell[]>;
  status(): ThumbnailStatus;
  /** What they may take in all, bytes; `by`: the user's name. */
  limit(maxBytes: number, by: string): ThumbnailStatus;
  /** Footage of this span is gone: so are its pictures. */
  forget(id: CameraId, fromMs: number, toMs: number): void;
  /** The camera is gone with all its footage. */
  erase(id: CameraId): void;
};

/** Who is given moving pictures whole; what the contract's `privacy` says. */
export type Privacy = PrivacyDoor & {
  settings(): PrivacyNow;
  /** `by`: the user's name. */
  set(settings: PrivacySettings, by: string): PrivacyNow;
  /** What of a camera's picture nobody is to see. */
  zones(id: CameraId): readonly Polygon[];
};

/** Whether what was recorded, and the index, are sound; what the contract's `integrity` says. */
export type Integrity = {
  state(): Outputs['integrity']['state'];
  checkNow(): void;
  plan(plan: IntegrityPlan): void;
  /** Throws UNAVAILABLE. */
  backUp(): Promise<{ madeMs: number; bytes: number }>;
  /** Throws NOT_FOUND. */
  proof(id: CameraId, kind: StreamKind, startMs: number): Outputs['integrity']['proof'];
};

/** How long the disks last; what the contract's `storage` says. */
export type Storage = {
  /** Throws what the index throws. */
  forecast(): Promise<Outputs['storage']['forecast']>;
};

/** Everything the health page shows but the viewers, which the live hub counts. */
export type HealthReport = Omit<Outputs['station']['health'], 'liveViewers'>;

export type Engine = {
  station: {
    info(): { id: StationId; name: string; version: string; startedMs: number };
    rename(name: string): void;
  };
  cameras: Cameras;
  devices: Devices;
  finding: Finding;
  ptz: Ptz;
  deviceSettings: DeviceSettings;
  cameraHealth: CameraHealths;
  cameraMetadata: CameraMetadatas;
  encryption: Encryption;
  volumes: Volumes;
  recordings: Recordings;
  talks: Talks;
  watchRules: WatchRules;
  lineTallies: LineTallies & LineCsvDoor;
  looks: Looks;
  motionSearch: MotionSearches;
  sounds: Sounds;
  plates: PlateLists;
  footageSearch: FootageSearches;
  eventPictures: EventPictureDoor;
  retention: Retention;
  archives: Archives;
  models: Models;
  analysis: Analysis;
  work: Work;
  storage: Storage;
  holds: Holds;
  bookmarks: Bookmarks;
  events: Events;
  timeline: Timeline;
  playback: Playback;
  thumbnails: Thumbnails;
  privacy: Privacy;
  integrity: Integrity;
  coverage: CoverageProofs;
  health: { report(): Promise<HealthReport> };
  /** For the live hub. */
  live: LiveSource;
  recording: {
    /** How many streams are being recorded now. */
    streams(): number;
    /** Told when that changes. Returns the stop. */
    onChange(listener: (streams: number) => void): () => void;
  };
  /** Ready once recording has been asked for; recovery of old files goes on behind. */
  start(): Promise<void>;
  /** Writes what waits and seals all segments: 20 s at most, under 3 s from then on. */
  stop(): Promise<void>;
  /** It is stopping, and video that waited is still being written. */
  writes(): boolean;
};
