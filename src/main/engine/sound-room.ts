/** What the engine offers of listening to cameras, to `engine/api`. Types only. */
import type { Pushed, Signal } from '#contract/call.ts';
import type { CameraSound } from '#contract/sound.ts';
import type { CameraId } from '#domain/id.ts';
import type { SoundLook, SoundSettings } from '#domain/sound.ts';

/** Throws NOT_FOUND for a camera that is not there. */
export type Sounds = {
  of(id: CameraId): CameraSound;
  set(id: CameraId, settings: SoundSettings): CameraSound;
  /** Levels as they are heard, while it is listened to. Who is slow misses some. Ends with `signal`. */
  watch(id: CameraId, signal: Signal): AsyncIterable<Pushed<SoundLook>>;
};
