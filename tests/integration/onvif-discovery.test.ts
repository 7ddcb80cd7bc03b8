import { createSocket, type Socket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { createDevices, type DiscoveryNet } from '../../src/main/adapters/onvif/index.ts';
import { FoundDevice } from '../../src/main/domain/device.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { startScriptedDevice } from '../support/onvif/scripted-device.ts';
import { smallDevice } from '../support/onvif/small-device.ts';
import { until } from '../support/until.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const group = '239.255.255.250';
const lo = { name: 'lo', family: 4 as const, address: '127.0.0.1' };
const wsd = (body: string): string =>
  `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Body>${body}</e:Body></e:Envelope>`;
const uuid = (n: number): string => `urn:uuid:c9790c3a-701b-464d-a189-${String(n).padStart(12, '0')}`;
const about = (n: number, xaddrs: string): string =>
  `<a:EndpointReference><a:Address>${uuid(n)}</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/name/Cam%20${n} onvif://www.onvif.org/hardware/M${n}</d:Scopes><d:XAddrs>${xaddrs}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>`;

/** Somebody on the group who answers probes; tells its port by picking a free one. */
async function responder(
  port: number,
  answer: (probe: string) => string[],
  address = '0.0.0.0',
): Promise<{ socket: Socket; probes: string[]; send(text: string): void; port: number }> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const probes: string[] = [];
  socket.on('message', (bytes, info) => {
    const text = bytes.toString('utf8');
    if (!text.includes('Probe>') && !text.includes(':Probe')) return;
    probes.push(text);
    for (const reply of answer(text)) socket.send(reply, info.port, info.address);
  });
  await new Promise<void>((resolve) => socket.bind(port, address, resolve));
  socket.addMembership(group, '127.0.0.1');
  socket.setMulticastInterface('127.0.0.1');
  open.push({ close: () => new Promise<void>((resolve) => socket.close(() => resolve())) });
  const bound = socket.address().port;
  return { socket, probes, port: bound, send: (text) => socket.send(text, bound, group) };
}

function watch(net: DiscoveryNet): { found: FoundDevice[]; gone: string[]; probe(): void; stop(): Promise<void> } {
  const found: FoundDevice[] = [];
  const gone: string[] = [];
  const watching = createDevices({ clock: systemClock, log: quietLog, net }).watch({
    found: (d) => found.push(FoundDevice.parse(d)),
    gone: (e) => gone.push(e),
  });
  open.push({ close: watching.stop });
  return { found, gone, ...watching };
}

test('finds all of two hundred devices, each told once, and hears them come and go', async () => {
  const many = await responder(0, () =>
    Array.from({ length: 200 }, (_, n) =>
      wsd(
        `<d:ProbeMatches><d:ProbeMatch>${about(n, `http://127.0.0.1:${10_000 + n}/onvif/device_service`)}</d:ProbeMatch></d:ProbeMatches>`,
      ),
    ),
  );
  const from = performance.now();
  const seen = watch({ interfaces: () => [lo], port: many.port });
  await until('all of them', () => new Set(seen.found.map((d) => d.endpoint)).size === 200);
  expect(performance.now() - from).toBeLessThan(4_000);
  expect(seen.found.find((d) => d.endpoint === uuid(7))).toMatchObject({
    name: 'Cam 7',
    model: 'M7',
    url: 'http://127.0.0.1:10007/onvif/device_service',
  });
  await until(
    'both kinds of probe',
    () =>
      many.probes.some((p) => p.includes('tds:Device')) &&
      many.probes.some((p) => p.includes('NetworkVideoTransmitter')),
  );
  expect(seen.found).toHaveLength(200);

  many.send(wsd(`<d:Hello>${about(500, 'http://127.0.0.1:9/x')}</d:Hello>`));
  await until('the new one', () => seen.found.some((d) => d.endpoint === uuid(500)));
  many.send(wsd(`<d:Bye><a:EndpointReference><a:Address>${uuid(500)}</a:Address></a:EndpointReference></d:Bye>`));
  await until('it goes', () => seen.gone.includes(uuid(500)));
  // rubbish and printers on the same group
  many.send('x');
  many.send(wsd('<d:Hello><d:Types>wsdp:Device</d:Types><d:XAddrs>http://127.0.0.1/</d:XAddrs></d:Hello>'));
  // the same device with another address is told
  many.send(wsd(`<d:Hello>${about(7, 'http://127.0.0.1:4444/onvif/device_service')}</d:Hello>`));
  await until('its new address', () => seen.found.some((d) => d.endpoint === uuid(7) && d.url.includes(':4444')));
  expect(seen.found).toHaveLength(202);
});

test('a Hello without an address is asked back', async () => {
  const one = await responder(0, (probe) =>
    probe.includes('Probe')
      ? [wsd(`<d:ProbeMatches><d:ProbeMatch>${about(1, 'http://127.0.0.1:8/x')}</d:ProbeMatch></d:ProbeMatches>`)]
      : [],
  );
  const net = { interfaces: () => [] as (typeof lo)[], port: one.port };
  const seen = watch(net);
  net.interfaces = () => [lo]; // an interface that comes later
  one.socket.removeAllListeners('message');
  seen.probe();
  one.socket.on('message', (bytes, info) => {
    if (info.port !== one.port && one.probes.push(bytes.toString()) === 1)
      one.socket.send(
        wsd(
          '<d:Hello><a:EndpointReference><a:Address>urn:x</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Hello>',
        ),
        one.port,
        group,
      );
    else if (info.port !== one.port)
      one.socket.send(
        wsd(`<d:ProbeMatches><d:ProbeMatch>${about(1, 'http://127.0.0.1:8/x')}</d:ProbeMatch></d:ProbeMatches>`),
        info.port,
        info.address,
      );
  });
  await until('found', () => seen.found.length > 0);
});

test('asks hosts directly: by datagram, by HTTP, and by neither in vain', { timeout: 20_000 }, async () => {
  const one = await responder(
    0,
    () => [
      wsd(
        `<d:ProbeMatches><d:ProbeMatch>${about(3, 'http://192.168.9.9/onvif/device_service')}</d:ProbeMatch></d:ProbeMatches>`,
      ),
    ],
    '127.0.0.2',
  );
  const device = await startScriptedDevice({
    answers: {
      GetEndpointReference: `<tds:GetEndpointReferenceResponse><tds:GUID>${uuid(4)}</tds:GUID></tds:GetEndpointReferenceResponse>`,
      GetScopes:
        '<tds:GetScopesResponse><tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>onvif://www.onvif.org/name/By%20HTTP</tt:ScopeItem></tds:Scopes></tds:GetScopesResponse>',
    },
  });
  open.push(device);
  const page = await startScriptedDevice({ answers: { GetSystemDateAndTime: { type: 'text/html', body: '<html/>' } } });
  open.push(page);
  const found: FoundDevice[] = [];
  const door = createDevices({ clock: systemClock, log: quietLog, net: { interfaces: () => [], port: one.port } });
  await door.ask(
    ['127.0.0.2', `127.0.0.1:${device.port}`, `127.0.0.1:${page.port}`, '127.0.0.1:1', 'nobody.invalid'],
    (d) => found.push(FoundDevice.parse(d)),
    new AbortController().signal,
  );
  expect(found.map((d) => [d.endpoint, d.name, d.url]).toSorted()).toEqual([
    [uuid(3), 'Cam 3', 'http://127.0.0.2/onvif/device_service'],
    [uuid(4), 'By HTTP', device.url],
  ]);
  // no sign-in was tried
  expect(device.asked.every((a) => a.headers.authorization === undefined && !a.body.includes('UsernameToken'))).toBe(
    true,
  );

  const giveUp = new AbortController();
  const asking = door.ask(['127.0.0.0/24'], () => undefined, giveUp.signal);
  giveUp.abort();
  const from = performance.now();
  await asking;
  expect(performance.now() - from).toBeLessThan(3_000);
});

test('a device that tells no endpoint over SOAP is known by its announcement, if that is surely its own', async () => {
  const server = await startScriptedDevice({ answers: smallDevice('/onvif/services') });
  open.push(server);
  delete server.answers['GetEndpointReference'];
  let port = server.port;
  const one = await responder(0, () => [
    wsd(
      `<d:ProbeMatches><d:ProbeMatch>${about(6, `http://127.0.0.1:${port}/onvif/device_service`)}</d:ProbeMatch></d:ProbeMatches>`,
    ),
  ]);
  const door = createDevices({ clock: systemClock, log: quietLog, net: { interfaces: () => [], port: one.port } });
  const device = door.connect({ url: server.url, username: null, password: null, certificate: null });
  open.push(device);
  expect((await device.facts()).identity.endpoint).toBe(uuid(6));
  port = 1;
  expect((await device.facts()).identity.endpoint).toBe(null);
});
