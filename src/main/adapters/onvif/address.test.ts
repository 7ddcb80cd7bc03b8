import fc from 'fast-check';
import { expect, test } from 'vitest';
import { candidates, deviceServiceUrl, mediaUrl } from './address.ts';

const hrefs = (told: string, answered: string): string[] => candidates(told, new URL(answered)).map((u) => u.href);

test('a service is asked for where the device answered before', () => {
  const here = 'http://10.0.0.5:8080/onvif/device_service';
  expect(hrefs('http://10.0.0.5:8080/onvif/media', here)).toEqual(['http://10.0.0.5:8080/onvif/media']);
  expect(hrefs('http://10.0.0.5/onvif/media?x=1', here)).toEqual([
    'http://10.0.0.5/onvif/media?x=1',
    'http://10.0.0.5:8080/onvif/media?x=1',
  ]);
  expect(hrefs('http://192.168.1.9/onvif/media', here)).toEqual(['http://10.0.0.5:8080/onvif/media']);
  expect(hrefs('http://u:p@0.0.0.0/onvif/media', here)).toEqual(['http://10.0.0.5:8080/onvif/media']);
  expect(hrefs('/onvif/media', here)).toEqual(['http://10.0.0.5:8080/onvif/media']);
  expect(hrefs('https://10.0.0.5/onvif/media', here)).toEqual([
    'http://10.0.0.5:8080/onvif/media',
    'https://10.0.0.5/onvif/media',
  ]);
  // nothing that came over TLS goes on without it
  expect(hrefs('http://10.0.0.5/onvif/media', 'https://10.0.0.5/onvif/device_service')).toEqual([
    'https://10.0.0.5/onvif/media',
  ]);
  for (const junk of ['', 'ftp://x/y', 'javascript:alert(1)', 'http://'])
    expect(hrefs(junk, here).every((u) => u.startsWith('http://10.0.0.5'))).toBe(true);
});

test('whatever a device tells, no other host is ever asked', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()), (told) => {
      for (const url of candidates(told, new URL('https://10.0.0.5/onvif/device_service'))) {
        expect(url.hostname).toBe('10.0.0.5');
        expect(url.protocol).toBe('https:');
        expect(url.username + url.password).toBe('');
      }
    }),
  );
});

test('stream addresses lose user and password and keep everything else', () => {
  const here = new URL('http://10.0.0.5/onvif/device_service');
  expect(mediaUrl('rtsp://admin:p@ss@10.0.0.5:554/cam/realmonitor?channel=1&subtype=0&unicast=true', here)).toBe(
    'rtsp://10.0.0.5:554/cam/realmonitor?channel=1&subtype=0&unicast=true',
  );
  expect(mediaUrl('RTSP://0.0.0.0/live', here)).toBe('rtsp://10.0.0.5/live');
  expect(mediaUrl('rtsp://localhost:8554/live', here)).toBe('rtsp://10.0.0.5:8554/live');
  expect(mediaUrl('rtsp://[fe80::1]:554/live', here)).toBe('rtsp://[fe80::1]:554/live');
  expect(mediaUrl('rtsp://192.168.1.9/live', here)).toBe('rtsp://192.168.1.9/live');
  expect(mediaUrl('http://10.0.0.5/snap.jpg?user=a', here)).toBe('http://10.0.0.5/snap.jpg?user=a');
  for (const junk of [
    null,
    '',
    'live',
    'file:///etc/passwd',
    'rtsp://a b/c',
    'rtsp://x/\r\nDESCRIBE',
    'rtsp://a:99999999/',
  ])
    expect(mediaUrl(junk, here)).toBe(null);
});

test('a bare host gets the usual path', () => {
  expect(deviceServiceUrl('http://10.0.0.5').href).toBe('http://10.0.0.5/onvif/device_service');
  expect(deviceServiceUrl('https://cam:8443/onvif/services').href).toBe('https://cam:8443/onvif/services');
});
