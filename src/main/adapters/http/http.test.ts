import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopback } from '#lib/loopback.ts';
import { encodeLiveFrame } from '#contract/live-frame.ts';
import { createDecodingTimes, createFragmentStream } from './fragment-stream.ts';
import { bearerToken, cookieValue, hostName, pageRefusal, type Page } from './guard.ts';
import { parseRange } from './range.ts';

describe('byte ranges', () => {
  it('always lie inside the file', () => {
    const number = fc.option(fc.nat(2000), { nil: '' });
    fc.assert(
      fc.property(number, number, fc.nat(1500), (first, last, size) => {
        const range = parseRange(`bytes=${first}-${last}`, size);
        if (range === null || range === 'unsatisfiable') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(size);
        if (first !== '') expect(range.start).toBe(first);
      }),
    );
  });

  it('ignore whatever is none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const range = parseRange(text, 100);
        if (!/^bytes=[ \t]*\d*-\d*[ \t]*$/i.test(text)) expect(range).toBeNull();
      }),
    );
    expect(parseRange(undefined, 100)).toBeNull();
  });
});

describe('who asks', () => {
  const page: Page = {
    method: 'POST',
    upgrade: false,
    data: true,
    host: '127.0.0.1:8710',
    origin: undefined,
    fetchSite: undefined,
    fetchMode: undefined,
  };

  it('is refused from any origin but our own', () => {
    expect(pageRefusal({ ...page, origin: 'http://127.0.0.1:8710' }, true)).toBeNull();
    fc.assert(
      fc.property(
        fc.oneof(
          fc.domain().map((name) => `https://${name}`),
          fc.string(),
          fc.constant('null'),
        ),
        (origin) => {
          fc.pre(!(URL.canParse(origin) && new URL(origin).host === '127.0.0.1:8710'));
          expect(pageRefusal({ ...page, origin }, true)).not.toBeNull();
          expect(pageRefusal({ ...page, origin, method: 'GET', upgrade: true }, true)).not.toBeNull();
        },
      ),
    );
  });

  it('is refused under any other name while we listen on loopback', () => {
    fc.assert(
      fc.property(fc.domain(), (name) => {
        fc.pre(name !== 'localhost');
        expect(pageRefusal({ ...page, host: name }, true)).not.toBeNull();
        expect(pageRefusal({ ...page, host: name }, false)).toBeNull();
      }),
    );
  });

  it('is told by host, cookie and token exactly', () => {
    expect(['a:1', 'A', '[::1]:80', '[::1]', 'a b', 'a:1:2', 'a@b', '', undefined].map(hostName)).toEqual([
      'a',
      'a',
      '[::1]',
      '[::1]',
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '[::1]', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'localhost.evil', '127.evil'].some(isLoopback)).toBe(false);
    expect(cookieValue('a=1; b=2', 'b')).toBe('2');
    expect(cookieValue('xb=2', 'b')).toBeNull();
    expect(bearerToken('Bearer abc')).toBe('abc');
    expect(bearerToken('Basic abc')).toBeNull();
  });
});

describe('decoding times', () => {
  it('are the presentation times while those rise, and always rise themselves', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 50 }), (steps) => {
        const next = createDecodingTimes();
        let pts = 1_000_000;
        for (const step of steps) expect(next((pts += step))).toBe(pts);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 80 }), (times) => {
        const next = createDecodingTimes();
        let last = -1;
        for (const pts of times) {
          const dts = next(pts);
          expect(dts).toBeGreaterThan(last);
          last = dts;
        }
      }),
    );
  });

  it('keep the pace of a stream with B-frames', () => {
    const next = createDecodingTimes();
    const order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11, 15, 13, 14].map((n) => 1_000_000 + n * 40_000);
    const dts = order.map(next);
    const steps = dts.slice(4).map((d, i) => d - (dts[i + 3] ?? 0));
    expect(Math.max(...steps)).toBeLessThan(100_000);
    expect(Math.abs((dts.at(-1) ?? 0) - (order.at(-1) ?? 0))).toBeLessThan(400_000);
  });
});

describe('the endless file', () => {
  const config = Buffer.from([1, 0x42, 0xc0, 0x0a, 0xff, 0xe0, 0]).toString('base64');
  const format = (width: number) => {
    const video = { codec: 'h264', codecString: 'avc1.42C00A', config, width, height: 90 };
    const text = Buffer.from(JSON.stringify({ video, audio: null }));
    const head = { kind: 'format', key: false, cached: false, live: 1, ptsUs: 0, arrivedUs: 0 } as const;
    return encodeLiveFrame(head, [text], text.length);
  };
  const picture = (ptsUs: number, key: boolean) =>
    encodeLiveFrame({ kind: 'video', key, cached: false, live: 1, ptsUs, arrivedUs: ptsUs }, [new Uint8Array(10)], 10);

  it('begins at a key frame, goes on with a fragment per picture, and ends when the format changes', () => {
    const log: string[] = [];
    const stream = createFragmentStream({
      begin: (mime) => log.push(mime),
      write: (bytes) => log.push(Buffer.from(bytes).includes('moof') ? 'fragment' : 'other'),
      end: () => log.push('end'),
    });
    stream.frame(picture(1, true)); // no format yet
    stream.frame(format(160));
    stream.frame(picture(1000, false));
    stream.frame(picture(41_000, true));
    stream.frame(picture(81_000, false));
    stream.frame(format(160)); // said again, unchanged
    stream.frame(picture(121_000, false));
    stream.frame(format(320));
    stream.frame(picture(161_000, true));
    expect(log).toEqual(['video/mp4; codecs="avc1.42C00A"', 'fragment', 'fragment', 'fragment', 'end']);
  });
});
