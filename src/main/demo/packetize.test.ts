import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clip } from './clip.ts';
import { interleavedBytes, maxPayloadBytes, packetize, rtpHeaderBytes } from './packetize.ts';
import type { Burst } from './packetize.ts';

const payloads = (b: Burst): Buffer[] =>
  b.starts.map((at, i) => b.bytes.subarray(at + interleavedBytes + rtpHeaderBytes, b.starts[i + 1] ?? b.bytes.length));

/** The receiver's half, written from the RFCs for this test. */
function units(codec: 'h264' | 'h265', burst: Burst): Buffer[] {
  const out: Buffer[] = [];
  const [group, fragment, head] = codec === 'h264' ? [24, 28, 1] : [48, 49, 2];
  let open: Buffer[] = [];
  for (const p of payloads(burst)) {
    const first = p[0] ?? 0;
    const type = codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f;
    if (type === group) {
      for (let at = head; at < p.length; at += 2 + p.readUInt16BE(at))
        out.push(p.subarray(at + 2, at + 2 + p.readUInt16BE(at)));
    } else if (type === fragment) {
      const mark = p[head] ?? 0;
      if (mark & 0x80) {
        const original =
          codec === 'h264' ? [(first & 0xe0) | (mark & 0x1f)] : [(first & 0x81) | ((mark & 0x3f) << 1), p[1] ?? 0];
        open = [Buffer.from(original)];
      }
      open.push(p.subarray(head + 1));
      if (mark & 0x40) out.push(Buffer.concat(open));
    } else out.push(p);
  }
  return out;
}

const nal = (codec: 'h264' | 'h265', length: number, seed: number): Buffer => {
  const b = Buffer.alloc(length, seed);
  if (codec === 'h264') b[0] = 0x65;
  else b.set([19 << 1, 1]);
  return b;
};

describe('packetize', () => {
  it('loses nothing, keeps every packet within its size and marks the last', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<('h264' | 'h265')[]>('h264', 'h265'),
        fc.array(fc.integer({ min: 3, max: 9000 }), { minLength: 1, maxLength: 6 }),
        (codec, sizes) => {
          const nals = sizes.map((s, i) => nal(codec, s, i + 1));
          const parameterSets =
            codec === 'h264'
              ? [Buffer.from([0x67, 1, 2]), Buffer.from([0x68, 3])]
              : [Buffer.from([0x40, 1, 9]), Buffer.from([0x42, 1, 8]), Buffer.from([0x44, 1, 7])];
          const clip: Clip = {
            codec,
            width: 16,
            height: 16,
            fps: 15,
            parameterSets,
            pictures: [
              { key: true, nals },
              { key: false, nals },
            ],
            audio: null,
          };
          const [key, other] = packetize(clip).video;
          if (!key || !other) throw new Error('two pictures make two bursts');
          expect(units(codec, key)).toEqual([...parameterSets, ...nals]);
          expect(units(codec, other)).toEqual(nals);
          for (const b of [key, other]) {
            expect(Math.max(...payloads(b).map((p) => p.length))).toBeLessThanOrEqual(maxPayloadBytes);
            const markers = b.starts.map((at) => ((b.bytes[at + 5] ?? 0) & 0x80) !== 0);
            expect(markers).toEqual(markers.map((_, i) => i === markers.length - 1));
            b.starts.forEach((at, i) => {
              expect(b.bytes.readUInt16BE(at + 2)).toBe((b.starts[i + 1] ?? b.bytes.length) - at - interleavedBytes);
            });
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  it('puts each AAC frame into one packet with its AU header (RFC 3640 §3.3.6)', () => {
    const frame = Buffer.alloc(150, 7);
    const clip: Clip = {
      codec: 'h264',
      width: 16,
      height: 16,
      fps: 15,
      parameterSets: [],
      pictures: [],
      audio: { sampleRate: 16_000, channels: 1, config: Buffer.from([0x14, 0x08]), frames: [frame] },
    };
    const [burst] = packetize(clip).audio;
    if (!burst) throw new Error('one frame makes one burst');
    expect(payloads(burst)).toEqual([Buffer.concat([Buffer.from([0, 16, 150 >> 5, (150 << 3) & 0xff]), frame])]);
  });
});
