import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamFault } from '../fault.ts';
import { createWire, maxBodyBytes, maxHeadBytes, parseHead, type RtspMessage } from './wire.ts';

type Seen = { messages: RtspMessage[]; frames: { channel: number; data: string }[] };

/** Feeds bytes in parts of the given sizes, moving the rest to a new buffer each time as a connection does. */
function feed(bytes: Buffer, sizes: readonly number[]): Seen & { rest: number; skipped: number } {
  const seen: Seen = { messages: [], frames: [] };
  const wire = createWire({
    message: (message) => seen.messages.push({ ...message }),
    frame: (channel, buffer, from, to) => seen.frames.push({ channel, data: buffer.toString('hex', from, to) }),
    known: (channel) => channel < 4,
  });
  let rest = Buffer.alloc(0);
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes.length === 0 ? bytes.length : (sizes[i % sizes.length] ?? 1));
    const next = Buffer.concat([rest, bytes.subarray(at, at + size)]);
    at += size;
    rest = next.subarray(wire.take(next, 0, next.length));
  }
  return { ...seen, rest: rest.length, skipped: wire.skipped() };
}

const frame = (channel: number, payload: Uint8Array): Buffer => {
  const head = Buffer.from([0x24, channel, 0, 0]);
  head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
};
const hello = Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\nhello');
const rtp = Buffer.from([0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);

describe('cutting a stream into messages and frames', () => {
  test('messages and frames come out whole, in order', () => {
    const seen = feed(Buffer.concat([hello, frame(0, rtp), Buffer.from('\r\n'), frame(1, rtp), hello]), []);
    expect(seen.messages).toHaveLength(2);
    expect(seen.messages[0]).toMatchObject({ status: 200, reason: 'OK', body: 'hello' });
    expect(seen.messages[0]?.headers.get('x-a')).toEqual(['1', '2']);
    expect(seen.frames.map((f) => f.channel)).toEqual([0, 1]);
    expect(seen.rest).toBe(0);
  });

  test('however the bytes are cut, the same comes out', () => {
    const part = fc.oneof(
      fc.constant(hello),
      fc.constant(Buffer.from('OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n')),
      fc.constant(Buffer.from('RTSP/1.0 404 Not Found\nCSeq: 2\n\n')),
      fc.tuple(fc.nat(3), fc.uint8Array({ maxLength: 400 })).map(([channel, data]) => frame(channel, data)),
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (parts, sizes) => {
          const bytes = Buffer.concat([hello, ...parts]);
          expect(feed(bytes, sizes)).toEqual(feed(bytes, []));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('rubbish between messages is skipped and the frames behind it are found', () => {
    const seen = feed(
      Buffer.concat([hello, frame(0, rtp), Buffer.from([0, 1, 2, 3, 0x24, 9, 9]), frame(0, rtp), hello]),
      [],
    );
    expect(seen.frames).toHaveLength(2);
    expect(seen.messages).toHaveLength(2);
    expect(seen.skipped).toBeGreaterThan(0);
  });

  test('what does not speak RTSP is refused with what it said', () => {
    expect(() => feed(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), [])).toThrow(/web server/);
    expect(() => feed(Buffer.from('SSH-2.0-dropbear\r\n'), [])).toThrow(/SSH-2.0-dropbear/);
    expect(() => feed(Buffer.from([0x16, 3, 1, 0, 5]), [])).toThrow(StreamFault);
  });

  test('sizes are bounded', () => {
    expect(() => feed(Buffer.from(`RTSP/1.0 200 OK\r\nX: ${'a'.repeat(maxHeadBytes)}`), [4096])).toThrow(/header/);
    expect(() => feed(Buffer.from(`RTSP/1.0 200 OK\r\nContent-Length: ${maxBodyBytes + 1}\r\n\r\n`), [])).toThrow(
      /body/,
    );
    expect(() => feed(Buffer.from('RTSP/1.0 200 OK\r\nContent-Length: -4\r\n\r\n'), [])).toThrow(/body/);
    expect(() => feed(Buffer.concat([hello, Buffer.alloc(70_000, 1)]), [1000])).toThrow(/neither RTSP nor video/);
  });

  test('any bytes at all: typed refusal or progress, never anything else', () => {
    const nasty = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(
        hello,
        frame(0, rtp),
        Buffer.from('RTSP/'),
        Buffer.from('$'),
        Buffer.from('\r\n\r\n'),
        Buffer.from('RTSP/1.0 200\r\n'),
      ),
    );
    fc.assert(
      fc.property(
        fc.array(nasty, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1 }),
        (parts, sizes) => {
          try {
            feed(Buffer.concat(parts), sizes);
          } catch (error) {
            expect(error).toBeInstanceOf(StreamFault);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('a head with folded lines and lines that make no sense is read', () => {
  const head = parseHead('RTSP/1.0 200 OK\r\nA: one\r\n two\r\nnonsense\r\n: x\r\nB:3');
  expect(head?.headers.get('a')).toEqual(['one two']);
  expect(head?.headers.get('b')).toEqual(['3']);
  expect(parseHead('RTSP/2.0 200 OK')?.status).toBe(200);
  expect(parseHead('ANNOUNCE rtsp://h/a RTSP/1.0')).toMatchObject({
    status: null,
    method: 'ANNOUNCE',
    uri: 'rtsp://h/a',
  });
  expect(parseHead('hello')).toBeNull();
});
