/**
 * What the engine needs of ONVIF devices, in its own words (adapters/onvif). Types only. Whatever fails rejects with
 * `AppError('DEVICE', sentence, { data: { trouble } })`: `trouble` is a `DeviceTrouble`; the sentence never holds a secret.
 * Every call has a time limit (10 s unless said otherwise) and takes its turn per device (at most two at once).
 */
import type { CertificatePin, DeviceFacts, FoundDevice, Relay } from '#domain/device.ts';
import type { DeviceEvent } from '#domain/device-event.ts';
import type { Encoder, EncoderOptions, Overlay } from '#domain/encoder.ts';
import type { Imaging, ImagingOptions } from '#domain/imaging.ts';
import type { Metadata, MetadataChange, MetadataOptions } from '#domain/metadata.ts';
import type { PtzFacts, PtzPosition, PtzPreset, PtzStatus, PtzVelocity } from '#domain/ptz.ts';

/** What a device recorded by itself (Profile G). */
export type DeviceRecording = {
  token: string;
  source: string | null;
  fromMs: number | null;
  toMs: number | null;
  tracks: { token: string; kind: 'video' | 'audio' | 'metadata' }[];
};

/** One device, spoken to. Cheap to make: nothing is sent before the first call. */
export type Device = {
  /** Everything a wizard or a health page wants; up to 20 s. */
  facts(): Promise<DeviceFacts>;
  /** Certificate seen at the last https answer. */
  certificate(): CertificatePin | null;
  /** Stream address of a profile, without user and password. */
  streamUrl(profile: string, transport: 'tcp' | 'udp'): Promise<string>;
  /** A JPEG as the device makes it; at most 8 MB. */
  snapshot(profile: string): Promise<Uint8Array>;
  clock: { offsetMs(): Promise<number | null>; set(): Promise<void> };
  encoder: {
    get(profile: string): Promise<Encoder>;
    options(profile: string): Promise<EncoderOptions>;
    set(profile: string, wanted: Omit<Encoder, 'token'>): Promise<Encoder>;
  };
  /** What is sent along beside the pictures. Rejects with `unsupported` where nothing is. */
  metadata: {
    get(profile: string): Promise<{ metadata: Metadata; options: MetadataOptions }>;
    set(profile: string, change: MetadataChange): Promise<Metadata>;
  };
  imaging: {
    get(source: string): Promise<Imaging>;
    options(source: string): Promise<ImagingOptions>;
    set(source: string, change: Imaging): Promise<Imaging>;
    focus(source: string, speed: number): Promise<void>;
    stopFocus(source: string): Promise<void>;
  };
  overlays: {
    list(source: string): Promise<Overlay[]>;
    set(overlay: Overlay): Promise<void>;
    add(source: string, overlay: Omit<Overlay, 'token'>): Promise<void>;
    remove(token: string): Promise<void>;
  };
  ptz: {
    facts(profile: string): Promise<PtzFacts>;
    status(profile: string): Promise<PtzStatus>;
    /** The device stops by itself after `timeoutMs` unless told again (ONVIF PTZ §5.3.3). */
    move(profile: string, velocity: PtzVelocity, timeoutMs: number): Promise<void>;
    stop(profile: string): Promise<void>;
    absolute(profile: string, to: Partial<PtzPosition>, speed: number | null): Promise<void>;
    relative(profile: string, by: { pan: number; tilt: number; zoom: number }, speed: number | null): Promise<void>;
    home(profile: string): Promise<void>;
    setHome(profile: string): Promise<void>;
    presets(profile: string): Promise<PtzPreset[]>;
    go(profile: string, preset: string): Promise<void>;
    /** Makes one at the present position, or moves one there. Gives its token. */
    setPreset(profile: string, name: string, token: string | null): Promise<string>;
    removePreset(profile: string, token: string): Promise<void>;
  };
  relays: { list(): Promise<Relay[]>; set(token: string, on: boolean): Promise<void> };
  /** Sends one of the `auxiliary` commands of the facts. */
  auxiliary(command: string): Promise<void>;
  /**
   * Follows the device's events through one PullPoint, renewed and made again as needed; a synchronisation point is asked for
   * at each beginning. `state` tells when it works and why it does not. Returns the stop, which unsubscribes.
   */
  events(on: { event(event: DeviceEvent): void; state(state: { up: boolean; trouble: string | null }): void }): {
    stop(): Promise<void>;
  };
  recordings: {
    list(): Promise<DeviceRecording[]>;
    /** Spans of a recording that hold video between two moments of the device's clock, ascending. */
    spans(recording: string, fromMs: number, toMs: number): Promise<{ fromMs: number; toMs: number }[]>;
    /** RTSP address to replay a recording from (Replay Service §5.1); the moment is asked for in PLAY by `Range: clock=`. */
    replayUrl(recording: string): Promise<string>;
  };
  close(): void;
};

export type DeviceTarget = {
  url: string;
  username: string | null;
  password: string | null;
  /** Pinned certificate; null: pin what is seen first. */
  certificate: CertificatePin | null;
};

export type DeviceDoor = {
  /** Listens for Hello and Bye on every interface and probes now and again; `found` is told of each answer, `gone` of a Bye. */
  watch(on: { found(device: FoundDevice): void; gone(endpoint: string): void }): {
    probe(): void;
    stop(): Promise<void>;
  };
  /** Asks the hosts given (addresses, names, or ranges `10.0.0.0/24`, `10.0.0.5-20`; at most 1024) directly, by unicast probe and by ONVIF call. */
  ask(hosts: string[], found: (device: FoundDevice) => void, signal: AbortSignal): Promise<void>;
  connect(target: DeviceTarget): Device;
};
