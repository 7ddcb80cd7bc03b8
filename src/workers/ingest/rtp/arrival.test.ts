import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createArrival } from './arrival.ts';
import { createUnwrap, emptyPacket, readPacket, type RtpPacket } from './packet.ts';
import { readRtcp, receiverReport } from './rtcp.ts';

const packet = (sequence: number, ssrc = 1): RtpPacket => ({ ...emptyPacket(), sequence: sequence & 0xffff, ssrc });

function collect(options: { depth: number; waitMs: number }) {
  const got: number[] = [];
  const losses: number[] = [];
  let restarts = 0;
  const arrival = createArrival(
    {
      packet: (p) => void got.push(p.sequence),
      loss: (n) => void losses.push(n),
      restart: () => {
        restarts++;
      },
    },
    options,
  );
  return { arrival, got, losses, restarts: () => restarts };
}

describe('order and loss', () => {
  test('numbers that have come round make the highest one higher, with and without a hole there', () => {
    for (const hole of [0, 2]) {
      const { arrival } = collect({ depth: 0, waitMs: 0 });
      for (let n = 65_530; n < 65_536 + 70_000; n++) if (n < 65_535 || n >= 65_535 + hole) arrival.push(packet(n), 0);
      expect(arrival.figures()).toMatchObject({ highest: 65_535 + 70_000, expected: 70_006, received: 70_006 - hole });
    }
  });

  test('the very next packet passes without being pushed, and counts the same', () => {
    const pushed = collect({ depth: 0, waitMs: 0 });
    const followed = collect({ depth: 0, waitMs: 0 });
    expect(followed.arrival.follows(packet(65_534))).toBe(false); // the first is not the next
    for (let n = 65_534; n < 65_540; n++) {
      pushed.arrival.push(packet(n), 0);
      if (n === 65_534) followed.arrival.push(packet(n), 0);
      else expect(followed.arrival.follows(packet(n))).toBe(true);
    }
    expect(followed.arrival.follows(packet(65_541))).toBe(false);
    expect(followed.arrival.follows(packet(65_540, 2))).toBe(false);
    expect(followed.arrival.figures()).toEqual(pushed.arrival.figures());
  });

  test('nothing passes by packets that wait', () => {
    const { arrival } = collect({ depth: 64, waitMs: 100 });
    arrival.push(packet(1), 0);
    arrival.push(packet(3), 0);
    expect(arrival.follows(packet(2))).toBe(false);
  });

  test('shuffled within the depth, twice and over the wrap: everything once, in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 65_535 }),
        fc.array(fc.tuple(fc.nat(10), fc.boolean()), { minLength: 1, maxLength: 300 }),
        (first, plan) => {
          const c = collect({ depth: 64, waitMs: 100 });
          const order = plan
            .map(([late, twice], i) => ({ at: i === 0 ? -1 : i + late, i, twice }))
            .sort((a, b) => a.at - b.at || a.i - b.i);
          for (const { i, twice } of order) {
            c.arrival.push(packet(first + i), 0);
            if (twice) c.arrival.push(packet(first + i), 0);
          }
          expect(c.got).toEqual(plan.map((_, i) => (first + i) & 0xffff));
          expect(c.arrival.lost()).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('what never comes is counted after the wait, and over TCP at once', () => {
    const udp = collect({ depth: 64, waitMs: 100 });
    for (const n of [10, 11, 14, 15]) udp.arrival.push(packet(n), 0);
    expect(udp.got).toEqual([10, 11]);
    udp.arrival.tick(50);
    expect(udp.got).toEqual([10, 11]);
    udp.arrival.tick(101);
    expect(udp.got).toEqual([10, 11, 14, 15]);
    expect(udp.losses).toEqual([2]);
    const tcp = collect({ depth: 0, waitMs: 0 });
    for (const n of [65_535, 2]) tcp.arrival.push(packet(n), 0);
    expect([tcp.got, tcp.losses]).toEqual([[65_535, 2], [2]]);
  });

  test('a sender that starts anew is followed', () => {
    const c = collect({ depth: 64, waitMs: 100 });
    c.arrival.push(packet(10), 0);
    c.arrival.push(packet(40_000, 2), 0);
    c.arrival.push(packet(20_000, 2), 0);
    expect([c.got, c.restarts(), c.arrival.lost()]).toEqual([[10, 40_000, 20_000], 2, 0]);
  });

  test('any packets: memory stays bounded and counters make sense', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(65_535), fc.nat(1))), (packets) => {
        const c = collect({ depth: 8, waitMs: 100 });
        for (const [n, ssrc] of packets) c.arrival.push(packet(n, ssrc), 0);
        c.arrival.tick(1000);
        expect(c.got.length).toBeLessThanOrEqual(packets.length);
        expect(c.arrival.figures().received).toBe(packets.length);
      }),
    );
  });
});

test('timestamps go on past the wrap, and back again', () => {
  fc.assert(
    fc.property(
      fc.nat(0xffff_ffff),
      fc.array(fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }), { maxLength: 50 }),
      (start, steps) => {
        const unwrap = createUnwrap();
        let want = start;
        expect(unwrap(start)).toBe(want);
        for (const step of steps) {
          want += step;
          expect(unwrap(((want % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000)).toBe(want);
        }
      },
    ),
  );
});

test('any bytes are read as RTP or RTCP without an exception, inside their bounds', () => {
  const into = emptyPacket();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(20), (bytes, from) => {
      const buffer = Buffer.from(bytes);
      const start = Math.min(from, buffer.length);
      if (buffer.length > start) buffer[start] = 0x80 | ((buffer[start] ?? 0) & 0x3f);
      if (readPacket(buffer, start, buffer.length, into)) {
        expect(into.from).toBeGreaterThanOrEqual(start + 12);
        expect(into.to).toBeLessThanOrEqual(buffer.length);
        expect(into.from).toBeLessThanOrEqual(into.to);
      }
      readRtcp(buffer, start, buffer.length);
    }),
    { numRuns: 500 },
  );
});

test('sender reports tell the camera’s clock; receiver reports are well formed', () => {
  const sr = Buffer.alloc(28);
  sr.set([0x80, 200, 0, 6]);
  sr.writeUInt32BE(2_208_988_800 + 1_700_000_000, 8);
  sr.writeUInt32BE(0x8000_0000, 12);
  sr.writeUInt32BE(1234, 16);
  expect(readRtcp(sr, 0, 28).report).toMatchObject({ cameraUs: 1_700_000_000_500_000, rtpTimestamp: 1234 });
  const rr = receiverReport({
    ownSsrc: 1,
    ssrc: 2,
    fractionLost: 300,
    totalLost: 5,
    highest: 70_000,
    jitter: 0,
    lastReport: 9,
    delay: 65_536,
  });
  expect([rr.length, rr[1], rr.readUInt16BE(2), rr[12], rr.readUInt32BE(16), rr[33]]).toEqual([
    44, 201, 7, 255, 70_000, 202,
  ]);
});
