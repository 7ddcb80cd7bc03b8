import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import type { Device, DeviceTarget } from '../../src/main/engine/device-port.ts';
import { AppError } from '../../src/main/contract/error.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { openCertificate } from '../support/certificate.ts';
import {
  fault,
  soap,
  startScriptedDevice,
  type DeviceScript,
  type ScriptedDevice,
} from '../support/onvif/scripted-device.ts';
import { information, smallDevice } from '../support/onvif/small-device.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function device(script: Partial<DeviceScript> = {}): Promise<ScriptedDevice> {
  const made = await startScriptedDevice({ answers: smallDevice('/onvif/services'), ...script });
  open.push(made);
  return made;
}
let clockShiftMs = 0;
const clock = { ...systemClock, monoMs: () => systemClock.monoMs() + clockShiftMs };
const devices = createDevices({ clock, log: quietLog });
function connect(target: Partial<DeviceTarget> & { url: string }, door = devices): Device {
  const made = door.connect({ username: null, password: null, certificate: null, ...target });
  open.push(made);
  return made;
}
const user = (password = 'pass word'): { username: string; password: string } => ({ username: 'admin', password });

async function trouble(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    const { code, data, message } = error as AppError;
    expect(code).toBe('DEVICE');
    expect(message).not.toContain('pass word');
    return (data as { trouble: unknown }).trouble;
  }
}

test.each([
  ['digest', 'MD5'],
  ['digest', 'SHA-256'],
  ['token', undefined],
  ['either', undefined],
] as const)('signs in with %s %s, and learns which one the device wants', async (kind, algorithm) => {
  const server = await device({
    auth: { kind, user: 'admin', password: 'pass word', ...(algorithm ? { algorithm } : {}) },
    clockAheadMs: -3 * 365 * 86_400_000,
  });
  const one = connect({ url: server.url, ...user() });
  const facts = await one.facts();
  expect(facts.identity).toMatchObject({
    maker: 'Acme',
    serial: 'S1',
    macs: ['00:11:22:aa:bb:cc'],
    endpoint: 'urn:uuid:c9790c3a-701b-464d-a189-0060351c8ada',
  });
  expect(facts.profiles.map((p) => [p.token, p.video?.codec, p.streamUrl])).toEqual([
    ['main', 'h265', 'rtsp://127.0.0.1:554/main?x=1'],
    ['sub', 'h264', 'rtsp://127.0.0.1:554/sub?x=1'],
  ]);
  expect(facts.clock.offsetMs! + 3 * 365 * 86_400_000).toBeLessThan(2_000);
  expect(server.refusals()).toBe(0);
  const before = server.asked.length;
  await one.streamUrl('main', 'tcp');
  const later = server.asked.slice(before);
  // learned: no question without an answer any more
  expect(later.filter((a) => a.operation === 'GetStreamUri')).toHaveLength(1);
});

test.each(['digest', 'token'] as const)('tries a wrong password once a minute at most (%s)', async (kind) => {
  const server = await device({ auth: { kind, user: 'admin', password: 'right' } });
  const one = connect({ url: server.url, ...user() });
  expect(await trouble(one.facts())).toBe('credentials-refused');
  expect(server.refusals()).toBe(1);
  const all = await Promise.all([one.facts(), one.streamUrl('main', 'tcp'), one.snapshot('main')].map(trouble));
  expect(all).toEqual(['credentials-refused', 'credentials-refused', 'credentials-refused']);
  // another connection with the same user and password is held as well
  expect(await trouble(connect({ url: server.url, ...user() }).facts())).toBe('credentials-refused');
  expect(server.refusals()).toBe(1);
  clockShiftMs += 61_000;
  await Promise.all([one.facts(), one.facts(), one.streamUrl('main', 'tcp')].map(trouble));
  expect(server.refusals()).toBe(2);
  // the right one at once
  expect(await trouble(connect({ url: server.url, ...user('right') }).facts())).toBe('none');
});

test('a password that becomes wrong is found out, a missing right is not taken for one', async () => {
  const auth = { kind: 'digest' as const, user: 'admin', password: 'pass word' };
  const server = await device({ auth });
  server.answers['GetUsers'] = fault('NotAuthorized', 'Sender not authorized');
  const one = connect({ url: server.url, ...user() });
  expect((await one.facts()).users).toEqual([]);
  expect(await trouble(one.facts())).toBe('none');
  auth.password = 'changed';
  expect(await trouble(one.streamUrl('main', 'tcp'))).toBe('credentials-refused');
  const refused = server.refusals();
  expect(refused).toBeLessThanOrEqual(2);
  await trouble(one.facts());
  expect(server.refusals()).toBe(refused);
});

test('a device that wants a new nonce for each request gets it without counting as a refusal', async () => {
  const server = await device({ auth: { kind: 'digest', user: 'admin', password: 'pass word', everyNonceOnce: true } });
  const one = connect({ url: server.url, ...user() });
  expect((await one.facts()).profiles).toHaveLength(2);
  expect(server.refusals()).toBe(0);
});

test('says that a password is wanted; sends none over an open line for Basic', async () => {
  const server = await device({ auth: { kind: 'basic', user: 'admin', password: 'pass word' } });
  expect(await trouble(connect({ url: server.url }).facts())).toBe('credentials-missing');
  expect(await trouble(connect({ url: server.url, ...user() }).facts())).toBe('credentials-refused');
  expect(server.asked.filter((a) => a.headers.authorization?.startsWith('Basic'))).toEqual([]);
  const tls = await device({
    auth: { kind: 'basic', user: 'admin', password: 'pass word' },
    tls: await openCertificate(),
  });
  expect(await trouble(connect({ url: tls.url, ...user() }).facts())).toBe('none');
});

test('pins the first certificate; sends nothing to another one', async () => {
  const first = await device({
    tls: await openCertificate(),
    auth: { kind: 'digest', user: 'admin', password: 'pass word' },
  });
  const one = connect({ url: first.url, ...user() });
  await one.facts();
  const pin = one.certificate();
  expect(pin).toMatch(/^[0-9a-f]{64}$/);
  expect(await trouble(connect({ url: first.url, ...user(), certificate: pin }).facts())).toBe('none');
  const before = first.asked.length;
  const other = connect({ url: first.url, ...user(), certificate: 'ab'.repeat(32) });
  expect(await trouble(other.facts())).toBe('certificate-changed');
  expect(other.certificate()).toBe(pin);
  expect(first.asked).toHaveLength(before);
});

test.each([
  ['a web page', { type: 'text/html', body: '<!DOCTYPE html><html><body>Log in</body></html>' }, 'not-onvif'],
  ['plain text', { type: 'text/plain', body: 'hello' }, 'not-onvif'],
  ['JSON', { type: 'application/json', body: '{}' }, 'not-onvif'],
  ['not found', { status: 404, type: 'text/html', body: '<html>404</html>' }, 'not-onvif'],
  ['half an envelope', { body: soap(information).slice(0, 700) }, 'invalid-answer'],
  ['nothing', { body: '' }, 'invalid-answer'],
  ['an empty body', { body: soap('') }, 'invalid-answer'],
  ['the answer to another question', { body: soap('<tds:GetUsersResponse/>') }, 'invalid-answer'],
  [
    'an XML bomb',
    {
      body: `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${soap('<x>&b;</x>').slice(38)}`,
    },
    'invalid-answer',
  ],
  ['a deep one', { body: soap('<a>'.repeat(5_000) + '</a>'.repeat(5_000)) }, 'too-large'],
  [
    'ten megabytes',
    { body: soap(`<tds:GetDeviceInformationResponse>${'x'.repeat(10 << 20)}</tds:GetDeviceInformationResponse>`) },
    'too-large',
  ],
  [
    'too many elements',
    { body: soap(`<tds:GetDeviceInformationResponse>${'<a/>'.repeat(100_000)}</tds:GetDeviceInformationResponse>`) },
    'too-large',
  ],
  [
    'a redirect to another host',
    { status: 307, headers: { Location: 'http://192.0.2.1/onvif/device_service' }, body: '' },
    'foreign-host',
  ],
  ['a redirect in circles', { status: 307, headers: { Location: '/onvif/device_service' }, body: '' }, 'not-onvif'],
  ['forbidden', { status: 403, type: 'text/html', body: '<html>403</html>' }, 'refused'],
  ['a refusal', fault('ActionNotSupported', 'no'), 'unsupported'],
  ['a busy sign', { status: 503, body: '' }, 'busy'],
] as const)('takes %s for what it is', async (_what, reply, expected) => {
  const server = await device();
  server.answers['GetDeviceInformation'] = reply;
  const from = performance.now();
  expect(await trouble(connect({ url: server.url, ...user() }).facts())).toBe(expected);
  expect(performance.now() - from).toBeLessThan(5_000);
});

test('something that is not ONVIF at all, nobody, and somebody who never answers', async () => {
  const page = await startScriptedDevice({ answers: {} });
  open.push(page);
  for (const operation of ['GetServices', 'GetCapabilities', 'GetSystemDateAndTime', 'GetDeviceInformation'])
    page.answers[operation] = { type: 'text/html', body: '<html><title>Router</title></html>' };
  expect(await trouble(connect({ url: page.url }).facts())).toBe('not-onvif');

  await page.close();
  expect(await trouble(connect({ url: page.url }).facts())).toBe('unreachable');

  const ssh = createServer((socket) => socket.resume().end('SSH-2.0-OpenSSH_9.2\r\n'));
  await new Promise<void>((resolve) => ssh.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise((resolve) => ssh.close(resolve)) });
  expect(await trouble(connect({ url: `http://127.0.0.1:${(ssh.address() as AddressInfo).port}` }).facts())).toBe(
    'not-onvif',
  );
});

test('an answer that drips for ever ends with the time limit', { timeout: 30_000 }, async () => {
  const server = await device();
  const timers: NodeJS.Timeout[] = [];
  open.push({ close: () => timers.forEach((t) => clearInterval(t)) });
  server.answers['GetStreamUri'] = (_asked, response) => {
    response.writeHead(200, { 'Content-Type': 'application/soap+xml' });
    timers.push(setInterval(() => response.write('<'), 100));
    return undefined;
  };
  const one = connect({ url: server.url });
  const from = performance.now();
  expect(await trouble(one.streamUrl('main', 'tcp'))).toBe('timeout');
  expect(performance.now() - from).toBeLessThan(10_500);
});

test('asks at most two things at once, and finishes sixteen profiles in time', { timeout: 30_000 }, async () => {
  const server = await device();
  let now = 0;
  let most = 0;
  const slow = (name: string): void => {
    const usual = server.answers[name];
    server.answers[name] = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 100));
      now--;
      return usual;
    };
  };
  const { profile2 } = await import('../support/onvif/small-device.ts');
  server.answers['GetProfiles'] =
    `<tr2:GetProfilesResponse>${Array.from({ length: 16 }, (_, i) => profile2(`p${i}`, `s${i >> 1}`, 'H264', 1920, 1080)).join('')}</tr2:GetProfilesResponse>`;
  for (const name of Object.keys(server.answers)) slow(name);
  const facts = await connect({ url: server.url }).facts();
  expect(facts.profiles).toHaveLength(16);
  expect(facts.profiles.every((p) => p.streamUrl !== null && p.snapshotUrl !== null)).toBe(true);
  expect(new Set(facts.profiles.map((p) => p.source)).size).toBe(8);
  expect(most).toBe(2);
  // kept connections: the device is not knocked at for each question
  expect(server.connections()).toBeLessThanOrEqual(2);
});

test('finds services behind foreign hosts, wrong ports and wrong schemes', async () => {
  const server = await device();
  for (const xaddr of [
    'http://192.168.68.111/onvif/services',
    'http://127.0.0.1:1/onvif/services',
    'https://127.0.0.1:1/onvif/services',
    'http://0.0.0.0:8899/onvif/services',
    'http://localhost/onvif/services',
  ]) {
    Object.assign(server.answers, smallDevice(xaddr));
    expect(await connect({ url: server.url }).streamUrl('main', 'udp')).toBe('rtsp://127.0.0.1:554/main?x=1');
  }
});

test('understands an old device with GetCapabilities and Media only', async () => {
  const server = await device();
  server.answers['GetServices'] = fault('ActionNotSupported', 'not there', 500);
  server.answers['GetCapabilities'] =
    '<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media><tt:XAddr>http://192.168.1.2/onvif/media</tt:XAddr></tt:Media></tds:Capabilities></tds:GetCapabilitiesResponse>';
  const { makerReply } = await import('../support/onvif/maker-replies.ts');
  server.answers['GetProfiles'] = { body: makerReply('GetProfiles') };
  server.answers['GetStreamUri'] = { body: makerReply('GetStreamUri') };
  const facts = await connect({ url: server.url }).facts();
  expect(facts.profiles[0]).toMatchObject({
    token: 'main',
    video: { codec: 'h264', width: 1920, fps: 5, keyEvery: 30, bitsPerSecond: 1_000_000 },
  });
  expect(facts.profiles[0]?.streamUrl).toMatch(/^rtsp:\/\/192\.168/); // another host: told as it is
  expect(facts.services).toHaveProperty('media', null);
});

test('falls back to Media where Media2 is named and not served', async () => {
  const server = await device();
  const { makerReply } = await import('../support/onvif/maker-replies.ts');
  server.answers['GetProfiles'] = (asked) =>
    asked.body.includes('ver20') ? fault('Action', 'broken', 500) : { body: makerReply('GetProfiles') };
  expect((await connect({ url: server.url }).facts()).profiles.map((p) => p.token)).toEqual(['main']);
});

test('gets a snapshot with its own sign-in, and nothing but a JPEG', async () => {
  const server = await device({ auth: { kind: 'digest', user: 'admin', password: 'pass word' } });
  server.answers['GET /snap/main.jpg'] = { type: 'image/jpeg', body: Buffer.from('ffd8ffe000', 'hex') };
  server.answers['GET /snap/sub.jpg'] = { type: 'text/html', body: '<html>no</html>' };
  const one = connect({ url: server.url, ...user() });
  expect(Buffer.from(await one.snapshot('main')).toString('hex')).toBe('ffd8ffe000');
  expect(await trouble(one.snapshot('sub'))).toBe('invalid-answer');
  server.answers['GET /snap/main.jpg'] = { body: Buffer.alloc(9 << 20, 0xff) };
  expect(await trouble(one.snapshot('main'))).toBe('too-large');
});

test('an account of its own for pictures is not tried again and again either', async () => {
  const server = await device({
    auth: { kind: 'token', user: 'admin', password: 'pass word' },
    open: ['GET /snap/main.jpg', 'GetSystemDateAndTime'],
  });
  server.answers['GET /snap/main.jpg'] = {
    status: 401,
    headers: { 'WWW-Authenticate': 'Digest realm="web", nonce="n", qop="auth"' },
    body: '',
  };
  const one = connect({ url: server.url, ...user() });
  for (let i = 0; i < 3; i++) expect(await trouble(one.snapshot('main'))).toBe('credentials-refused');
  expect(
    server.asked.filter((a) => a.operation.startsWith('GET ') && a.headers.authorization !== undefined),
  ).toHaveLength(1);
  expect(await trouble(one.streamUrl('main', 'tcp'))).toBe('none');
});
