/** H.265 over RTP (RFC 7798): single NAL units, aggregation packets, fragmentation units, DONL where it is announced. */
import { h265Nal, h265Track, h265Type, isH265Irap, isH265Rasl, parseH265Sps, parseH265Vps } from '#media/h265.ts';
import { MediaError } from '#media/media-error.ts';
import { type Holds, noHolds } from '../slab-pool.ts';
import { leadingNumbers, takeAnnexB } from './h264.ts';
import type { Depacketizer, VideoHandler } from './handler.ts';
import { createNalPicture, type NalCodec } from './nal-picture.ts';

/** The parameter sets of a stream and the track that they make. */
export function createH265Codec(): NalCodec {
  const vps = new Map<number, Uint8Array>();
  const sps = new Map<number, { vpsId: number; nal: Uint8Array }>();
  const pps = new Map<number, { spsId: number; nal: Uint8Array }>();
  const same = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && Buffer.compare(a, b) === 0;
  return {
    kind(buffer, at) {
      const type = ((buffer[at] ?? 0) >> 1) & 0x3f;
      if (isH265Irap(type)) return 'key';
      if (isH265Rasl(type)) return 'leading';
      if (type <= 31) return 'slice';
      if (type === h265Nal.vps || type === h265Nal.sps || type === h265Nal.pps) return 'set';
      if (type === h265Nal.delimiter) return 'delimiter';
      if (type === h265Nal.sei) return 'sei';
      return type === 40 ? 'suffix' : 'drop';
    },
    // first_slice_segment_in_pic_flag
    firstSlice: (buffer, at) => ((buffer[at + 2] ?? 0) & 0x80) !== 0,
    set(nal) {
      try {
        const type = h265Type(nal);
        if (type === h265Nal.vps) {
          const { id } = parseH265Vps(nal);
          if (same(vps.get(id), nal)) return false;
          vps.set(id, nal);
        } else if (type === h265Nal.sps) {
          const { id } = parseH265Sps(nal);
          if (same(sps.get(id)?.nal, nal)) return false;
          sps.set(id, { vpsId: (nal[2] ?? 0) >> 4, nal });
        } else {
          const [id, spsId] = leadingNumbers(nal, 2, 2);
          if (id === undefined || spsId === undefined || id > 63 || spsId > 15 || same(pps.get(id)?.nal, nal))
            return false;
          pps.set(id, { spsId, nal });
        }
        return true;
      } catch (error) {
        if (error instanceof MediaError) return false; // a broken set never replaces a good one
        throw error;
      }
    },
    track(slice) {
      // first_slice_segment_in_pic_flag and, in IRAP pictures, no_output_of_prior_pics_flag come first (§7.3.6.1)
      const [ppsId] = leadingNumbers(slice, 2, 1, isH265Irap(h265Type(slice)) ? 2 : 1);
      const usedPps = ppsId === undefined ? undefined : pps.get(ppsId);
      const usedSps = usedPps === undefined ? undefined : sps.get(usedPps.spsId);
      // the video parameter set is not needed for decoding, only for the record: any will do
      const usedVps = usedSps === undefined ? undefined : (vps.get(usedSps.vpsId) ?? vps.values().next().value);
      if (usedPps === undefined || usedSps === undefined || usedVps === undefined) return null;
      const others = [...pps.values()].filter((p) => p.spsId === usedPps.spsId && p !== usedPps).map((p) => p.nal);
      return {
        track: h265Track(usedVps, usedSps.nal, [usedPps.nal, ...others]),
        reorder: parseH265Sps(usedSps.nal).reorderFrames,
      };
    },
    recovery: () => null,
  };
}

/** `sets`: parameter sets that are known beforehand (SDP). `donl`: decoding order numbers are in the packets. */
export function createH265Depacketizer(
  sets: readonly Uint8Array[],
  donl: boolean,
  on: VideoHandler,
  holds: Holds = noHolds,
): Depacketizer {
  const codec = createH265Codec();
  for (const set of sets) if (codec.kind(set, 0) === 'set') codec.set(set);
  const picture = createNalPicture(codec, on, holds);
  return {
    loss: picture.loss,
    more(buffer, from, to, timestamp) {
      if (to - from < 3 || (((buffer[from] ?? 0) >> 1) & 0x3f) !== 49) return false;
      // a fragment that is neither the first nor the last
      return ((buffer[from + 2] ?? 0) & 0xc0) === 0 && picture.moreOfSlice(buffer, from + 3, to, timestamp);
    },
    packet(packet, timestamp) {
      const { buffer, from, to } = packet;
      if (to - from < 3) return;
      picture.begin(timestamp);
      const type = ((buffer[from] ?? 0) >> 1) & 0x3f;
      if (type === 49) {
        const head = buffer[from + 2] ?? 0;
        const start = (head & 0x80) !== 0;
        const body = from + 3 + (donl && start ? 2 : 0);
        if (body > to) picture.spoil();
        else {
          if (start)
            picture.open(buffer, body, to, [
              ((buffer[from] ?? 0) & 0x81) | ((head & 0x3f) << 1),
              buffer[from + 1] ?? 0,
            ]);
          else picture.more(buffer, body, to);
          if ((head & 0x40) !== 0) picture.close();
        }
      } else if (type === 48) {
        let at = from + 2;
        for (let first = true; at + 2 <= to; first = false) {
          if (donl) at += first ? 2 : 1;
          if (at + 2 > to) break;
          const end = at + 2 + buffer.readUInt16BE(at);
          if (end > to || end === at + 2) {
            if (end > to) picture.spoil();
            break;
          }
          picture.unit(buffer, at + 2, end);
          at = end;
        }
      } else if (type < 48) {
        if (takeAnnexB(picture, packet)) picture.end(packet.marker);
        else if (donl && to - from > 4) {
          // the number stands between header and payload: the header is moved up to it
          buffer[from + 3] = buffer[from + 1] ?? 0;
          buffer[from + 2] = buffer[from] ?? 0;
          picture.unit(buffer, from + 2, to);
        } else picture.unit(buffer, from, to);
      } else picture.spoil(); // PACI (50) and what is not defined
      picture.end(packet.marker);
    },
  };
}
