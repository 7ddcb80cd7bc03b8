/** What the engine offers for commanding cameras: heads, devices' settings, talking. Types only. */
import type { Caller, Inputs, Outputs, Pushed, Signal } from '#contract/call.ts';
import type { Talker } from '#contract/device.ts';
import type { PtzState } from '#contract/ptz.ts';
import type { Encoder, Overlay } from '#domain/encoder.ts';
import type { CameraId } from '#domain/id.ts';
import type { Imaging } from '#domain/imaging.ts';
import type { Metadata, MetadataChange } from '#domain/metadata.ts';
import type { PtzPreset, PtzTour, PtzVelocity } from '#domain/ptz.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { SnapshotDoor } from './snapshot-port.ts';
import type { TalkDoor } from './talk-port.ts';

/**
 * Heads of cameras. Every command throws NOT_FOUND, CONFLICT (no device; `what: 'lock'`: somebody else steers) and DEVICE; it
 * rests a tour that runs.
 */
export type Ptz = {
  watch(id: CameraId, caller: Caller, signal: Signal): AsyncIterable<Pushed<PtzState>>;
  move(id: CameraId, caller: Caller, velocity: PtzVelocity, holdMs: number): Promise<void>;
  stop(id: CameraId, caller: Caller): Promise<void>;
  absolute(id: CameraId, caller: Caller, to: { pan?: number; tilt?: number; zoom?: number }): Promise<void>;
  centre(id: CameraId, caller: Caller, point: { x: number; y: number }): Promise<void>;
  box(id: CameraId, caller: Caller, box: { x: number; y: number; width: number; height: number }): Promise<void>;
  home(id: CameraId, caller: Caller): Promise<void>;
  setHome(id: CameraId, caller: Caller): Promise<void>;
  go(id: CameraId, caller: Caller, preset: string): Promise<void>;
  setPreset(id: CameraId, caller: Caller, name: string, preset: string | null): Promise<PtzPreset>;
  removePreset(id: CameraId, caller: Caller, preset: string): Promise<void>;
  saveTour(id: CameraId, caller: Caller, tour: PtzTour): Promise<void>;
  removeTour(id: CameraId, caller: Caller, name: string): Promise<void>;
  startTour(id: CameraId, caller: Caller, name: string): Promise<void>;
  stopTour(id: CameraId, caller: Caller): Promise<void>;
  /** Throws FORBIDDEN where somebody else has it and the caller is no administrator. */
  takeLock(id: CameraId, caller: Caller): Promise<void>;
  releaseLock(id: CameraId, caller: Caller): void;
};

/** Settings of cameras' devices. Everything throws NOT_FOUND, CONFLICT (no device) and DEVICE. */
export type DeviceSettings = SnapshotDoor & {
  /** Asks anew. Users at the device are told to administrators only. */
  facts(id: CameraId, caller: Caller): Promise<Outputs['device']['facts']>;
  /** Offset that is left, ms. */
  setClock(id: CameraId, caller: Caller): Promise<number | null>;
  encoder(id: CameraId, stream: StreamKind): Promise<Outputs['device']['encoder']>;
  /** Throws INVALID where the device does not offer that; its stream is taken anew afterwards. */
  setEncoder(id: CameraId, caller: Caller, stream: StreamKind, encoder: Omit<Encoder, 'token'>): Promise<Encoder>;
  imaging(id: CameraId): Promise<Outputs['device']['imaging']>;
  setImaging(id: CameraId, caller: Caller, change: Imaging): Promise<Imaging>;
  /** null: it sends nothing along. */
  metadata(id: CameraId): Promise<Outputs['device']['metadata']>;
  /** Throws INVALID where the device does not offer that. */
  setMetadata(id: CameraId, caller: Caller, change: MetadataChange): Promise<Metadata>;
  focus(id: CameraId, caller: Caller, speed: number): Promise<void>;
  overlays(id: CameraId): Promise<Overlay[]>;
  addOverlay(id: CameraId, caller: Caller, overlay: Omit<Overlay, 'token'>): Promise<void>;
  setOverlay(id: CameraId, caller: Caller, overlay: Overlay): Promise<void>;
  removeOverlay(id: CameraId, caller: Caller, token: string): Promise<void>;
  relays(id: CameraId): Promise<Outputs['device']['relays']>;
  setRelay(id: CameraId, caller: Caller, relay: Inputs['device']['setRelay']): Promise<void>;
  auxiliary(id: CameraId, caller: Caller, command: string): Promise<void>;
};

/** Talking through cameras' loudspeakers; one talker per camera. */
export type Talks = {
  /** Who talks where. */
  watch(caller: Caller, signal: Signal): AsyncIterable<Pushed<Talker[]>>;
} & TalkDoor;
