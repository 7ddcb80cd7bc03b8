import { expect, test } from 'vitest';
import { FoundDevice } from '#domain/device.ts';
import { AppError } from '#contract/error.ts';
import { makerReply } from '../../../../../tests/support/onvif/maker-replies.ts';
import { expandHosts } from './hosts.ts';
import { pickUrls, readDatagram, readScopes, writeProbe } from './message.ts';

const names = (...typed: string[]): string[] =>
  expandHosts(typed).map((h) => (h.port === null ? h.host : `${h.host}:${h.port}`));

test('hosts and ranges as people type them', () => {
  expect(names('10.0.0.5, cam.local;10.0.0.6:8080\n[fe80::1]:80 2001:db8::2')).toEqual([
    '10.0.0.5',
    'cam.local',
    '10.0.0.6:8080',
    'fe80::1:80',
    '2001:db8::2',
  ]);
  expect(names('10.0.0.0/30')).toEqual(['10.0.0.1', '10.0.0.2']);
  expect(names('10.0.0.7/32')).toEqual(['10.0.0.7']);
  expect(names('10.0.0.0/24')).toHaveLength(254);
  expect(names('10.0.0.254-10.0.1.1')).toEqual(['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']);
  expect(names('10.0.0.5-7', '10.0.0.6')).toEqual(['10.0.0.5', '10.0.0.6', '10.0.0.7']);
  expect(expandHosts(['https://cam:444/onvif/services'])).toEqual([
    { host: 'cam', port: 444, secure: true, path: '/onvif/services', ofRange: false },
  ]);
  expect(names()).toEqual([]);
});

test.each([
  '10.0.0.0/8',
  '10.0.0.9-5',
  '10.0.0.256',
  '1.2.3',
  '10.0.0.0/33',
  'a b c/',
  'http://',
  '10.0.0.5:0',
  '10.0.0.5:70000',
  '0.0.0.0-255.255.255.255',
  'x/../y',
])('refuses %s in words', (typed) => {
  expect(() => expandHosts([typed])).toThrow(AppError);
});

const match = (inner: string, kind = 'ProbeMatch'): Buffer =>
  Buffer.from(
    `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><e:Body>${kind === 'ProbeMatch' ? `<d:ProbeMatches><d:ProbeMatch>${inner}</d:ProbeMatch></d:ProbeMatches>` : `<d:${kind}>${inner}</d:${kind}>`}</e:Body></e:Envelope>`,
  );
const endpoint =
  '<a:EndpointReference><a:Address>urn:uuid:C9790C3A-701B-464D-A189-0060351C8ADA</a:Address></a:EndpointReference>';

test('reads what a real device answers', () => {
  const reply = Buffer.from(
    makerReply('Probe').toString().replace('SERVICE_URI', 'http://192.168.68.111/onvif/device_service'),
  );
  const heard = readDatagram(reply, '192.168.68.111', 7);
  expect(heard).toMatchObject({
    kind: 'found',
    devices: [
      {
        url: 'http://192.168.68.111/onvif/device_service',
        endpoint: 'urn:uuid:c9790c3a-701b-464d-a189-0060351c8ada',
        name: 'PREDATOR',
        model: 'HD_PREDATOR',
        address: '192.168.68.111',
        seenMs: 7,
      },
    ],
  });
  if (heard.kind === 'found') heard.devices.forEach((d) => FoundDevice.parse(d));
});

test('Hello, Bye, printers and rubbish', () => {
  const types = '<d:Types>dn:NetworkVideoTransmitter</d:Types>';
  expect(
    readDatagram(
      match(`${endpoint}${types}<d:XAddrs>http://10.0.0.5/onvif/device_service</d:XAddrs>`, 'Hello'),
      '10.0.0.5',
      0,
    ).kind,
  ).toBe('found');
  expect(readDatagram(match(`${endpoint}${types}`, 'Hello'), '10.0.0.5', 0).kind).toBe('ask');
  expect(readDatagram(match(endpoint, 'Bye'), '10.0.0.5', 0)).toEqual({
    kind: 'gone',
    endpoint: 'urn:uuid:c9790c3a-701b-464d-a189-0060351c8ada',
  });
  expect(
    readDatagram(
      match(`${endpoint}<d:Types>wsdp:Device print:PrintDeviceType</d:Types><d:XAddrs>http://10.0.0.9/</d:XAddrs>`),
      '10.0.0.9',
      0,
    ).kind,
  ).toBe('nothing');
  expect(readDatagram(writeProbe('device'), '10.0.0.9', 0).kind).toBe('nothing');
  expect(
    readDatagram(match(`${endpoint}${types}<d:XAddrs>file:///etc javascript:1 http://</d:XAddrs>`), '10.0.0.9', 0).kind,
  ).toBe('nothing');
});

test('prefers the address that answered, and IPv4', () => {
  const told = [
    'http://[fe80::12]/onvif/device_service',
    'http://169.254.3.4/onvif/device_service',
    'http://10.0.0.5/onvif/device_service',
  ];
  expect(pickUrls(told, '10.0.0.5')[0]).toBe('http://10.0.0.5/onvif/device_service');
  expect(pickUrls(told, 'fe80::12%eth0')[0]).toBe('http://10.0.0.5/onvif/device_service');
  expect(pickUrls(['http://192.168.1.108:8000/x'], '10.0.0.9')).toEqual([
    'http://10.0.0.9:8000/x',
    'http://192.168.1.108:8000/x',
  ]);
  expect(pickUrls(['http://0.0.0.0/x', 'http://localhost/x'], '10.0.0.9')).toEqual(['http://10.0.0.9/x']);
  expect(pickUrls(['http://u:p@10.0.0.9/x'], '10.0.0.9')).toEqual(['http://10.0.0.9/x']);
  // A device of this machine may listen on loopback only.
  expect(pickUrls(['http://127.0.0.1:8000/x'], '10.0.0.9', true)).toEqual(['http://127.0.0.1:8000/x']);
});

test('reads scopes of usual makers', () => {
  const of = (...scopes: string[]) => readScopes(scopes.map((s) => `onvif://www.onvif.org/${s}`));
  expect(
    of('name/AXIS%20P3245', 'hardware/P3245-LV', 'location/country/se', 'location/city/lund', 'MAC/aa:bb:cc:dd:ee:0f'),
  ).toEqual({
    name: 'AXIS P3245',
    maker: null,
    model: 'P3245-LV',
    location: 'se, lund',
    macs: ['aa:bb:cc:dd:ee:0f'],
  });
  expect(of('name/100%25%', 'manufacturer/TP-Link', 'location/unknow', 'mac/nonsense')).toMatchObject({
    name: '100%25%',
    maker: 'TP-Link',
    location: null,
    macs: [],
  });
});
