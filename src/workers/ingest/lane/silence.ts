/** When the silence of a connection is long enough to be a loss. Pure; times are monotonic, ms. */
import { heldMs } from '#lib/stillness.ts';

export type SilenceSight = {
  nowMs: number;
  /** A number that changes whenever anything came. */
  activity: number;
  /** Pictures have come already. */
  live: boolean;
};

export type Silence = {
  /** A connection is opened: nothing of it has come. */
  begin(nowMs: number): void;
  /** It stands: from here on something is to be expected of it. */
  open(nowMs: number, live: boolean): void;
  picture(nowMs: number): void;
  /** To be asked about every `seldomMs` (`ticker.ts`); null: it lives. */
  look(sight: SilenceSight): 'silent' | 'no-key' | null;
};

/** No picture for so long is a loss, though the connection lives. */
export const silentMs = 5_000;
/** So long may a stream whose data flows take to its first key frame. */
export const firstKeyMs = 30_000;

export function createSilence(): Silence {
  let beganMs = 0;
  let pictureMs = 0;
  let activity = 0;
  let activityMs = 0;
  let lookedMs: number | null = null;
  return {
    begin(nowMs) {
      beganMs = pictureMs = activityMs = nowMs;
      activity = 0;
      lookedMs = null;
    },
    open(nowMs, live) {
      activityMs = nowMs;
      if (!live) pictureMs = nowMs;
    },
    picture(nowMs) {
      pictureMs = nowMs;
    },
    look(sight) {
      const { nowMs, live } = sight;
      const apartMs = lookedMs === null ? 0 : nowMs - lookedMs;
      lookedMs = nowMs;
      // The thread was held. What came meanwhile lies in the system's buffers and has not been read: that time says nothing of the camera.
      if (apartMs > heldMs) {
        beganMs += apartMs;
        pictureMs += apartMs;
        activityMs += apartMs;
      }
      if (sight.activity !== activity) {
        activity = sight.activity;
        activityMs = nowMs;
      }
      if (nowMs - (live ? pictureMs : activityMs) > silentMs) return 'silent';
      return !live && nowMs - beganMs > firstKeyMs ? 'no-key' : null;
    },
  };
}
