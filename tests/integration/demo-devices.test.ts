/** The demo devices as clients see them that are not ours: the npm package onvif, ffmpeg; and what happens when a cable is pulled. */
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createDemoSite } from '../../src/main/demo/index.ts';
import type { DemoCamera, DemoSite } from '../../src/main/demo/index.ts';
import { createManyDevices } from '../../src/main/demo/many-devices.ts';
import { until } from '../support/until.ts';

/** What these tests use of the package, which brings no types that fit. */
type Cam = {
  profiles: { $: { token: string } }[];
  on(event: 'event', listener: (message: { topic: { _: string } }) => void): void;
  removeAllListeners(): void;
  [method: string]: unknown;
};
type Onvif = { Cam: new (options: object, done: (this: Cam, error: Error | null) => void) => Cam };
const { Cam } = createRequire(import.meta.url)('onvif') as Onvif;

const dir = resolve('resources/demo');
const ffmpeg = process.env['FFMPEG_BIN'] ?? 'ffmpeg';
const noFfmpeg = spawnSync(ffmpeg, ['-version']).status !== 0;
let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const { port } = socket.address();
  await new Promise<void>((done) => {
    socket.close(done);
  });
  return port;
};

async function start(): Promise<{ site: DemoSite; cameras: Map<string, DemoCamera>; port: number }> {
  const port = await freePort();
  const made = createDemoSite({
    clock: systemClock,
    log: quietLog,
    dir,
    portBase: 0,
    password: 'secret',
    faults: [],
    discovery: { port },
  });
  stops.push(() => made.stop());
  const cameras = await made.start();
  return { site: made, cameras: new Map(cameras.map((c) => [c.name, c])), port };
}

const camera = (cameras: Map<string, DemoCamera>, name: string): DemoCamera => {
  const found = cameras.get(name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

async function connect(of: DemoCamera, useWSSecurity = true): Promise<Cam> {
  const { hostname, port } = new URL(of.deviceUrl);
  return new Promise((done, failed) => {
    new Cam(
      { hostname, port: Number(port), username: of.username, password: of.password, timeout: 10_000, useWSSecurity },
      function (error) {
        if (error) failed(error);
        else done(this);
      },
    );
  });
}
const call = (cam: Cam, method: string, options?: object): Promise<unknown> =>
  new Promise((done, failed) => {
    const back = (error: Error | null, value: unknown): void => {
      if (error) failed(error);
      else done(value);
    };
    const run = cam[method] as (...args: unknown[]) => void;
    if (options) run.call(cam, options, back);
    else run.call(cam, back);
  });

describe('the demo devices, to clients that are not ours', () => {
  it.each([
    ['a UsernameToken', true],
    ['Digest', false],
  ])('are understood by npm onvif with %s', async (_, token) => {
    const { cameras } = await start();
    const yard = await connect(camera(cameras, 'Yard'), token);
    expect(yard.profiles.map((p) => p.$.token)).toEqual(['profile-main', 'profile-sub']);
    expect(await call(yard, 'getDeviceInformation')).toMatchObject({ manufacturer: 'Vigie', model: 'VD-630 Dome PTZ' });
    const profileToken = 'profile-sub';
    expect(await call(yard, 'getStreamUri', { protocol: 'RTSP', profileToken })).toMatchObject({
      uri: camera(cameras, 'Yard').sub?.url,
    });
    await call(yard, 'absoluteMove', { profileToken, x: 0.5, y: 0, zoom: 0 });
    await until('the head to arrive', async () => {
      const status = (await call(yard, 'getStatus', { profileToken })) as {
        position: { x: number };
        moveStatus: { panTilt: string };
      };
      return status.moveStatus.panTilt === 'IDLE' && status.position.x === 0.5;
    });
    expect(Object.keys((await call(yard, 'getPresets', { profileToken })) as object)).toContain('Containers');
  });

  it('send events to npm onvif', async () => {
    const { site, cameras } = await start();
    const gate = await connect(camera(cameras, 'Gate'));
    const seen: string[] = [];
    gate.on('event', (message) => {
      seen.push(message.topic._);
    });
    stops.push(() => {
      gate.removeAllListeners();
      return Promise.resolve();
    });
    await until('the first events', () => seen.includes('tns1:VideoSource/MotionAlarm'));
    const before = seen.length;
    site.device('Gate')?.terminals.setInput('input-1', true);
    await until('the input', () => seen.slice(before).includes('tns1:Device/Trigger/DigitalInput'));
  });

  it('show what the head looks at, and a still of it', async () => {
    const { site, cameras } = await start();
    const yard = camera(cameras, 'Yard');
    const cam = await connect(yard);
    const mount = (): number | undefined => site.view('Yard');
    await call(cam, 'gotoPreset', { profileToken: 'profile-main', preset: '4' });
    await until('the near view', () => mount() === 3, 20_000);
    const asked = await fetch(new URL('/onvif/snapshot/main', yard.deviceUrl));
    expect(asked.status).toBe(401);
    if (noFfmpeg) return;
    const url = yard.main.url.replace('://', `://${yard.username}:${yard.password}@`);
    const child = spawn(ffmpeg, ['-v', 'error', '-rtsp_transport', 'tcp', '-i', url, '-t', '2', '-f', 'null', '-']);
    let said = '';
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, said]).toEqual([0, '']);
  });

  it('go on recording on their card while their cable is pulled', async () => {
    const { site, cameras } = await start();
    const gate = camera(cameras, 'Gate');
    const card = site.device('Gate')?.card;
    await until('a recording', () => (card?.spans().length ?? 0) > 0);
    await site.cut('Gate');
    await expect(fetch(gate.deviceUrl)).rejects.toThrow();
    const cutMs = Date.now();
    await until('two seconds', () => (card?.spans()[0]?.toMs ?? 0) > cutMs + 2000);
    await site.restore('Gate');
    const cam = await connect(gate);
    const uri = (await call(cam, 'getReplayUri', { recordingToken: 'recording-1' })) as { uri: string } | string;
    expect(typeof uri === 'string' ? uri : uri.uri).toBe(new URL('/replay/recording-1', gate.main.url).href);
    expect(card?.spans()).toHaveLength(1);
  });
});

describe('many virtual devices', () => {
  it('answer one probe, each with an endpoint of its own', async () => {
    const port = await freePort();
    const many = createManyDevices({
      clock: systemClock,
      log: quietLog,
      dir,
      count: 60,
      user: { username: 'demo', password: 'secret' },
      discovery: { port },
    });
    stops.push(() => many.stop());
    const urls = await many.start();
    const socket = createSocket('udp4');
    stops.push(() => new Promise((done) => socket.close(done)));
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
    const found = new Map<string, string>();
    socket.on('message', (data) => {
      const text = data.toString();
      expect(text).toContain('<a:RelatesTo>uuid:one</a:RelatesTo>');
      found.set(
        /urn:uuid:[0-9a-f-]{36}(?=<\/a:Address>)/.exec(text)?.[0] ?? '',
        /<d:XAddrs>([^<]+)/.exec(text)?.[1] ?? '',
      );
    });
    const probe = (types: string, scopes: string): void => {
      socket.send(
        `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:n="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>uuid:one</w:MessageID></e:Header><e:Body><d:Probe><d:Types>${types}</d:Types><d:Scopes>${scopes}</d:Scopes></d:Probe></e:Body></e:Envelope>`,
        port,
        '127.0.0.1',
      );
    };
    // Not meant: another type, another place, no XML at all. Meant: the ninth camera alone, then all.
    probe('n:Display', '');
    probe('', 'onvif://www.onvif.org/location/elsewhere');
    socket.send('<e:Envelope', port, '127.0.0.1');
    probe('n:NetworkVideoTransmitter', 'onvif://www.onvif.org/name/Vigie%20Camera%209');
    await until('the ninth', () => found.size > 0);
    expect([...found.values()]).toEqual([urls[8]]);
    probe('n:NetworkVideoTransmitter', '');
    await until('all of them', () => found.size === 60);
    expect(new Set(found.values())).toEqual(new Set(urls));
  });
});
