import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { VideoTrack } from '#media/format.ts';
import { splitLengthPrefixed } from '#media/nal.ts';
import { emptyPacket, readPacket } from '../rtp/packet.ts';
import { createH264Depacketizer } from './h264.ts';
import { createH265Depacketizer } from './h265.ts';
import type { Depacketizer, VideoHandler } from './handler.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
// 1280×720, from x264 and x265
const sps = hex('67 64 00 1f ac d9 40 50 05 bb 01 10 00 00 03 00 10 00 00 03 03 c0 f1 83 19 60');
const pps = hex('68 eb e3 cb 22 c0');
const sps2 = hex('67 42 c0 1e d9 00 a0 47 fe 88');
const idr = (fill: number, size: number, first = true): Uint8Array =>
  Uint8Array.from([0x65, first ? 0x88 : 0x08, 0x84, ...Array.from({ length: size }, (_, i) => (fill + i) & 255)]);
const slice = (fill: number, size: number, first = true): Uint8Array =>
  Uint8Array.from([0x41, first ? 0x9a : 0x0a, 0x24, ...Array.from({ length: size }, (_, i) => (fill + i) & 255)]);

type Out = {
  formats: VideoTrack[];
  pictures: { timestamp: number; key: boolean; nals: string[] }[];
  spoiled: boolean[];
};

function collector(): Out & VideoHandler {
  const out: Out = { formats: [], pictures: [], spoiled: [] };
  return {
    ...out,
    format: (track) => void out.formats.push(track),
    picture(timestamp, key, data, bytes) {
      const whole = Buffer.concat(data);
      expect(whole.length).toBe(bytes);
      out.pictures.push({
        timestamp,
        key,
        nals: splitLengthPrefixed(whole).map((n) => Buffer.from(n).toString('hex')),
      });
    },
    damaged: (key) => void out.spoiled.push(key),
  };
}

type Piece = { payload: Uint8Array; timestamp: number; marker: boolean; lost?: boolean };

/** Lays packets one behind the other in one buffer, as a connection receives them, and hands them over. */
function send(target: Depacketizer, pieces: readonly Piece[], separate = false): void {
  const raw = pieces.map((p, i) => {
    const head = Buffer.alloc(12 + 4);
    head.set([0x24, 0, 0, 0, 0x80, 96 | (p.marker ? 0x80 : 0)]);
    head.writeUInt16BE(i & 0xffff, 6);
    head.writeUInt32BE(p.timestamp, 8);
    return Buffer.concat([head, p.payload]);
  });
  const all = Buffer.concat(raw);
  const packet = emptyPacket();
  let at = 0;
  raw.forEach((bytes, i) => {
    const own = separate ? Buffer.from(bytes) : all;
    const from = separate ? 4 : at + 4;
    at += bytes.length;
    const piece = pieces[i];
    if (piece?.lost === true) return target.loss();
    expect(readPacket(own, from, from + bytes.length - 4, packet)).toBe(true);
    target.packet(packet, piece?.timestamp ?? 0);
  });
}

const fuA = (nal: Uint8Array, size: number): Uint8Array[] => {
  const out: Uint8Array[] = [];
  for (let at = 1; at < nal.length; at += size) {
    const last = at + size >= nal.length;
    out.push(
      Uint8Array.from([
        ((nal[0] ?? 0) & 0xe0) | 28,
        (at === 1 ? 0x80 : 0) | (last ? 0x40 : 0) | ((nal[0] ?? 0) & 31),
        ...nal.subarray(at, at + size),
      ]),
    );
  }
  return out;
};
const stapA = (...nals: Uint8Array[]): Uint8Array =>
  Uint8Array.from([24, ...nals.flatMap((n) => [n.length >> 8, n.length & 255, ...n])]);
const last = (payloads: Uint8Array[], timestamp: number, marker = true): Piece[] =>
  payloads.map((payload, i) => ({ payload, timestamp, marker: marker && i === payloads.length - 1 }));
const toHex = (n: Uint8Array): string => Buffer.from(n).toString('hex');

describe('H.264', () => {
  test('single units, STAP-A and FU-A become pictures; parameter sets become the format', () => {
    const out = collector();
    send(createH264Depacketizer([], out), [
      ...last([stapA(sps, pps), ...fuA(idr(1, 5000), 1400)], 0),
      ...last([slice(2, 300)], 4500),
      ...last([stapA(slice(3, 20), slice(4, 20, false))], 9000),
    ]);
    expect(out.formats.map((f) => [f.codecString, f.width, f.height])).toEqual([['avc1.64001F', 1280, 720]]);
    expect(out.pictures).toEqual([
      { timestamp: 0, key: true, nals: [toHex(idr(1, 5000))] },
      { timestamp: 4500, key: false, nals: [toHex(slice(2, 300))] },
      { timestamp: 9000, key: false, nals: [toHex(slice(3, 20)), toHex(slice(4, 20, false))] },
    ]);
  });

  test('any mix of packets gives back the units that were sent, in one buffer or many', () => {
    const unit = fc.tuple(
      fc.integer({ min: 1, max: 3000 }),
      fc.constantFrom('single', 'fu', 'stap'),
      fc.integer({ min: 40, max: 1400 }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(unit, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        fc.boolean(),
        (frames, markers, separate) => {
          const out = collector();
          const pieces: Piece[] = last([sps, pps], 0, false);
          const want: string[][] = [];
          frames.forEach((units, f) => {
            const payloads: Uint8Array[] = [];
            want.push([]);
            units.forEach(([size, how, fragment], i) => {
              const nal = f === 0 ? idr(i, size) : slice(i, size, i === 0);
              want.at(-1)?.push(toHex(nal));
              if (how === 'fu') payloads.push(...fuA(nal, fragment));
              else payloads.push(how === 'stap' ? stapA(nal) : nal);
            });
            pieces.push(...last(payloads, f * 3000, markers));
          });
          // without markers a picture ends when the next one begins
          pieces.push({ payload: Uint8Array.of(9, 0xf0), timestamp: 90_000, marker: false });
          send(createH264Depacketizer([], out), pieces, separate);
          expect(out.pictures.map((p) => p.nals)).toEqual(want);
          expect(out.spoiled).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('wrong sets from the description give way to those in band; a change makes a new format at the key frame', () => {
    const out = collector();
    send(createH264Depacketizer([Uint8Array.of(0x67, 1, 2), sps2, pps], out), [
      ...last([sps, pps, idr(1, 50)], 0),
      ...last([slice(2, 50)], 3000),
      ...last([sps, pps, idr(1, 50)], 6000),
      ...last([sps2, pps, idr(3, 50)], 9000),
    ]);
    expect(out.formats).toHaveLength(2);
    expect(out.formats[0]?.width).toBe(1280);
    expect(out.formats[1]?.width).not.toBe(1280);
    expect(out.pictures).toHaveLength(4);
  });

  test('sets known from the description serve where none come in band', () => {
    const out = collector();
    send(createH264Depacketizer([sps, pps], out), [
      ...last([slice(9, 20)], 0),
      ...last([idr(1, 50)], 3000),
      ...last([slice(2, 20)], 6000),
    ]);
    expect(out.formats).toHaveLength(1);
    expect(out.pictures.map((p) => p.key)).toEqual([true, false]);
  });

  test('a picture with a missing packet is dropped whole, the next ones are kept; a key picture is kept as far as it came', () => {
    const out = collector();
    const key = (timestamp: number): Piece[] => last([sps, pps, ...fuA(idr(1, 3000), 1000)], timestamp);
    const delta = last(fuA(slice(2, 3000), 1000), 3000);
    const broken = delta.map((p, i) => ({ ...p, lost: i === 1 }));
    const brokenKey = key(9000).map((p, i) => ({ ...p, lost: i === 3 }));
    send(createH264Depacketizer([], out), [
      ...key(0),
      ...broken,
      ...last([slice(3, 30)], 6000),
      ...brokenKey,
      ...last([slice(4, 30)], 12_000),
      ...key(15_000),
    ]);
    expect(out.pictures.map((p) => p.timestamp)).toEqual([0, 6000, 9000, 12_000, 15_000]);
    expect(out.pictures[2]?.nals[0]).toBe(toHex(idr(1, 3000)).slice(0, 2002));
    expect(out.spoiled).toEqual([false, true]);
  });

  test('who joins in the middle of a picture has lost nothing, and takes no key picture without its beginning', () => {
    const whole = [...last([idr(2, 50)], 3000), ...last([slice(3, 30)], 6000)];
    const joins = {
      'a fragmented picture': last(fuA(slice(1, 3000), 1000).slice(1), 0),
      'a fragmented key picture': last(fuA(idr(1, 3000), 1000).slice(1), 0),
      'a key picture of several slices': last([idr(1, 50, false), idr(1, 50, false)], 0),
    };
    for (const [name, joined] of Object.entries(joins)) {
      const out = collector();
      send(createH264Depacketizer([sps, pps], out), [...joined, ...whole]);
      expect(
        out.pictures.map((p) => p.timestamp),
        name,
      ).toEqual([3000, 6000]);
      expect(out.spoiled, name).toEqual([]);
    }
  });

  test('a lost first or last packet of a picture is noticed too', () => {
    for (const lost of [0, 2]) {
      const out = collector();
      const delta = last(fuA(slice(2, 3000), 1000), 3000).map((p, i) => ({ ...p, lost: i === lost }));
      send(createH264Depacketizer([sps, pps], out), [
        ...last([idr(1, 50)], 0),
        ...delta,
        ...last([slice(3, 30)], 6000),
        ...last([slice(4, 30)], 9000),
      ]);
      expect(out.pictures.map((p) => p.timestamp)).toEqual([0, 6000, 9000]);
    }
  });

  test('markers on every slice are seen through', () => {
    const out = collector();
    const frame = (timestamp: number, nals: Uint8Array[]): Piece[] =>
      nals.map((payload) => ({ payload, timestamp, marker: true }));
    const two = (n: number): Uint8Array[] => [slice(n, 30), slice(n, 30, false)];
    send(createH264Depacketizer([sps, pps], out), [
      ...frame(0, [idr(1, 50)]),
      ...frame(3000, two(2)),
      ...frame(6000, two(3)),
      ...frame(9000, two(4)),
      ...frame(12_000, [slice(5, 10)]),
    ]);
    // the first two-slice picture is what they are noticed by
    expect(out.pictures.filter((p) => p.timestamp >= 6000).map((p) => p.nals.length)).toEqual([2, 2]);
  });

  test('parameter sets between the slices of one picture do not cut it; before the first slice of the next they do', () => {
    const out = collector();
    const second = Uint8Array.of(0x65, 0x08, 0x84, 1, 2);
    send(createH264Depacketizer([], out), [
      ...last([sps, pps, idr(1, 50), sps, pps, second], 0),
      ...last([slice(2, 50), sps, pps, slice(3, 50)], 3000),
    ]);
    expect(out.pictures.map((p) => p.nals.length)).toEqual([2, 1, 1]);
  });

  test('start codes inside payloads are taken apart', () => {
    const out = collector();
    const annexB = (...nals: Uint8Array[]): Uint8Array => Uint8Array.from(nals.flatMap((n) => [0, 0, 0, 1, ...n]));
    send(createH264Depacketizer([], out), last([annexB(sps, pps, hex('65 88 84 11 22 33'))], 0));
    expect(out.pictures).toEqual([{ timestamp: 0, key: true, nals: ['658884112233'] }]);
  });
});

const vps5 = hex('40 01 0c 01 ff ff 01 60 00 00 03 00 90 00 00 03 00 00 03 00 78 ba 02 40');
const sps5 = hex(
  '42 01 01 01 60 00 00 03 00 90 00 00 03 00 00 03 00 78 a0 03 c0 80 11 07 cb 96 e9 29 30 bc 05 a7 08 00 00 03 00 08 00 00 03 00 a0 40',
);
const pps5 = hex('44 01 c0 73 c1 89');
const idr5 = (size: number): Uint8Array =>
  Uint8Array.from([0x26, 0x01, 0xaf, ...Array.from({ length: size }, (_, i) => i & 255)]);
const slice5 = (type: number, size: number): Uint8Array =>
  Uint8Array.from([type << 1, 0x01, 0xd0, ...Array.from({ length: size }, (_, i) => i & 255)]);
const fu5 = (nal: Uint8Array, size: number): Uint8Array[] => {
  const out: Uint8Array[] = [];
  for (let at = 2; at < nal.length; at += size) {
    const end = at + size >= nal.length;
    out.push(
      Uint8Array.from([
        ((nal[0] ?? 0) & 0x81) | (49 << 1),
        nal[1] ?? 0,
        (at === 2 ? 0x80 : 0) | (end ? 0x40 : 0) | ((nal[0] ?? 0) >> 1),
        ...nal.subarray(at, at + size),
      ]),
    );
  }
  return out;
};
const ap5 = (...nals: Uint8Array[]): Uint8Array =>
  Uint8Array.from([48 << 1, 1, ...nals.flatMap((n) => [n.length >> 8, n.length & 255, ...n])]);

describe('H.265', () => {
  test('aggregation, fragments and single units', () => {
    const out = collector();
    send(createH265Depacketizer([], false, out), [
      ...last([ap5(vps5, sps5, pps5), ...fu5(idr5(4000), 1200)], 0),
      ...last([slice5(1, 200)], 4500),
    ]);
    expect(out.formats.map((f) => [f.codec, f.width, f.height])).toEqual([['h265', 1920, 1080]]);
    expect(out.pictures.map((p) => [p.key, p.nals])).toEqual([
      [true, [toHex(idr5(4000))]],
      [false, [toHex(slice5(1, 200))]],
    ]);
  });

  test('decoding order numbers are taken out where they are announced', () => {
    const out = collector();
    const single = (n: Uint8Array): Uint8Array => Uint8Array.from([...n.subarray(0, 2), 0, 7, ...n.subarray(2)]);
    const fragments = fu5(idr5(900), 500).map((f, i) =>
      i === 0 ? Uint8Array.from([...f.subarray(0, 3), 0, 1, ...f.subarray(3)]) : f,
    );
    send(createH265Depacketizer([vps5, sps5, pps5], true, out), [
      ...last(fragments, 0),
      ...last([single(slice5(1, 60))], 3000),
    ]);
    expect(out.pictures.map((p) => p.nals)).toEqual([[toHex(idr5(900))], [toHex(slice5(1, 60))]]);
  });

  test('pictures that lead a random access point are left out where decoding begins there', () => {
    const out = collector();
    const cra = Uint8Array.from([21 << 1, 1, 0xaf, 1, 2, 3]);
    send(createH265Depacketizer([vps5, sps5, pps5], false, out), [
      ...last([cra], 0),
      ...last([slice5(9, 20)], -6000 + 12_000),
      ...last([slice5(1, 20)], 15_000),
      ...last([cra], 18_000),
      ...last([slice5(9, 20)], 21_000),
    ]);
    expect(out.pictures.map((p) => p.timestamp)).toEqual([0, 15_000, 18_000, 21_000]);
  });
});

test('any payloads at all: no exception, no picture that was not begun', () => {
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .tuple(fc.constantFrom(24, 25, 26, 27, 28, 29, 0x60, 0x62), fc.uint8Array({ maxLength: 30 }))
      .map(([t, d]) => Uint8Array.from([t, ...d])),
    fc.constantFrom(sps, pps, idr(1, 5), stapA(sps, pps), vps5, sps5, pps5, ap5(vps5), hex('00 00 00 01')),
  );
  fc.assert(
    fc.property(
      fc.array(fc.record({ payload, timestamp: fc.nat(3), marker: fc.boolean(), lost: fc.boolean() }), {
        maxLength: 30,
      }),
      (pieces) => {
        send(createH264Depacketizer([], collector()), pieces);
        send(createH265Depacketizer([], false, collector()), pieces);
        send(createH265Depacketizer([], true, collector()), pieces);
      },
    ),
    { numRuns: 300 },
  );
});
