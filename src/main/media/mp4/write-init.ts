/** The start of a segment: `ftyp` and `moov` without samples (ISO/IEC 14496-12, CMAF header of ISO/IEC 23000-19 §7.3.2). */
import type { AudioTrack, VideoTrack } from '../format.ts';
import { MediaError } from '../media-error.ts';
import { type Part, ascii, box, fullBox, u16, u32, u64 } from './box-writer.ts';
import { audioTrackId, macToUnix, timescale, videoTrackId } from './layout.ts';

const unity: Part = [
  ...u32(0x10000),
  ...u32(0),
  ...u32(0),
  ...u32(0),
  ...u32(0x10000),
  ...u32(0),
  ...u32(0),
  ...u32(0),
  ...u32(0x40000000),
];

/** An MPEG-4 descriptor (ISO/IEC 14496-1 §8.3.3) with a one- to four-byte length. */
function descriptor(tag: number, ...parts: Part[]): number[] {
  const body = parts.flatMap((p) => Array.from(p));
  const n = body.length;
  return [tag, 0x80 | ((n >> 21) & 127), 0x80 | ((n >> 14) & 127), 0x80 | ((n >> 7) & 127), n & 127, ...body];
}

/** `esds`: object type indication (ISO/IEC 14496-1 table 5) and stream type (4 visual, 5 audio). */
function esds(trackId: number, objectType: number, streamType: number, specific: Uint8Array): Uint8Array {
  const config = descriptor(
    4,
    [objectType, (streamType << 2) | 1, 0, 0, 0],
    u32(0),
    u32(0),
    specific.length > 0 ? descriptor(5, specific) : [],
  );
  return fullBox('esds', 0, 0, descriptor(3, u16(trackId), [0], config, descriptor(6, [2])));
}

function videoEntry(track: VideoTrack): Uint8Array {
  const head: Part = [
    ...[0, 0, 0, 0, 0, 0],
    ...u16(1), // data_reference_index
    ...new Array<number>(16).fill(0),
    ...u16(track.width),
    ...u16(track.height),
    ...u32(0x0048_0000), // 72 dpi
    ...u32(0x0048_0000),
    ...u32(0),
    ...u16(1), // frames per sample
    ...new Array<number>(32).fill(0),
    ...u16(24),
    ...u16(0xffff),
  ];
  switch (track.codec) {
    case 'h264':
      return box('avc1', head, box('avcC', track.config));
    case 'h265':
      return box('hvc1', head, box('hvcC', track.config));
    case 'mjpeg':
      return box('mp4v', head, esds(videoTrackId, 0x6c, 4, new Uint8Array(0)));
  }
}

function audioEntry(track: AudioTrack): Uint8Array {
  const head: Part = [
    ...[0, 0, 0, 0, 0, 0],
    ...u16(1),
    ...u32(0),
    ...u32(0),
    ...u16(track.channels),
    ...u16(16),
    ...u32(0),
    ...u32(track.sampleRate < 0x10000 ? track.sampleRate * 0x10000 : 0), // 16.16; 0 where it does not fit
  ];
  switch (track.codec) {
    case 'aac':
      return box('mp4a', head, esds(audioTrackId, 0x40, 5, track.config));
    case 'opus':
      return box('Opus', head, box('dOps', track.config));
    case 'pcmu':
      return box('ulaw', head); // the sample entry of the QuickTime File Format
    case 'pcma':
      return box('alaw', head);
  }
}

function trak(track: VideoTrack | AudioTrack, createdS: number, delayUs: number): Uint8Array {
  const video = track.kind === 'video';
  const id = video ? videoTrackId : audioTrackId;
  const size: Part = video ? [...u16(track.width), 0, 0, ...u16(track.height), 0, 0] : u64(0);
  const name = video ? 'Video' : 'Audio';
  return box(
    'trak',
    // enabled, in movie, in preview
    fullBox(
      'tkhd',
      1,
      7,
      u64(createdS),
      u64(createdS),
      u32(id),
      u32(0),
      u64(0),
      u64(0),
      u16(0),
      u16(video ? 0 : 1),
      u16(video ? 0 : 0x100),
      u16(0),
      unity,
      size,
    ),
    // The first picture is shown at time 0 although decoding it starts earlier by the reordering delay (§8.6.6).
    delayUs > 0 ? box('edts', fullBox('elst', 0, 0, u32(1), u32(0), u32(delayUs), u32(0x10000))) : [],
    box(
      'mdia',
      fullBox('mdhd', 1, 0, u64(createdS), u64(createdS), u32(timescale), u64(0), u16(0x55c4), u16(0)),
      fullBox('hdlr', 0, 0, u32(0), ascii(video ? 'vide' : 'soun'), new Uint8Array(12), ascii(name), [0]),
      box(
        'minf',
        video ? fullBox('vmhd', 0, 1, u64(0)) : fullBox('smhd', 0, 0, u32(0)),
        box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
        box(
          'stbl',
          fullBox('stsd', 0, 0, u32(1), track.kind === 'video' ? videoEntry(track) : audioEntry(track)),
          fullBox('stts', 0, 0, u32(0)),
          fullBox('stsc', 0, 0, u32(0)),
          fullBox('stsz', 0, 0, u32(0), u32(0)),
          fullBox('stco', 0, 0, u32(0)),
        ),
      ),
    ),
  );
}

const trex = (id: number): Uint8Array => fullBox('trex', 0, 0, u32(id), u32(1), u32(0), u32(0), u32(0));

/**
 * The bytes that start a segment. `originUs`: presentation time of its first picture (µs of UTC), noted as creation time in
 * whole seconds. `delayUs`: how much earlier than its presentation that picture is decoded (0 without B-frames), at most 2^31 - 1.
 * `marks`: boxes put at the end of `moov` (`origin-mark.ts`, `encryption.ts`).
 */
export function writeInit(
  video: VideoTrack,
  audio: AudioTrack | null,
  originUs: number,
  delayUs = 0,
  marks: readonly Part[] = [],
): Uint8Array {
  if (!Number.isInteger(delayUs) || delayUs < 0 || delayUs > 0x7fffffff)
    throw new MediaError('malformed', 'a reordering delay must be 0 … 2147 s');
  if (video.width > 0xffff || video.height > 0xffff)
    throw new MediaError('too-large', 'a picture wider or higher than 65535');
  const createdS = Math.max(0, Math.floor(originUs / 1e6)) + macToUnix;
  const ftyp = box('ftyp', ascii('iso6'), u32(0), ascii('iso6'), ascii('iso5'), ascii('mp42'));
  const moov = box(
    'moov',
    fullBox(
      'mvhd',
      1,
      0,
      u64(createdS),
      u64(createdS),
      u32(timescale),
      u64(0),
      u32(0x10000),
      u16(0x100),
      new Uint8Array(10),
      unity,
      new Uint8Array(24),
      u32(audioTrackId + 1),
    ),
    trak(video, createdS, delayUs),
    audio ? trak(audio, createdS, 0) : [],
    box('mvex', trex(videoTrackId), audio ? trex(audioTrackId) : []),
    ...marks,
  );
  const out = new Uint8Array(ftyp.length + moov.length);
  out.set(ftyp);
  out.set(moov, ftyp.length);
  return out;
}

/** `codecs` of a MIME type (RFC 6381) for a segment of these tracks, video first. */
export const codecsOf = (video: VideoTrack, audio: AudioTrack | null): string =>
  audio ? `${video.codecString},${audio.codecString}` : video.codecString;
