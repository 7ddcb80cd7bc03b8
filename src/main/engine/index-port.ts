/** The index as the engine writes and reads it (adapters/sqlite). Types only. */
import type { Camera } from '#domain/camera.ts';
import type { CloserLook } from '#domain/closer-look.ts';
import type { Event, EventLook } from '#domain/event.ts';
import type { EventWhy } from '#domain/event-why.ts';
import type { Gap, GapCause } from '#domain/gap.ts';
import type { CameraId, EventId, StationId, StreamId } from '#domain/id.ts';
import type { RecordingSchedule } from '#domain/recording-plan.ts';
import type { SegmentOrigin, SegmentState } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { ArchiveRowStore } from './archive-port.ts';
import type { BookmarkStore, HoldStore, RetentionStore } from './retention-port.ts';
import type { VolumeStore } from './volume-port.ts';
import type { SoundStore } from './sound-port.ts';
import type { PlateStore } from './plate-port.ts';
import type { WatchStore } from './watch-port.ts';
import type { WorkStore } from './work-port.ts';
import type { AccessStore } from './access-port.ts';
import type { ChainStore } from './chain-port.ts';
import type { ClockStore } from './clock-port.ts';
import type { ScheduleStore, WantedRun, WantedStore } from './wanted-port.ts';

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

/**
 * The one writer. Every method is one transaction and throws only on failures of the database itself. What it wrote outlasts a crash at once,
 * and a power cut some tenths of a second later (ADR 22): who does something that cannot be undone, or says that it is done, awaits `durable`.
 */
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
    /** Whether its object has stayed in its place. null: there is no such event, or nothing was seen of it. */
    stayed(id: EventId, stayed: boolean): Event | null;
    /** More is known of why it was told. */
    why(id: EventId, why: EventWhy): void;
    /** What was seen of it afterwards; takes the place of what was known. null: there is no such event. */
    closer(id: EventId, look: CloserLook): Event | null;
    /** These have no picture any more. */
    bare(ids: readonly EventId[]): void;
  };
  /** Runs several writes as one transaction: all or none. */
  together(work: () => void): void;
  /** Resolves when all that was written until now outlasts a power cut; never while a disk hangs. Rejects with `StoreError`. */
  durable(): Promise<void>;
  /**
   * Carries something out; what it wrote is durable when its answer comes. Where it wrote nothing no disk is waited for. Rejects with UNAVAILABLE
   * (`data-folder-slow`) where the disk takes more than half a minute, and with `StoreError`; what was written stays written.
   */
  durably<T>(work: () => Promise<T>): Promise<T>;
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
