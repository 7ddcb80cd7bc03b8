import { afterEach, expect, test } from 'vitest';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import { createOnvifDevice } from '../../src/main/demo/onvif/device.ts';
import { createPtzHead } from '../../src/main/demo/onvif/ptz-head.ts';
import type { Device } from '../../src/main/engine/device-port.ts';
import type { DeviceEvent } from '../../src/main/domain/device-event.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { fault, startScriptedDevice, type Reply, type ScriptedDevice } from '../support/onvif/scripted-device.ts';
import { plainDevice } from '../support/onvif/plain-device.ts';
import { smallDevice } from '../support/onvif/small-device.ts';
import { until } from '../support/until.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
const devices = createDevices({ clock: systemClock, log: quietLog });
function connect(url: string, username: string | null = null, password: string | null = null): Device {
  const device = devices.connect({ url, username, password, certificate: null });
  open.push(device);
  return device;
}
async function scripted(answers: Record<string, Reply>): Promise<ScriptedDevice> {
  const server = await startScriptedDevice({
    answers: {
      ...smallDevice('/onvif/services', ['device', 'media', 'ptz', 'search', 'replay', 'recording']),
      ...answers,
    },
  });
  open.push(server);
  return server;
}

test('understands and commands the demo camera, a device written without this client', {
  timeout: 60_000,
}, async () => {
  const demo = createOnvifDevice({
    ...plainDevice(),
    speaker: true,
    head: createPtzHead(systemClock),
    snapshot: () => Buffer.from('ffd8ffd9', 'hex'),
  });
  const url = `http://127.0.0.1:${await demo.start()}/onvif/device_service`;
  open.push(demo);
  const device = connect(url, 'demo', 'secret');
  const facts = await device.facts();
  expect(facts).toMatchObject({
    ptz: true,
    imaging: true,
    events: true,
    talk: true,
    inputs: 1,
    auxiliary: ['tt:Wiper|On', 'tt:Wiper|Off'],
    identity: { serial: demo.identity.serial },
  });
  expect(facts.profiles.map((p) => [p.video?.codec, p.streamUrl])).toEqual([
    ['h265', 'rtsp://127.0.0.1:554/main'],
    ['h264', 'rtsp://127.0.0.1:554/sub'],
  ]);
  const profile = facts.profiles[0]!.token;
  const source = facts.profiles[0]!.source!;
  expect((await device.snapshot(profile)).length).toBe(4);

  // the head
  expect(await device.ptz.facts(profile)).toMatchObject({
    continuous: true,
    absolute: true,
    relative: true,
    zoom: true,
  });
  await device.ptz.absolute(profile, { pan: 0.5, tilt: -0.25, zoom: 0.5 }, 1);
  const there = await until('the head is there', async () => {
    const status = await device.ptz.status(profile);
    return status.moving ? null : status;
  });
  expect(there.pan).toBeCloseTo(0.5, 2);
  expect(there.tilt).toBeCloseTo(-0.25, 2);
  expect(there.zoom).toBeCloseTo(0.5, 2);
  const preset = await device.ptz.setPreset(profile, 'Gate <1> & é', null);
  expect(await device.ptz.presets(profile)).toContainEqual({ token: preset, name: 'Gate <1> & é' });
  await device.ptz.move(profile, { pan: -1, tilt: 0, zoom: 0 }, 400);
  expect((await device.ptz.status(profile)).moving).toBe(true);
  await until('it stops by itself', async () => !(await device.ptz.status(profile)).moving);
  await device.ptz.move(profile, { pan: 1, tilt: 0, zoom: 0 }, 60_000);
  await device.ptz.stop(profile);
  expect((await device.ptz.status(profile)).moving).toBe(false);
  await device.ptz.absolute(profile, { zoom: 0 }, null);
  await device.ptz.go(profile, preset);
  await until('back at the preset', async () => Math.abs(((await device.ptz.status(profile)).zoom ?? 0) - 0.5) < 0.01);
  await device.ptz.removePreset(profile, preset);

  // picture, encoder, texts, outputs
  expect(await device.imaging.set(source, { brightness: 0, dayNight: 'off' })).toMatchObject({
    brightness: 0,
    dayNight: 'off',
    contrast: 50,
  });
  const encoder = await device.encoder.get(profile);
  const { token: _token, ...wanted } = encoder;
  expect(await device.encoder.set(profile, { ...wanted, bitsPerSecond: 1_000_000 })).toEqual({
    ...encoder,
    bitsPerSecond: 1_000_000,
  });
  expect((await device.encoder.options(profile))[0]).toMatchObject({
    codec: 'h265',
    sizes: [{ width: 1920, height: 1080 }],
  });
  await device.overlays.add(source, { kind: 'text', text: 'Tür <&>', position: 'lower-right' });
  const added = (await device.overlays.list(source)).find((o) => o.text === 'Tür <&>')!;
  await device.overlays.set({ ...added, text: 'changed' });
  expect(await device.overlays.list(source)).toContainEqual({ ...added, text: 'changed' });
  await device.overlays.remove(added.token);
  const [relay] = await device.relays.list();
  await device.relays.set(relay!.token, true);
  expect(demo.terminals.relays()[0]?.active).toBe(true);
  await device.auxiliary('tt:Wiper|On');
  await expect(device.auxiliary('tt:Nonsense|On')).rejects.toThrow('does not know');
  await device.clock.set();
  expect(Math.abs((await device.clock.offsetMs())!)).toBeLessThanOrEqual(1_000);

  const events: DeviceEvent[] = [];
  const follower = device.events({ event: (e) => events.push(e), state: () => undefined });
  await until('the state at the beginning', () => events.some((e) => e.initial));
  demo.setMotion(true);
  await until('motion', () => events.some((e) => e.kind === 'motion' && e.active === true && !e.initial));
  demo.setMotion(false);
  await until('its end', () => events.some((e) => e.kind === 'motion' && e.active === false && !e.initial));
  await follower.stop();
  expect(demo.refusals().count).toBe(0);
});

test('a head that takes no Timeout is stopped by us', async () => {
  const { makerReply } = await import('../support/onvif/maker-replies.ts');
  const server = await scripted({
    GetProfiles: { body: makerReply('GetProfiles') },
    GetNodes: { body: makerReply('GetNodes') },
    ContinuousMove: (asked) =>
      asked.body.includes('<Timeout>')
        ? fault('InvalidArgVal', 'Timeout')
        : '<t:ContinuousMoveResponse xmlns:t="http://www.onvif.org/ver20/ptz/wsdl"/>',
    Stop: '<t:StopResponse xmlns:t="http://www.onvif.org/ver20/ptz/wsdl"/>',
  });
  const device = connect(server.url);
  await device.ptz.move('main', { pan: 0.5, tilt: 0, zoom: 0 }, 300);
  expect(server.count('Stop')).toBe(0);
  await until('the stop', () => server.count('Stop') === 1);
});

test('says so where there is no head', async () => {
  const server = await scripted({ ...smallDevice('/onvif/services', ['device', 'media2']) });
  const device = connect(server.url);
  await expect(device.ptz.facts('main')).rejects.toThrow('no head');
  await expect(device.ptz.move('main', { pan: 1, tilt: 0, zoom: 0 }, 1_000)).rejects.toThrow('no head');
});

test('steering goes before everything else that waits', async () => {
  const server = await scripted({
    GetProfiles: (await import('../support/onvif/maker-replies.ts'))
      .makerReply('GetProfiles')
      .toString()
      .replace(/^[\s\S]*Body>|<\/SOAP-ENV:Body[\s\S]*$/g, ''),
    Stop: '<t:StopResponse xmlns:t="http://www.onvif.org/ver20/ptz/wsdl"/>',
    GetPresets: async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return '<t:GetPresetsResponse xmlns:t="http://www.onvif.org/ver20/ptz/wsdl"/>';
    },
  });
  const device = connect(server.url);
  await device.facts();
  const slow = Array.from({ length: 10 }, () => device.ptz.presets('main'));
  await device.ptz.stop('main');
  expect(server.count('GetPresets')).toBeLessThan(6);
  await Promise.all(slow);
});

const search = (name: string, inner: string): string =>
  `<x:${name} xmlns:x="http://www.onvif.org/ver10/search/wsdl">${inner}</x:${name}>`;
const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const recording = `<tt:RecordingInformation><tt:RecordingToken>rec1</tt:RecordingToken><tt:Source><tt:SourceId>src</tt:SourceId><tt:Name>Cam</tt:Name></tt:Source><tt:EarliestRecording>${at(0)}</tt:EarliestRecording><tt:LatestRecording>${at(50)}</tt:LatestRecording><tt:Content/><tt:Track><tt:TrackToken>V1</tt:TrackToken><tt:TrackType>Video</tt:TrackType><tt:Description/><tt:DataFrom>${at(0)}</tt:DataFrom><tt:DataTo>${at(50)}</tt:DataTo></tt:Track><tt:RecordingStatus>Recording</tt:RecordingStatus></tt:RecordingInformation>`;
const change = (minute: number, on: boolean): string =>
  `<tt:Result><tt:RecordingToken>rec1</tt:RecordingToken><tt:TrackToken>V1</tt:TrackToken><tt:Time>${at(minute)}</tt:Time><tt:Event><wsnt:Topic>tns1:RecordingHistory/Track/State</wsnt:Topic><wsnt:Message><tt:Message UtcTime="${at(minute)}"><tt:Data><tt:SimpleItem Name="IsDataPresent" Value="${on}"/></tt:Data></tt:Message></wsnt:Message></tt:Event><tt:StartStateEvent>false</tt:StartStateEvent></tt:Result>`;

test('searches recordings to the end, in portions, and ends each search', async () => {
  let portion = 0;
  const server = await scripted({
    FindRecordings: search('FindRecordingsResponse', '<x:SearchToken>s1</x:SearchToken>'),
    GetRecordingSearchResults: search(
      'GetRecordingSearchResultsResponse',
      `<x:ResultList><tt:SearchState>Completed</tt:SearchState>${recording}</x:ResultList>`,
    ),
    GetRecordingInformation: search(
      'GetRecordingInformationResponse',
      recording.replaceAll('tt:RecordingInformation', 'x:RecordingInformation'),
    ),
    FindEvents: search('FindEventsResponse', '<x:SearchToken>s2</x:SearchToken>'),
    GetEventSearchResults: () =>
      search(
        'GetEventSearchResultsResponse',
        ++portion === 1
          ? `<x:ResultList><tt:SearchState>Searching</tt:SearchState>${change(0, true)}${change(10, false)}</x:ResultList>`
          : `<x:ResultList><tt:SearchState>Completed</tt:SearchState>${change(20, true)}</x:ResultList>`,
      ),
    EndSearch: search('EndSearchResponse', ''),
    GetReplayUri:
      '<r:GetReplayUriResponse xmlns:r="http://www.onvif.org/ver10/replay/wsdl"><r:Uri>rtsp://u:p@0.0.0.0:554/replay?rec1</r:Uri></r:GetReplayUriResponse>',
  });
  const device = connect(server.url);
  expect(await device.recordings.list()).toEqual([
    {
      token: 'rec1',
      source: 'src',
      fromMs: Date.parse(at(0)),
      toMs: Date.parse(at(50)),
      tracks: [{ token: 'V1', kind: 'video' }],
    },
  ]);
  const spans = await device.recordings.spans('rec1', Date.parse(at(5)), Date.parse(at(60)));
  expect(spans).toEqual([
    { fromMs: Date.parse(at(5)), toMs: Date.parse(at(10)) },
    { fromMs: Date.parse(at(20)), toMs: Date.parse(at(50)) },
  ]);
  expect(server.count('EndSearch')).toBe(2);
  expect(await device.recordings.replayUrl('rec1')).toBe('rtsp://127.0.0.1:554/replay?rec1');
  // a device that keeps no history: from first to last
  server.answers['FindEvents'] = fault('ActionNotSupported', 'no', 500);
  expect(await device.recordings.spans('rec1', Date.parse(at(40)), Date.parse(at(60)))).toEqual([
    { fromMs: Date.parse(at(40)), toMs: Date.parse(at(50)) },
  ]);
});
