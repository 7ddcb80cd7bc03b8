/** ffmpeg, where there is one (adapters/ffmpeg). Types only. */
import type { Polygon } from '#domain/place.ts';
import type { AccessUnit, VideoTrack } from '#media/format.ts';

export type Ffmpeg = {
  /** null: none was found. */
  found: { path: string; version: string; source: string } | null;
  /** A key frame as JPEG, at most `maxWidth` pixels wide, `black` where it is private. Rejects when ffmpeg fails or takes longer than 5 s. */
  jpeg(track: VideoTrack, key: Uint8Array, maxWidth: number, black?: readonly Polygon[]): Promise<Uint8Array>;
  /**
   * A key frame as JPEG of `thumbnailSize`, for scrubbing and searching by eye: at the lowest priority, one at a time. Rejects
   * where ffmpeg gives none within 3 s (a damaged frame gives none) and when more than 8 wait.
   */
  thumbnail(track: VideoTrack, key: Uint8Array): Promise<Uint8Array>;
  /** A thumbnail of a picture of `of`'s proportions with what is private of it black. Rejects as `thumbnail`. */
  blacken(thumbnail: Uint8Array, of: { width: number; height: number }, areas: readonly Polygon[]): Promise<Uint8Array>;
  /**
   * Turns a stream into H.264 that any screen can decode. `push` takes units in decoding order from a key frame on; it drops
   * to the next key frame by itself when ffmpeg falls behind. `onEnd` says why it ended when it was not stopped. `black`: what is
   * private of it.
   */
  transcode(
    track: VideoTrack,
    on: { format(track: VideoTrack): void; unit(unit: AccessUnit): void; end(reason: string): void },
    black?: readonly Polygon[],
  ): { push(unit: AccessUnit): void; stop(): void };
};
