/**
 * Puts packets in order and counts what is missing. Over TCP there is nothing to wait for: packets pass straight through.
 * Over UDP a packet that comes early waits for those before it: at most `depth` packets or `waitMs`.
 */
import { type RtpPacket, sequenceDelta } from './packet.ts';

/** A sender that restarts is followed at once; RFC 3550 appendix A.1 names 3000 as the largest plausible hole. */
const maxHole = 3000;
/** A packet this far behind comes from a restart, not from the network. */
const maxLate = 200;

export type Arrival = {
  /** Takes one packet; it is copied if it has to wait. */
  push(packet: RtpPacket, monoMs: number): void;
  /** Is this the very next one, and nothing waits? Then it counts as passed, and the caller gives it on himself. */
  follows(packet: RtpPacket): boolean;
  /** Lets go of what has waited too long. */
  tick(monoMs: number): void;
  lost(): number;
  /** For receiver reports (RFC 3550 §6.4.1, A.3): highest sequence number with wraps, packets expected and received. */
  figures(): { highest: number; expected: number; received: number; ssrc: number };
};

export type ArrivalHandler = {
  packet(packet: RtpPacket): void;
  /** `count` packets before the next one will never come. */
  loss(count: number): void;
  /** The sender started anew (other SSRC, or sequence numbers far off). */
  restart(): void;
};

export function createArrival(on: ArrivalHandler, options: { depth: number; waitMs: number }): Arrival {
  let next: number | null = null;
  let ssrc = 0;
  let lost = 0;
  let received = 0;
  let expected = 0;
  let cycles = 0;
  /** Packets that came early, in order of sequence. */
  let early: { packet: RtpPacket; since: number }[] = [];

  function count(sequence: number): void {
    if (next !== null && sequence < ((next - 1) & 0xffff)) cycles++; // lower than the one before it: they have come round
    next = (sequence + 1) & 0xffff;
    expected++;
  }

  function pass(packet: RtpPacket): void {
    count(packet.sequence);
    on.packet(packet);
  }

  function release(): void {
    for (let first = early[0]; first !== undefined && first.packet.sequence === next; first = early[0]) {
      early.shift();
      pass(first.packet);
    }
  }

  function skip(): void {
    const first = early[0];
    if (first === undefined || next === null) return;
    hole(sequenceDelta(next, first.packet.sequence));
    early.shift();
    pass(first.packet);
    release();
  }

  function hole(count: number): void {
    if (count <= 0) return;
    lost += count;
    expected += count;
    on.loss(count);
  }

  function restart(packet: RtpPacket): void {
    early = [];
    next = null;
    ssrc = packet.ssrc;
    on.restart();
    pass(packet);
  }

  return {
    lost: () => lost,
    figures: () => ({ highest: (cycles * 65_536 + (((next ?? 1) - 1) & 0xffff)) >>> 0, expected, received, ssrc }),
    follows(packet) {
      if (packet.sequence !== next || packet.ssrc !== ssrc || early.length > 0) return false;
      received++;
      count(packet.sequence);
      return true;
    },
    push(packet, monoMs) {
      received++;
      if (next === null) {
        ssrc = packet.ssrc;
        pass(packet);
        return;
      }
      if (packet.ssrc !== ssrc) {
        restart(packet);
        return;
      }
      const ahead = sequenceDelta(next, packet.sequence);
      if (ahead === 0) {
        pass(packet);
        if (early.length > 0) release();
        return;
      }
      if (ahead > maxHole || ahead < -maxLate) {
        restart(packet);
        return;
      }
      if (ahead < 0) return; // late or twice
      if (options.depth === 0) {
        hole(ahead);
        pass(packet);
        return;
      }
      let at = early.length;
      while (at > 0 && sequenceDelta((early[at - 1] as { packet: RtpPacket }).packet.sequence, packet.sequence) < 0)
        at--;
      if (at > 0 && early[at - 1]?.packet.sequence === packet.sequence) return;
      early.splice(at, 0, { packet: { ...packet }, since: monoMs });
      while (early.length > options.depth) skip();
    },
    tick(monoMs) {
      for (let first = early[0]; first !== undefined; first = early[0]) {
        let oldest = Number.POSITIVE_INFINITY;
        for (const waiting of early) oldest = Math.min(oldest, waiting.since);
        if (monoMs - oldest < options.waitMs) return;
        skip();
      }
    },
  };
}
