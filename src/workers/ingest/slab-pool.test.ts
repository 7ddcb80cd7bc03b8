import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createH264Depacketizer } from './depacketize/h264.ts';
import { emptyPacket, readPacket } from './rtp/packet.ts';
import { createSlabs } from './rtsp/slab.ts';
import { createWire } from './rtsp/wire.ts';
import { createSlabPool, leastSlab } from './slab-pool.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const sps = hex('6764001facd9405005bb0110000003001000000303c0f1831960');
const pps = hex('68ebe3cb22c0');
const hello = Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n');

test('memory that somebody holds is never used again, memory that nobody holds is', () => {
  const pool = createSlabPool();
  const first = pool.take(1000);
  expect(first.length).toBe(leastSlab);
  pool.hold(first.buffer);
  pool.hold(first.buffer);
  pool.retire(first);
  expect(pool.take(1000)).not.toBe(first);
  pool.release(first.buffer);
  expect(pool.idleBytes()).toBe(0);
  pool.release(first.buffer);
  pool.release(first.buffer); // once too often
  expect(pool.idleBytes()).toBe(leastSlab);
  expect(pool.take(1000)).toBe(first);
  expect(pool.take(1000)).not.toBe(first);
});

test('memory that was needed since the last look waits for use, however much, and the rest is given back', () => {
  const pool = createSlabPool();
  const all = Array.from({ length: 2000 }, () => pool.take(1000));
  for (const slab of all) pool.retire(slab);
  pool.trim(); // all have come since the start
  expect(pool.idleBytes()).toBe(2000 * leastSlab);
  const again = Array.from({ length: 1500 }, () => pool.take(1000));
  expect(again.every((slab) => all.includes(slab))).toBe(true);
  pool.trim(); // 500 have waited all the time
  expect(pool.idleBytes()).toBe(0);
  for (const slab of again) pool.retire(slab);
  pool.trim();
  expect(pool.idleBytes()).toBe(1500 * leastSlab);
  for (let round = 0; round < 3; round++)
    for (const slab of Array.from({ length: 1200 }, () => pool.take(1000))) pool.retire(slab);
  pool.trim();
  expect(pool.idleBytes()).toBe(1200 * leastSlab);
  pool.trim();
  expect(pool.idleBytes()).toBe(0);
  expect(all).not.toContain(pool.take(1000));
  expect(all.every((slab) => slab.length === 0)).toBe(true); // the system has it again
});

test('pictures stay whole while they are held, whatever comes after, however it is cut and kept', () => {
  const frame = fc.record({
    bytes: fc.integer({ min: 10, max: 30_000 }),
    keepFor: fc.integer({ min: 0, max: 12 }),
    part: fc.integer({ min: 200, max: 1400 }),
    sound: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(frame, { minLength: 5, maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 }),
      (frames, reads) => {
        const pool = createSlabPool();
        const slabs = createSlabs(() => 0, pool); // no time passes: slabs grow
        const kept: { data: Uint8Array[]; want: string; until: number }[] = [];
        const want: string[] = [];
        let seen = 0;
        const letGo = (all: boolean): void => {
          for (let i = kept.length - 1; i >= 0; i--) {
            const k = kept[i];
            if (k === undefined || (!all && k.until > seen)) continue;
            expect(Buffer.concat(k.data).toString('base64')).toBe(k.want);
            for (const piece of k.data) pool.release(piece.buffer);
            kept.splice(i, 1);
          }
        };
        const depacketizer = createH264Depacketizer(
          [sps, pps],
          {
            format() {},
            damaged: () => expect.unreachable(),
            picture(_timestamp, _key, data) {
              for (const piece of data) pool.hold(piece.buffer);
              kept.push({ data, want: want[seen] ?? '', until: seen + (frames[seen]?.keepFor ?? 0) });
              seen++;
              letGo(false);
            },
          },
          pool,
        );
        const packet = emptyPacket();
        const wire = createWire({
          message() {},
          known: () => true,
          frame(channel, buffer, from, to) {
            if (channel === 0 && readPacket(buffer, from, to, packet)) depacketizer.packet(packet, packet.timestamp);
          },
        });
        const out: Buffer[] = [hello];
        frames.forEach(({ bytes, part, sound }, n) => {
          const body = Buffer.alloc(bytes, n + 1);
          body.set(n === 0 ? [0x88, 0x84] : [0x9a, 0x24]);
          const nalHead = n === 0 ? 0x65 : 0x41;
          const prefix = Buffer.alloc(5);
          prefix.writeUInt32BE(bytes + 1, 0);
          prefix[4] = nalHead;
          want.push(Buffer.concat([prefix, body]).toString('base64'));
          for (let at = 0; at < bytes; at += part) {
            const last = at + part >= bytes;
            const payload = Buffer.concat([
              Buffer.from([(nalHead & 0x60) | 28, (at === 0 ? 0x80 : 0) | (last ? 0x40 : 0) | (nalHead & 31)]),
              body.subarray(at, at + part),
            ]);
            const head = Buffer.alloc(16);
            head.set([0x24, 0]);
            head.writeUInt16BE(12 + payload.length, 2);
            head.set([0x80, last ? 0xe0 : 0x60], 4);
            head.writeUInt32BE((n + 1) * 3600, 8);
            out.push(head, payload);
            if (sound) out.push(Buffer.from([0x24, 2, 0, 3, 1, 2, 3]));
          }
        });
        const all = Buffer.concat(out);
        for (let at = 0, i = 0; at < all.length; i++) {
          const room = slabs.room();
          const size = Math.min(reads[i % reads.length] ?? 1, room.length, all.length - at);
          all.copy(room, 0, at, at + size);
          at += size;
          slabs.received(size, wire.take);
        }
        letGo(true);
        expect(seen).toBe(frames.length);
        slabs.release();
        expect(pool.idleBytes()).toBeGreaterThan(0); // nothing was forgotten
      },
    ),
    { numRuns: 60 },
  );
});
