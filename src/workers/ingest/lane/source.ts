/** What a lane takes its units from: our own client, or ffmpeg. */
import type { Transport } from '#domain/stream.ts';
import type { StreamFault } from '../fault.ts';
import type { Manners } from '../rtsp/dialogue.ts';
import type { MetadataTaker } from '../rtsp/metadata-media.ts';
import type { SlabPool } from '../slab-pool.ts';
import type { Ticker } from '../ticker.ts';
import type { UnitSink } from '../unit-sink.ts';
import type { StationTime } from './station-time.ts';

export type SourceRequest = {
  /** The stream's own address: what is trusted. */
  url: string;
  /** Where the camera sent us: taken instead. */
  at?: string | null;
  transport: Transport;
  username: string | null;
  password: string | null;
  /** What the camera has shown so far; of the lane, so that it outlives the session. */
  manners?: Manners;
};

export type SourceDeps = { time: StationTime; ticker: Ticker; slabs: SlabPool; signal: AbortSignal };

export type SourceHandler = {
  sink: UnitSink;
  /** Takes the metadata beside the pictures; ffmpeg gives none. */
  metadata?: MetadataTaker;
  /** The camera's time jumped. */
  jumped(): void;
  /** The station's clock was set by so much, and the next unit has the new time; the sink is interrupted after this. */
  stepped(byUs: number): void;
  damaged(): void;
  /** Once, unless it was closed by us. `moved`: take this address next. */
  lost(fault: StreamFault, moved: string | null): void;
};

export type Source = {
  via: 'native' | 'ffmpeg';
  transport: 'tcp' | 'udp' | 'tls';
  note: string | null;
  /** Rises while anything at all comes. */
  activity(): number;
  lost(): number;
  /** RFC 3550 §6.4.1, ms; null where it is not measured. */
  jitterMs(): number | null;
  clockOffsetMs(): number | null;
  /** The station's clock was set by so much. Units keep the time before it up to the next key frame, so that none is lost. */
  step(byUs: number): void;
  /** Ends the line: what comes does not continue what was. */
  interrupt(): void;
  close(): void;
};
