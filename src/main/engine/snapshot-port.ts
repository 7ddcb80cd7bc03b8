/** What the transports need of single pictures as cameras' devices make them. Types only. */
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';

/** Single pictures as cameras' devices make them. */
export type SnapshotDoor = {
  /** JPEG; null for a camera without a device. Throws DEVICE. */
  snapshot(id: CameraId, stream: StreamKind): Promise<Uint8Array | null>;
};
