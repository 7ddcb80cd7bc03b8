/** Tracks of the audio codecs that need no parsing: Opus (RFC 7587, RFC 7845) and G.711 (RFC 3551). */
import { ByteReader } from './byte-reader.ts';
import type { AudioTrack } from './format.ts';
import { MediaError } from './media-error.ts';

/**
 * Opus with the body of an OpusSpecificBox ("Encapsulation of Opus in ISO Base Media File Format" §4.3.2): version 0, mapping
 * family 0. Opus always decodes at 48 kHz; RTP carries no pre-skip, so none is told.
 */
export function opusTrack(channels: 1 | 2 = 2): AudioTrack {
  const config = new Uint8Array(11);
  const view = new DataView(config.buffer);
  view.setUint8(1, channels);
  view.setUint32(4, 48_000);
  return { kind: 'audio', codec: 'opus', codecString: 'opus', config, sampleRate: 48_000, channels };
}

/** Reads the body of an OpusSpecificBox. Throws `MediaError`. */
export function parseOpusConfig(config: Uint8Array): { channels: number; preSkip: number; inputRate: number } {
  const r = new ByteReader(config);
  if (r.u8() !== 0) throw new MediaError('unsupported', 'an OpusSpecificBox of an unknown version');
  const channels = r.u8();
  const preSkip = r.u16();
  const inputRate = r.u32();
  r.skip(3);
  if (channels < 1 || channels > 8) throw new MediaError('malformed', 'Opus without channels');
  return { channels, preSkip, inputRate };
}

/** G.711 µ-law or A-law. */
export function g711Track(codec: 'pcmu' | 'pcma', sampleRate = 8000, channels = 1): AudioTrack {
  return {
    kind: 'audio',
    codec,
    codecString: codec === 'pcmu' ? 'ulaw' : 'alaw',
    config: new Uint8Array(0),
    sampleRate,
    channels,
  };
}
