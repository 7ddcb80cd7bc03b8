/**
 * The whole public face of the listen worker: sound of streams comes to it straight from the ingest workers (`HeardMessage`), and it
 * says how loud it is and what begins and ends, and gives the sound itself to who detects speech.
 */
import type { MessagePort } from 'node:worker_threads';
import type { StreamId } from '#domain/id.ts';
import type { SoundLevel, SoundSettings } from '#domain/sound.ts';
import type { LogFields } from '#lib/log.ts';
import type { AudioTrack } from '#media/format.ts';

/** Given once, as workerData. */
export type ListenSetup = {
  /** What decodes AAC and Opus; null: only G.711 is heard. */
  ffmpeg: { path: string } | null;
};

/** What is wanted of one stream. */
export type ListenOrder = {
  streamId: StreamId;
  /** For logs: camera name and kind. */
  label: string;
  /** `heardSlot`, the same that its ingest worker has. */
  slot: SharedArrayBuffer;
  weighting: SoundSettings['weighting'];
  /** null: nobody wants to know. */
  loud: { thresholdDb: number; minMs: number } | null;
  sudden: { riseDb: number } | null;
  silence: { minMs: number } | null;
  /** Its microphone was heard in an earlier run. */
  heard: boolean;
  /** Its sound is given (`sound`). */
  speech: boolean;
  /** Somebody looks: levels are told as they come, else every other second. */
  live: boolean;
};

/** Engine to worker. */
export type ListenCommand =
  /** One more ingest worker gives sound; transferred. */
  | { op: 'source'; port: MessagePort }
  /** Listens to a stream, or otherwise: what was learned stays. */
  | { op: 'listen'; order: ListenOrder }
  | { op: 'unlisten'; streamId: StreamId }
  /** Frames of recorded sound as samples; answered by `decoded`. */
  | {
      op: 'decode';
      id: number;
      track: AudioTrack;
      frames: { atMs: number; data: Uint8Array }[];
      fromMs: number;
      toMs: number;
    }
  /** Ends its decoders and the thread by itself. */
  | { op: 'stop' };

/** What begins or ends; times are station time, ms; levels dBFS. */
export type HeardEvent = { matter: 'loud' | 'sudden' | 'silence' } & (
  | { is: 'begin'; fromMs: number; peakDb: number | null }
  | { is: 'end'; atMs: number; peakDb: number | null }
);

/** Worker to engine. */
export type ListenReport =
  | { op: 'ready' }
  | {
      op: 'heard';
      streamId: StreamId;
      /** When the first level begins. */
      atMs: number;
      /** Since the report before; empty: no sound came. */
      levels: SoundLevel[];
      /** null: it is being learned. */
      backgroundDb: number | null;
      events: HeardEvent[];
      /** Its microphone was heard. */
      heard: boolean;
      /** Left out since it is listened to, ms. */
      droppedMs: number;
    }
  /** 16 kHz, mono, −1 … 1; transferred. `after`: right after the one before. */
  | { op: 'sound'; streamId: StreamId; atMs: number; after: boolean; samples: Float32Array<ArrayBuffer> }
  /** Why nothing is heard; null: it is again. */
  | { op: 'trouble'; streamId: StreamId; trouble: 'no-ffmpeg' | 'undecodable' | 'busy' | null; message: string }
  /** 16 kHz, mono, −1 … 1, of the whole span; null: it cannot be decoded. Transferred. */
  | { op: 'decoded'; id: number; samples: Float32Array<ArrayBuffer> | null; message: string }
  | { op: 'log'; level: 'warn' | 'error'; text: string; fields?: LogFields }
  /** Every 10 s: what the thread itself costs, without its decoders. */
  | { op: 'usage'; cpuSeconds: number };
