/** H.265 (ISO/IEC 23008-2): parameter sets, the hvcC record (14496-15 §8.3.3.1), key frames. */
import { BitReader } from './bit-reader.ts';
import { ByteReader } from './byte-reader.ts';
import type { VideoTrack } from './format.ts';
import { type ParameterSets, listOfSets } from './h264.ts';
import { MediaError } from './media-error.ts';
import { splitLengthPrefixed, unescapeNal } from './nal.ts';

/** nal_unit_type (table 7-1). */
export const h265Type = (nal: Uint8Array): number => ((nal[0] ?? 0) >> 1) & 0x3f;
export const h265Nal = {
  blaFirst: 16,
  idrWRadl: 19,
  idrNLp: 20,
  cra: 21,
  irapLast: 23,
  vps: 32,
  sps: 33,
  pps: 34,
  delimiter: 35,
  endOfSequence: 36,
  sei: 39,
} as const;
/** RASL pictures: cannot be decoded when decoding starts at the CRA or BLA picture before them. */
export const isH265Rasl = (type: number): boolean => type === 8 || type === 9;

/** profile_tier_level (§7.3.3), general part. */
export type H265Profile = {
  space: number;
  tier: number;
  profile: number;
  compatibility: number;
  /** 48 bits of constraint flags. */
  constraints: Uint8Array;
  level: number;
};

export type H265Sps = H265Profile & {
  id: number;
  temporalLayers: number;
  temporalNesting: boolean;
  chromaFormat: number;
  bitDepthLuma: number;
  bitDepthChroma: number;
  /** Cropped by the conformance window. */
  width: number;
  height: number;
  fps: number | null;
  /** sps_max_num_reorder_pics of the highest layer. */
  reorderFrames: number;
};

const maxSide = 16_384;

function parseProfile(bits: BitReader, maxSubLayersMinus1: number): H265Profile {
  const space = bits.bits(2);
  const tier = bits.bit();
  const profile = bits.bits(5);
  const compatibility = bits.bits(32);
  const constraints = new Uint8Array(6);
  for (let i = 0; i < 6; i += 1) constraints[i] = bits.bits(8);
  const level = bits.bits(8);
  const present: [boolean, boolean][] = [];
  for (let i = 0; i < maxSubLayersMinus1; i += 1) present.push([bits.flag(), bits.flag()]);
  if (maxSubLayersMinus1 > 0) bits.skip(2 * (8 - maxSubLayersMinus1));
  for (const [subProfile, subLevel] of present) bits.skip((subProfile ? 88 : 0) + (subLevel ? 8 : 0));
  return { space, tier, profile, compatibility, constraints, level };
}

function skipScalingList(bits: BitReader): void {
  for (let size = 0; size < 4; size += 1) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!bits.flag()) {
        bits.ue();
        continue;
      }
      const count = Math.min(64, 1 << (4 + (size << 1)));
      if (size > 1) bits.se();
      for (let i = 0; i < count; i += 1) bits.se();
    }
  }
}

/** st_ref_pic_set (§7.3.7); returns NumDeltaPocs (7-71, 7-72 for the predicted form). */
function skipRefPicSet(bits: BitReader, index: number, deltaCounts: number[]): number {
  if (index > 0 && bits.flag()) {
    bits.skip(1);
    bits.ue();
    const before = deltaCounts[index - 1] ?? 0;
    let count = 0;
    for (let i = 0; i <= before; i += 1) {
      const used = bits.flag();
      if (used || bits.flag()) count += 1;
    }
    return count;
  }
  const negative = bits.ueMax(16, 'num_negative_pics');
  const positive = bits.ueMax(16, 'num_positive_pics');
  for (let i = 0; i < negative + positive; i += 1) {
    bits.ue();
    bits.skip(1);
  }
  return negative + positive;
}

/** What lies between the coding block sizes and the timing in VUI; null when there is none or it cannot be read. */
function parseFps(bits: BitReader, temporalLayers: number, lsbBits: number): number | null {
  try {
    for (let i = 0; i < 6; i += 1) bits.ue();
    if (bits.flag() && bits.flag()) skipScalingList(bits);
    bits.skip(2);
    if (bits.flag()) {
      bits.skip(8);
      bits.ue();
      bits.ue();
      bits.skip(1);
    }
    const sets = bits.ueMax(64, 'num_short_term_ref_pic_sets');
    const deltaCounts: number[] = [];
    for (let i = 0; i < sets; i += 1) deltaCounts.push(skipRefPicSet(bits, i, deltaCounts));
    if (bits.flag()) {
      const longTerm = bits.ueMax(32, 'num_long_term_ref_pics_sps');
      bits.skip(longTerm * (lsbBits + 1));
    }
    bits.skip(2);
    if (!bits.flag()) return null;
    if (bits.flag() && bits.bits(8) === 255) bits.skip(32);
    if (bits.flag()) bits.skip(1);
    if (bits.flag()) {
      bits.skip(4);
      if (bits.flag()) bits.skip(24);
    }
    if (bits.flag()) {
      bits.ue();
      bits.ue();
    }
    bits.skip(3);
    if (bits.flag()) for (let i = 0; i < 4; i += 1) bits.ue();
    if (!bits.flag()) return null;
    const unitsInTick = bits.bits(32);
    const timeScale = bits.bits(32);
    const rate = timeScale / unitsInTick;
    return temporalLayers > 0 && Number.isFinite(rate) && rate > 0.01 && rate <= 1000 ? rate : null;
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  }
}

/** Reads a sequence parameter set (§7.3.2.2.1). Throws `MediaError`. */
export function parseH265Sps(nal: Uint8Array): H265Sps {
  if (h265Type(nal) !== h265Nal.sps)
    throw new MediaError('malformed', 'this NAL unit is not an H.265 sequence parameter set');
  const bits = new BitReader(unescapeNal(nal, 2));
  bits.skip(4);
  const maxSubLayersMinus1 = bits.bits(3);
  if (maxSubLayersMinus1 > 6) throw new MediaError('malformed', 'an H.265 SPS has more than 7 temporal layers');
  const temporalNesting = bits.flag();
  const profile = parseProfile(bits, maxSubLayersMinus1);
  const id = bits.ueMax(15, 'sps_seq_parameter_set_id');
  const chromaFormat = bits.ueMax(3, 'chroma_format_idc');
  const separatePlanes = chromaFormat === 3 && bits.flag();
  let width = bits.ueMax(maxSide, 'pic_width_in_luma_samples');
  let height = bits.ueMax(maxSide, 'pic_height_in_luma_samples');
  if (bits.flag()) {
    const unitX = !separatePlanes && (chromaFormat === 1 || chromaFormat === 2) ? 2 : 1;
    const unitY = !separatePlanes && chromaFormat === 1 ? 2 : 1;
    const left = bits.ue();
    const right = bits.ue();
    const top = bits.ue();
    const bottom = bits.ue();
    width -= (left + right) * unitX;
    height -= (top + bottom) * unitY;
  }
  if (width < 1 || height < 1)
    throw new MediaError('malformed', `an H.265 picture of ${width} × ${height} makes no sense`);
  const bitDepthLuma = 8 + bits.ueMax(8, 'bit_depth_luma_minus8');
  const bitDepthChroma = 8 + bits.ueMax(8, 'bit_depth_chroma_minus8');
  const lsbBits = bits.ueMax(12, 'log2_max_pic_order_cnt_lsb_minus4') + 4;
  const perLayer = bits.flag();
  let reorderFrames = 0;
  for (let i = perLayer ? 0 : maxSubLayersMinus1; i <= maxSubLayersMinus1; i += 1) {
    bits.ue();
    reorderFrames = bits.ueMax(16, 'sps_max_num_reorder_pics');
    bits.ue();
  }
  const fps = parseFps(bits, maxSubLayersMinus1 + 1, lsbBits);
  return {
    ...profile,
    id,
    temporalLayers: maxSubLayersMinus1 + 1,
    temporalNesting,
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    width,
    height,
    fps,
    reorderFrames,
  };
}

export type H265Vps = H265Profile & { id: number; temporalLayers: number; temporalNesting: boolean };

/** Reads the fixed part of a video parameter set (§7.3.2.1). Throws `MediaError`. */
export function parseH265Vps(nal: Uint8Array): H265Vps {
  if (h265Type(nal) !== h265Nal.vps)
    throw new MediaError('malformed', 'this NAL unit is not an H.265 video parameter set');
  const bits = new BitReader(unescapeNal(nal, 2));
  const id = bits.bits(4);
  bits.skip(2 + 6);
  const maxSubLayersMinus1 = bits.bits(3);
  if (maxSubLayersMinus1 > 6) throw new MediaError('malformed', 'an H.265 VPS has more than 7 temporal layers');
  const temporalNesting = bits.flag();
  bits.skip(16);
  return { id, temporalLayers: maxSubLayersMinus1 + 1, temporalNesting, ...parseProfile(bits, maxSubLayersMinus1) };
}

/** RFC 6381 form of an H.265 profile (14496-15 Annex E.3). */
export function h265CodecString(p: H265Profile): string {
  let reversed = 0;
  for (let i = 0; i < 32; i += 1) reversed = reversed * 2 + (Math.floor(p.compatibility / 2 ** i) % 2);
  const parts = [
    'hvc1',
    `${['', 'A', 'B', 'C'][p.space] ?? ''}${p.profile}`,
    reversed.toString(16).toUpperCase(),
    `${p.tier === 0 ? 'L' : 'H'}${p.level}`,
  ];
  let last = 5;
  while (last >= 0 && p.constraints[last] === 0) last -= 1;
  for (let i = 0; i <= last; i += 1) parts.push((p.constraints[i] ?? 0).toString(16).toUpperCase());
  return parts.join('.');
}

/** RFC 6381 form of an hvcC record. Throws `MediaError`. */
export function hvcCodecString(config: Uint8Array): string {
  const r = new ByteReader(config, 1);
  const first = r.u8();
  const compatibility = r.u32();
  const constraints = r.view(6);
  return h265CodecString({
    space: first >> 6,
    tier: (first >> 5) & 1,
    profile: first & 0x1f,
    compatibility,
    constraints,
    level: r.u8(),
  });
}

/** The track that these parameter sets (NAL units with header, no start codes) describe. Throws `MediaError`. */
export function h265Track(vps: ParameterSets, sps: ParameterSets, pps: ParameterSets): VideoTrack {
  const lists: [number, readonly Uint8Array[]][] = [
    [h265Nal.vps, listOfSets(vps)],
    [h265Nal.sps, listOfSets(sps)],
    [h265Nal.pps, listOfSets(pps)],
  ];
  const first = listOfSets(sps)[0];
  if (first === undefined || lists.some(([, list]) => list.length === 0)) {
    throw new MediaError('malformed', 'H.265 needs at least one VPS, one SPS and one PPS');
  }
  const s = parseH265Sps(first);
  const compat = s.compatibility;
  const out: number[] = [
    1,
    (s.space << 6) | (s.tier << 5) | s.profile,
    compat >>> 24,
    (compat >>> 16) & 255,
    (compat >>> 8) & 255,
    compat & 255,
    ...s.constraints,
    s.level,
    0xf0, // min_spatial_segmentation_idc 0: not told
    0,
    0xfc, // parallelismType 0: not told
    0xfc | s.chromaFormat,
    0xf8 | (s.bitDepthLuma - 8),
    0xf8 | (s.bitDepthChroma - 8),
    0, // avgFrameRate 0: not told
    0,
    (s.temporalLayers << 3) | (s.temporalNesting ? 4 : 0) | 3, // NAL unit lengths of 4 bytes
    lists.length,
  ];
  for (const [type, list] of lists) {
    out.push(0x80 | type, list.length >> 8, list.length & 255); // array_completeness: hvc1 keeps them all here
    for (const nal of list) {
      if (h265Type(nal) !== type)
        throw new MediaError('malformed', 'this NAL unit is not the H.265 parameter set that it is given as');
      if (nal.length > 0xffff) throw new MediaError('too-large', 'an H.265 parameter set is longer than 64 KiB');
      out.push(nal.length >> 8, nal.length & 255, ...nal);
    }
  }
  return {
    kind: 'video',
    codec: 'h265',
    codecString: h265CodecString(s),
    config: Uint8Array.from(out),
    width: s.width,
    height: s.height,
  };
}

/** The parameter sets inside an hvcC record. Throws `MediaError`. */
export function parseHvcC(config: Uint8Array): {
  vps: Uint8Array[];
  sps: Uint8Array[];
  pps: Uint8Array[];
  lengthBytes: number;
} {
  const r = new ByteReader(config);
  if (r.u8() !== 1) throw new MediaError('malformed', 'an hvcC record has an unknown version');
  r.skip(20);
  const lengthBytes = (r.u8() & 3) + 1;
  const arrays = r.u8();
  const out = { vps: [] as Uint8Array[], sps: [] as Uint8Array[], pps: [] as Uint8Array[], lengthBytes };
  for (let i = 0; i < arrays; i += 1) {
    const type = r.u8() & 0x3f;
    const count = r.u16();
    for (let n = 0; n < count; n += 1) {
      const nal = r.view(r.u16());
      if (type === h265Nal.vps) out.vps.push(nal);
      else if (type === h265Nal.sps) out.sps.push(nal);
      else if (type === h265Nal.pps) out.pps.push(nal);
    }
  }
  return out;
}

/** Whether a NAL unit type is a random access picture: BLA, IDR, CRA (IRAP, §3.68). */
export const isH265Irap = (type: number): boolean => type >= h265Nal.blaFirst && type <= h265Nal.irapLast;

/** Whether a length-prefixed access unit holds an IRAP picture. Damaged samples are none. */
export function isH265Key(sample: Uint8Array): boolean {
  try {
    return splitLengthPrefixed(sample).some((nal) => isH265Irap(h265Type(nal)));
  } catch (error) {
    if (error instanceof MediaError) return false;
    throw error;
  }
}
