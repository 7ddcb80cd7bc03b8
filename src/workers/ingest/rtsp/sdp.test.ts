import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeParameterSets, parseSdp } from './sdp.ts';
import { parseSession, parseTransport } from './transport.ts';

test('a usual description', () => {
  const sdp = parseSdp(
    [
      'v=0',
      'o=- 1 1 IN IP4 0.0.0.0',
      's=Media',
      'a=control:*',
      'm=video 0 RTP/AVP 96',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 packetization-mode=1; profile-level-id=640028 ;Sprop-Parameter-Sets = Z2QAKA==,aO48gA==',
      'a=control:trackID=0',
      'm=audio 0 RTP/AVP 0',
      'a=control:trackID=1',
      'm=application 0 RTP/AVP 107',
      'a=rtpmap:107 vnd.onvif.metadata/90000',
    ].join('\r\n'),
  );
  expect(sdp.control).toBe('*');
  expect(sdp.media.map((m) => [m.kind, m.encoding, m.clockRate, m.payloadType, m.control])).toEqual([
    ['video', 'H264', 90_000, 96, 'trackID=0'],
    ['audio', 'PCMU', 8000, 0, 'trackID=1'],
    ['application', 'VND.ONVIF.METADATA', 90_000, 107, null],
  ]);
  expect(sdp.media[0]?.parameters.get('sprop-parameter-sets')).toBe('Z2QAKA==,aO48gA==');
  expect(decodeParameterSets('Z2QAKA==,aO48gA==').map((s) => (s[0] ?? 0) & 31)).toEqual([7, 8]);
});

test("makers' ways: other line ends, other payload type than listed, aliases, trailing slashes, sizes", () => {
  const sdp = parseSdp(
    'v=0\nm=video 0 RTP/AVP 96\na=rtpmap:98 hevc/90000/\na=fmtp:98 sprop-vps="QAE="\nm=video 0 RTP/AVP 26\na=framesize:26 2560-1440\na=recvonly\nm=audio 0 RTP/AVP 97\na=sendonly\na=rtpmap:97 mpeg4-generic/16000/2',
  );
  expect(sdp.media[0]).toMatchObject({ encoding: 'H265', payloadType: 98, clockRate: 90_000 });
  expect(sdp.media[0]?.parameters.get('sprop-vps')).toBe('QAE=');
  expect(sdp.media[1]).toMatchObject({ encoding: 'JPEG', size: { width: 2560, height: 1440 }, direction: 'recvonly' });
  expect(sdp.media[2]).toMatchObject({
    encoding: 'MPEG4-GENERIC',
    channels: 2,
    clockRate: 16_000,
    direction: 'sendonly',
  });
});

test('parameter sets with start codes, empty parts and rubbish', () => {
  expect(decodeParameterSets(`${Buffer.from([0, 0, 0, 1, 0x67, 1]).toString('base64')},,aO4`)).toEqual([
    Uint8Array.of(0x67, 1),
    Uint8Array.of(0x68, 0xee),
  ]);
  expect(decodeParameterSets(undefined)).toEqual([]);
});

test('any text is read without an exception', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.constantFrom(
      'm=video',
      'm=',
      'a=rtpmap:',
      'a=rtpmap:96',
      'a=fmtp:96 =;;=',
      'a=control',
      'a=rtpmap:999 x/0/0',
      'a=framesize:1 0-0',
      'm=audio 0 RTP/AVP 96 97 98',
    ),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      for (const media of parseSdp(lines.join('\r\n')).media) {
        expect(media.clockRate).toBeGreaterThan(0);
        expect(media.payloadType).toBeLessThanOrEqual(127);
      }
    }),
  );
  expect(parseSdp('m=video 0 RTP/AVP 96\r\n'.repeat(10_000)).media).toHaveLength(64);
});

test('Transport and Session headers', () => {
  expect(parseTransport('RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=DEADBEEF')).toEqual({
    tcp: true,
    interleaved: [4, 5],
    serverPort: null,
    source: null,
    ssrc: 0xdeadbeef,
  });
  expect(parseTransport('RTP/AVP;unicast;client_port=1-2;server_port=6970-6971;source=10.0.0.9')).toMatchObject({
    serverPort: [6970, 6971],
    source: '10.0.0.9',
    tcp: false,
  });
  expect(parseTransport('RTP/AVP/UDP;unicast;src_addr="10.0.0.9:5000"/"10.0.0.9:5001"')).toMatchObject({
    serverPort: [5000, 5001],
  });
  expect(parseTransport('RTP/AVP/TCP;interleaved=900-901')?.interleaved).toBeNull();
  expect(parseTransport('nonsense')).toBeNull();
  expect(parseSession('abc;timeout=30')).toEqual({ id: 'abc', timeoutSeconds: 30 });
  expect(parseSession('abc')).toEqual({ id: 'abc', timeoutSeconds: null });
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseTransport(text);
      parseSession(text);
    }),
  );
});
