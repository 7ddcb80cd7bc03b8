import type { AudioTrack, VideoTrack } from '#media/format.ts';
import type { RtpPacket } from '../rtp/packet.ts';

/** What depacketizers tell. Times are unwrapped RTP ticks. */
export type VideoHandler = {
  /** `reorder`: how far pictures move between decoding and output, in pictures; null: not told by the stream. */
  format(track: VideoTrack, reorder: number | null): void;
  /** One whole picture. `data` points into the receive buffer (see `rtp/sample.ts`). */
  picture(timestamp: number, key: boolean, data: Uint8Array[], bytes: number): void;
  /** A picture was thrown away because a part of it is missing or makes no sense. */
  damaged(key: boolean): void;
};

export type AudioHandler = {
  format(track: AudioTrack): void;
  /** One frame in memory of its own. */
  frame(timestamp: number, data: Uint8Array): void;
};

/** Takes packets in order. Never throws on what a camera sends. */
export type Depacketizer = {
  packet(packet: RtpPacket, timestamp: number): void;
  /**
   * The payload of a packet, as most are: takes it if all that it does is to carry on the unit that is open; false: nothing
   * was done, and it is for `packet`.
   */
  more?(buffer: Buffer, from: number, to: number, timestamp: number): boolean;
  /** Packets are missing before the next one. */
  loss(): void;
};

/** More than any camera's picture; what grows beyond is damaged. */
export const mostPictureBytes = 8 * 1024 * 1024;
