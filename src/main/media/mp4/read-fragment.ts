/** Reads one fragment back. Hostile input: throws nothing but `MediaError`. */
import { ByteReader } from '../byte-reader.ts';
import type { AccessUnit } from '../format.ts';
import { MediaError } from '../media-error.ts';
import { type Box, boxes, findBox } from './box-reader.ts';
import { maxMoofBytes, nonSyncBit, ntpToUnix } from './layout.ts';
import type { Mp4Init } from './read-init.ts';

/** A sample as its fragment describes it; `offset` counts from the start of the `moof`. */
export type SampleEntry = {
  track: 'video' | 'audio';
  key: boolean;
  ptsUs: number;
  dtsUs: number;
  durationUs: number;
  offset: number;
  bytes: number;
};

export type FragmentHead = {
  samples: SampleEntry[];
  /** Earliest presentation time and the span to the end of the last one, of video (of audio where there is no video). */
  startUs: number;
  durationUs: number;
  /** Its first picture can be decoded without another. */
  key: boolean;
};

/** A pair of the same moment on the clock and on a track's own time line (prft, ISO/IEC 14496-12 §8.16.5). */
type Anchor = { trackId: number; utcUs: number; mediaTime: number };

const maxSamples = 100_000;

function parsePrft(bytes: Uint8Array, box: Box): Anchor {
  const r = new ByteReader(bytes, box.start, box.end);
  const version = r.u8();
  r.skip(3);
  const trackId = r.u32();
  const seconds = r.u32();
  const fraction = r.u32();
  const mediaTime = version === 0 ? r.u32() : r.u64();
  const era = seconds < ntpToUnix ? 0x1_0000_0000 : 0;
  return {
    trackId,
    utcUs: (seconds + era - ntpToUnix) * 1e6 + Math.round((fraction * 1e6) / 0x1_0000_0000),
    mediaTime,
  };
}

type Defaults = { duration: number; size: number; flags: number };

function parseTraf(
  bytes: Uint8Array,
  traf: Box,
  out: SampleEntry[],
  init: Mp4Init,
  originUs: (id: number) => number,
  budget: { left: number },
): void {
  const tfhd = findBox(bytes, traf, 'tfhd');
  if (tfhd === null) throw new MediaError('malformed', 'a track fragment without tfhd');
  const h = new ByteReader(bytes, tfhd.start, tfhd.end);
  const headFlags = h.u32() & 0xffffff;
  const id = h.u32();
  if (headFlags & 0x1) throw new MediaError('unsupported', 'a track fragment with an absolute data offset');
  if (headFlags & 0x2) h.skip(4);
  const defaults: Defaults = {
    duration: headFlags & 0x8 ? h.u32() : 0,
    size: headFlags & 0x10 ? h.u32() : 0,
    flags: headFlags & 0x20 ? h.u32() : 0,
  };
  const of = init.video.id === id ? init.video : init.audio?.id === id ? init.audio : null;
  if (of === null) return;
  const track = of.track.kind;
  const tfdt = findBox(bytes, traf, 'tfdt');
  if (tfdt === null) throw new MediaError('malformed', 'a track fragment without tfdt');
  const t = new ByteReader(bytes, tfdt.start, tfdt.end);
  const long = t.u8() === 1;
  t.skip(3);
  let dts = long ? t.u64() : t.u32();
  const base = originUs(id);
  const toUs = (ticks: number): number => Math.round((ticks * 1e6) / of.timescale);
  let dataAt: number | null = null;
  for (const trun of boxes(bytes, traf.start, traf.end)) {
    if (trun.type !== 'trun') continue;
    const r = new ByteReader(bytes, trun.start, trun.end);
    const versionAndFlags = r.u32();
    const signed = versionAndFlags >>> 24 >= 1;
    const flags = versionAndFlags & 0xffffff;
    const count = r.u32();
    if (flags & 0x1) dataAt = r.i32();
    if (dataAt === null || dataAt < 0)
      throw new MediaError('unsupported', 'a run of samples that does not say where its data is');
    const firstFlags = flags & 0x4 ? r.u32() : null;
    const each = (flags & 0x100 ? 4 : 0) + (flags & 0x200 ? 4 : 0) + (flags & 0x400 ? 4 : 0) + (flags & 0x800 ? 4 : 0);
    budget.left -= count;
    if (budget.left < 0) throw new MediaError('too-large', 'a fragment lists too many samples');
    if (each * count > r.left) throw new MediaError('truncated', 'a run of samples is cut off');
    for (let i = 0; i < count; i += 1) {
      const duration = flags & 0x100 ? r.u32() : defaults.duration;
      const size = flags & 0x200 ? r.u32() : defaults.size;
      const own = flags & 0x400 ? r.u32() : defaults.flags;
      const sampleFlags = i === 0 && firstFlags !== null ? firstFlags : own;
      const shift = flags & 0x800 ? (signed ? r.i32() : r.u32()) : 0;
      out.push({
        track,
        key: (sampleFlags & nonSyncBit) === 0,
        ptsUs: base + toUs(dts + shift),
        dtsUs: base + toUs(dts),
        durationUs: toUs(duration),
        offset: dataAt,
        bytes: size,
      });
      dts += duration;
      dataAt += size;
    }
  }
}

/**
 * Reads the boxes before the samples: `bytes` holds an optional `prft` and the whole `moof`. `moofStart` is where in `bytes`
 * the `moof` begins. Throws `MediaError`.
 */
export function parseFragmentHead(
  bytes: Uint8Array,
  init: Mp4Init,
): FragmentHead & { moofStart: number; moofEnd: number } {
  let anchor: Anchor | null = null;
  let moof: Box | null = null;
  let moofStart = 0;
  let at = 0;
  while (moof === null) {
    const r = new ByteReader(bytes, at);
    const size = r.u32();
    const type = r.fourCc();
    if (size < 8 || size > maxMoofBytes) throw new MediaError('malformed', 'no fragment starts here');
    if (size > bytes.length - at) throw new MediaError('truncated', 'the head of a fragment is cut off');
    const box: Box = { type, start: at + 8, end: at + size };
    if (type === 'prft') anchor = parsePrft(bytes, box);
    else if (type === 'moof') {
      moof = box;
      moofStart = at;
    } else if (type !== 'styp' && type !== 'free' && type !== 'emsg' && type !== 'sidx') {
      throw new MediaError('malformed', `no fragment starts with ${JSON.stringify(type)}`);
    }
    at += size;
  }
  if (anchor === null) throw new MediaError('unsupported', 'a fragment that does not tell its time (prft)');
  const { trackId, utcUs, mediaTime } = anchor;
  const delayOf = (id: number): number => (id === init.video.id ? init.delayUs : 0);
  const scaleOf = (id: number): number =>
    id === init.video.id ? init.video.timescale : (init.audio?.timescale ?? 1e6);
  // Presentation time 0 of the segment on the clock, from whichever track the anchor is on.
  const segmentUs = utcUs - Math.round((mediaTime * 1e6) / scaleOf(trackId)) + delayOf(trackId);
  const samples: SampleEntry[] = [];
  const budget = { left: maxSamples };
  for (const traf of boxes(bytes, moof.start, moof.end)) {
    if (traf.type === 'traf') parseTraf(bytes, traf, samples, init, (id) => segmentUs - delayOf(id), budget);
  }
  const video = samples.filter((s) => s.track === 'video');
  const timed = video.length > 0 ? video : samples;
  const first = timed[0];
  if (first === undefined) throw new MediaError('malformed', 'a fragment without samples');
  const key = video[0]?.key === true;
  let startUs = first.ptsUs;
  let endUs = first.ptsUs + first.durationUs;
  for (const s of timed) {
    if (!key && s.ptsUs < startUs) startUs = s.ptsUs; // pictures that lead a key frame belong before it
    endUs = Math.max(endUs, s.ptsUs + s.durationUs);
  }
  if (!Number.isSafeInteger(startUs) || !Number.isSafeInteger(endUs))
    throw new MediaError('malformed', 'a fragment with impossible times');
  return { samples, startUs, durationUs: endUs - startUs, key, moofStart, moofEnd: moof.end };
}

/**
 * Reads a whole fragment (`prft moof mdat`) into its units on the clock of UTC, in decoding order, video before audio of the
 * same moment. Samples are views on `bytes`. Throws `MediaError`.
 */
export function parseFragment(
  bytes: Uint8Array,
  init: Mp4Init,
): { startUs: number; durationUs: number; key: boolean; units: AccessUnit[] } {
  const head = parseFragmentHead(bytes, init);
  const r = new ByteReader(bytes, head.moofEnd);
  const size = r.u32();
  if (r.fourCc() !== 'mdat') throw new MediaError('malformed', 'a fragment without mdat');
  const from = r.at;
  const to = head.moofEnd + size;
  if (size < 8 || to > bytes.length) throw new MediaError('truncated', 'the data of a fragment is cut off');
  const units: AccessUnit[] = [];
  for (const s of head.samples) {
    const start = head.moofStart + s.offset;
    if (start < from || s.bytes > to - start) throw new MediaError('malformed', 'a sample lies outside its fragment');
    units.push({
      track: s.track,
      key: s.key,
      ptsUs: s.ptsUs,
      dtsUs: s.dtsUs,
      data: [bytes.subarray(start, start + s.bytes)],
      bytes: s.bytes,
    });
  }
  units.sort((a, b) => a.dtsUs - b.dtsUs); // stable
  return { startUs: head.startUs, durationUs: head.durationUs, key: head.key, units };
}
