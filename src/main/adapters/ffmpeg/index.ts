/** ffmpeg, where there is one: single pictures, and live pictures for screens that cannot decode what a camera sends. */
import type { Log } from '#lib/log.ts';
import type { AudioTrack, VideoTrack } from '#media/format.ts';
import type { I420 } from '#media/i420.ts';
import type { Ffmpeg } from '../../engine/ffmpeg-port.ts';
import { createChildren } from './child.ts';
import { createGreys } from './grey.ts';
import { createNatives } from './native.ts';
import { findFfmpeg, type Found } from './find.ts';
import { createPictures } from './picture.ts';
import { decodeSound, openSound, type SoundDecoder, type SoundEars } from './sound.ts';
import { createBlackened, createThumbnails } from './thumbnail.ts';
import { transcodeWith } from './transcode.ts';

/** A child for sound takes about 20 MB. */
const mostSounds = 32;

export type FfmpegRoom = Ffmpeg & { /** Ends every child. */ stop(): void };

/** `known`: found before and still the same file, so not looked for; `given`: `FFMPEG_BIN` or null; `searchPath`: `PATH`. */
export async function createFfmpeg(options: {
  known?: Found | null;
  given: string | null;
  searchPath: string;
  log: Log;
}): Promise<FfmpegRoom> {
  const found = options.known ?? (await findFfmpeg(options));
  if (!found) {
    const none = new Error('No ffmpeg was found. Install it, or set FFMPEG_BIN to its path.');
    return {
      found: null,
      jpeg: () => Promise.reject(none),
      thumbnail: () => Promise.reject(none),
      blacken: () => Promise.reject(none),
      transcode(_, on) {
        queueMicrotask(() => on.end(none.message));
        return { push() {}, stop() {} };
      },
      stop() {},
    };
  }
  const children = createChildren(found.path);
  return {
    found,
    jpeg: createPictures(children),
    thumbnail: createThumbnails(children),
    blacken: createBlackened(children, found.version),
    transcode: (track, on, black = []) => transcodeWith(children, track, on, black),
    stop: () => children.stop(),
  };
}

/** Coded pictures to what the analysis looks at: a key frame, or a picture with all before it from its key frame on. */
export type WatchDecoders = {
  /** 320 × 180 grey levels (0 black … 255 white). Rejects where ffmpeg gives none within 3 s; a damaged frame gives none. */
  grey(track: VideoTrack, units: readonly Uint8Array[]): Promise<Uint8Array>;
  /** The picture in its own size. As `grey` otherwise. */
  native(track: VideoTrack, units: readonly Uint8Array[]): Promise<I420>;
  /** Ends every child. */
  stop(): void;
};
/** `path`: of an ffmpeg that was found. */
export function createWatchDecoders({ path, version }: { path: string; version: string }): WatchDecoders {
  const children = createChildren(path);
  return { grey: createGreys(children), native: createNatives(children, version), stop: () => children.stop() };
}

/** Key frames to thumbnails, as `Ffmpeg.thumbnail`, with children of its own. `path`: of an ffmpeg that was found. */
export function createThumbnailDecoder(path: string): Pick<FfmpegRoom, 'thumbnail' | 'stop'> {
  const children = createChildren(path);
  return { thumbnail: createThumbnails(children), stop: () => children.stop() };
}

/** AAC and Opus to sound of 16 kHz. `path`: of an ffmpeg that was found. */
export type SoundDecoders = {
  /** Begins one for a track. More than 32 at once are refused: null. */
  open(track: AudioTrack, on: SoundEars): SoundDecoder | null;
  /** All of some frames, in order, each piece with its time. Rejects where ffmpeg gives nothing. */
  decode: (
    track: AudioTrack,
    frames: readonly { atMs: number; data: Uint8Array }[],
  ) => Promise<{ atMs: number; samples: Float32Array }[]>;
  /** Ends every child. */
  stop(): void;
};
export type { SoundDecoder } from './sound.ts';
export function createSoundDecoders({ path }: { path: string }): SoundDecoders {
  const children = createChildren(path);
  return {
    open: (track, on) => (children.running() < mostSounds ? openSound(children, track, on) : null),
    decode: (track, frames) => decodeSound(children, track, frames),
    stop: () => children.stop(),
  };
}
