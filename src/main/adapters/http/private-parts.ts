/** Recorded video goes out as it is, so not to those for whom parts of it must be black. */
import type { Caller } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import type { CameraId } from '#domain/id.ts';
import type { PrivacyDoor } from '../../engine/privacy-port.ts';

export const mayHaveWhole = (privacy: Pick<PrivacyDoor, 'black'>, id: CameraId, caller: Caller | null): boolean =>
  caller !== null && privacy.black(id, caller.role).length === 0;

export const privateParts = (): AppError =>
  new AppError(
    'FORBIDDEN',
    'Parts of this camera’s picture are private, and your role may not have its recordings whole. Live pictures, single and small ones are given with these parts black. An administrator says under Settings who may.',
    { data: { reason: 'private' } },
  );
