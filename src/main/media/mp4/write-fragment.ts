/**
 * One fragment: `prft moof mdat` (ISO/IEC 14496-12 §8.16.5, §8.8, §8.1.1). Only the head is made here, in one allocation; the
 * samples follow it on disk from where they already lie in memory: first all of video, then all of audio.
 */
import type { AccessUnit } from '../format.ts';
import { MediaError } from '../media-error.ts';
import { audioTrackId, maxFragmentBytes, ntpToUnix, otherSample, syncSample, videoTrackId } from './layout.ts';
import { freeUpTo, putFree } from './spare-room.ts';

export type Fragment = {
  /** mfhd sequence_number: 1, 2, … within the segment. */
  sequence: number;
  /** Presentation time of the segment's first picture, µs of UTC: 0 on the segment's own timeline. */
  originUs: number;
  /** As given to `writeInit`. */
  delayUs: number;
  video: readonly AccessUnit[];
  /** Decoding time at which the next picture follows the last one here: gives the last one its duration. */
  videoEndUs: number;
  audio: readonly AccessUnit[];
  audioEndUs: number;
  /** Bytes kept free at the end of the `moof` (`encryption.ts`): 0, the default, or 8 and more. */
  room?: number;
};

const cc = (text: string): number =>
  ((text.charCodeAt(0) << 24) | (text.charCodeAt(1) << 16) | (text.charCodeAt(2) << 8) | text.charCodeAt(3)) >>> 0;
const boxType = {
  prft: cc('prft'),
  moof: cc('moof'),
  mfhd: cc('mfhd'),
  traf: cc('traf'),
  tfhd: cc('tfhd'),
  tfdt: cc('tfdt'),
  trun: cc('trun'),
  mdat: cc('mdat'),
};

const prftBytes = 32;
const trafFixedBytes = 8 + 20 + 20; // traf, tfhd, tfdt

type Run = {
  units: readonly AccessUnit[];
  bytes: number;
  offsets: boolean;
  flags: 'all-key' | 'first-key' | 'none-key' | 'mixed';
};

function describe(units: readonly AccessUnit[], isVideo: boolean, startUs: number): Run {
  let bytes = 0;
  let keys = 0;
  let offsets = false;
  let last = startUs - 1;
  for (const unit of units) {
    bytes += unit.bytes;
    if (unit.key) keys += 1;
    if (isVideo && (unit.ptsUs !== unit.dtsUs || unit.dtsUs <= last)) offsets = true;
    last = unit.dtsUs;
  }
  const firstKey = units[0]?.key === true;
  const flags =
    keys === units.length ? 'all-key' : keys === 0 ? 'none-key' : keys === 1 && firstKey ? 'first-key' : 'mixed';
  return { units, bytes, offsets, flags };
}

function trunBytes(run: Run): number {
  const perSample = 8 + (run.flags === 'mixed' ? 4 : 0) + (run.offsets ? 4 : 0);
  return 20 + (run.flags === 'first-key' ? 4 : 0) + run.units.length * perSample;
}

const trafBytes = (run: Run): number => (run.units.length === 0 ? 0 : trafFixedBytes + trunBytes(run));

/**
 * Bytes to put before the samples of a fragment. Decoding times that do not rise are moved up by a microsecond each (the
 * presentation time of pictures stays exact); sound from before the segment's first picture is moved up to it.
 * Throws `MediaError` for an empty fragment or one beyond 256 MiB.
 */
export function writeFragmentHead(fragment: Fragment): Uint8Array {
  const { originUs, delayUs } = fragment;
  const video = describe(fragment.video, true, originUs - delayUs);
  const audio = describe(fragment.audio, false, originUs);
  const first = video.units[0] ?? audio.units[0];
  if (first === undefined) throw new MediaError('malformed', 'a fragment needs at least one sample');
  const payload = video.bytes + audio.bytes;
  if (payload > maxFragmentBytes) throw new MediaError('too-large', 'a fragment is larger than 256 MiB');
  const room = fragment.room ?? 0;
  const moofBytes = 8 + 16 + trafBytes(video) + trafBytes(audio) + room;
  const size = prftBytes + moofBytes + 8;
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  let at = 0;
  const head = (bytes: number, type: number): void => {
    view.setUint32(at, bytes);
    view.setUint32(at + 4, type);
    at += 8;
  };
  const word = (n: number): void => {
    view.setUint32(at, n);
    at += 4;
  };
  const long = (n: number): void => {
    word(Math.floor(n / 0x1_0000_0000));
    word(n % 0x1_0000_0000);
  };

  const isVideo = video.units.length > 0;
  const anchorUs = Math.max(first.ptsUs, originUs);
  head(prftBytes, boxType.prft);
  word(0x0100_0018); // version 1; the time is that of capture
  word(isVideo ? videoTrackId : audioTrackId);
  const seconds = Math.floor(anchorUs / 1e6);
  word((seconds + ntpToUnix) % 0x1_0000_0000); // NTP era 1 starts in 2036 (RFC 5905 §6)
  word(Math.round(((anchorUs - seconds * 1e6) * 0x1_0000_0000) / 1e6));
  long(anchorUs - originUs + (isVideo ? delayUs : 0));

  head(moofBytes, boxType.moof);
  head(16, boxType.mfhd);
  word(0);
  word(fragment.sequence);

  const traf = (run: Run, id: number, startUs: number, endUs: number, dataOffset: number): void => {
    if (run.units.length === 0) return;
    head(trafBytes(run), boxType.traf);
    head(20, boxType.tfhd);
    word(0x0002_0020); // default-base-is-moof, default-sample-flags
    word(id);
    word(run.flags === 'all-key' ? syncSample : otherSample);
    const firstDts = Math.max(run.units[0]?.dtsUs ?? 0, startUs);
    head(20, boxType.tfdt);
    word(0x0100_0000);
    long(firstDts - startUs);
    head(trunBytes(run), boxType.trun);
    const flagWord =
      0x301 | (run.flags === 'first-key' ? 0x004 : 0) | (run.flags === 'mixed' ? 0x400 : 0) | (run.offsets ? 0x800 : 0);
    word(0x0100_0000 | flagWord); // version 1: signed offsets
    word(run.units.length);
    word(dataOffset);
    if (run.flags === 'first-key') word(syncSample);
    let dts = firstDts;
    for (let i = 0; i < run.units.length; i += 1) {
      const unit = run.units[i];
      if (unit === undefined) break;
      const following = run.units[i + 1]?.dtsUs ?? endUs;
      const duration = Math.min(Math.max(following - dts, 1), 0xffffffff);
      word(duration);
      word(unit.bytes);
      if (run.flags === 'mixed') word(unit.key ? syncSample : otherSample);
      if (run.offsets) {
        view.setInt32(at, Math.max(-0x8000_0000, Math.min(0x7fff_ffff, unit.ptsUs - dts)));
        at += 4;
      }
      dts += duration;
    }
  };
  traf(video, videoTrackId, originUs - delayUs, fragment.videoEndUs, moofBytes + 8);
  traf(audio, audioTrackId, originUs, fragment.audioEndUs, moofBytes + 8 + video.bytes);
  if (room > 0) {
    putFree(out, at, room);
    at += room;
  }
  head(8 + payload, boxType.mdat);
  return out;
}

/** A key frame's place: where its `moof` starts in the file, and its time on the segment's timeline. */
export type KeyEntry = { moofOffset: number; timeUs: number };

/** Bytes of the `prft` before a `moof`: a key's fragment starts this much before its `moofOffset`. */
export const bytesBeforeMoof = prftBytes;

/**
 * `mfra` (§8.8.9 – 8.8.11): the key frames of a sealed segment, at its very end. It is put at `position`, and made as long as it
 * takes to end on a multiple of `block`.
 */
export function writeIndex(keys: readonly KeyEntry[], delayUs: number, position = 0, block = 1): Uint8Array {
  const tfraBytes = 24 + keys.length * 19;
  const room = freeUpTo(position + 8 + tfraBytes + 16, block);
  const size = 8 + tfraBytes + room + 16;
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  view.setUint32(0, size);
  view.setUint32(4, cc('mfra'));
  view.setUint32(8, tfraBytes);
  view.setUint32(12, cc('tfra'));
  view.setUint32(16, 0x0100_0000);
  view.setUint32(20, videoTrackId);
  view.setUint32(24, 0); // traf, trun and sample numbers take one byte each
  view.setUint32(28, keys.length);
  let at = 32;
  for (const key of keys) {
    const time = key.timeUs + delayUs;
    view.setUint32(at, Math.floor(time / 0x1_0000_0000));
    view.setUint32(at + 4, time % 0x1_0000_0000);
    view.setUint32(at + 8, Math.floor(key.moofOffset / 0x1_0000_0000));
    view.setUint32(at + 12, key.moofOffset % 0x1_0000_0000);
    out.fill(1, at + 16, at + 19);
    at += 19;
  }
  if (room > 0) putFree(out, at, room);
  at += room;
  view.setUint32(at, 16);
  view.setUint32(at + 4, cc('mfro'));
  view.setUint32(at + 12, size);
  return out;
}
