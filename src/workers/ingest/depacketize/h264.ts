/** H.264 over RTP (RFC 6184): single NAL units, STAP-A/B, MTAP16/24, FU-A/B. */
import { BitReader } from '#media/bit-reader.ts';
import { h264Nal, h264Track, h264Type, parseH264Sps } from '#media/h264.ts';
import { MediaError } from '#media/media-error.ts';
import { splitAnnexB, unescapeNal } from '#media/nal.ts';
import type { RtpPacket } from '../rtp/packet.ts';
import { type Holds, noHolds } from '../slab-pool.ts';
import type { Depacketizer, VideoHandler } from './handler.ts';
import { createNalPicture, type NalCodec, type NalPicture } from './nal-picture.ts';

/** Exp-Golomb numbers at the start of a NAL unit after `skip` header bytes; empty where it is too short. */
export function leadingNumbers(nal: Uint8Array, skip: number, count: number, flags = 0): number[] {
  const out: number[] = [];
  try {
    const bits = new BitReader(unescapeNal(nal.subarray(0, 64), skip));
    if (flags > 0) bits.skip(flags);
    while (out.length < count) out.push(bits.ueMax(0xffff_fffe, 'number'));
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    return [];
  }
  return out;
}

/** Reads SEI messages until a recovery point (payload type 6, ISO/IEC 14496-10 §D.2.8): its recovery_frame_cnt. */
function recoveryFrames(sei: Uint8Array): number | null {
  for (let at = 1; at + 2 < sei.length; ) {
    let type = 0;
    while (sei[at] === 0xff) {
      type += 255;
      at++;
    }
    type += sei[at++] ?? 0;
    let size = 0;
    while (sei[at] === 0xff) {
      size += 255;
      at++;
    }
    size += sei[at++] ?? 0;
    if (type === 6 && size > 0) return leadingNumbers(sei.subarray(at), 0, 1)[0] ?? null;
    at += size;
  }
  return null;
}

/** The parameter sets of a stream and the track that they make. */
export function createH264Codec(): NalCodec {
  const sps = new Map<number, Uint8Array>();
  const pps = new Map<number, { spsId: number; nal: Uint8Array }>();
  return {
    kind(buffer, at) {
      switch ((buffer[at] ?? 0) & 0x1f) {
        case 1:
        case 2:
        case 3:
        case 4:
          return 'slice';
        case h264Nal.idr:
          return 'key';
        case h264Nal.sei:
          return 'sei';
        case h264Nal.sps:
        case h264Nal.pps:
          return 'set';
        case h264Nal.delimiter:
          return 'delimiter';
        default:
          return 'drop'; // fillers, ends of sequence, extensions (SVC, MVC) that need decoders of their own
      }
    },
    // first_mb_in_slice is 0: ue(v) of one bit
    firstSlice: (buffer, at) => ((buffer[at + 1] ?? 0) & 0x80) !== 0,
    set(nal) {
      // most cameras repeat them before every key picture
      for (const known of sps.values()) if (Buffer.compare(known, nal) === 0) return false;
      for (const known of pps.values()) if (Buffer.compare(known.nal, nal) === 0) return false;
      try {
        if (h264Type(nal) === h264Nal.sps) {
          sps.set(parseH264Sps(nal).id, nal);
          return true;
        }
        const [id, spsId] = leadingNumbers(nal, 1, 2);
        if (id === undefined || spsId === undefined || id > 255 || spsId > 31) return false;
        pps.set(id, { spsId, nal });
        return true;
      } catch (error) {
        if (error instanceof MediaError) return false; // a broken set never replaces a good one
        throw error;
      }
    },
    track(slice) {
      const [, , ppsId] = leadingNumbers(slice, 1, 3);
      const used = ppsId === undefined ? undefined : pps.get(ppsId);
      const active = used === undefined ? undefined : sps.get(used.spsId);
      if (used === undefined || active === undefined) return null;
      const others = [...pps.values()].filter((p) => p.spsId === used.spsId && p !== used).map((p) => p.nal);
      return {
        track: h264Track(active, [used.nal, ...others].slice(0, 255)),
        reorder: parseH264Sps(active).reorderFrames,
      };
    },
    recovery: recoveryFrames,
  };
}

const inside = (buffer: Buffer, view: Uint8Array): number => view.byteOffset - buffer.byteOffset;

/** Start codes inside RTP payloads are against RFC 6184 §5.3 and still met. True if these were some and are taken. */
export function takeAnnexB(picture: NalPicture, { buffer, from, to }: RtpPacket): boolean {
  if (to - from < 5 || buffer[from] !== 0 || buffer[from + 1] !== 0) return false;
  if (buffer[from + 2] !== 1 && (buffer[from + 2] !== 0 || buffer[from + 3] !== 1)) return false;
  for (const nal of splitAnnexB(buffer.subarray(from, to))) {
    const at = inside(buffer, nal);
    picture.unit(buffer, at, at + nal.length);
  }
  return true;
}

/** `sets`: parameter sets that are known beforehand (SDP). */
export function createH264Depacketizer(
  sets: readonly Uint8Array[],
  on: VideoHandler,
  holds: Holds = noHolds,
): Depacketizer {
  const codec = createH264Codec();
  for (const set of sets) if (codec.kind(set, 0) === 'set') codec.set(set);
  const picture = createNalPicture(codec, on, holds);

  /** Units with a 16-bit size before each; `skip` bytes (and a time) follow the size in MTAPs. */
  function aggregate(
    buffer: Buffer,
    from: number,
    to: number,
    skip: number,
    timeBytes: number,
    timestamp: number,
  ): void {
    for (let at = from; at + 2 <= to; ) {
      const size = buffer.readUInt16BE(at);
      at += 2;
      const end = at + size;
      if (size === 0 || end > to) {
        if (size > 0) picture.spoil();
        return;
      }
      if (skip > 0) {
        if (size <= skip) return;
        picture.begin(timestamp + buffer.readUIntBE(at + skip - timeBytes, timeBytes));
      }
      picture.unit(buffer, at + skip, end);
      at = end;
    }
  }

  return {
    loss: picture.loss,
    more(buffer, from, to, timestamp) {
      if (to - from < 2 || ((buffer[from] ?? 0) & 0x1f) !== 28) return false;
      const head = buffer[from + 1] ?? 0;
      // a fragment that is neither the first nor the last
      return (head & 0xc0) === 0 && (head & 0x1f) !== 0 && picture.moreOfSlice(buffer, from + 2, to, timestamp);
    },
    packet(packet, timestamp) {
      const { buffer, from, to } = packet;
      if (to <= from) return;
      picture.begin(timestamp);
      const first = buffer[from] ?? 0;
      const type = first & 0x1f;
      if (type >= 1 && type <= 23) picture.unit(buffer, from, to);
      else if (type === 28 || type === 29) {
        const head = buffer[from + 1] ?? 0;
        const start = (head & 0x80) !== 0;
        const body = from + 2 + (type === 29 && start ? 2 : 0);
        if (body > to || (head & 0x1f) === 0) picture.spoil();
        else {
          if (start) picture.open(buffer, body, to, [(first & 0xe0) | (head & 0x1f)]);
          else picture.more(buffer, body, to);
          if ((head & 0x40) !== 0) picture.close();
        }
      } else if (type === 24) aggregate(buffer, from + 1, to, 0, 0, timestamp);
      else if (type === 25) aggregate(buffer, from + 3, to, 0, 0, timestamp);
      else if (type === 26) aggregate(buffer, from + 3, to, 3, 2, timestamp);
      else if (type === 27) aggregate(buffer, from + 3, to, 4, 3, timestamp);
      else if (!takeAnnexB(picture, packet)) picture.spoil();
      picture.end(packet.marker);
    },
  };
}
