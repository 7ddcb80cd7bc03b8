/** Audio over RTP: G.711 (RFC 3551), Opus (RFC 7587), AAC (RFC 3640 AAC-hbr and AAC-lbr; RFC 6416 LATM). */
import { aacTrack, buildAacConfig, parseAacConfig } from '#media/aac.ts';
import { g711Track, opusTrack } from '#media/audio-track.ts';
import { BitReader } from '#media/bit-reader.ts';
import { MediaError } from '#media/media-error.ts';
import type { SdpMedia } from '../rtsp/sdp.ts';
import type { AudioHandler, Depacketizer } from './handler.ts';

const mostFrameBytes = 64 * 1024;

const fromHex = (text: string | undefined): Uint8Array | null =>
  text !== undefined && /^([0-9a-f]{2}){2,64}$/i.test(text) ? Uint8Array.from(Buffer.from(text, 'hex')) : null;

function plain(on: AudioHandler, most = mostFrameBytes): Depacketizer {
  return {
    loss() {},
    packet({ buffer, from, to }, timestamp) {
      if (to > from && to - from <= most) on.frame(timestamp, Uint8Array.from(buffer.subarray(from, to)));
    },
  };
}

/** Ticks of the RTP clock from one AAC frame to the next. */
function aacTicks(config: Uint8Array, clockRate: number): number {
  const info = parseAacConfig(config);
  // with explicit SBR a frame of 1024 core samples comes out as 2048
  const doubled = (info.objectType === 5 || info.objectType === 29) && clockRate >= info.sampleRate;
  return info.samplesPerFrame * (doubled ? 2 : 1);
}

/** RFC 3640: AU headers, then access units; one unit may be spread over packets. */
function aacHbr(media: SdpMedia, on: AudioHandler): Depacketizer | null {
  const number = (name: string, otherwise: number): number => {
    const said = media.parameters.get(name);
    return said !== undefined && /^\d{1,3}$/.test(said) ? Number(said) : otherwise;
  };
  const low = media.parameters.get('mode')?.toLowerCase() === 'aac-lbr';
  const sizeBits = number('sizelength', low ? 6 : 13);
  const indexBits = number('indexlength', low ? 2 : 3);
  const deltaBits = number('indexdeltalength', low ? 2 : 3);
  if (sizeBits < 1 || sizeBits > 16 || indexBits > 16 || deltaBits > 16) return null;
  for (const name of [
    'ctsdeltalength',
    'dtsdeltalength',
    'randomaccessindication',
    'streamstateindication',
    'auxiliarydatasizelength',
  ])
    if (number(name, 0) !== 0) return null;
  const config = fromHex(media.parameters.get('config')) ?? buildAacConfig(2, media.clockRate, media.channels);
  const ticks = aacTicks(config, media.clockRate);
  on.format(aacTrack(config));
  let parts: Uint8Array[] = [];
  let held = 0;
  let whole = 0;
  const forget = (): void => {
    parts = [];
    held = 0;
    whole = 0;
  };
  return {
    loss: forget,
    packet({ buffer, from, to, marker }, timestamp) {
      if (to - from < 2) return;
      const headerBits = buffer.readUInt16BE(from);
      const data = from + 2 + Math.ceil(headerBits / 8);
      if (data > to || headerBits < sizeBits + indexBits) {
        forget();
        return;
      }
      const bits = new BitReader(buffer.subarray(from + 2, data));
      let at = data;
      for (let left = headerBits, n = 0; left >= sizeBits + (n === 0 ? indexBits : deltaBits) && at < to; n++) {
        const size = bits.bits(sizeBits);
        const index = n === 0 ? indexBits : deltaBits;
        bits.skip(index);
        left -= sizeBits + index;
        if (size === 0) continue;
        if (size > to - at) {
          // a fragment: every one of them says the size of the whole
          if (n > 0 || size > mostFrameBytes || (held > 0 && size !== whole)) {
            forget();
            return;
          }
          parts.push(Uint8Array.from(buffer.subarray(at, to)));
          held += to - at;
          whole = size;
          if (held === whole) {
            on.frame(timestamp, Uint8Array.from(Buffer.concat(parts)));
            forget();
          } else if (held > whole || marker) forget();
          return;
        }
        on.frame(timestamp + n * ticks, Uint8Array.from(buffer.subarray(at, at + size)));
        at += size;
      }
      if (held > 0) forget();
    },
  };
}

/** AudioSpecificConfig inside a StreamMuxConfig of one program and one layer (ISO/IEC 14496-3 §1.7.3). Null for others. */
function latmConfig(mux: Uint8Array): Uint8Array | null {
  const bits = new BitReader(mux);
  // audioMuxVersion, allStreamsSameTimeFraming, numSubFrames, numProgram, numLayer
  if (bits.bits(1) !== 0 || bits.bits(1) !== 1 || bits.bits(6) !== 0 || bits.bits(4) !== 0 || bits.bits(3) !== 0)
    return null;
  const out = new Uint8Array(Math.max(2, Math.min(8, mux.length - 2)));
  for (let i = 0; i < out.length && bits.left >= 8; i++) out[i] = bits.bits(8);
  const info = parseAacConfig(out);
  return info.objectType === 2 ? buildAacConfig(2, info.sampleRate, info.channels) : out;
}

/** RFC 6416 §6: payload length bytes, then the frame. Only with the configuration out of band, as cameras send it. */
function latm(media: SdpMedia, on: AudioHandler): Depacketizer | null {
  const mux = fromHex(media.parameters.get('config'));
  if (media.parameters.get('cpresent') !== '0' || mux === null) return null;
  const config = latmConfig(mux);
  if (config === null) return null;
  const ticks = aacTicks(config, media.clockRate);
  on.format(aacTrack(config));
  return {
    loss() {},
    packet({ buffer, from, to }, timestamp) {
      for (let at = from, n = 0; at < to && n < 16; n++) {
        let size = 0;
        let byte = 255;
        while (byte === 255 && at < to) {
          byte = buffer[at++] ?? 0;
          size += byte;
        }
        if (size === 0 || size > to - at) return;
        on.frame(timestamp + n * ticks, Uint8Array.from(buffer.subarray(at, at + size)));
        at += size;
      }
    },
  };
}

/** The depacketizer for one audio medium; null if it is none that can be taken. */
export function createAudioDepacketizer(media: SdpMedia, on: AudioHandler): Depacketizer | null {
  try {
    switch (media.encoding) {
      case 'PCMU':
      case 'PCMA':
        on.format(g711Track(media.encoding === 'PCMU' ? 'pcmu' : 'pcma', media.clockRate, media.channels));
        return plain(on, 8192);
      case 'OPUS':
        on.format(opusTrack(media.parameters.get('sprop-stereo') === '1' ? 2 : 1));
        return plain(on, 8192);
      case 'MPEG4-GENERIC':
        return /^(aac-hbr|aac-lbr|)$/i.test(media.parameters.get('mode') ?? '') ? aacHbr(media, on) : null;
      case 'MP4A-LATM':
        return latm(media, on);
      default:
        return null;
    }
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  }
}
