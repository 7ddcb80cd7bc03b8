import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createH264Depacketizer } from '../depacketize/h264.ts';
import { createH265Depacketizer } from '../depacketize/h265.ts';
import { createWire } from '../rtsp/wire.ts';
import { createReceiver } from './receiver.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
/** 1280×720 and 1920×1080, from x264 and x265. */
const sets = {
  h264: [
    hex('67 64 00 1f ac d9 40 50 05 bb 01 10 00 00 03 00 10 00 00 03 03 c0 f1 83 19 60'),
    hex('68 eb e3 cb 22 c0'),
  ],
  h265: [
    hex('40 01 0c 01 ff ff 01 60 00 00 03 00 90 00 00 03 00 00 03 00 78 ba 02 40'),
    hex(
      '42 01 01 01 60 00 00 03 00 90 00 00 03 00 00 03 00 78 a0 03 c0 80 11 07 cb 96 e9 29 30 bc 05 a7 08 00 00 03 00 08 00 00 03 00 a0 40',
    ),
    hex('44 01 c0 73 c1 89'),
  ],
};

type Sent = {
  is: 'next' | 'gap' | 'late' | 'padded' | 'extended' | 'rtcp' | 'other channel' | 'other type' | 'other sender';
  payload: number[];
  /** Ticks after the one before. */
  step: number;
  marker: boolean;
};

/** First bytes of payloads: fragments of each kind for the most part, and whatever else there is. */
const heads = {
  h264: [
    ...[
      '7c 85 88 84',
      '7c 85 88 84',
      '7c 81 9a 24',
      '7c 05',
      '7c 05',
      '7c 01',
      '7c 01',
      '7c 45',
      '7c 41',
      '7c 00',
      '7c 87 64',
      '7c 07',
    ],
    ...['65 88 84', '41 9a 24', '09 f0', '18 00 03 41 9a 01', '1a 00 00 00 06 00 00 09 41 9a 01'],
  ],
  h265: [
    ...[
      '62 01 93 af',
      '62 01 93 af',
      '62 01 81 d0',
      '62 01 13',
      '62 01 13',
      '62 01 01',
      '62 01 01',
      '62 01 53',
      '62 01 41',
    ],
    ...['26 01 af', '02 01 d0', '46 01 50'],
  ],
};

/** With it pictures are passed on. */
const firstKey = { h264: hex('65 88 84 00'), h265: hex('26 01 af 00') };

const sentOf = (codec: 'h264' | 'h265'): fc.Arbitrary<Sent> =>
  fc.record({
    is: fc.oneof(
      { weight: 12, arbitrary: fc.constant('next' as const) },
      fc.constantFrom(
        'gap',
        'late',
        'padded',
        'extended',
        'rtcp',
        'other channel',
        'other type',
        'other sender',
      ) as fc.Arbitrary<Sent['is']>,
    ),
    payload: fc
      .tuple(fc.constantFrom(...heads[codec].map(hex)), fc.array(fc.nat(255), { maxLength: 40 }), fc.boolean())
      .map(([head, rest, short]) => (short && rest.length < 3 ? [...head.slice(0, rest.length)] : [...head, ...rest])),
    step: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(3600, -3600) }),
    marker: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  });

/** What a camera sends, from a number and a time just before both come round. */
function lay(sent: readonly Sent[]): Buffer {
  let sequence = 65_530;
  let timestamp = 4_294_967_000;
  let ssrc = 0xf000_0001;
  const frames = sent.map(({ is, payload, step, marker }) => {
    timestamp = (timestamp + step + 2 ** 32) % 2 ** 32;
    if (is === 'gap') sequence += 3;
    if (is === 'late') sequence -= 2;
    if (is === 'other sender') ssrc += 1;
    const extra = is === 'extended' ? [0xbe, 0xde, 0, 1, 1, 2, 3, 4] : [];
    const padding = is === 'padded' ? [0, 0, 3] : [];
    const body = [...extra, ...payload, ...padding];
    const frame = Buffer.alloc(16 + body.length);
    frame[0] = 0x24;
    frame[1] = is === 'rtcp' ? 1 : is === 'other channel' ? 4 : 0;
    frame.writeUInt16BE(12 + body.length, 2);
    frame[4] = 0x80 | (extra.length > 0 ? 0x10 : 0) | (padding.length > 0 ? 0x20 : 0);
    frame[5] = is === 'rtcp' ? 200 : (marker ? 0x80 : 0) | (is === 'other type' ? 97 : 96);
    frame.writeUInt16BE(sequence & 0xffff, 6);
    if (is !== 'rtcp' && is !== 'other channel') sequence += 1;
    frame.writeUInt32BE(timestamp, 8);
    frame.writeUInt32BE(ssrc, 12);
    frame.set(body, 16);
    return frame;
  });
  return Buffer.concat([Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n'), ...frames]);
}

/** All that comes out of it, in order; without runs, each packet goes the long way. */
function taken(
  codec: 'h264' | 'h265',
  bytes: Buffer,
  cuts: readonly number[],
  inRuns: boolean,
): {
  told: unknown[];
  runs: number;
  pictures: number;
} {
  const told: unknown[] = [];
  let runs = 0;
  let pictures = 0;
  const on = {
    format: () => void told.push('format'),
    picture(at: number, key: boolean, data: Uint8Array[]) {
      pictures++;
      told.push([at, key, Buffer.concat(data).toString('hex')]);
    },
    damaged: (key: boolean) => void told.push(['damaged', key]),
  };
  const depacketizer =
    codec === 'h264' ? createH264Depacketizer(sets.h264, on) : createH265Depacketizer(sets.h265, false, on);
  const { loss, packet } = depacketizer;
  const receiver = createReceiver({
    payloadType: 96,
    udp: false,
    depacketizer: inRuns ? depacketizer : { loss, packet },
    restart: () => void told.push('restart'),
    nowUs: () => 0,
    monoMs: () => 0,
    ssrc: 1,
  });
  const wire = createWire({
    message: () => undefined,
    known: () => true,
    frame(channel, buffer, from, to) {
      if (channel === 0) receiver.rtp(buffer, from, to);
    },
    ...(inRuns && {
      run(channel: number, buffer: Buffer, at: number, to: number) {
        const end = channel === 0 ? receiver.run(channel, buffer, at, to) : at;
        if (end > at) runs++;
        return end;
      },
    }),
  });
  const own = Buffer.from(bytes); // parts of pictures are moved together in it
  let at = 0;
  for (const end of [...cuts.filter((c) => c < own.length).sort((a, b) => a - b), own.length]) {
    at = wire.take(own, at, end);
    told.push([receiver.packets(), receiver.lost(), receiver.report()?.toString('hex')]);
  }
  return { told, runs, pictures };
}

for (const codec of ['h264', 'h265'] as const)
  test(`${codec}: many frames in one go mean the same as one by one, whatever is among them and wherever reads end`, () => {
    let [runs, pictures] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(sentOf(codec), { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(2_000), { maxLength: 6 }),
        (sent, cuts) => {
          const bytes = lay([{ is: 'next', payload: [...firstKey[codec]], step: 0, marker: true }, ...sent]);
          const many = taken(codec, bytes, cuts, true);
          runs += many.runs;
          pictures += many.pictures;
          expect(many.told).toEqual(taken(codec, bytes, cuts, false).told);
        },
      ),
      { numRuns: 400 },
    );
    expect([runs > 400, pictures > 400], `${runs} runs, ${pictures} pictures`).toEqual([true, true]);
  });
