/** One RTP stream: order, loss, unwrapped time, RTCP both ways; whole packets go on to a depacketizer. */
import type { Depacketizer } from '../depacketize/handler.ts';
import { createArrival } from './arrival.ts';
import { createUnwrap, emptyPacket, readPacket, type RtpPacket } from './packet.ts';
import { readRtcp, receiverReport } from './rtcp.ts';

export type Receiver = {
  rtp(buffer: Buffer, from: number, to: number): void;
  /**
   * Interleaved frames (RFC 2326 §10.12) from `at` on: takes those of this channel that hold the very next packet of the stream, and
   * says where the first begins that is anything else, or not whole. They mean the same as to `rtp` one by one, which costs more.
   */
  run(channel: number, buffer: Buffer, at: number, to: number): number;
  rtcp(buffer: Buffer, from: number, to: number): void;
  /** A receiver report; null before the first packet. */
  report(): Buffer | null;
  tick(monoMs: number): void;
  packets(): number;
  lost(): number;
  /**
   * Interarrival jitter in ms (RFC 3550 §6.4.1, appendix A.8), for video (90 kHz, RFC 6184 §8.2.1) over UDP; null else: what
   * TCP hands over says nothing about the way.
   */
  jitterMs(): number | null;
  /** Camera clock minus station clock in ms, from the newest sender report; null while there was none. */
  clockOffsetMs(): number | null;
};

/** Packets may wait so long, and so many, for one that was overtaken (UDP). */
const reorder = { depth: 64, waitMs: 150 };

export function createReceiver(options: {
  payloadType: number;
  udp: boolean;
  depacketizer: Depacketizer;
  /** The sender began anew: its time has nothing to do with what was. */
  restart(): void;
  nowUs(): number;
  monoMs(): number;
  ssrc: number;
}): Receiver {
  const packet = emptyPacket();
  let unwrap = createUnwrap();
  /** Of the packet before, as it came and unwrapped: those of one picture have the same. */
  let timestamp = -1;
  let ticks = 0;
  let payloadType = options.payloadType;
  let matched = false;
  let packets = 0;
  let offsetMs: number | null = null;
  let reportMiddle = 0;
  let reportMono = 0;
  let transitMs: number | null = null;
  let jitter: number | null = null;
  let reported = { expected: 0, received: 0 };
  const { depacketizer } = options;
  const arrival = createArrival(
    {
      packet(p) {
        give(p);
      },
      loss: () => depacketizer.loss(),
      restart() {
        unwrap = createUnwrap();
        timestamp = -1;
        depacketizer.loss();
        options.restart();
      },
    },
    options.udp ? reorder : { depth: 0, waitMs: 0 },
  );
  function give(p: RtpPacket): void {
    if (p.timestamp !== timestamp) {
      timestamp = p.timestamp;
      ticks = unwrap(timestamp);
    }
    if (depacketizer.more?.(p.buffer, p.from, p.to, ticks) !== true) depacketizer.packet(p, ticks);
  }
  return {
    packets: () => packets,
    lost: arrival.lost,
    jitterMs: () => (jitter === null ? null : Math.round(jitter * 10) / 10),
    clockOffsetMs: () => offsetMs,
    rtp(buffer, from, to) {
      if (!readPacket(buffer, from, to, packet)) return;
      if (packet.payloadType !== payloadType) {
        // firmware that describes one number and sends another: followed if the right one was never seen
        if (matched || packet.payloadType < 96) return;
        payloadType = packet.payloadType;
      }
      matched = true;
      packets++;
      if (options.udp) {
        const transit = options.monoMs() - packet.timestamp / 90;
        const d = transitMs === null ? 0 : Math.abs(transit - transitMs);
        transitMs = transit;
        // More than a second is the timestamp's wrap or a restart, not the network.
        if (d < 1_000) jitter = (jitter ?? 0) + (d - (jitter ?? 0)) / 16;
      }
      arrival.push(packet, options.udp ? options.monoMs() : 0);
    },
    run(channel, buffer, at, to) {
      // numbers that may also be those of RTCP (RFC 5761 §4) are looked at one by one
      if (options.udp || !matched || (payloadType >= 64 && payloadType < 96)) return at;
      while (at + 4 < to && buffer[at] === 0x24 && buffer[at + 1] === channel) {
        const end = at + 4 + (((buffer[at + 2] ?? 0) << 8) | (buffer[at + 3] ?? 0));
        if (end > to || !readPacket(buffer, at + 4, end, packet)) return at;
        if (packet.payloadType !== payloadType || !arrival.follows(packet)) return at;
        packets++;
        give(packet);
        at = end;
      }
      return at;
    },
    rtcp(buffer, from, to) {
      const { report } = readRtcp(buffer, from, to);
      if (report === null) return;
      reportMiddle = report.ntpMiddle;
      reportMono = options.monoMs();
      const offset = Math.round((report.cameraUs - options.nowUs()) / 1000);
      // cameras without a clock send time since they were switched on: nothing to compare
      offsetMs = report.cameraUs < 0 || Math.abs(offset) > 10 * 365 * 86_400_000 ? null : offset;
    },
    report() {
      if (packets === 0) return null;
      const f = arrival.figures();
      const expected = f.expected - reported.expected;
      const missing = expected - (f.received - reported.received);
      reported = { expected: f.expected, received: f.received };
      return receiverReport({
        ownSsrc: options.ssrc,
        ssrc: f.ssrc,
        fractionLost: expected > 0 && missing > 0 ? Math.floor((missing * 256) / expected) : 0,
        totalLost: arrival.lost(),
        highest: f.highest,
        jitter: 0, // not measured: arrival is looked at once per picture, not per packet
        lastReport: reportMiddle,
        delay: reportMiddle === 0 ? 0 : Math.round(((options.monoMs() - reportMono) / 1000) * 65_536),
      });
    },
    tick(monoMs) {
      if (options.udp) arrival.tick(monoMs);
    },
  };
}
