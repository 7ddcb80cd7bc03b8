/** What the transports need to let a person speak at a camera. Types only. */
import type { CameraId } from '#domain/id.ts';
import type { Caller } from '#contract/call.ts';

/** Why a talk ended: let go · nothing came for a second · the camera's doing, `detail` says what. */
export type TalkEnd = { is: 'released' | 'silent' } | { is: 'camera'; detail: string };

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
