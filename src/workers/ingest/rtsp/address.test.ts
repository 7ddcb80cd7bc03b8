import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamFault } from '../fault.ts';
import { controlBase, parseAddress, resolveControl, withoutCredentials } from './address.ts';

test('addresses are taken as they are written, credentials never', () => {
  expect(parseAddress('rtsp://admin:p%40ss@10.0.0.5/cam/realmonitor?channel=1&subtype=0')).toEqual({
    tls: false,
    host: '10.0.0.5',
    port: 554,
    uri: 'rtsp://10.0.0.5/cam/realmonitor?channel=1&subtype=0',
  });
  expect(parseAddress('rtsps://[fe80::1]:8322/x')).toMatchObject({
    tls: true,
    host: 'fe80::1',
    port: 8322,
    uri: 'rtsps://[fe80::1]:8322/x',
  });
  expect(parseAddress('RTSP://host')).toMatchObject({ port: 554, uri: 'rtsp://host/' });
  for (const wrong of ['http://h/', 'rtsp://', 'rtsp://h:99999/', 'rtsp://h o/'])
    expect(() => parseAddress(wrong)).toThrow(StreamFault);
});

test('control addresses: absolute, relative, aggregate, with the base that the camera gives', () => {
  const asked = 'rtsp://h:8554/live?x=1';
  expect(controlBase(asked, 'rtsp://h:8554/live/', null)).toBe('rtsp://h:8554/live/');
  expect(controlBase(asked, '/other/', null)).toBe('rtsp://h:8554/other/');
  expect(controlBase(asked, null, null)).toBe(asked);
  expect(resolveControl('rtsp://h/live/', 'trackID=1')).toBe('rtsp://h/live/trackID=1');
  expect(resolveControl('rtsp://h/live', 'trackID=1')).toBe('rtsp://h/live/trackID=1');
  expect(resolveControl('rtsp://h/live/', '/trackID=1')).toBe('rtsp://h/live/trackID=1');
  expect(resolveControl('rtsp://h/live', 'rtsp://u:p@10.1.1.1/live/video')).toBe('rtsp://10.1.1.1/live/video');
  expect(resolveControl('rtsp://h/live', '*')).toBe('rtsp://h/live');
  expect(resolveControl('rtsp://h/live', null)).toBe('rtsp://h/live');
});

test('credentials are taken out of any text', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9:!$%]{1,12}$/), (secret) => {
      expect(withoutCredentials(`see rtsp://user:${secret}@host/path`)).toBe('see rtsp://host/path');
    }),
  );
});
