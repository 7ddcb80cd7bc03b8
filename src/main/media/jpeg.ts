/** JPEG (ISO/IEC 10918-1): only what a recorder must know of it. */
import { ByteReader } from './byte-reader.ts';
import type { VideoTrack } from './format.ts';
import { MediaError } from './media-error.ts';

/** Size of a JPEG picture, from its frame header (SOF0 … SOF15, Annex B.2.2). Throws `MediaError`. */
export function jpegSize(picture: Uint8Array): { width: number; height: number } {
  const r = new ByteReader(picture);
  if (r.u16() !== 0xffd8) throw new MediaError('malformed', 'not a JPEG picture');
  for (;;) {
    if (r.u8() !== 0xff) throw new MediaError('malformed', 'a JPEG marker is missing');
    let marker = r.u8();
    while (marker === 0xff) marker = r.u8();
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) continue; // stand alone
    if (marker === 0xd9 || marker === 0xda) throw new MediaError('malformed', 'a JPEG picture without a frame header');
    const length = r.u16();
    if (length < 2) throw new MediaError('malformed', 'a JPEG segment of no length');
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (!isFrame) {
      r.skip(length - 2);
      continue;
    }
    r.skip(1);
    const height = r.u16();
    const width = r.u16();
    if (width < 1 || height < 1 || width > 16_384 || height > 16_384)
      throw new MediaError('malformed', 'a JPEG picture of impossible size');
    return { width, height };
  }
}

/** Motion JPEG of this size. `mp4v.6C` is JPEG's object type in MPEG-4 (ISO/IEC 14496-1 table 5). */
export function mjpegTrack(width: number, height: number): VideoTrack {
  return { kind: 'video', codec: 'mjpeg', codecString: 'mp4v.6C', config: new Uint8Array(0), width, height };
}
