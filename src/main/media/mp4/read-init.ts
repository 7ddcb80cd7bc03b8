/** Reads the start of a segment back into its tracks. Hostile input: throws nothing but `MediaError`. */
import { aacTrack } from '../aac.ts';
import { g711Track, parseOpusConfig } from '../audio-track.ts';
import { ByteReader } from '../byte-reader.ts';
import type { AudioTrack, VideoTrack } from '../format.ts';
import { avcCodecString } from '../h264.ts';
import { hvcCodecString } from '../h265.ts';
import { mjpegTrack } from '../jpeg.ts';
import { MediaError } from '../media-error.ts';
import { type Box, boxAt, boxes, findBox } from './box-reader.ts';
import { maxInitBytes } from './layout.ts';
import { type ClockMark, readClockMark } from './clock-mark.ts';
import { type EncryptionMark, readEncryptionMark } from './encryption.ts';
import { readOriginMark } from './origin-mark.ts';

/** One track as a segment carries it. */
export type Mp4Track<T> = { id: number; timescale: number; track: T };

export type Mp4Init = {
  video: Mp4Track<VideoTrack>;
  audio: Mp4Track<AudioTrack> | null;
  /** Where the video's timeline begins, in µs of its media time: the reordering delay (edit list). */
  delayUs: number;
  /** The recording on the camera's own card that it was fetched from; null: recorded live. */
  backFilledFrom: string | null;
  /** Both clocks of the station when it was begun; null: it does not say. */
  clocks: ClockMark | null;
  /** By which key it is encrypted; null: it is plain. */
  encryption: EncryptionMark | null;
  /** Bytes of `ftyp` + `moov`: where the first fragment starts. */
  bytes: number;
};

/** Reads up to `length` bytes at `offset`; fewer only at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** The content of the decoder specific info inside `esds`, and the object type. */
function parseEsds(bytes: Uint8Array, box: Box): { objectType: number; specific: Uint8Array } {
  const r = new ByteReader(bytes, box.start, box.end);
  r.skip(4);
  const open = (tag: number): number => {
    if (r.u8() !== tag) throw new MediaError('malformed', 'an esds box is not laid out as it must be');
    let length = 0;
    for (let i = 0; i < 4; i += 1) {
      const b = r.u8();
      length = length * 128 + (b & 127);
      if (b < 128) break;
    }
    return length;
  };
  open(3);
  r.skip(2);
  const flags = r.u8();
  if (flags & 0x80) r.skip(2);
  if (flags & 0x40) r.skip(r.u8());
  if (flags & 0x20) r.skip(2);
  const left = open(4);
  const objectType = r.u8();
  r.skip(12);
  if (left <= 13) return { objectType, specific: new Uint8Array(0) };
  return { objectType, specific: r.view(open(5)) };
}

function videoTrack(bytes: Uint8Array, entry: Box): VideoTrack {
  const r = new ByteReader(bytes, entry.start, entry.end);
  r.skip(24);
  const width = r.u16();
  const height = r.u16();
  r.skip(50);
  if (width < 1 || height < 1) throw new MediaError('malformed', 'a video track without a size');
  const inside: Box = { ...entry, start: r.at };
  const config = (type: string): Uint8Array => {
    const box = findBox(bytes, inside, type);
    if (box === null) throw new MediaError('malformed', `a video track without ${type}`);
    return bytes.slice(box.start, box.end);
  };
  switch (entry.type) {
    case 'avc1':
    case 'avc3': {
      const avcC = config('avcC');
      return { kind: 'video', codec: 'h264', codecString: avcCodecString(avcC), config: avcC, width, height };
    }
    case 'hvc1':
    case 'hev1': {
      const hvcC = config('hvcC');
      return { kind: 'video', codec: 'h265', codecString: hvcCodecString(hvcC), config: hvcC, width, height };
    }
    case 'mp4v': {
      const esds = findBox(bytes, inside, 'esds');
      if (esds !== null && parseEsds(bytes, esds).objectType === 0x6c) return mjpegTrack(width, height);
      throw new MediaError('unsupported', 'MPEG-4 video that is not Motion JPEG');
    }
    default:
      throw new MediaError('unsupported', `video of the kind ${JSON.stringify(entry.type)}`);
  }
}

function audioTrack(bytes: Uint8Array, entry: Box): AudioTrack {
  const r = new ByteReader(bytes, entry.start, entry.end);
  r.skip(16);
  const channels = r.u16();
  r.skip(6);
  const sampleRate = r.u16();
  r.skip(2);
  const inside: Box = { ...entry, start: r.at };
  switch (entry.type) {
    case 'mp4a': {
      const esds = findBox(bytes, inside, 'esds');
      if (esds === null) throw new MediaError('malformed', 'an AAC track without esds');
      return aacTrack(parseEsds(bytes, esds).specific.slice());
    }
    case 'Opus': {
      const dOps = findBox(bytes, inside, 'dOps');
      if (dOps === null) throw new MediaError('malformed', 'an Opus track without dOps');
      const config = bytes.slice(dOps.start, dOps.end);
      const opus = parseOpusConfig(config);
      return { kind: 'audio', codec: 'opus', codecString: 'opus', config, sampleRate: 48_000, channels: opus.channels };
    }
    case 'ulaw':
    case 'alaw':
      if (channels < 1 || channels > 8 || sampleRate < 1)
        throw new MediaError('malformed', 'a G.711 track without channels');
      return g711Track(entry.type === 'ulaw' ? 'pcmu' : 'pcma', sampleRate, channels);
    default:
      throw new MediaError('unsupported', `audio of the kind ${JSON.stringify(entry.type)}`);
  }
}

/** media_time of the first edit, in ticks of the track; 0 where there is none. */
function editStart(bytes: Uint8Array, trak: Box): number {
  const elst = boxAt(bytes, trak, 'edts', 'elst');
  if (elst === null) return 0;
  const r = new ByteReader(bytes, elst.start, elst.end);
  const version = r.u8();
  r.skip(3);
  if (r.u32() === 0) return 0;
  r.skip(version === 1 ? 8 : 4);
  const time = version === 1 ? r.u64() : r.i32();
  return Math.max(0, time);
}

/** Reads `ftyp moov` at the start of `bytes`, which may go on after them. Throws `MediaError`. */
export function parseInit(bytes: Uint8Array): Mp4Init {
  let at = 0;
  let moov: Box | null = null;
  while (moov === null) {
    const r = new ByteReader(bytes, at);
    const size = r.u32();
    const type = r.fourCc();
    if (size < 8 || size > maxInitBytes) throw new MediaError('malformed', 'this is not the start of a segment');
    if (at === 0 && type !== 'ftyp')
      throw new MediaError('malformed', 'this file does not start with ftyp: it is no MP4 file');
    if (size > bytes.length - at) throw new MediaError('truncated', 'the start of the segment is cut off');
    if (type === 'moov') moov = { type, start: at + 8, end: at + size };
    else if (type === 'moof' || type === 'mdat') throw new MediaError('malformed', 'media before moov');
    at += size;
  }
  let video: Mp4Track<VideoTrack> | null = null;
  let audio: Mp4Track<AudioTrack> | null = null;
  let delayUs = 0;
  let backFilledFrom: string | null = null;
  let clocks: ClockMark | null = null;
  let encryption: EncryptionMark | null = null;
  for (const trak of boxes(bytes, moov.start, moov.end)) {
    if (trak.type === 'uuid') {
      backFilledFrom ??= readOriginMark(bytes, trak);
      clocks ??= readClockMark(bytes, trak);
      encryption ??= readEncryptionMark(bytes, trak);
    }
    if (trak.type !== 'trak') continue;
    const tkhd = boxAt(bytes, trak, 'tkhd');
    const mdhd = boxAt(bytes, trak, 'mdia', 'mdhd');
    const hdlr = boxAt(bytes, trak, 'mdia', 'hdlr');
    const stsd = boxAt(bytes, trak, 'mdia', 'minf', 'stbl', 'stsd');
    if (!tkhd || !mdhd || !hdlr || !stsd) throw new MediaError('malformed', 'a track lacks what describes it');
    const t = new ByteReader(bytes, tkhd.start, tkhd.end);
    const longTimes = t.u8() === 1;
    t.skip(3 + (longTimes ? 16 : 8));
    const id = t.u32();
    const m = new ByteReader(bytes, mdhd.start, mdhd.end);
    const longMedia = m.u8() === 1;
    m.skip(3 + (longMedia ? 16 : 8));
    const timescale = m.u32();
    if (timescale === 0) throw new MediaError('malformed', 'a track without a time scale');
    const h = new ByteReader(bytes, hdlr.start, hdlr.end);
    h.skip(8);
    const handler = h.fourCc();
    const entry = boxes(bytes, stsd.start + 8, stsd.end)[0];
    if (entry === undefined) throw new MediaError('malformed', 'a track without a sample entry');
    if (handler === 'vide' && video === null) {
      video = { id, timescale, track: videoTrack(bytes, entry) };
      delayUs = Math.round((editStart(bytes, trak) / timescale) * 1e6);
    } else if (handler === 'soun' && audio === null) audio = { id, timescale, track: audioTrack(bytes, entry) };
  }
  if (video === null) throw new MediaError('unsupported', 'a segment without video');
  return { video, audio, delayUs, backFilledFrom, clocks, encryption, bytes: at };
}

/** Reads the start of a segment from its file. Throws `MediaError`, or whatever `read` throws. */
export async function readInit(read: ReadAt): Promise<Mp4Init> {
  let length = 4096;
  for (;;) {
    const bytes = await read(0, length);
    try {
      return parseInit(bytes);
    } catch (error) {
      const more =
        error instanceof MediaError && error.code === 'truncated' && bytes.length >= length && length < maxInitBytes;
      if (!more) throw error;
    }
    length *= 8;
  }
}
