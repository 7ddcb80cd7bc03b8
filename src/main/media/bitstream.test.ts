import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aacTrack, buildAacConfig, parseAacConfig } from './aac.ts';
import { isKeyPicture, isKeySample, unitBytes } from './access-unit.ts';
import { opusTrack, parseOpusConfig } from './audio-track.ts';
import { avcCodecString, h264Track, parseAvcC, parseH264Sps } from './h264.ts';
import { h265Track, hvcCodecString, isH265Irap, parseH265Sps, parseH265Vps, parseHvcC } from './h265.ts';
import { jpegSize } from './jpeg.ts';
import { MediaError } from './media-error.ts';
import { joinAnnexB, joinLengthPrefixed, splitAnnexB, splitLengthPrefixed, unescapeNal } from './nal.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (two) => Number.parseInt(two, 16));

/** Parameter sets as x264 and x265 make them, and what ffprobe says of them. */
const avc = [
  {
    sps: '67640028acd940780227e5c044000003000400000300c83c60c658',
    pps: '68ef8fcb',
    codec: 'avc1.640028',
    is: { width: 1920, height: 1080, fps: 25, reorderFrames: 2 },
  },
  {
    sps: '6742c016d900a02ff970110000030001000003001e0f162e48',
    pps: '68cb83cb20',
    codec: 'avc1.42C016',
    is: { width: 640, height: 360, fps: 15, reorderFrames: 0 },
  },
  {
    sps: '6764001eacd940b424d8088000000300800000190f8a14cb',
    pps: '68fba3cb22c0',
    codec: 'avc1.64001E',
    is: { width: 720, height: 576, fps: 25 },
  }, // fields
  {
    sps: '67f4000d919b282a33c7c5e022000007d20001d4c01e28532c',
    pps: '68ebe3c44844',
    codec: 'avc1.F4000D',
    is: { width: 322, height: 182, chromaFormat: 3 },
  },
  {
    sps: '677a000db6cd941519e222f0110000030001000003003c0f142996',
    pps: '68ebe3cb3002c0',
    codec: 'avc1.7A000D',
    is: { width: 322, height: 182, chromaFormat: 2, bitDepthLuma: 10, fps: 30 },
  }, // scaling lists
];
const hevc = [
  {
    vps: '40010c01ffff016000000300900000030000030078959409',
    sps: '420101016000000300900000030000030078a003c0801107cb965654a4c2f0168080000003008000000a04',
    pps: '4401c073c189',
    codec: 'hvc1.1.6.L120.90',
    is: { width: 1920, height: 1080, fps: 20, reorderFrames: 2 },
  },
  {
    vps: '40010c01ffff02200000030090000003000003003fba0240',
    sps: '42010102200000030090000003000003003fa005220171cd2365ba4a4e1780b40400000fa40001d4c020',
    pps: '4401c073c189',
    codec: 'hvc1.2.4.L63.90',
    is: { width: 646, height: 362, fps: 30_000 / 1001, bitDepthLuma: 10, reorderFrames: 0 },
  },
];

describe('H.264 parameter sets', () => {
  it.each(avc)('$codec', ({ sps, pps, codec, is }) => {
    expect(parseH264Sps(hex(sps))).toMatchObject(is);
    const track = h264Track(hex(sps), hex(pps));
    expect(track).toMatchObject({ codec: 'h264', codecString: codec, width: is.width, height: is.height });
    expect(parseAvcC(track.config)).toEqual({ sps: [hex(sps)], pps: [hex(pps)], lengthBytes: 4 });
    expect(avcCodecString(track.config)).toBe(codec);
  });

  it('refuses what is none', () => {
    expect(() => h264Track([], [])).toThrow(MediaError);
    expect(() => h264Track(hex('68ef8fcb'), hex('68ef8fcb'))).toThrow('not an H.264 sequence parameter set');
    expect(() => h264Track(hex(avc[0]?.sps ?? ''), hex(avc[0]?.sps ?? ''))).toThrow(MediaError);
    expect(() => parseH264Sps(hex('6764'))).toThrow('end too early');
  });

  it('takes an SPS whose VUI is cut short', () => {
    expect(parseH264Sps(hex('67640028acd940780227e5c044'))).toMatchObject({
      width: 1920,
      height: 1080,
      fps: null,
      reorderFrames: null,
    });
  });
});

describe('H.265 parameter sets', () => {
  it.each(hevc)('$codec', ({ vps, sps, pps, codec, is }) => {
    expect(parseH265Sps(hex(sps))).toMatchObject(is);
    expect(parseH265Vps(hex(vps))).toMatchObject({ temporalLayers: 1, level: parseH265Sps(hex(sps)).level });
    const track = h265Track([hex(vps)], [hex(sps)], [hex(pps), hex(pps)]);
    expect(track).toMatchObject({ codec: 'h265', codecString: codec, width: is.width, height: is.height });
    expect(parseHvcC(track.config)).toEqual({
      vps: [hex(vps)],
      sps: [hex(sps)],
      pps: [hex(pps), hex(pps)],
      lengthBytes: 4,
    });
    expect(hvcCodecString(track.config)).toBe(codec);
  });

  it('refuses what is none', () => {
    expect(() => h265Track([], [], [])).toThrow(MediaError);
    expect(() => parseH265Sps(hex('4001'))).toThrow('not an H.265 sequence parameter set');
  });
});

describe('key pictures', () => {
  const sample = (...heads: number[][]): Uint8Array =>
    joinLengthPrefixed(heads.map((h) => Uint8Array.from([...h, 0x80, 1])));
  it('H.264: IDR, wherever it stands', () => {
    expect(isKeySample('h264', sample([0x09], [0x06], [0x65]))).toBe(true);
    expect(isKeySample('h264', sample([0x06], [0x41]))).toBe(false);
    expect(isKeySample('h264', Uint8Array.of(0, 0, 0, 9, 0x65))).toBe(false);
  });
  it('H.265: IDR, CRA and BLA, not RASL and not what is reserved', () => {
    const keys = Array.from({ length: 64 }, (_, type) => type).filter((type) =>
      isKeySample('h265', sample([type << 1, 1])),
    );
    expect(keys).toEqual([16, 17, 18, 19, 20, 21, 22, 23]);
    expect(keys.every(isH265Irap)).toBe(true);
    expect(isKeyPicture('h265', [Uint8Array.of(19 << 1, 1)])).toBe(true);
  });
  it('Motion JPEG: every one', () => expect(isKeySample('mjpeg', new Uint8Array(3))).toBe(true));
});

/** The reverse of `unescapeNal`: with emulation prevention bytes (00 00 → 00 00 03). */
function escapeNal(payload: Uint8Array): Uint8Array {
  const out: number[] = [];
  let zeros = 0;
  for (const b of payload) {
    if (zeros >= 2 && b <= 3) {
      out.push(3);
      zeros = 0;
    }
    out.push(b);
    zeros = b === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(out);
}

describe('NAL units', () => {
  const nal = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => {
    const escaped = escapeNal(bytes);
    return escaped.at(-1) === 0 ? Uint8Array.from([...escaped, 0x80]) : escaped; // a NAL unit never ends in zero (§7.4.1)
  });

  it('survive each way of framing', () => {
    fc.assert(
      fc.property(fc.array(nal, { minLength: 1, maxLength: 8 }), (nals) => {
        expect(splitLengthPrefixed(joinLengthPrefixed(nals))).toEqual(nals);
        expect(splitAnnexB(joinAnnexB(nals))).toEqual(nals);
      }),
    );
  });

  it('are found behind 3-byte start codes and zeros', () => {
    expect(splitAnnexB(hex('ff0000016501020000000000016703000001684400000000'))).toEqual([
      hex('650102'),
      hex('6703'),
      hex('6844'),
    ]);
    expect(splitAnnexB(hex('0102030405'))).toEqual([]);
  });

  it('hide their zeros and give them back', () => {
    expect(escapeNal(hex('000000000001000002000003000004'))).toEqual(hex('00000300000300010000030200000303000004'));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2, 3, 4, 255), { maxLength: 60 }), (numbers) => {
        const payload = Uint8Array.from(numbers);
        const escaped = escapeNal(payload);
        expect(unescapeNal(escaped)).toEqual(payload);
        for (let i = 2; i < escaped.length; i += 1) {
          if (escaped[i - 2] === 0 && escaped[i - 1] === 0) expect(escaped[i]).toBeGreaterThan(2);
        }
      }),
    );
  });

  it('longer than their sample are refused', () => {
    expect(() => splitLengthPrefixed(hex('0000000565'))).toThrow(MediaError);
    expect(() => splitLengthPrefixed(hex('000001'))).toThrow(MediaError);
  });
});

describe('sound', () => {
  it('AAC: what is built is read', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(2, 1, 4),
        fc.constantFrom(8000, 44_100, 48_000, 96_000, 12_345),
        fc.constantFrom(1, 2, 6, 8),
        (type, rate, channels) => {
          expect(parseAacConfig(buildAacConfig(type, rate, channels))).toEqual({
            objectType: type,
            sampleRate: rate,
            channels,
            samplesPerFrame: 1024,
          });
        },
      ),
    );
    expect(buildAacConfig(2, 48_000, 2)).toEqual(hex('1190'));
    expect(aacTrack(hex('1208'))).toMatchObject({ codecString: 'mp4a.40.2', sampleRate: 44_100, channels: 1 });
    expect(parseAacConfig(hex('2b118800'))).toMatchObject({ objectType: 2, sampleRate: 48_000, channels: 2 }); // explicit SBR
  });
  it('Opus', () =>
    expect(parseOpusConfig(opusTrack(2).config)).toEqual({ channels: 2, preSkip: 0, inputRate: 48_000 }));
});

describe('JPEG', () => {
  it('tells its size', () => {
    expect(jpegSize(hex('ffd8ffe000044a46ffdb000400ffffc0000b0801680280030122'))).toEqual({ width: 640, height: 360 });
    expect(() => jpegSize(hex('ffd8ffda0000'))).toThrow(MediaError);
  });
});

it('the pieces of a unit are one sample', () => {
  const unit = { track: 'video' as const, key: true, ptsUs: 0, dtsUs: 0, data: [hex('0102'), hex('03')], bytes: 3 };
  expect(unitBytes(unit)).toEqual(hex('010203'));
});

describe('hostile bytes', () => {
  const only = (run: () => unknown): void => {
    try {
      run();
    } catch (error) {
      expect(error).toBeInstanceOf(MediaError);
    }
  };
  const parsers: ((bytes: Uint8Array) => unknown)[] = [
    parseH264Sps,
    parseH265Sps,
    parseH265Vps,
    parseAvcC,
    parseHvcC,
    avcCodecString,
    hvcCodecString,
    parseAacConfig,
    parseOpusConfig,
    jpegSize,
    splitLengthPrefixed,
    splitAnnexB,
  ];

  it('give nothing but MediaError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom(0, 0x67, 0x42, 0x40), (bytes, head) => {
        for (const parse of parsers) only(() => parse(bytes));
        const marked = Uint8Array.from([head, ...bytes]);
        for (const parse of parsers) only(() => parse(marked));
      }),
      { numRuns: 1000 },
    );
  });

  it('nor do good ones that were changed', () => {
    const good = [
      ...avc.map((a) => hex(a.sps)),
      ...hevc.flatMap((h) => [hex(h.vps), hex(h.sps)]),
      ...avc.map((a) => h264Track(hex(a.sps), hex(a.pps)).config),
      ...hevc.map((h) => h265Track(hex(h.vps), hex(h.sps), hex(h.pps)).config),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...good),
        fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (bytes, changes) => {
          const changed = bytes.slice();
          for (const [at, value] of changed.length > 0 ? changes : []) changed[at % changed.length] = value;
          for (const parse of parsers) only(() => parse(changed));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
