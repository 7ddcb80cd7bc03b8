/** What the engine needs from outside, and what it offers to the transports, in its own words. Types only. */
import type { Transferable } from 'node:worker_threads';
import type { Camera } from '#domain/camera.ts';
import type { CoverageProof, Missing } from '#domain/coverage-proof.ts';
import type { ClockSeam } from '#domain/clock-seam.ts';
import type { CloserLook } from '#domain/closer-look.ts';
import type { Event, EventLook } from '#domain/event.ts';
import type { EventWhy } from '#domain/event-why.ts';
import type { Gap, GapCause } from '#domain/gap.ts';
import type { CameraId, EventId, StationId, StreamId, UserId } from '#domain/id.ts';
import type { ChainedStream, ChainHead, ChainLink, ChainSeam, HashedFile } from '#domain/segment-chain.ts';
import type { RecordingSchedule, ScheduleId } from '#domain/recording-plan.ts';
import type { Segment, SegmentOrigin, SegmentState } from '#domain/segment.ts';
import type { Polygon } from '#domain/place.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { ThumbnailLevel } from '#domain/thumbnail.ts';
import type { Role, User } from '#domain/user.ts';
import type { Caller } from '#contract/call.ts';
import type { LiveNotice, LiveRequest } from '#contract/live.ts';
import type { AccessUnit, VideoTrack } from '#media/format.ts';
import type { IngestCommand, IngestReport } from '#workers/ingest/port.ts';
import type { SmallPictures, ThumbsAsk } from '#workers/thumbs/port.ts';
import type { ArchiveRowStore } from './archive-port.ts';
import type { SegmentSource } from './segment-port.ts';
import type { BookmarkStore, HoldStore, RetentionStore } from './retention-port.ts';
import type { Retention } from './retention-rooms.ts';
import type { VolumeStore } from './volume-port.ts';
import type { SoundStore } from './sound-port.ts';
import type { PlateStore } from './plate-port.ts';
import type { WatchStore } from './watch-port.ts';
import type { WorkStore } from './work-port.ts';

// ---- the index (adapters/sqlite) -----------------------------------------------------------------------------------

/** A camera as stored: with its secret, sealed by `Secrets`. */
export type CameraRecord = Camera & {
  sealedPassword: Uint8Array | null;
  streamIds: { main: StreamId; sub: StreamId | null };
};

export type SegmentRow = {
  streamId: StreamId;
  startMs: number;
  endMs: number;
  bytes: number;
  state: SegmentState;
  /** Absent: live. */
  origin?: SegmentOrigin;
  /** Number of the clock seam after which it was recorded; absent: before any. */
  seam?: number;
  /** Where its file lies; absent: on the data folder's own. */
  volume?: number;
  format: { codecs: string; width: number; height: number; initBytes: number };
};

export type StoredGap = Gap & { streamId: StreamId };

/** The one writer. Every method is one transaction and throws only on failures of the database itself. */
export type WriteStore = {
  station: {
    get(): { id: StationId; name: string };
    rename(name: string): void;
    /** It is this one: an index that was made anew takes over who the station was. */
    become(id: StationId, name: string): void;
  };
  camera: {
    add(camera: Omit<CameraRecord, 'streamIds'>): CameraRecord;
    save(camera: CameraRecord): CameraRecord;
    /** Keeps its streams, segments and gaps for the timeline; the row is marked removed. */
    remove(id: CameraId, atMs: number): void;
    /** Deletes the camera, its streams and all their rows. */
    erase(id: CameraId): void;
  };
  segment: {
    open(row: SegmentRow): void;
    /** Grows open segments; unknown ones are ignored. */
    grow(rows: { streamId: StreamId; startMs: number; endMs: number; bytes: number }[]): void;
    close(
      streamId: StreamId,
      startMs: number,
      to: { endMs: number; bytes: number; state: 'sealed' | 'recovered' },
    ): void;
    /** Forgets a segment; where it was linked, its link is told as lost. */
    drop(streamId: StreamId, startMs: number): void;
    /** Takes a file found on disk into the index; one that is indexed already stays as it is. */
    adopt(row: SegmentRow): void;
    /**
     * Sets end, bytes and state of an indexed segment to what its file says (`check --repair`). Where it was linked, its link is
     * told as replaced: what is there now is hashed and linked anew.
     */
    correct(row: SegmentRow): void;
    /** Says after which clock seam an indexed segment was recorded. */
    setSeam(streamId: StreamId, startMs: number, seam: number): void;
    /**
     * Forgets all segments and their coverage, to take them in again from the disk (`rebuild-index`); those on `sparedVolumes`, which
     * are not here, stay.
     */
    clear(sparedVolumes?: readonly number[]): void;
  };
  gap: {
    /** Opens a gap; there is at most one open per stream. */
    open(streamId: StreamId, fromMs: number, cause: GapCause): void;
    /** Ends the open gap, or drops it if it would be shorter than the tolerance. */
    close(streamId: StreamId, toMs: number): void;
    /** The open gap begins later than was thought. */
    move(streamId: StreamId, fromMs: number): void;
    /** A span proved to be covered after all: gaps of that stream lose it. */
    cut(streamId: StreamId, fromMs: number, toMs: number): void;
    /** The clock was set back to `atMs`: time that it had jumped over comes after all. */
    passAgain(streamId: StreamId, atMs: number): void;
    /** Of a gap that a clock's jump made, what is covered is left out: its time was gone through before. */
    add(gap: StoredGap): void;
  };
  /** When recording was asked for. */
  wanted: WantedStore;
  schedule: ScheduleStore;
  clock: ClockStore;
  event: {
    /** Gives the event its running number. `why`: kept with it. */
    add(event: Omit<Event, 'seq'>, why?: EventWhy): Event;
    /** Ends an event that is going on, and adds to its data; null if there is none such. */
    end(id: EventId, toMs: number, more?: Event['data']): Event | null;
    /** What the analysis knows of it is more now; `more` changes its severity and adds to its data. null: there is no such event. */
    look(id: EventId, look: EventLook, more?: Pick<Event, 'severity' | 'data'>): Event | null;
    /** More is known of why it was told. */
    why(id: EventId, why: EventWhy): void;
    /** What was seen of it afterwards; takes the place of what was known. null: there is no such event. */
    closer(id: EventId, look: CloserLook): Event | null;
    /** These have no picture any more. */
    bare(ids: readonly EventId[]): void;
  };
  /** Runs several writes as one transaction: all or none. */
  together(work: () => void): void;
  /** Makes the coverage runs of a stream, and those at archives only, again from its segments (`check --repair`, `rebuild-index`). */
  rebuildCoverage(streamId: StreamId): void;
  /** Counts the finished segments of each stream again (`check --repair`). */
  rebuildStored(): void;
  /** Counts the events of each day again (`check --repair`, `rebuild-index`). */
  rebuildEventDays(): void;
  chain: ChainStore;
  retention: RetentionStore;
  hold: HoldStore;
  bookmark: BookmarkStore;
  volume: VolumeStore;
  archive: ArchiveRowStore;
  watch: WatchStore;
  sound: SoundStore;
  plate: PlateStore;
  work: WorkStore;
  access: AccessStore;
  setting: { get(key: string): string | null; set(key: string, value: string): void };
  close(): void;
};

/** Hashes of segments, and the chain of each stream (domain/segment-chain.ts). A deleted segment leaves a seam by itself. */
export type ChainStore = {
  head(streamId: StreamId): ChainHead;
  /** Up to which link the list beside the video goes. */
  listedTo(streamId: StreamId): number;
  /**
   * Adds a segment's file to its stream's chain. null: it is linked already as it is, or the index has no such segment. One that
   * was linked otherwise is linked anew.
   */
  link(streamId: StreamId, stream: ChainedStream, file: HashedFile): ChainLink | null;
  /** Takes over what a list beside the video has after the head, in the order of numbers. */
  join(streamId: StreamId, items: readonly (ChainLink | ChainSeam)[]): void;
  of(streamId: StreamId, startMs: number): ChainLink | null;
  links(streamId: StreamId, fromLink: number, limit: number): ChainLink[];
  seams(streamId: StreamId): ChainSeam[];
  /** Of the next `limit` closed segments those without a hash, and where to go on; null: that was all. */
  unhashed(streamId: StreamId, fromMs: number, limit: number): { startsMs: number[]; nextMs: number | null };
  listed(streamId: StreamId, link: number): void;
  /** Streams whose head or seams have changed since they were noted beside the video. */
  toNote(limit: number): StreamId[];
  /** `headLink`: of the head that was noted; a chain that has grown meanwhile is still to be noted. */
  noted(streamId: StreamId, headLink: number): void;
  /** Forgets all chains, to take them in again from beside the video (`rebuild-index`). */
  clear(): void;
};

/** A span in which recording of a stream was asked for; `toMs` null: it still is. */
export type WantedRun = { fromMs: number; toMs: number | null };

/** When recording was asked for, per stream: runs in order that do not touch, at most one of them open. */
export type WantedStore = {
  /** From now on it is asked for; runs that touch become one. Nothing happens where a run is open. */
  begin(streamId: StreamId, fromMs: number): void;
  /** Not any more; a run that would be empty goes. Nothing happens where none is open. */
  end(streamId: StreamId, toMs: number): void;
  /** Takes a whole run in, merged with those that it touches. */
  add(streamId: StreamId, fromMs: number, toMs: number): void;
};

/** Weeks that cameras share. */
export type ScheduleStore = { save(schedule: RecordingSchedule): void; remove(id: ScheduleId): void };
/** Where the station's clock was not continuous. */
export type ClockStore = {
  /** Takes a seam in; one that is there already stays as it is. */
  add(seam: ClockSeam): void;
  /** All, by number. */
  seams(): ClockSeam[];
};

/** Reads that the write connection answers at start and for small things; heavy reads go to the query worker. */
export type ReadStore = {
  cameras(): CameraRecord[];
  openSegments(): SegmentRow[];
  /** The newest segment of a stream that starts at `notAfterMs` or before; footage of a clock that was ahead starts later. */
  lastSegment(streamId: StreamId, notAfterMs?: number): SegmentRow | null;
  openGap(streamId: StreamId): StoredGap | null;
  counts(): { segments: number; events: number; bytes: number };
  /** Streams of present and removed cameras. */
  streams(): StreamRecord[];
  /** Segments of a stream that start in [fromMs, toMs], oldest first. */
  segmentsFrom(streamId: StreamId, fromMs: number, toMs: number, limit: number): SegmentRow[];
  /** Gaps of a stream that have ended, after a moment, oldest first. */
  endedGaps(streamId: StreamId, sinceMs: number, limit: number): (StoredGap & { toMs: number })[];
  /** Start of the first span in which recording of a stream was asked for, or of its first gap; null: there was none. */
  accountedFromMs(streamId: StreamId): number | null;
  /** Gaps that touch [fromMs, toMs], oldest first. */
  gapsWithin(streamId: StreamId, fromMs: number, toMs: number): StoredGap[];
  /** Runs that touch [fromMs, toMs], oldest first. */
  wantedRuns(streamId: StreamId, fromMs: number, toMs: number): WantedRun[];
  schedules(): RecordingSchedule[];
  eventById(id: string): Event | null;
  /** null: nothing is known of it. */
  eventWhy(id: string): EventWhy | null;
  /** Events that are going on. */
  openEvents(): Event[];
  /** What is wrong inside the database: broken pages, a schema that differs from a fresh one, what disagrees with the rows it is made from. */
  faults(): {
    what: 'integrity' | 'schema' | 'coverage' | 'stored' | 'event-days';
    detail: string;
    streamId?: StreamId;
  }[];
};

/** A stream as stored, with the folder of its camera, present or removed. */
export type StreamRecord = {
  id: StreamId;
  cameraId: CameraId;
  /** Name of the camera. */
  camera: string;
  kind: StreamKind;
  folder: string;
  removed: boolean;
};

/** Users, sessions and their small belongings. */
export type AccessStore = {
  users(): User[];
  user(id: UserId): User | null;
  credentials(name: string): { user: User; passwordHash: string } | null;
  addUser(user: User, passwordHash: string): void;
  saveUser(user: User, passwordHash?: string): void;
  removeUser(id: UserId): void;
  /** Sessions are stored by the SHA-256 of their token. */
  addSession(s: {
    tokenHash: Uint8Array;
    userId: UserId;
    local: boolean;
    createdMs: number;
    expiresMs: number;
    seenMs: number;
  }): void;
  session(
    tokenHash: Uint8Array,
  ): { userId: UserId; local: boolean; createdMs: number; expiresMs: number; seenMs: number } | null;
  touchSession(tokenHash: Uint8Array, seenMs: number, expiresMs: number): void;
  removeSession(tokenHash: Uint8Array): void;
  removeSessionsOf(userId: UserId): void;
  removeSessionsBefore(expiresMs: number): void;
  preference(userId: UserId, key: string): string | null;
  setPreference(userId: UserId, key: string, value: string): void;
};

// ---- thumbnails (adapters/sqlite) ----------------------------------------------------------------------------------

/** Small pictures by camera and moment. All can be made again from the video. */
export type ThumbnailStore = {
  /** Keeps a JPEG of `thumbnailSize`; nothing where the slot has one already. */
  put(cameraId: CameraId, atMs: number, jpeg: Uint8Array): void;
  /** Keeps those of one segment at once. */
  putAll(cameraId: CameraId, pictures: readonly { atMs: number; jpeg: Uint8Array }[]): void;
  /** The nearest one, at most `withinMs` away. */
  near(cameraId: CameraId, atMs: number, withinMs: number): { atMs: number; jpeg: Uint8Array } | null;
  /** Moment of the first one in [fromMs, toMs). */
  firstIn(cameraId: CameraId, fromMs: number, toMs: number): number | null;
  newestMs(cameraId: CameraId): number | null;
  oldest(): { cameraId: CameraId; atMs: number }[];
  totals(): { counts: Record<ThumbnailLevel, number>; bytes: number };
  /** The oldest of one level. */
  removeOldest(level: ThumbnailLevel, count: number): void;
  /** All whose slot touches [fromMs, toMs). */
  remove(cameraId: CameraId, fromMs: number, toMs: number): void;
  removeCamera(cameraId: CameraId): void;
  /** Gives some of the room of removed ones back to the disk. */
  giveBack(): void;
  close(): void;
};

/** Makes the small pictures of a segment on threads of their own (workers/thumbs), and so that a volume that hangs holds up no other. */
export type SegmentPictures = {
  /** None where the file is gone, damaged or locked. Rejects with UNAVAILABLE, and with the system's words where the disk fails. */
  make(ask: ThumbsAsk): Promise<SmallPictures>;
};

// ---- recorded files (adapters/files) -------------------------------------------------------------------------------

/** What a segment's file says of itself. */
export type SegmentContent = {
  /** End (exclusive) of the last whole fragment, UTC ms. */
  endMs: number;
  /** Bytes up to the end of the last whole fragment (and of the closing index, when sealed). */
  bytes: number;
  /** Closed in order: the closing index is there and agrees. */
  sealed: boolean;
  origin: SegmentOrigin;
  /** The machine's steady clock when it was begun, and the boot it counts from; null: it does not say. */
  clocks: { steadyMs: number; wallMs: number; boot: string } | null;
  format: SegmentRow['format'];
  /** [offset, bytes, fromMs, durationMs, startsWithKey], oldest first. */
  fragments: [number, number, number, number, boolean][];
};

/** Where the chains of a camera end, and what is no longer in them. */
export type ChainNote = Partial<Record<StreamKind, { head: ChainHead; seams: ChainSeam[] }>>;

/** The chains of a volume's streams, kept beside its video. Reject with the system's error. */
export type ChainFiles = {
  /** Adds links to the lists of their days; durable. A day that has no folder any more needs no list. */
  append(stream: ChainedStream, links: readonly ChainLink[]): Promise<void>;
  /** The highest link that the note or the newest list tells of; 0: none. Reads little. */
  newest(stream: ChainedStream): Promise<number>;
  /** All lists of a stream, in the order of links. */
  read(stream: ChainedStream): Promise<ChainLink[]>;
  /** The list of the UTC day of a moment. */
  day(stream: ChainedStream, atMs: number): Promise<ChainLink[]>;
  /** The same as `read`, a day at a time, newest first. */
  days(stream: ChainedStream): AsyncIterable<ChainLink[]>;
  note(folder: string, streams: ChainNote): Promise<void>;
  noted(folder: string): Promise<ChainNote | null>;
};

/**
 * A segment's file, opened for reading. What it gives is the plain view of an encrypted one, each fragment verified before a byte of
 * it is given out; it rejects with UNAVAILABLE (reason `corrupt`) where that fails.
 */
export type SegmentReader = {
  /** It is encrypted on disk: what is read of it is not to be kept elsewhere. */
  encrypted: boolean;
  /** Bytes [offset, offset + length); fewer at the end of the file only. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Bytes first … last (inclusive) in pieces; the file is closed when they are through or nobody wants more. */
  chunks(first: number, last: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
};

/** Recorded video of one volume. Reads never change a file. */
export type SegmentFiles = {
  /** Absolute path of the volume's `video` folder. */
  root: string;
  /** Absolute path of a segment. */
  path(folder: string, kind: StreamKind, startMs: number): string;
  /** Camera folders that are there. */
  folders(): Promise<string[]>;
  /** Segment files of a camera that start in [fromMs, toMs], oldest first; reads only the hour folders of that span. */
  list(folder: string, fromMs: number, toMs: number): Promise<{ kind: StreamKind; startMs: number; bytes: number }[]>;
  /** Reads a file's boxes (not its samples); null if there is no such file or nothing whole in it. */
  inspect(path: string): Promise<SegmentContent | null>;
  /**
   * Opens a file for players; null if there is none. Rejects with UNAVAILABLE for an encrypted one whose key is `locked` or
   * `key-destroyed` (its reason), and with the system's errors.
   */
  open(path: string): Promise<SegmentReader | null>;
  /** `inspect` of a source, by as few and as small reads as may be; the source stays open. */
  inspectFrom(source: SegmentSource): Promise<SegmentContent | null>;
  /** `open` of a source: what it gives closes it, and so does a refusal. `name`: of these bytes and no others. */
  openFrom(name: string, source: SegmentSource): Promise<SegmentReader>;
  /** Deletes a camera's folder with all that is in it. For `erase` only. */
  eraseFolder(folder: string): Promise<void>;
  /**
   * A camera's description beside its video (`camera.json`), written whole, so that the index can be made again from the disk alone.
   * False where the camera has no folder: none is made, for it has no video there, or the volume is not there.
   */
  describe(folder: string, json: string): Promise<boolean>;
  described(folder: string): Promise<string | null>;
  chain: ChainFiles;
  /** Holds, bookmarks, rules, zones and lines of a camera (`kept.json`), as `describe`. */
  keepBeside(folder: string, json: string): Promise<boolean>;
  keptBeside(folder: string): Promise<string | null>;
  /** What a camera's coverage of a month is proven from (`account-2026-11.json`), as `describe`. */
  keepAccount(folder: string, month: string, json: string): Promise<boolean>;
  /** Months of which there is such a file; null: the camera has no folder. */
  accountMonths(folder: string): Promise<string[] | null>;
  /**
   * Deletes segments of a camera one after the other, makes that durable, and removes the hour and day folders that are empty
   * then. `spared` is asked right before each file. Answers which are not there any more, and which were refused by themselves
   * (somebody has them open, or protected them); `trouble`: what kept it from going on.
   */
  remove(
    folder: string,
    segments: readonly { kind: StreamKind; startMs: number }[],
    spared: (segment: { kind: StreamKind; startMs: number }) => boolean,
  ): Promise<{
    gone: { kind: StreamKind; startMs: number }[];
    refused: { segment: { kind: StreamKind; startMs: number }; why: string }[];
    trouble: string | null;
  }>;
  /**
   * Space of the volume; `writable` is found by writing and syncing a small file, `mark` is the id that is there: null where there is
   * none. Into a volume that is another than it should be nothing is written. Throws when the volume cannot be looked at.
   */
  space(): Promise<{ totalBytes: number; freeBytes: number; writable: boolean; mark: string | null }>;
};

// ---- backups of the index (adapters/files) ---------------------------------------------------------------------------

/** Backups of the index. Reject with a sentence for the person or the system's error. */
export type BackupFiles = {
  /** Newest first. */
  list(): Promise<{ madeMs: number; bytes: number }[]>;
  /** Where the next one is to be written. Rejects where there is no room for it. */
  draft(madeMs: number): Promise<string>;
  /** A whole and sound draft becomes a backup. */
  keep(draft: string): Promise<void>;
  remove(madeMs: number): Promise<void>;
};

// ---- the demo site (station/demo-site) -----------------------------------------------------------------------------

/** What `demo.start` and `demo.stop` of the contract do; the engine knows nothing of it. */
export type DemoDoor = { start(): Promise<void>; stop(): Promise<void>; running(): boolean };

// ---- secrets, passwords (adapters/auth) ----------------------------------------------------------------------------

/** Seals small secrets at rest (AES-256-GCM under the station's key). `bound` is authenticated with it. */
export type Secrets = {
  seal(plain: string, bound: string): Uint8Array;
  open(sealed: Uint8Array, bound: string): string;
};

export type Passwords = {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
};

// ---- ffmpeg, where there is one (adapters/ffmpeg) ------------------------------------------------------------------

export type Ffmpeg = {
  /** null: none was found. */
  found: { path: string; version: string; source: string } | null;
  /** A key frame as JPEG, at most `maxWidth` pixels wide, `black` where it is private. Rejects when ffmpeg fails or takes longer than 5 s. */
  jpeg(track: VideoTrack, key: Uint8Array, maxWidth: number, black?: readonly Polygon[]): Promise<Uint8Array>;
  /**
   * A key frame as JPEG of `thumbnailSize`, for scrubbing and searching by eye: at the lowest priority, one at a time. Rejects
   * where ffmpeg gives none within 3 s (a damaged frame gives none) and when more than 8 wait.
   */
  thumbnail(track: VideoTrack, key: Uint8Array): Promise<Uint8Array>;
  /** A thumbnail of a picture of `of`'s proportions with what is private of it black. Rejects as `thumbnail`. */
  blacken(thumbnail: Uint8Array, of: { width: number; height: number }, areas: readonly Polygon[]): Promise<Uint8Array>;
  /**
   * Turns a stream into H.264 that any screen can decode. `push` takes units in decoding order from a key frame on; it drops
   * to the next key frame by itself when ffmpeg falls behind. `onEnd` says why it ended when it was not stopped. `black`: what is
   * private of it.
   */
  transcode(
    track: VideoTrack,
    on: { format(track: VideoTrack): void; unit(unit: AccessUnit): void; end(reason: string): void },
    black?: readonly Polygon[],
  ): { push(unit: AccessUnit): void; stop(): void };
};

// ---- ingest workers (workers/ingest, supervised by workers/lib) ---------------------------------------------------

/** One supervised worker: it is started again when it ends. */
export type IngestWorker = {
  /** False while it is being restarted: the message is lost. */
  post(command: IngestCommand, transfer?: readonly Transferable[]): boolean;
  restarts(): number;
  /** Posts `ask`, waits for the thread to end, kills it after `graceMs`. No restart any more. */
  stop(ask: IngestCommand | null, graceMs: number): Promise<unknown>;
};
export type StartIngestWorker = (on: {
  message(report: IngestReport): void;
  /** A new thread runs and knows nothing yet. */
  up(): void;
  /** It ended although nobody asked; a new one comes after `delayMs`. */
  down(why: string, delayMs: number): void;
}) => IngestWorker;

// ---- live pictures -------------------------------------------------------------------------------------------------

/** Units of a stream as encoded live frames; one sink per stream. Made by the ingest side, used by the live hub. */
export type LiveSource = {
  /** First the format and the cached group of pictures, then all as they come. Returns the stop. */
  watch(streamId: StreamId, sink: (frame: ArrayBuffer) => void): () => void;
};

/** One viewer's socket as the live hub sees it. */
export type Viewer = {
  notice(notice: LiveNotice): void;
  /** Sends one binary frame. */
  frame(frame: ArrayBuffer): void;
  /** Bytes handed over and not yet on the wire. */
  pendingBytes(): number;
};

/** What the transports need of live pictures. */
export type LiveDoor = {
  connect(viewer: Viewer, caller: Caller): { request(request: LiveRequest): void; close(): void };
  /** The newest key frame of a stream and how to decode it; null if there is none within 5 s. */
  keyFrame(cameraId: CameraId, kind: StreamKind): Promise<{ track: VideoTrack; data: Uint8Array; atMs: number } | null>;
  viewers(): number;
};

// ---- what the transports (adapters/http) are given ----------------------------------------------------------------

export type PlaybackDoor = {
  /** A segment's file and how much of it may be read now; null if there is none. `open` as in `SegmentFiles`. */
  file(
    cameraId: CameraId,
    kind: StreamKind,
    startMs: number,
  ): Promise<{ open: () => Promise<SegmentReader | null>; bytes: number; sealed: boolean } | null>;
  /** What to read to show a camera's moment; null where none of the streams has video. Rejects as `fragments` does. */
  moment(ask: {
    cameraId: CameraId;
    streams: readonly StreamKind[];
    atMs: number;
    what: 'key' | 'run';
    /** Where more than one clock recorded it: prefer what was recorded after this seam. */
    clock?: number | null | undefined;
  }): Promise<MomentPlace | null>;
};

/** Who must not have a camera's moving pictures whole. */
export type PrivacyDoor = {
  /** What of them this role must not see; empty: it may have them as they are. */
  black(id: CameraId, role: Role): readonly Polygon[];
  /** Told when the answers may be others for reasons that do not show in the cameras. Returns the stop. */
  onChange(listener: () => void): () => void;
};

/** Fragments [first, first + count) of a segment hold the moment. */
export type MomentPlace = {
  open: () => Promise<SegmentReader | null>;
  stream: StreamKind;
  segment: Segment;
  fragments: SegmentContent['fragments'];
  first: number;
  count: number;
};

/** Languages that reports are written in: those of the screen. */
export type ReportLanguage = 'en' | 'fr' | 'pt';
export type CoverageReport = {
  station: string;
  /** Who asked for it. */
  by: string;
  /** IANA name of the zone that times are written in. */
  zone: string;
  language: ReportLanguage;
  proof: CoverageProof;
  missing: ReadonlyMap<CameraId, { missing: Missing[]; more: boolean }>;
};
/** Reports as files (adapters/report). */
export type ReportWriter = {
  /** UTF-8. */
  coverageCsv(report: CoverageReport): Promise<Uint8Array>;
  coveragePdf(report: CoverageReport): Promise<Uint8Array>;
};
/** What the transports need of it: the file's bytes. Throws INVALID. */
export type CoverageReportDoor = (
  form: 'csv' | 'pdf',
  ask: { fromMs: number; toMs: number; cameraId: CameraId[]; zone: string; language: ReportLanguage; by: string },
) => Promise<Uint8Array>;

/** What the transports need of thumbnails. */
export type ThumbnailDoor = {
  /**
   * The thumbnail nearest to a moment, at most `withinMs` away. Where none is kept it is made from the recording now, if that can
   * be done. null: nothing was recorded there. Throws NOT_FOUND, UNAVAILABLE (too many at once, no ffmpeg).
   */
  picture(id: CameraId, atMs: number, withinMs: number): Promise<{ atMs: number; jpeg: Uint8Array } | null>;
};

/** Single pictures as cameras' devices make them. */
export type SnapshotDoor = {
  /** JPEG; null for a camera without a device. Throws DEVICE. */
  snapshot(id: CameraId, stream: StreamKind): Promise<Uint8Array | null>;
};

/** Why a talk ended: let go · nothing came for a second · the camera's doing, `detail` says what. */
export type TalkEnd = { is: 'released' | 'silent' } | { is: 'camera'; detail: string };

/** The report of what was deleted. */
export type DeletionsDoor = Pick<Retention, 'deletions'>;

export type TalkDoor = {
  /**
   * Begins to talk. `open`: the camera listens; of what was said before, the last half second is kept. `ended` is told once.
   * Throws NOT_FOUND, CONFLICT (`what: 'talk'`: somebody else talks there), UNAVAILABLE.
   */
  talk(
    id: CameraId,
    caller: Caller,
    on: { open(): void; ended(end: TalkEnd): void },
  ): {
    /** µ-law, 8000 samples a second. */
    sound(sound: Uint8Array): void;
    end(): void;
  };
};

export type AccessDoor = {
  /** The caller behind a session token, and the expiry (sliding); null for none, an ended or a disabled one. */
  caller(token: string): Caller | null;
  /** Told when a session or user ends, so that its sockets are closed. Returns the stop. */
  onRevoked(listener: (sessionId: string) => void): () => void;
};

// ---- the query worker ----------------------------------------------------------------------------------------------

export type { CoverageQuery, PlacedSegment, Queries, StreamAccount } from './query-port.ts';

/** A role that a caller must have; kept here so that the http room needs no domain import for it. */
export type NeededRole = 'public' | Role;
