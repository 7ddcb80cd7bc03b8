/**
 * What every reader and writer of coded media in Vigie agrees on. Pure: no Node, no DOM. Video samples are always sequences
 * of 4-byte length-prefixed NAL units (ISO/IEC 14496-15) without parameter sets where the format allows it; audio samples
 * are raw frames of their codec.
 */
export type VideoTrack = {
  kind: 'video';
  codec: 'h264' | 'h265' | 'mjpeg';
  /** RFC 6381, e.g. `avc1.640028`, `hvc1.1.6.L120.B0`, `mp4v.6C` for Motion JPEG in MP4. */
  codecString: string;
  /** avcC or hvcC record (ISO/IEC 14496-15 §5.3.3.1, §8.3.3.1); empty for MJPEG. What WebCodecs calls `description`. */
  config: Uint8Array;
  /** Size of the picture as shown, in pixels (cropping applied). */
  width: number;
  height: number;
};

export type AudioTrack = {
  kind: 'audio';
  codec: 'aac' | 'opus' | 'pcmu' | 'pcma';
  /** `mp4a.40.2`, `opus`, `ulaw`, `alaw`. */
  codecString: string;
  /** AudioSpecificConfig (ISO/IEC 14496-3), the OpusSpecificBox body, or empty. */
  config: Uint8Array;
  sampleRate: number;
  channels: number;
};

export type Track = VideoTrack | AudioTrack;

/** One access unit (a whole picture, or one audio frame) on the station's clock. */
export type AccessUnit = {
  track: 'video' | 'audio';
  /** A picture that can be decoded without another (IDR, IRAP); true for audio. */
  key: boolean;
  /** Presentation and decoding time on the stream's own continuous media clock, in microseconds of UTC (integers < 2^53). */
  ptsUs: number;
  dtsUs: number;
  /** The sample, in pieces that are written one after the other (no copy is made of what came from the network). */
  data: Uint8Array[];
  /** Sum of the pieces' lengths. */
  bytes: number;
};
