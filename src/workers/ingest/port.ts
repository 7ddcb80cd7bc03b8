/**
 * The whole public face of an ingest worker. One worker carries many streams, each in its own lane: connect, depacketize,
 * record, offer live. The worker writes segments itself (no video crosses a thread to reach the disk) and reports; the engine
 * keeps the index.
 */
import type { KeyObject } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import type { CameraObjects } from '#domain/camera-objects.ts';
import type { DeviceEvent } from '#domain/device-event.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { GapCause } from '#domain/gap.ts';
import type { AudioTrack, VideoTrack } from '#media/format.ts';
import type { SyncPolicy } from '#domain/volume.ts';
import type { StreamKind, StreamStatus, StreamTrouble, Transport } from '#domain/stream.ts';

/** Where and how a stream is recorded. */
export type RecordTarget = {
  volume: number;
  /** Absolute path of the volume's `video` folder. */
  root: string;
  /** The camera's folder name under it. */
  folder: string;
  /** The id that the volume must have; absent: any has. */
  mark?: string;
  /** When what is written there is made durable; absent: `durable`. */
  sync?: SyncPolicy;
};

/**
 * When a stream goes on at another place. turn: with its next segment · key: at the next key frame · now: at
 * once, with all that waits in memory from a key frame on; what another disk has not answered for by now is left there (`left`).
 */
export type RecordMove = 'turn' | 'key' | 'now';

/** The keys of one volume, by the root that `RecordTarget` names. */
export type VolumeKeyRing = {
  root: string;
  /** By which of them new segments are encrypted; null: they are plain. */
  writing: string | null;
  /** All that can be used: old footage is read too. */
  keys: { id: string; key: KeyObject }[];
};

/** What is read of the metadata that a camera sends beside its pictures. */
export type MetadataWant = {
  events: boolean;
  /** What its own analysis sees: now and then, or as it comes because somebody looks. */
  objects: 'none' | 'slow' | 'live';
};

/**
 * What became of a stream's metadata. left: offered and not wanted · compressed: offered in a form that is not read · refused:
 * offered, and the camera does not give it or ends its stream over it · closed: the connection ended. `leftOut`: documents that
 * were not read since the connection was made (too large, too many, damaged).
 */
export type MetadataLine = {
  is: 'none' | 'left' | 'compressed' | 'refused' | 'reading' | 'closed';
  leftOut: number;
};

/** What of a stream with a `RecordTarget` goes to disk. */
export type RecordManner = {
  /** false: nothing is written now; the last seconds are held ready in memory. */
  write: boolean;
  /** How much is held ready at least while nothing is written, from a key frame on. */
  preRollMs: number;
  /** Where writing begins: what is held from this moment on (station time) goes to disk first. */
  fromMs: number;
  /** Whether sound is written. */
  audio: boolean;
};
/** Everything is written as it comes. */
export const writeAll: RecordManner = { write: true, preRollMs: 0, fromMs: 0, audio: true };

export type IngestStream = {
  streamId: StreamId;
  cameraId: CameraId;
  kind: StreamKind;
  /** For logs: camera name and kind. */
  label: string;
  /** Without user and password. */
  url: string;
  transport: Transport;
  username: string | null;
  password: string | null;
  /** null: not recorded (live only). */
  record: RecordTarget | null;
  /** Absent: `writeAll`. */
  manner?: RecordManner;
  /** Station time up to which this stream is already on disk, as far as the clock has come by now; 0: nothing yet. */
  notBeforeMs: number;
  /** null or absent: the metadata beside its pictures is left where it is. */
  metadata?: MetadataWant | null;
};

/** One hole of a stream, to be fetched from the camera's own card. */
export type ReplayJob = {
  streamId: StreamId;
  kind: StreamKind;
  /** Where the camera replays from, without user and password. */
  url: string;
  username: string | null;
  password: string | null;
  record: RecordTarget;
  /** The recording on the card, as the camera names it: goes into the mark of the segments. */
  recording: string;
  /** Station time; nothing outside is written. */
  fromMs: number;
  toMs: number;
  /** Camera clock minus station clock, as far as is known, and how much more is asked for on either side. */
  offsetMs: number;
  marginMs: number;
  /** File of the segment right before the hole: its pictures tell the camera's clock exactly. null: there is none. */
  before: string | null;
  /** File of the segment right after it: what is fetched ends before its first picture. null: there is none. */
  after: string | null;
  maxBytesPerSecond: number;
};

/**
 * `ok`: the camera has given what it has of this span. `matchedMs`: by how much the camera's clock differed from what was
 * believed, found out from a picture that was there already; null: no such picture came, the clocks were believed.
 * `bytes`: taken from the network.
 */
export type ReplayOutcome =
  | { ok: true; matchedMs: number | null; bytes: number; pictures: number }
  | { ok: false; trouble: StreamTrouble; detail: string; bytes: number; pictures: number };

/** Given once, as workerData. */
export type IngestSetup = {
  /** Rung with each command, so that none waits while the thread sleeps; absent: nobody rings. */
  bell?: SharedArrayBuffer;
  /** Absolute path of ffmpeg for what the own client cannot speak; null: there is none. */
  ffmpeg: string | null;
  /** Which boot of the machine its steady clock counts from. */
  boot: string;
  /** How many bytes of unwritten samples a stream may hold while its disk is slow; more is dropped and becomes a gap. */
  maxPendingBytes: number;
  /** How many bytes all streams of a worker may hold ready for triggers; beyond, who holds most holds less. */
  maxPreRollBytes: number;
  /** Most bytes of the newest group of pictures kept per stream for new viewers. */
  maxCachedGopBytes: number;
};

/** How often pictures of a stream are given to the watch worker; its place in memory that both see. */
export type ShowOrder = {
  /** At most, 0.05 … 5. Key frames, and what is between them where `between` and `decide/between-looks.ts` say so. */
  perSecond: number;
  between: boolean;
  /** `shownSlotBytes`, for this stream and this order alone. */
  slot: SharedArrayBuffer;
};
/**
 * Where what is in a slot, 32 bits each: 1 while a picture was given and not taken · how many were left out for that · what is seen
 * there (`shownActive`), said by the watch worker · 1 where pictures between its key frames can be looked at.
 */
export const shownSlot = { busy: 0, missed: 1, active: 2, between: 3 } as const;
/** Nothing happens · something moves, is followed or is learned · it moves and is no event yet: another look is wanted soon. */
export const shownActive = { calm: 0, active: 1, unsure: 2 } as const;
export const shownSlotBytes = 16;

/** Over the port of `pictures-to`: one picture, and what must be decoded before it; its bytes are transferred. */
export type ShownMessage = {
  streamId: StreamId;
  /** How to decode it; absent: as the one before. */
  track?: VideoTrack;
  /** Units from a key frame on, one after the other, each as length-prefixed NAL units; the last is the picture. */
  data: Uint8Array<ArrayBuffer>;
  /** Where in it each ends, but the last; absent: it is a key frame. */
  ends?: number[];
  /** It comes on top, so that the gate can make sure of what it saw. */
  second?: true;
  /** Its time as it is recorded under, and when it came; station time, microseconds. */
  ptsUs: number;
  arrivedUs: number;
};

/** That the sound of a stream is given to the listen worker; its place in memory that both see. */
export type HearOrder = {
  /** `heardSlotBytes`, for this stream and this order alone. */
  slot: SharedArrayBuffer;
};
/** What is in a slot, 32 bits each: messages that were given and not taken · how much sound was left out for that, ms. */
export const heardSlot = { waiting: 0, missedMs: 1 } as const;
export const heardSlotBytes = 8;
/** More than so many messages (about 200 ms each) never wait. */
export const mostHeardWaiting = 10;

/** Over the port of `sound-to`: some frames of a stream, one after the other; their bytes are transferred. */
export type HeardMessage = {
  streamId: StreamId;
  /** What they are; absent: as those before. */
  track?: AudioTrack;
  data: Uint8Array<ArrayBuffer>;
  sizes: number[];
  /** When each begins, as it is recorded under; station time, microseconds. */
  ptsUs: number[];
};

/** Engine to worker. */
export type IngestCommand =
  | { op: 'start'; stream: IngestStream }
  /** Closes its segment, disconnects, forgets it; answered by `stopped`. */
  | { op: 'stop'; streamId: StreamId }
  /** Starts or ends recording without touching the connection; `move`: how it gets to another place, absent: `turn`. */
  | { op: 'record'; streamId: StreamId; record: RecordTarget | null; manner?: RecordManner; move?: RecordMove }
  /** These streams give way while their disk is slow, no others: what they send is not recorded, and told as uncovered. */
  | { op: 'give-way'; streamIds: StreamId[] }
  /** What to read of its metadata; from or to null it holds from the next connection on. */
  | { op: 'metadata'; streamId: StreamId; want: MetadataWant | null }
  /** The keys of volumes, anew; segments that begin from now on are written accordingly, those that are open stay as they are. */
  | { op: 'keys'; volumes: VolumeKeyRing[] }
  /** Live units of a stream to the engine: on → first the format and the cached group of pictures, then all as they come. */
  | { op: 'watch'; streamId: StreamId; on: boolean }
  /** Where key pictures go from now on (`ShownMessage`); transferred. */
  | { op: 'pictures-to'; port: MessagePort }
  /** Gives key pictures of a stream there as they come; null: none any more. Costs a copy each and wakes nothing. */
  | { op: 'show'; streamId: StreamId; order: ShowOrder | null }
  /** Where sound goes from now on (`HeardMessage`); transferred. */
  | { op: 'sound-to'; port: MessagePort }
  /** Gives the sound of a stream there as it comes; null: not any more. Costs a copy and wakes nothing. */
  | { op: 'hear'; streamId: StreamId; order: HearOrder | null }
  /** One more connection, not recorded, ended after the first key frame or after 10 s; answered by `probed`. */
  | {
      op: 'probe';
      probeId: number;
      url: string;
      transport: Transport;
      username: string | null;
      password: string | null;
    }
  /** Opens the way to a camera's loudspeaker in a connection of its own; answered by `talk`. */
  | { op: 'talk'; talkId: number; url: string; username: string | null; password: string | null }
  /** µ-law, 8000 samples a second; given out at that pace. */
  | { op: 'talk-sound'; talkId: number; sound: Uint8Array }
  /** What came before is still given out. */
  | { op: 'talk-end'; talkId: number }
  /** Fetches a hole; `filled` for each segment that is on disk, at the end `replayed`. */
  | { op: 'replay'; replayId: number; job: ReplayJob }
  /** What was fetched is sealed; answered by `replayed`. */
  | { op: 'replay-stop'; replayId: number }
  /**
   * Closes all segments and ends the thread by itself: as soon as all that waits is written, 2 s after the disk took the last of it, or
   * after 20 s. Answered by `draining` about three times a second and `drained` in the end.
   */
  | { op: 'drain' };

/** How far a stream's disk is behind what comes. */
export type DiskLag = {
  streamId: StreamId;
  volume: number;
  /** How long ago the oldest came that is not on disk, ms. */
  lagMs: number;
  /** That one waits for the file of its segment to be made, or has waited for it. */
  opening: boolean;
  /** How full its memory is, of 1. */
  fill: number;
  /** Pictures are being dropped although it was not told to give way. */
  dropping: boolean;
};

export type SegmentFormat = {
  /** RFC 6381, video first, comma-separated. */
  codecs: string;
  width: number;
  height: number;
  /** Bytes of `ftyp` + `moov`. */
  initBytes: number;
};

export type ProbeOutcome =
  | {
      ok: true;
      video: { codec: string; width: number; height: number };
      audio: { codec: string; sampleRate: number; channels: number } | null;
      fps: number;
      via: 'native' | 'ffmpeg';
      transport: 'tcp' | 'udp' | 'tls';
      keyIntervalMs: number | null;
      /** First key frame as length-prefixed NAL units, and the decoder configuration. */
      config: Uint8Array;
      picture: Uint8Array;
    }
  | { ok: false; trouble: StreamTrouble; detail: string };

/** Worker to engine. */
export type IngestReport =
  | { op: 'ready' }
  /** State and figures of streams that changed, at most once a second each; a change of state at once. */
  | { op: 'status'; streams: { streamId: StreamId; status: StreamStatus }[] }
  /** From this moment the stream is not covered, for this cause; the next `opened` ends it that is not `past`. */
  | { op: 'uncovered'; streamId: StreamId; fromMs: number; cause: GapCause }
  /**
   * The file exists with its init bytes, synced, its folder entry synced too. `steadyMs`: the machine's steady clock when it was begun.
   * `past`: what is written in it was kept in memory while a disk refused, and ended before now; what is not covered since is told already.
   */
  | {
      op: 'opened';
      streamId: StreamId;
      startMs: number;
      steadyMs: number;
      volume: number;
      format: SegmentFormat;
      past?: true;
    }
  /** Durable up to here: bytes on disk, end (exclusive) of the last whole fragment. At most one entry per stream a message. */
  | { op: 'grew'; segments: { streamId: StreamId; startMs: number; endMs: number; bytes: number }[] }
  /**
   * Closed in order, with its index of key frames at the end; synced. `sha256`: of the whole file as it was written, in hex;
   * null where that is known only by reading it.
   */
  | { op: 'sealed'; streamId: StreamId; startMs: number; endMs: number; bytes: number; sha256: string | null }
  /** Opened, but nothing whole could be written: the file is gone again. */
  | { op: 'dropped'; streamId: StreamId; startMs: number }
  /**
   * Opened, and given up because its disk does not answer: what of it is on that disk is known only by looking when it answers
   * again. Nothing more is said of it than `let-go`.
   */
  | { op: 'left'; streamId: StreamId; startMs: number }
  /** Its disk has answered, and what was left there is as it will stay: it may be looked at. */
  | { op: 'let-go'; streamId: StreamId; startMs: number }
  /** The disk refused (errno code); the worker tries again about once a second and says `disk: null` when it works. */
  | { op: 'disk'; streamId: StreamId; volume: number; code: string | null }
  /** Streams whose disk is behind, once a second; those that it has caught up with once more. */
  | { op: 'behind'; streams: DiskLag[] }
  /** The station's wall clock was set, by so much; its streams go on with the new time at their next key frames. */
  | { op: 'clock-jumped'; byMs: number }
  /** One live frame (`contract/live-frame.ts`, `live` = streamId), transferred. */
  | { op: 'live'; streamId: StreamId; frame: ArrayBuffer }
  /** What became of the metadata beside its pictures, told when that changes. */
  | { op: 'metadata-line'; streamId: StreamId; line: MetadataLine }
  /** What was in one document of it; `objects` null: nothing about a picture, or not wanted now. */
  | { op: 'metadata'; streamId: StreamId; events: DeviceEvent[]; objects: CameraObjects | null }
  | { op: 'probed'; probeId: number; outcome: ProbeOutcome }
  | { op: 'talk'; talkId: number; state: 'open' }
  /** `trouble` null: it was asked to end. */
  | {
      op: 'talk';
      talkId: number;
      state: 'ended';
      trouble: StreamTrouble | null;
      detail: string | null;
      droppedFrames: number;
    }
  | {
      op: 'filled';
      replayId: number;
      segment: {
        startMs: number;
        endMs: number;
        bytes: number;
        sha256: string | null;
        volume: number;
        format: SegmentFormat;
      };
    }
  | { op: 'replayed'; replayId: number; outcome: ReplayOutcome }
  | { op: 'stopped'; streamId: StreamId }
  /** The end goes on: the disk takes what waits. */
  | { op: 'draining' }
  | { op: 'drained' }
  /** A line for the log; never a secret. */
  | {
      op: 'log';
      level: 'debug' | 'info' | 'warn' | 'error';
      text: string;
      fields?: Record<string, string | number | boolean | null>;
    }
  /** About once in 10 s: what this worker costs. */
  | { op: 'usage'; cpuSeconds: number; heapBytes: number };
