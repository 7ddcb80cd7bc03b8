/** Questions asked of whole access units. */
import type { AccessUnit, VideoTrack } from './format.ts';
import { h264Nal, h264Type, isH264Key } from './h264.ts';
import { h265Type, isH265Irap, isH265Key } from './h265.ts';

/** Whether NAL units (without lengths or start codes) make a picture that can be decoded without another. */
export function isKeyPicture(codec: VideoTrack['codec'], nals: readonly Uint8Array[]): boolean {
  if (codec === 'h264') return nals.some((nal) => h264Type(nal) === h264Nal.idr);
  if (codec === 'h265') return nals.some((nal) => isH265Irap(h265Type(nal)));
  return true;
}

/** Whether a whole sample (length-prefixed for H.264 and H.265) is a picture that can be decoded without another. */
export function isKeySample(codec: VideoTrack['codec'], sample: Uint8Array): boolean {
  if (codec === 'h264') return isH264Key(sample);
  return codec === 'h265' ? isH265Key(sample) : true;
}

/** The bytes of a unit in one piece (its own, when it has only one). */
export function unitBytes(unit: AccessUnit): Uint8Array {
  const [only] = unit.data;
  if (unit.data.length === 1 && only !== undefined) return only;
  const out = new Uint8Array(unit.bytes);
  let at = 0;
  for (const piece of unit.data) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
