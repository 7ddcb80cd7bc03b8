/** The recorded file's form, as playback needs it. */
import type { VideoTrack } from '#media/format.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { parseInit, type Mp4Init } from '#media/mp4/read-init.ts';

export type PictureFormat = {
  kind: 'video' | 'jpeg';
  /** RFC 6381. */
  codec: string;
  config: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
  init: Mp4Init;
};

/** One coded picture at its moment, in µs of UTC. */
export type Sample = { atUs: number; durationUs: number; key: boolean; data: Uint8Array<ArrayBuffer> };

/** Reads `ftyp moov`. Throws `MediaError`. */
export function readFormat(bytes: Uint8Array): PictureFormat {
  const init = parseInit(bytes);
  const track: VideoTrack = init.video.track;
  return {
    kind: track.codec === 'mjpeg' ? 'jpeg' : 'video',
    codec: track.codecString,
    config: new Uint8Array(track.config),
    width: track.width,
    height: track.height,
    init,
  };
}

/** Reads the pictures of one whole fragment, in decoding order. Samples are views on `bytes`. Throws `MediaError`. */
export function readSamples(bytes: Uint8Array<ArrayBuffer>, format: PictureFormat): Sample[] {
  const fragment = parseFragment(bytes, format.init);
  const units = fragment.units.filter((u) => u.track === 'video');
  const times = units.map((u) => u.ptsUs).sort((a, b) => a - b);
  const endUs = fragment.startUs + fragment.durationUs;
  const following = new Map(times.map((at, i) => [at, times[i + 1] ?? Math.max(at + 1, endUs)]));
  return units.map((u) => ({
    atUs: u.ptsUs,
    durationUs: (following.get(u.ptsUs) ?? endUs) - u.ptsUs,
    key: u.key,
    data: u.data.length === 1 ? viewOf(u.data[0]) : joined(u.data, u.bytes),
  }));
}

const viewOf = (piece: Uint8Array | undefined): Uint8Array<ArrayBuffer> =>
  piece?.buffer instanceof ArrayBuffer
    ? new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength)
    : new Uint8Array(piece ?? []);

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** Whether one decoder can go on from one format to the other. */
export const sameFormat = (a: PictureFormat, b: PictureFormat): boolean =>
  a.codec === b.codec &&
  a.width === b.width &&
  a.height === b.height &&
  a.config.length === b.config.length &&
  a.config.every((byte, i) => byte === b.config[i]);
