/** One track on its way to one client: sequence numbers, timestamps, sender reports (RFC 3550). */
import { randomInt } from 'node:crypto';
import type { Clock } from '#lib/clock.ts';
import { interleavedBytes } from './packetize.ts';
import type { Burst } from './packetize.ts';

/** Where bytes go. `pendingBytes` is what was handed over and is not on the wire. */
export type Wire = {
  /** Packets with their interleaved headers; `starts` says where each begins. */
  packets(bytes: Buffer, starts: number[]): void;
  /** One RTCP packet, without interleaved header. */
  control(packet: Buffer): void;
  pendingBytes(): number;
  close(): void;
};

/** Seconds between 1900 (NTP) and 1970 (Unix). */
export const ntpEpochS = 2_208_988_800;
const cname = 'vigie-demo-camera';

export type RtpSender = {
  readonly ssrc: number;
  /** Sequence number of the next packet. */
  sequence(): number;
  /** RTP timestamp of a media time. */
  timestamp(ticks: number): number;
  send(burst: Burst, ticks: number): void;
  /** Sender report and CNAME; `ticks`: media time of this moment. */
  report(ticks: number): void;
  bye(): void;
};

export function createRtpSender(wire: Wire, channel: number, clock: Clock): RtpSender {
  const ssrc = randomInt(0, 2 ** 32);
  const base = randomInt(0, 2 ** 32);
  let sequence = randomInt(0, 2 ** 16);
  let packets = 0;
  let octets = 0;
  const timestamp = (ticks: number): number => (base + ticks) >>> 0;

  function reportBytes(ticks: number): Buffer {
    const text = Buffer.from(cname);
    const chunk = Math.ceil((4 + 2 + text.length + 1) / 4) * 4;
    const b = Buffer.alloc(28 + 4 + chunk);
    b.writeUInt32BE(0x80c80006, 0);
    b.writeUInt32BE(ssrc, 4);
    const now = clock.nowMs();
    b.writeUInt32BE(Math.floor(now / 1000) + ntpEpochS, 8);
    b.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 2 ** 32), 12);
    b.writeUInt32BE(timestamp(ticks), 16);
    b.writeUInt32BE(packets >>> 0, 20);
    b.writeUInt32BE(octets >>> 0, 24);
    b.writeUInt32BE((0x81ca0000 | (chunk / 4)) >>> 0, 28);
    b.writeUInt32BE(ssrc, 32);
    b[36] = 1;
    b[37] = text.length;
    b.set(text, 38);
    return b;
  }

  return {
    ssrc,
    sequence: () => sequence,
    timestamp,
    send(burst, ticks) {
      const bytes = Buffer.allocUnsafe(burst.bytes.length);
      burst.bytes.copy(bytes);
      const time = timestamp(ticks);
      for (const at of burst.starts) {
        bytes[at + 1] = channel;
        bytes.writeUInt16BE(sequence, at + interleavedBytes + 2);
        bytes.writeUInt32BE(time, at + interleavedBytes + 4);
        bytes.writeUInt32BE(ssrc, at + interleavedBytes + 8);
        sequence = (sequence + 1) & 0xffff;
      }
      packets += burst.starts.length;
      octets += burst.payloadBytes;
      wire.packets(bytes, burst.starts);
    },
    report(ticks) {
      wire.control(reportBytes(ticks));
    },
    bye() {
      const b = Buffer.alloc(8);
      b.writeUInt32BE(0x81cb0001, 0);
      b.writeUInt32BE(ssrc, 4);
      wire.control(b);
    },
  };
}

/** The bytes of packet `i` as they go into a datagram. */
export function datagram(bytes: Buffer, starts: number[], i: number): Buffer {
  return bytes.subarray((starts[i] ?? 0) + interleavedBytes, starts[i + 1] ?? bytes.length);
}
