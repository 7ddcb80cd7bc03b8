/**
 * Turns a clip into RTP packets once, so that sending one costs a copy and three patched numbers. H.264: RFC 6184 (packetization
 * mode 1: single, STAP-A, FU-A); H.265: RFC 7798 (single, AP, FU); AAC: RFC 3640 (AAC-hbr).
 */
import type { Clip } from './clip.ts';

/** `$`, channel, length: what RFC 2326 §10.12 puts before a packet on TCP. */
export const interleavedBytes = 4;
export const rtpHeaderBytes = 12;
/** Payload of one packet: what fits into an Ethernet frame with room for tunnels. */
export const maxPayloadBytes = 1400;

/** All packets of one picture or audio frame, one after the other, each with room for its headers. */
export type Burst = {
  key: boolean;
  /** Interleaved header, RTP header, payload; again and again. */
  bytes: Buffer;
  /** Where each packet's interleaved header starts. */
  starts: number[];
  /** Bytes of the packets' payloads, for sender reports. */
  payloadBytes: number;
};

export type Packets = { video: Burst[]; audio: Burst[] };

export const payloadType = { video: 96, audio: 97, metadata: 98 } as const;

/** Packets of one unit; the marker is on the last. */
export function burstOf(payloads: Uint8Array[], type: number, key: boolean): Burst {
  const payloadBytes = payloads.reduce((n, p) => n + p.length, 0);
  const bytes = Buffer.alloc(payloadBytes + payloads.length * (interleavedBytes + rtpHeaderBytes));
  const starts: number[] = [];
  let at = 0;
  payloads.forEach((payload, i) => {
    starts.push(at);
    bytes[at] = 0x24;
    bytes.writeUInt16BE(rtpHeaderBytes + payload.length, at + 2);
    bytes[at + 4] = 0x80;
    bytes[at + 5] = type | (i === payloads.length - 1 ? 0x80 : 0); // marker: last packet of the unit
    bytes.set(payload, at + interleavedBytes + rtpHeaderBytes);
    at += interleavedBytes + rtpHeaderBytes + payload.length;
  });
  return { key, bytes, starts, payloadBytes };
}

/** Small units together where they fit (parameter sets), big ones in fragments. */
function nalPayloads(codec: 'h264' | 'h265', nals: Uint8Array[]): Uint8Array[] {
  const head = codec === 'h264' ? 1 : 2;
  const out: Uint8Array[] = [];
  let group: Uint8Array[] = [];
  let grouped = head;
  const flush = (): void => {
    const [only] = group;
    if (group.length === 1 && only) out.push(only);
    else if (only) {
      const together = Buffer.alloc(grouped);
      if (codec === 'h264') together[0] = Math.max(...group.map((n) => (n[0] ?? 0) & 0x60)) | 24;
      else {
        together[0] = ((only[0] ?? 0) & 0x81) | (48 << 1);
        together[1] = only[1] ?? 1;
      }
      let at = head;
      for (const nal of group) {
        together.writeUInt16BE(nal.length, at);
        together.set(nal, at + 2);
        at += 2 + nal.length;
      }
      out.push(together);
    }
    group = [];
    grouped = head;
  };
  for (const nal of nals) {
    if (nal.length > maxPayloadBytes) {
      flush();
      const room = maxPayloadBytes - head - 1;
      for (let at = head; at < nal.length; at += room) {
        const part = nal.subarray(at, at + room);
        const marks = (at === head ? 0x80 : 0) | (at + room >= nal.length ? 0x40 : 0);
        const packet = Buffer.alloc(head + 1 + part.length);
        const first = nal[0] ?? 0;
        if (codec === 'h264') {
          packet[0] = (first & 0xe0) | 28;
          packet[1] = marks | (first & 0x1f);
        } else {
          packet[0] = (first & 0x81) | (49 << 1);
          packet[1] = nal[1] ?? 1;
          packet[2] = marks | ((first >> 1) & 0x3f);
        }
        packet.set(part, head + 1);
        out.push(packet);
      }
    } else {
      if (grouped + 2 + nal.length > maxPayloadBytes) flush();
      group.push(nal);
      grouped += 2 + nal.length;
    }
  }
  flush();
  return out;
}

/** Parameter sets go before every key picture: a client may join there without any from the description. */
export function packetize(clip: Clip): Packets {
  return {
    video: clip.pictures.map((p) =>
      burstOf(nalPayloads(clip.codec, p.key ? [...clip.parameterSets, ...p.nals] : p.nals), payloadType.video, p.key),
    ),
    audio: (clip.audio?.frames ?? []).map((frame) => {
      const payload = Buffer.alloc(4 + frame.length);
      payload.writeUInt16BE(16, 0); // AU-headers-length in bits
      payload.writeUInt16BE(frame.length << 3, 2); // 13 bits of size, 3 of index
      payload.set(frame, 4);
      return burstOf([payload], payloadType.audio, true);
    }),
  };
}
