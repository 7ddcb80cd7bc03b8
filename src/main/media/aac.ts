/** AAC's AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1). */
import { BitReader } from './bit-reader.ts';
import type { AudioTrack } from './format.ts';
import { MediaError } from './media-error.ts';

const rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];

export type AacConfig = { objectType: number; sampleRate: number; channels: number; samplesPerFrame: number };

/** Reads an AudioSpecificConfig. `sampleRate` is what comes out of the decoder (twice the core's with explicit SBR). Throws `MediaError`. */
export function parseAacConfig(config: Uint8Array): AacConfig {
  const bits = new BitReader(config);
  const readType = (): number => {
    const type = bits.bits(5);
    return type === 31 ? 32 + bits.bits(6) : type;
  };
  const readRate = (): number => {
    const index = bits.bits(4);
    const rate = index === 15 ? bits.bits(24) : rates[index];
    if (rate === undefined || rate < 1)
      throw new MediaError('malformed', 'AAC with a sampling rate that does not exist');
    return rate;
  };
  let objectType = readType();
  let sampleRate = readRate();
  const channelIndex = bits.bits(4);
  if (objectType === 5 || objectType === 29) {
    sampleRate = readRate();
    objectType = readType();
  }
  const channels = [0, 1, 2, 3, 4, 5, 6, 8][channelIndex];
  if (channels === undefined || channels === 0)
    throw new MediaError('unsupported', 'AAC with a channel layout of its own');
  if (objectType === 0) throw new MediaError('malformed', 'AAC without an object type');
  const short = bits.left > 0 && bits.flag();
  return { objectType, sampleRate, channels, samplesPerFrame: short ? 960 : 1024 };
}

/** Builds an AudioSpecificConfig, e.g. from an ADTS header. `objectType` 2 is AAC LC. */
export function buildAacConfig(objectType: number, sampleRate: number, channels: number): Uint8Array {
  const channelIndex = channels === 8 ? 7 : channels;
  if (objectType < 1 || objectType > 30 || channels < 1 || channels > 8 || channels === 7) {
    throw new MediaError('unsupported', `AAC object type ${objectType} with ${channels} channels cannot be described`);
  }
  const index = rates.indexOf(sampleRate);
  if (index >= 0) {
    const v = (objectType << 11) | (index << 7) | (channelIndex << 3);
    return Uint8Array.of(v >> 8, v & 255);
  }
  if (!Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate > 0xffffff)
    throw new MediaError('unsupported', 'AAC with an impossible sampling rate');
  const v = objectType * 2 ** 35 + 15 * 2 ** 31 + sampleRate * 2 ** 7 + channelIndex * 8;
  return Uint8Array.of(
    Math.floor(v / 2 ** 32) & 255,
    (v / 2 ** 24) & 255,
    (v / 2 ** 16) & 255,
    (v / 256) & 255,
    v & 255,
  );
}

/** The track that an AudioSpecificConfig describes. Throws `MediaError`. */
export function aacTrack(config: Uint8Array): AudioTrack {
  const info = parseAacConfig(config);
  return {
    kind: 'audio',
    codec: 'aac',
    codecString: `mp4a.40.${info.objectType}`,
    config,
    sampleRate: info.sampleRate,
    channels: info.channels,
  };
}
