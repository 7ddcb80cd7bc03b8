/** H.264 (ISO/IEC 14496-10): sequence parameter sets, the avcC record (14496-15 §5.3.3.1), key frames. */
import { BitReader } from './bit-reader.ts';
import { ByteReader } from './byte-reader.ts';
import type { VideoTrack } from './format.ts';
import { MediaError } from './media-error.ts';
import { splitLengthPrefixed, unescapeNal } from './nal.ts';

/** nal_unit_type (table 7-1). */
export const h264Type = (nal: Uint8Array): number => (nal[0] ?? 0) & 0x1f;
export const h264Nal = {
  slice: 1,
  idr: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  delimiter: 9,
  endOfSequence: 10,
  filler: 12,
} as const;

export type H264Sps = {
  profile: number;
  /** constraint_set0_flag … as the byte between profile and level. */
  compatibility: number;
  level: number;
  id: number;
  chromaFormat: number;
  bitDepthLuma: number;
  bitDepthChroma: number;
  /** Cropped. */
  width: number;
  height: number;
  /** From VUI timing, where it is there and makes sense; else null. */
  fps: number | null;
  /** max_num_reorder_frames: how many pictures may precede another in decoding and follow it in output; null: not told. */
  reorderFrames: number | null;
};

const profilesWithChroma = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const maxSide = 16_384;

function skipScalingLists(bits: BitReader, count: number): void {
  for (let list = 0; list < count; list += 1) {
    if (!bits.flag()) continue;
    const size = list < 6 ? 16 : 64;
    let last = 8;
    let next = 8;
    for (let i = 0; i < size; i += 1) {
      if (next !== 0) next = (last + bits.se() + 256) & 255;
      if (next !== 0) last = next;
    }
  }
}

function skipHrd(bits: BitReader): void {
  const count = bits.ueMax(31, 'cpb_cnt_minus1') + 1;
  bits.skip(8);
  for (let i = 0; i < count; i += 1) {
    bits.ue();
    bits.ue();
    bits.skip(1);
  }
  bits.skip(20);
}

/** Annex E: frame rate and reordering. What cannot be read (vendors cut VUI short) is null. */
function parseVui(bits: BitReader): { fps: number | null; reorderFrames: number | null } {
  let fps: number | null = null;
  let reorderFrames: number | null = null;
  try {
    if (bits.flag() && bits.bits(8) === 255) bits.skip(32); // aspect ratio
    if (bits.flag()) bits.skip(1); // overscan
    if (bits.flag()) {
      bits.skip(4);
      if (bits.flag()) bits.skip(24);
    }
    if (bits.flag()) {
      bits.ue();
      bits.ue();
    }
    if (bits.flag()) {
      const unitsInTick = bits.bits(32);
      const timeScale = bits.bits(32);
      bits.skip(1);
      const rate = timeScale / (2 * unitsInTick); // a tick is a field (§E.2.1)
      if (Number.isFinite(rate) && rate > 0.01 && rate <= 1000) fps = rate;
    }
    const nalHrd = bits.flag();
    if (nalHrd) skipHrd(bits);
    const vclHrd = bits.flag();
    if (vclHrd) skipHrd(bits);
    if (nalHrd || vclHrd) bits.skip(1);
    bits.skip(1);
    if (bits.flag()) {
      bits.skip(1);
      bits.ue();
      bits.ue();
      bits.ue();
      bits.ue();
      reorderFrames = bits.ueMax(16, 'max_num_reorder_frames');
    }
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
  }
  return { fps, reorderFrames };
}

/** Reads a sequence parameter set (§7.3.2.1.1). Throws `MediaError`. */
export function parseH264Sps(nal: Uint8Array): H264Sps {
  if (h264Type(nal) !== h264Nal.sps)
    throw new MediaError('malformed', 'this NAL unit is not an H.264 sequence parameter set');
  const bits = new BitReader(unescapeNal(nal, 1));
  const profile = bits.bits(8);
  const compatibility = bits.bits(8);
  const level = bits.bits(8);
  const id = bits.ueMax(31, 'seq_parameter_set_id');
  let chromaFormat = 1;
  let separatePlanes = false;
  let bitDepthLuma = 8;
  let bitDepthChroma = 8;
  if (profilesWithChroma.has(profile)) {
    chromaFormat = bits.ueMax(3, 'chroma_format_idc');
    if (chromaFormat === 3) separatePlanes = bits.flag();
    bitDepthLuma = 8 + bits.ueMax(6, 'bit_depth_luma_minus8');
    bitDepthChroma = 8 + bits.ueMax(6, 'bit_depth_chroma_minus8');
    bits.skip(1);
    if (bits.flag()) skipScalingLists(bits, chromaFormat === 3 ? 12 : 8);
  }
  bits.ueMax(12, 'log2_max_frame_num_minus4');
  const orderType = bits.ueMax(2, 'pic_order_cnt_type');
  if (orderType === 0) bits.ueMax(12, 'log2_max_pic_order_cnt_lsb_minus4');
  else if (orderType === 1) {
    bits.skip(1);
    bits.se();
    bits.se();
    const cycle = bits.ueMax(255, 'num_ref_frames_in_pic_order_cnt_cycle');
    for (let i = 0; i < cycle; i += 1) bits.se();
  }
  bits.ueMax(16, 'max_num_ref_frames');
  bits.skip(1);
  const mbWide = bits.ueMax(maxSide / 16, 'pic_width_in_mbs_minus1') + 1;
  const mapHigh = bits.ueMax(maxSide / 16, 'pic_height_in_map_units_minus1') + 1;
  const frameOnly = bits.flag();
  if (!frameOnly) bits.skip(1);
  bits.skip(1);
  let width = mbWide * 16;
  let height = mapHigh * 16 * (frameOnly ? 1 : 2);
  if (bits.flag()) {
    const subsampled = !separatePlanes;
    const unitX = subsampled && (chromaFormat === 1 || chromaFormat === 2) ? 2 : 1;
    const unitY = (subsampled && chromaFormat === 1 ? 2 : 1) * (frameOnly ? 1 : 2);
    const left = bits.ue();
    const right = bits.ue();
    const top = bits.ue();
    const bottom = bits.ue();
    width -= (left + right) * unitX;
    height -= (top + bottom) * unitY;
  }
  if (width < 1 || height < 1 || width > maxSide || height > maxSide) {
    throw new MediaError('malformed', `an H.264 picture of ${width} × ${height} makes no sense`);
  }
  const vui = bits.left > 0 && bits.flag() ? parseVui(bits) : { fps: null, reorderFrames: null };
  // Annex A: these profiles have no B pictures, so nothing is reordered.
  const intraOrBaseline = profile === 66 || ((profile === 100 || profile === 110) && (compatibility & 0x10) !== 0);
  return {
    profile,
    compatibility,
    level,
    id,
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    width,
    height,
    fps: vui.fps,
    reorderFrames: vui.reorderFrames ?? (intraOrBaseline || orderType === 2 ? 0 : null),
  };
}

/** One parameter set or several. */
export type ParameterSets = Uint8Array | readonly Uint8Array[];
export const listOfSets = (sets: ParameterSets): readonly Uint8Array[] => (sets instanceof Uint8Array ? [sets] : sets);

const hex2 = (n: number): string => n.toString(16).padStart(2, '0').toUpperCase();

/** The track that these parameter sets (NAL units with their header byte, no start codes) describe. Throws `MediaError`. */
export function h264Track(sps: ParameterSets, pps: ParameterSets): VideoTrack {
  const spsList = listOfSets(sps);
  const ppsList = listOfSets(pps);
  const first = spsList[0];
  if (first === undefined || ppsList.length === 0)
    throw new MediaError('malformed', 'H.264 needs at least one SPS and one PPS');
  if (spsList.length > 31 || ppsList.length > 255)
    throw new MediaError('too-large', 'more H.264 parameter sets than avcC can hold');
  const info = parseH264Sps(first);
  const out: number[] = [1, info.profile, info.compatibility, info.level, 0xff, 0xe0 | spsList.length];
  const put = (nal: Uint8Array, type: number): void => {
    if (h264Type(nal) !== type)
      throw new MediaError('malformed', 'this NAL unit is not the H.264 parameter set that it is given as');
    if (nal.length > 0xffff) throw new MediaError('too-large', 'an H.264 parameter set is longer than 64 KiB');
    out.push(nal.length >> 8, nal.length & 255, ...nal);
  };
  for (const nal of spsList) put(nal, h264Nal.sps);
  out.push(ppsList.length);
  for (const nal of ppsList) put(nal, h264Nal.pps);
  if (info.profile !== 66 && info.profile !== 77 && info.profile !== 88) {
    out.push(0xfc | info.chromaFormat, 0xf8 | (info.bitDepthLuma - 8), 0xf8 | (info.bitDepthChroma - 8), 0);
  }
  return {
    kind: 'video',
    codec: 'h264',
    codecString: `avc1.${hex2(info.profile)}${hex2(info.compatibility)}${hex2(info.level)}`,
    config: Uint8Array.from(out),
    width: info.width,
    height: info.height,
  };
}

/** RFC 6381 form of an avcC record. Throws `MediaError`. */
export function avcCodecString(config: Uint8Array): string {
  const r = new ByteReader(config, 1);
  return `avc1.${hex2(r.u8())}${hex2(r.u8())}${hex2(r.u8())}`;
}

/** The parameter sets inside an avcC record. Throws `MediaError`. */
export function parseAvcC(config: Uint8Array): { sps: Uint8Array[]; pps: Uint8Array[]; lengthBytes: number } {
  const r = new ByteReader(config);
  if (r.u8() !== 1) throw new MediaError('malformed', 'an avcC record has an unknown version');
  r.skip(3);
  const lengthBytes = (r.u8() & 3) + 1;
  const list = (count: number): Uint8Array[] => {
    const out: Uint8Array[] = [];
    for (let i = 0; i < count; i += 1) out.push(r.view(r.u16()));
    return out;
  };
  const sps = list(r.u8() & 0x1f);
  const pps = list(r.u8());
  return { sps, pps, lengthBytes };
}

/** Whether a length-prefixed access unit holds an IDR picture. Damaged samples are none. */
export function isH264Key(sample: Uint8Array): boolean {
  try {
    return splitLengthPrefixed(sample).some((nal) => h264Type(nal) === h264Nal.idr);
  } catch (error) {
    if (error instanceof MediaError) return false;
    throw error;
  }
}
