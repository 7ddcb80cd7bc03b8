/**
 * One stream as NUT (the NUT open container format, ffmpeg.org/~michael/nut.txt), for ffmpeg's standard input: every
 * unit carries its time, and ffmpeg never waits for the next one to know where this one ends.
 */
import { parseOpusConfig } from '#media/audio-track.ts';
import type { AudioTrack, VideoTrack } from '#media/format.ts';

export const nutStart = {
  id: Buffer.from('nut/multimedia container\0', 'latin1'),
  main: 0x4e4d7a561f5f04adn,
  stream: 0x4e5311405bf2f9dbn,
  sync: 0x4e4be4adeeca4569n,
} as const;
export const nutFlag = {
  key: 1,
  codedPts: 8,
  streamId: 16,
  sizeMsb: 32,
  checksum: 64,
  reserved: 128,
  sideData: 256,
  headerIdx: 1024,
  matchTime: 2048,
  coded: 4096,
  invalid: 8192,
} as const;

const crcTable = Uint32Array.from({ length: 256 }, (_, i) => {
  let c = (i << 24) >>> 0;
  for (let k = 0; k < 8; k++) c = ((c << 1) ^ (c & 0x8000_0000 ? 0x04c1_1db7 : 0)) >>> 0;
  return c;
});
/** CRC-32 of the NUT specification: generator 0x04C11DB7, start 0, not reflected. */
export function nutCrc(bytes: Uint8Array): number {
  let c = 0;
  for (const byte of bytes) c = ((c << 8) ^ (crcTable[((c >>> 24) ^ byte) & 255] ?? 0)) >>> 0;
  return c;
}

/** Variable length value, 7 bits a byte, most significant first; 0 … 2^53-1. */
export function nutValue(n: number): number[] {
  const out = [n % 128];
  for (let rest = Math.floor(n / 128); rest > 0; rest = Math.floor(rest / 128)) out.unshift((rest % 128) | 128);
  return out;
}
const word = (n: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(n >>> 0);
  return out;
};

function packet(startCode: bigint, body: Buffer): Buffer {
  const code = Buffer.alloc(8);
  code.writeBigUInt64BE(startCode);
  const head = Buffer.concat([code, Buffer.from(nutValue(body.length + 4))]);
  const checked = body.length + 4 > 4096 ? [word(nutCrc(head))] : [];
  return Buffer.concat([head, ...checked, body, word(nutCrc(body))]);
}

const fourcc = { h264: 'H264', h265: 'HEVC', mjpeg: 'MJPG' } as const;
const shiftBits = 7;

/** Main header and the header of the one stream; times are given in milliseconds. `end`: what its class adds. */
function header(streamClass: number, tag: readonly number[], config: Uint8Array, end: readonly number[]): Buffer {
  const v = nutValue;
  const main = [
    ...[v(3), v(1), v(1 << 20), v(1), v(1), v(1000)].flat(), // version, streams, max distance, one time base of 1/1000
    // One entry for all frame codes: everything is coded in the frame itself.
    ...[v(nutFlag.coded), v(6), v(0), v(1), v(0), v(0), v(0), v(255)].flat(),
    ...v(0), // no elision headers
  ];
  const stream = [
    ...[v(0), v(streamClass), v(tag.length), tag].flat(),
    ...[v(0), v(shiftBits), v(1_000_000), v(0), v(0)].flat(), // time base, msb shift, max pts distance, decode delay, flags
    ...[v(config.length), [...config], end].flat(),
  ];
  return Buffer.concat([
    nutStart.id,
    packet(nutStart.main, Buffer.from(main)),
    packet(nutStart.stream, Buffer.from(stream)),
  ]);
}

/** The start of a stream whose times are given in milliseconds. */
export function nutHeader({ codec, config, width, height }: VideoTrack): Buffer {
  const end = [nutValue(width), nutValue(height), [0, 0, 0]].flat(); // sample aspect and colours are not told
  return header(0, [...Buffer.from(fourcc[codec], 'latin1')], config, end);
}

/** The identification header of Opus (RFC 7845 §5.1), as its decoder wants it. */
function opusHead(config: Uint8Array): Uint8Array {
  const { channels, preSkip } = parseOpusConfig(config);
  const head = Buffer.alloc(19);
  head.write('OpusHead', 'latin1');
  head.writeUInt8(1, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(48_000, 12);
  return head;
}

/** The same for sound: AAC or Opus. Throws `MediaError` for a track whose configuration cannot be read. */
export function nutSoundHeader({ codec, config, sampleRate, channels }: AudioTrack): Buffer {
  const end = [nutValue(sampleRate), nutValue(1), nutValue(channels)].flat();
  return codec === 'opus'
    ? header(1, [...Buffer.from('Opus', 'latin1')], opusHead(config), end)
    : header(1, [0xff, 0], config, end); // WAVE_FORMAT_RAW_AAC1
}

/** What precedes a unit of `bytes` bytes; a sync point before each, so that damage never spreads. `ptsMs` ≥ 0. */
export function nutFrameHead(ptsMs: number, key: boolean, bytes: number): Buffer {
  const sync = packet(nutStart.sync, Buffer.from([...nutValue(ptsMs), 0]));
  const flags = (key ? nutFlag.key : 0) | nutFlag.codedPts | nutFlag.sizeMsb | nutFlag.checksum;
  const head = Buffer.from([0, ...nutValue(flags), ...nutValue(ptsMs + 2 ** shiftBits), ...nutValue(bytes)]);
  return Buffer.concat([sync, head, word(nutCrc(head))]);
}
