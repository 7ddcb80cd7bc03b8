/** What the transports need of privacy. Types only. */
import type { CameraId } from '#domain/id.ts';
import type { Polygon } from '#domain/place.ts';
import type { Role } from '#domain/user.ts';

/** Who must not have a camera's moving pictures whole. */
export type PrivacyDoor = {
  /** What of them this role must not see; empty: it may have them as they are. */
  black(id: CameraId, role: Role): readonly Polygon[];
  /** Told when the answers may be others for reasons that do not show in the cameras. Returns the stop. */
  onChange(listener: () => void): () => void;
};
