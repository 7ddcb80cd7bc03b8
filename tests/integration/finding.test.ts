/** Finding, looking at, adding and following cameras: a whole engine, the real ONVIF adapter, scripted devices on loopback. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import { AppError } from '../../src/main/contract/error.ts';
import { changesOf } from '../../src/main/domain/change.ts';
import type { FoundDevice } from '../../src/main/domain/device.ts';
import type { FoundDraft } from '../../src/main/domain/finding.ts';
import type { DeviceDoor } from '../../src/main/engine/device-port.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { openCertificate } from '../support/certificate.ts';
import { startScriptedDevice, type DeviceScript } from '../support/onvif/scripted-device.ts';
import { profile2, smallDevice } from '../support/onvif/small-device.ts';
import { openCameras, openEngine, tempFolder, until } from './engine-rig.ts';
import { recordAlways } from '#domain/recording-plan.ts';

const endpoint = 'urn:uuid:c9790c3a-701b-464d-a189-0060351c8ada';
const user = { username: 'admin', password: 'pass word' };
const auth = { kind: 'digest' as const, user: 'admin', password: 'pass word' };

let folder: ReturnType<typeof tempFolder>;
let stops: (() => unknown)[];
beforeEach(() => {
  folder = tempFolder();
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  folder.remove();
});

/** The real door, whose multicast ear is the test's own voice. */
function openDoor() {
  const real = createDevices({ clock: systemClock, log: quietLog, net: { interfaces: () => [], port: 3702 } });
  let ear: Parameters<DeviceDoor['watch']>[0] | null = null;
  let probes = 0;
  const door: DeviceDoor = {
    ...real,
    watch(on) {
      ear = on;
      return {
        probe() {
          probes += 1;
        },
        stop: () => Promise.resolve(),
      };
    },
  };
  return {
    door,
    probes: () => probes,
    hear: (device: FoundDevice) => ear?.found(device),
    bye: (which: string) => ear?.gone(which),
  };
}
async function open() {
  const ear = openDoor();
  const rig = await openEngine(folder.path, () => false, ear.door);
  stops.push(() => rig.close());
  return { ...rig, ...ear };
}
async function device(script: Partial<DeviceScript> = {}) {
  const made = await startScriptedDevice({ answers: smallDevice('/onvif/services'), auth, ...script });
  stops.push(() => made.close());
  return made;
}
const seen = (url: string, over: Partial<FoundDevice> = {}): FoundDevice => ({
  url,
  urls: [url],
  endpoint,
  name: 'Front door',
  maker: 'Acme',
  model: 'Box 1',
  location: null,
  macs: [],
  address: new URL(url).hostname,
  seenMs: systemClock.nowMs(),
  ...over,
});
const draft = (url: string, over: Partial<FoundDraft> = {}): FoundDraft => ({
  url,
  ...user,
  certificate: null,
  trustedHosts: [],
  source: 'src0',
  mainProfile: 'main',
  subProfile: 'sub',
  name: 'Gate',
  group: null,
  recording: 'always',
  setClock: false,
  ...over,
});
const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, ...(error.data as object) };
  }
};

describe('finding', () => {
  it('shows what is found, says which is here already, and forgets what said goodbye', async () => {
    const { engine, hear, bye, probes } = await open();
    const camera = await device();
    const gone = new AbortController();
    const pushes: unknown[] = [];
    const following = (async () => {
      for await (const { value } of engine.finding.watch(gone.signal)) pushes.push(value);
    })();
    const pushed = (
      type: string,
      has: (p: { device?: { known: unknown[] }; devices?: unknown[] }) => boolean = () => true,
    ) => until(type, () => pushes.some((p) => (p as { type: string }).type === type && has(p as never)));
    await pushed('all', (p) => p.devices?.length === 0);
    expect(probes()).toBe(1);
    hear(seen(camera.url));
    await pushed('found', (p) => p.device?.known.length === 0);
    await engine.finding.add([draft(camera.url)]);
    hear(seen(camera.url));
    await pushed('found', (p) => p.device?.known.length === 1);
    bye(endpoint);
    await pushed('gone');
    gone.abort();
    await following;
  });

  it('looks at a device and says what a person should know, refusals included', async () => {
    const { engine, hear } = await open();
    const camera = await device({ clockAheadMs: 120_000 });
    hear(seen(camera.url));
    const look = await engine.finding.look({ url: camera.url, ...user, certificate: null });
    if (!look.ok) throw new Error(look.detail);
    expect(look.facts.identity).toMatchObject({ serial: 'S1', endpoint });
    expect(look.cameras).toMatchObject([
      {
        source: 'src0',
        name: 'Front door',
        main: { profile: 'main', url: 'rtsp://127.0.0.1:554/main?x=1' },
        sub: { profile: 'sub' },
        profiles: ['main', 'sub'],
      },
    ]);
    expect(look.cameras[0]?.advice.map((a) => a.code)).toEqual(['clock-off', 'unencrypted']);
    const refused = await engine.finding.look({
      url: camera.url,
      username: 'admin',
      password: 'wrong',
      certificate: null,
    });
    expect(refused).toMatchObject({ ok: false, trouble: 'credentials-refused' });
    expect(JSON.stringify(refused)).not.toContain('wrong');
  });

  it('adds all or none, never the same picture twice, and keeps the password out of everything it writes', async () => {
    const { engine, store } = await open();
    const camera = await device();
    const add = (drafts: FoundDraft[]) => codeOf(engine.finding.add(drafts));
    expect(await add([draft(camera.url), draft(camera.url, { mainProfile: 'gone' })])).toMatchObject({
      what: 'profile',
    });
    expect(await add([draft(camera.url), draft(camera.url)])).toMatchObject({ code: 'CONFLICT', what: 'device' });
    expect(
      await add([
        draft(camera.url, { number: 5 }),
        draft(camera.url, { mainProfile: 'sub', subProfile: null, number: 5 }),
      ]),
    ).toMatchObject({ what: 'number' });
    expect(engine.cameras.list()).toEqual([]);
    const [gate] = await engine.finding.add([draft(camera.url, { group: 'Ground floor', number: 12 })], 'ana');
    if (gate === undefined) throw new Error('nothing was added');
    expect(gate).toMatchObject({
      name: 'Gate',
      number: 12,
      hasPassword: true,
      username: 'admin',
      main: { plan: recordAlways },
    });
    expect(gate.link).toMatchObject({
      url: camera.url,
      mainProfile: 'main',
      identity: { serial: 'S1', macs: ['00:11:22:aa:bb:cc'] },
    });
    const added = await engine.events.list({ kind: ['camera-added'], limit: 10 });
    expect(added.events.map((e) => [e.cameraId, e.data])).toEqual([
      [gate.id, { camera: 'Gate', number: 12, by: 'ana' }],
    ]);
    expect(await add([draft(camera.url)])).toMatchObject({ code: 'CONFLICT', what: 'device' });
    const view = await until('up', () => {
      const now = engine.cameras.get(gate.id);
      return now?.device?.state === 'up' && now;
    });
    expect(view.device?.facts).toMatchObject({ maker: 'Acme', model: 'Box 1' });
    expect((await engine.devices.facts(gate.id)).profiles).toHaveLength(2);
    // The choice of streams is changed later; the device is asked for the address.
    const changed = await engine.cameras.update(gate.id, {
      link: { mainProfile: 'sub', subProfile: null },
      tags: ['north'],
      notes: 'n',
    });
    expect(changed).toMatchObject({
      main: { url: 'rtsp://127.0.0.1:554/sub?x=1' },
      sub: null,
      tags: ['north'],
      notes: 'n',
    });
    expect(store.cameras()[0]?.link?.mainProfile).toBe('sub');
    const beside = join(folder.path, 'video', gate.folder);
    mkdirSync(beside); // as its first segment makes it
    await engine.cameras.update(gate.id, { notes: 'by the gate' });
    const described = await until(
      'it is described beside its video',
      () => existsSync(join(beside, 'camera.json')) && readFileSync(join(beside, 'camera.json'), 'utf8'),
    );
    expect(JSON.parse(described)).toMatchObject({ id: gate.id, notes: 'by the gate' });
    const told = JSON.stringify([engine.cameras.list(), described]);
    expect(told).toContain('S1');
    expect(told).not.toContain('pass word');
    expect((await engine.cameras.update(gate.id, { link: null })).link).toBeNull();
    expect(engine.devices.of(gate.id)).toBeNull();
    expect(await codeOf(engine.devices.facts(gate.id))).toMatchObject({ code: 'CONFLICT', what: 'link' });
  });

  it('takes an encoder for several cameras on one connection, and asks before it trusts another host', async () => {
    const { engine } = await open();
    const answers = {
      ...smallDevice('/onvif/services'),
      GetProfiles: `<tr2:GetProfilesResponse>${profile2('a1', 's1', 'H264', 1280, 720)}${profile2('a2', 's2', 'H264', 1280, 720)}</tr2:GetProfilesResponse>`,
    };
    const encoder = await device({ answers });
    const look = await engine.finding.look({ url: encoder.url, ...user, certificate: null });
    expect(look.ok && look.cameras.map((c) => c.name)).toEqual(['Acme Box 1 1', 'Acme Box 1 2']);
    const drafts = ['1', '2'].map((n) =>
      draft(encoder.url, { source: `s${n}`, mainProfile: `a${n}`, subProfile: null, name: `Door ${n}` }),
    );
    const made = await engine.finding.add(drafts);
    await until('up', () => made.every((c) => engine.cameras.get(c.id)?.device?.state === 'up'));
    const [one, two] = made;
    expect(one && engine.devices.of(one.id)).toBe(two && engine.devices.of(two.id));
    expect(encoder.refusals()).toBe(0);

    const far = await device({
      answers: {
        ...answers,
        GetStreamUri: '<tr2:GetStreamUriResponse><tr2:Uri>rtsp://198.51.100.9/x</tr2:Uri></tr2:GetStreamUriResponse>',
        GetDeviceInformation:
          '<tds:GetDeviceInformationResponse><tds:Manufacturer>Acme</tds:Manufacturer><tds:Model>Far</tds:Model><tds:FirmwareVersion>1</tds:FirmwareVersion><tds:SerialNumber>S9</tds:SerialNumber><tds:HardwareId>h</tds:HardwareId></tds:GetDeviceInformationResponse>',
        GetNetworkInterfaces: '',
        GetEndpointReference: '',
      },
    });
    const there = await engine.finding.look({ url: far.url, ...user, certificate: null });
    expect(there.ok && there.foreignHosts).toEqual(['198.51.100.9']);
    const foreign = draft(far.url, { source: 's1', mainProfile: 'a1', subProfile: null, name: 'Far' });
    expect(await codeOf(engine.finding.add([foreign]))).toEqual({ code: 'DEVICE', trouble: 'foreign-host' });
    expect(await engine.finding.add([{ ...foreign, trustedHosts: ['198.51.100.9'] }])).toHaveLength(1);
  });

  it('imports a list as a whole, and says by line why it does not', async () => {
    const { engine } = await open();
    const camera = await device();
    const host = new URL(camera.url).host;
    const head = 'name;address;user;password;number';
    const list = (...lines: string[]): string => [head, ...lines].join('\n');
    const wrong = list('Hall;rtsp://127.0.0.1:9/hall;;;3', `Door;http://${host}/onvif/device_service;admin;wrong;`);
    expect(engine.finding.readList(wrong)).toMatchObject({ ok: true, lines: [{ line: 2 }, { line: 3 }] });
    expect(await codeOf(engine.finding.importList(wrong))).toMatchObject({
      code: 'INVALID',
      issues: [{ path: 'line 3 address', message: 'credentials-refused' }],
    });
    expect(await codeOf(engine.finding.importList(`${head}\nHall;"rtsp://127.0.0.1/x;;;3`))).toMatchObject({
      issues: [{ path: 'line 2', message: 'broken-quotes' }],
    });
    expect(engine.cameras.list()).toEqual([]);
    const right = list('Hall;rtsp://127.0.0.1:9/hall;;;3', `;${camera.url};admin;pass word;`);
    const made = await engine.finding.importList(right, 'ana');
    const added = await engine.events.list({ kind: ['camera-added'], limit: 10 });
    expect(added.events.map((e) => e.data.by)).toEqual(['ana', 'ana']);
    expect(made.map((c) => [c.number, c.name, c.link?.identity.serial])).toEqual([
      [3, 'Hall', undefined],
      [1, 'Acme Box 1', 'S1'],
    ]);
    expect(engine.finding.readList(right).lines.map((l) => l.issues.map((i) => i.message))).toEqual([
      ['known-already', 'number-taken'],
      ['known-already'],
    ]);
  });

  it('stops guessing paths at the first refusal of the password', async () => {
    const { engine } = await open();
    const site = await openCameras();
    stops.push(() => site.site.stop());
    const host = new URL(site.cameras[0]?.main.url ?? '').host;
    expect(await engine.finding.guess({ host, username: 'x', password: 'wrong' })).toEqual({
      streams: [],
      refused: true,
    });
    expect(await codeOf(engine.finding.guess({ host: 'a b', username: null, password: null }))).toMatchObject({
      code: 'INVALID',
    });
  });
});

describe('a device', () => {
  const events = async (
    engine: Awaited<ReturnType<typeof open>>['engine'],
    kind: 'camera-moved' | 'camera-changed' | 'camera-clock-set' | 'camera-clock-off',
  ) => (await engine.events.list({ kind: [kind], limit: 10 })).events;

  it('is followed to another address once it has proved who it is; a stranger with its name is not', async () => {
    const { engine, hear } = await open();
    const first = await device();
    const [gate] = await engine.finding.add([draft(first.url)]);
    if (gate === undefined) throw new Error('nothing was added');
    await until('up', () => engine.cameras.get(gate.id)?.device?.state === 'up');
    await first.close();
    await codeOf(engine.devices.facts(gate.id, true));
    expect(engine.cameras.get(gate.id)?.device).toMatchObject({ state: 'trouble', trouble: 'unreachable' });

    // It says the same of itself and takes whatever password it is given.
    const stranger = await startScriptedDevice({ answers: smallDevice('/onvif/services'), host: '127.0.0.2' });
    stops.push(() => stranger.close());
    hear(seen(stranger.url));
    await until('asked', () => stranger.count('GetStreamUri') > 0);
    // It says the same and does not know the password.
    const other = await device({ auth: { ...auth, password: 'another' }, host: '127.0.0.3' });
    hear(seen(other.url));
    await until('refused', () => other.refusals() > 0);
    expect(engine.cameras.get(gate.id)?.link?.url).toBe(first.url);

    const moved = await device({
      host: '127.0.0.4',
      answers: {
        ...smallDevice('/onvif/services'),
        GetStreamUri: '<tr2:GetStreamUriResponse><tr2:Uri>rtsp://127.0.0.4/new</tr2:Uri></tr2:GetStreamUriResponse>',
      },
    });
    hear(seen(moved.url));
    const now = await until('moved', () => {
      const camera = engine.cameras.get(gate.id);
      return camera?.link?.url === moved.url && camera;
    });
    expect(now.main.url).toBe('rtsp://127.0.0.4/new');
    expect(await until('event', async () => (await events(engine, 'camera-moved'))[0])).toMatchObject({
      cameraId: gate.id,
      severity: 'warning',
      data: { camera: 'Gate', from: '127.0.0.1', to: '127.0.0.4' },
    });
    await until('up again', () => engine.cameras.get(gate.id)?.device?.state === 'up');
    expect(moved.refusals()).toBe(1); // the one made on purpose
  });

  it.each([
    ['its serial', { mac: '00-11-22-AA-BB-DD', uuid: 'd0790c3a-701b-464d-a189-0060351c8ada' }],
    ['its serial and endpoint, as cloned firmware has', { mac: '00-11-22-AA-BB-DD', uuid: null }],
  ])(
    'that shares %s with another one is a camera of its own: both are added, and neither is taken for the other',
    async (_, own) => {
      const { engine, hear } = await open();
      const usual = smallDevice('/onvif/services');
      const said = (operation: string): string => {
        const answer = usual[operation];
        if (typeof answer !== 'string') throw new Error('an answer of another kind');
        return answer;
      };
      const twin = {
        ...usual,
        GetNetworkInterfaces: said('GetNetworkInterfaces').replace('00-11-22-AA-BB-CC', own.mac),
        ...(own.uuid !== null && {
          GetEndpointReference: said('GetEndpointReference').replace('C9790C3A-701B-464D-A189-0060351C8ADA', own.uuid),
        }),
        GetStreamUri: '<tr2:GetStreamUriResponse><tr2:Uri>rtsp://127.0.0.5/live</tr2:Uri></tr2:GetStreamUriResponse>',
      };
      const ofTwin = own.uuid === null ? endpoint : `urn:uuid:${own.uuid}`;
      const first = await device();
      const second = await device({ host: '127.0.0.5', answers: twin });
      const [gate] = await engine.finding.add([draft(first.url)]);
      const [yard] = await engine.finding.add([draft(second.url, { name: 'Yard' })]);
      if (gate === undefined || yard === undefined) throw new Error('not both were added');
      for (const { id } of [gate, yard]) await until('up', () => engine.cameras.get(id)?.device?.state === 'up');
      expect([gate, yard].map((c) => c.link?.identity.serial)).toEqual(['S1', 'S1']);

      // One goes away, and the other says Hello: the first has not moved there.
      await first.close();
      await codeOf(engine.devices.facts(gate.id, true));
      expect(engine.cameras.get(gate.id)?.device?.state).toBe('trouble');
      const asked = second.count('GetDeviceInformation');
      hear(seen(second.url, { endpoint: ofTwin }));
      // Where it even says that it is the first one, it is asked, and found out.
      if (ofTwin === endpoint) await until('asked', () => second.count('GetDeviceInformation') > asked);
      const third = await device({ host: '127.0.0.6', answers: { ...usual, GetStreamUri: twin.GetStreamUri } });
      hear(seen(third.url));
      await until(
        'the first one itself, found where it went',
        () => engine.cameras.get(gate.id)?.link?.url === third.url,
      );
      expect(engine.cameras.get(yard.id)?.link?.url).toBe(second.url);
      await until('told', async () => (await events(engine, 'camera-moved')).length > 0);
      expect((await events(engine, 'camera-moved')).map((e) => e.data)).toEqual([
        { camera: 'Gate', from: '127.0.0.1', to: '127.0.0.6' },
      ]);
    },
  );

  it('that tells nothing of itself but the serial of another one is not added by itself: a person is told what to do', async () => {
    const { engine } = await open();
    const { GetNetworkInterfaces: _, GetEndpointReference: __, ...bare } = smallDevice('/onvif/services');
    const first = await device({ answers: bare });
    const streams = '<tr2:GetStreamUriResponse><tr2:Uri>rtsp://127.0.0.5/live</tr2:Uri></tr2:GetStreamUriResponse>';
    const second = await device({ answers: { ...bare, GetStreamUri: streams }, host: '127.0.0.5' });
    await engine.finding.add([draft(first.url)]);
    const twin = engine.finding.add([draft(second.url, { name: 'Yard' })]);
    await expect(twin).rejects.toMatchObject({ code: 'CONFLICT', data: { what: 'serial' } });
    await expect(twin).rejects.toThrow(/serial S1.*add this one by its RTSP address/);
  });

  it('has its clock set where a person wants it, and is told about where not', async () => {
    const { engine } = await open();
    const script: Partial<DeviceScript> & { answers: DeviceScript['answers'] } = {
      clockAheadMs: 30_000,
      answers: smallDevice('/onvif/services'),
    };
    const full: DeviceScript = { auth, ...script };
    full.answers['SetSystemDateAndTime'] = () => {
      full.clockAheadMs = 0;
      return '<tds:SetSystemDateAndTimeResponse/>';
    };
    const wrong = await startScriptedDevice(full);
    stops.push(() => wrong.close());
    const [gate] = await engine.finding.add([draft(wrong.url)]);
    if (gate === undefined) throw new Error('nothing was added');
    const off = await until('off', async () => (await events(engine, 'camera-clock-off'))[0]);
    expect(off).toMatchObject({ cameraId: gate.id, toMs: null });
    expect(Math.abs(Number(off.data['offsetMs']) - 30_000)).toBeLessThan(2_000);
    expect(wrong.count('SetSystemDateAndTime')).toBe(0);
    await engine.cameras.update(gate.id, { link: { setClock: true } });
    const set = await until('set', async () => (await events(engine, 'camera-clock-set'))[0]);
    expect(set.cameraId).toBe(gate.id);
    expect(wrong.count('SetSystemDateAndTime')).toBe(1);
    await until('right', async () => (await events(engine, 'camera-clock-off'))[0]?.toMs);
    expect(Math.abs(engine.cameras.get(gate.id)?.device?.clockOffsetMs ?? 1e9)).toBeLessThan(2_000);
  });

  it('whose certificate changed gets nothing until a person has accepted the new one', async () => {
    const { engine } = await open();
    const [old, fresh] = [await openCertificate(), await openCertificate()];
    const first = await device({ tls: old });
    const look = await engine.finding.look({ url: first.url, ...user, certificate: null });
    const pinned = look.ok ? look.certificate : null;
    expect(pinned).toMatch(/^[0-9a-f]{64}$/);
    const [gate] = await engine.finding.add([draft(first.url, { certificate: pinned })]);
    if (gate === undefined) throw new Error('nothing was added');
    await until('up', () => engine.cameras.get(gate.id)?.device?.state === 'up');
    await first.close();
    const second = await device({ tls: fresh, port: first.port });
    // The first try may find the end of the old connection.
    await until('noticed', async () => {
      const told = await codeOf(engine.devices.facts(gate.id, true));
      return JSON.stringify(told).includes('certificate-changed');
    });
    const status = engine.cameras.get(gate.id)?.device;
    expect(status).toMatchObject({ state: 'trouble', trouble: 'certificate-changed', certificate: { pinned } });
    expect(second.asked).toEqual([]);
    const shown = status?.certificate?.seen ?? '';
    expect(await codeOf(engine.devices.trust(gate.id, 'f'.repeat(64), 'ana'))).toMatchObject({ what: 'certificate' });
    expect(await events(engine, 'camera-changed')).toEqual([]);
    await engine.devices.trust(gate.id, shown, 'ana');
    const told = await until('told', async () => (await events(engine, 'camera-changed'))[0]);
    expect(told).toMatchObject({ cameraId: gate.id, data: { camera: gate.name, by: 'ana' } });
    expect(changesOf(told.data)).toEqual([{ field: 'certificate', was: pinned, is: shown }]);
    expect((await engine.devices.facts(gate.id, true)).identity.serial).toBe('S1');
    expect(engine.cameras.get(gate.id)).toMatchObject({
      link: { certificate: shown },
      device: { state: 'up', certificate: null },
    });
  });
});
