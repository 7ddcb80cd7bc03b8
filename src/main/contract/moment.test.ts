import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CameraId } from '#domain/id.ts';
import { decodeMoments, encodeMoments, momentText, readMomentText, type MomentAsk } from './moment.ts';

const id = CameraId.parse('01K00000000000000000000000');

describe('moments', () => {
  it('are asked for as they are meant, and nonsense is no ask', () => {
    const streams = fc.constantFrom<MomentAsk['streams']>(['main'], ['sub'], ['sub', 'main'], ['main', 'sub']);
    const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(streams, time, fc.constantFrom('key', 'run'), fc.option(time), (list, atMs, what, known) => {
        const ask: MomentAsk = { cameraId: id, streams: list, atMs, what, known };
        expect(readMomentText(momentText(ask))).toEqual(ask);
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const ask = readMomentText(text);
        if (ask) expect(readMomentText(momentText(ask))).toEqual(ask);
      }),
    );
  });

  it('come back with their bytes, and not at all when they are cut off', () => {
    const part = fc.uint8Array({ maxLength: 50 });
    fc.assert(
      fc.property(fc.array(fc.option(fc.tuple(part, part)), { maxLength: 6 }), fc.nat(1000), (parts, cut) => {
        const segment = {
          startMs: 1,
          endMs: 2,
          bytes: 3,
          state: 'sealed',
          initBytes: 4,
          codecs: 'avc1 \u20ac\n',
          width: 5,
          height: 6,
        } as const;
        const heads = parts.map((p) =>
          p === null
            ? null
            : {
                stream: 'sub' as const,
                segment,
                fragments: null,
                first: 0,
                count: 1,
                initBytes: p[0].length,
                bytes: p[1].length,
              },
        );
        const bodies = parts.flatMap((p) => p ?? []);
        const whole = new Uint8Array(Buffer.concat(encodeMoments(heads, bodies)));
        const back = decodeMoments(whole);
        expect(back.map((m) => (m.head === null ? null : [[...m.init], [...m.bytes]]))).toEqual(
          parts.map((p) => (p === null ? null : p.map((b) => [...b]))),
        );
        if (cut < whole.length) expect(() => decodeMoments(whole.slice(0, cut))).toThrow();
      }),
    );
  });
});
