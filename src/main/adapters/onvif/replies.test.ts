/** Real makers' replies, and the parts that turn them into our words. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makerReply } from '../../../../tests/support/onvif/maker-replies.ts';
import { readPtzAuxiliary } from './auxiliary.ts';
import { all, type Element } from './element.ts';
import { readEncoder, readOptions1, readOptions2 } from './encoder.ts';
import { readReply } from './envelope.ts';
import { plainTopic } from '#domain/device-event.ts';
import { kindOfTopic, readNotification } from './events-topic.ts';
import { endpointOf, macOf, readInformation, readInterfaces, readUsers } from './identity.ts';
import { readMetadata, readMetadataOptions, writeMetadata } from './metadata.ts';
import { readImaging, readImagingOptions, writeImaging } from './imaging.ts';
import * as library from './library.ts';
import { readProfiles1 } from './profiles.ts';
import { readPresets, readStatus } from './ptz.ts';
import { readXml } from './read-xml.ts';
import { readChange, spansOf, type Change } from './recordings.ts';
import { readCapabilities, readServices } from './services.ts';
import { byShare, fromSpace, readHead, toSpace } from './spaces.ts';
import { addressed, pullMessages, readLife, readMessages, readPullPoint } from './subscription.ts';
import { readClock } from './system-time.ts';
import { durationMs, durationText, momentMs, momentText } from './time-text.ts';

const here = new URL('http://10.0.0.5/onvif/device_service');
function reply(name: string): Element {
  const read = readReply(makerReply(name), 'application/soap+xml');
  if (read.kind !== 'answer') throw new Error(`${name} is a fault`);
  return read.element;
}
const element = (text: string): Element => readXml(Buffer.from(text));

describe('replies of real devices', () => {
  test('services, capabilities, clock, identity', () => {
    const services = readServices(reply('GetServices'), here);
    expect([...services.keys()]).toEqual(
      expect.arrayContaining(['device', 'media', 'events', 'ptz', 'imaging', 'deviceio']),
    );
    expect(services.get('device')).toMatchObject({ version: '2.42' });
    expect([...readCapabilities(reply('GetCapabilities'), here).keys()]).toEqual(
      expect.arrayContaining(['media', 'ptz', 'events']),
    );
    expect(readClock(reply('GetSystemDateAndTime')).utcMs).toEqual(expect.any(Number));
    expect(Object.values(readInformation(reply('GetDeviceInformation'))).every((v) => typeof v === 'string')).toBe(
      true,
    );
    const interfaces = readInterfaces(reply('device.GetNetworkInterfaces'));
    expect(interfaces.macs).toEqual(['28:57:be:65:7d:d5']);
    expect(interfaces.addresses.length).toBeGreaterThan(0);
    expect(readUsers(reply('device.GetUsers'))).toEqual([
      { name: 'admin', level: 'Administrator' },
      { name: 'operator', level: 'Operator' },
    ]);
  });

  test('profiles and encoders', () => {
    const [profile] = readProfiles1(reply('GetProfiles'));
    expect(profile).toMatchObject({
      token: 'main',
      source: 'vidsrc0',
      ptz: true,
      ptzNode: 'default',
      video: { codec: 'h264', width: 1920, height: 1080, fps: 5, keyEvery: 30, bitsPerSecond: 1_000_000 },
    });
    const options = readOptions1(reply('media.GetVideoEncoderConfigurationOptions'));
    expect(options.find((o) => o.codec === 'h264')?.sizes.length).toBeGreaterThan(0);
    const [config] = all(reply('media.GetVideoEncoderConfigurations'), 'Configurations');
    expect(readEncoder(config!)).toMatchObject({
      codec: expect.any(String) as string,
      width: expect.any(Number) as number,
    });
  });

  test('heads, presets, imaging', () => {
    const nodes = reply('GetNodes');
    const head = readHead(all(nodes, 'PTZNode')[0]!);
    expect(head.facts).toEqual({
      continuous: true,
      absolute: true,
      relative: true,
      zoom: true,
      home: true,
      homeFixed: false,
      presets: 360,
      lens: { panDegrees: null, tiltDegrees: null, focalMm: null },
    });
    // this maker's generic space goes from 0 to 1: the middle is 0.5 there and 0 here
    expect(toSpace(0, head.spaces.AbsolutePanTiltPositionSpace?.x)).toBe(0.5);
    expect(readStatus(reply('GetStatus'), head)).toMatchObject({ moving: false });
    expect(readPtzAuxiliary(nodes)).toEqual(['AUX1', 'AUX2', 'AUX3', 'AUX4', 'AUX5', 'AUX6', 'AUX7', 'AUX8']);
    expect(readPresets(reply('ptz.GetPresets')).length).toBeGreaterThan(5);
    expect(readImagingOptions(reply('imaging.GetOptions'), null)).toEqual({
      brightness: { min: 0, max: 255 },
      contrast: { min: 0, max: 255 },
      saturation: { min: 0, max: 255 },
      focusMove: false,
    });
    expect(readImaging(reply('imaging.GetImagingSettings'))).toHaveProperty('brightness');
  });

  test('events', () => {
    const point = readPullPoint(reply('events.CreatePullPointSubscription'), here);
    expect(point?.urls[0]?.hostname).toBe('10.0.0.5');
    const pulled = reply('PullMessages');
    expect(readLife(pulled)).toBe(329_000); // its clock is in the year 2000: only the difference counts
    const events = readMessages(pulled).map((m) => readNotification(m, 0));
    expect(events[0]).toMatchObject({ kind: 'motion', active: true, source: '000', initial: false });
  });
});

test('topics of usual makers', () => {
  const kinds: [string, string][] = [
    ['tns1:VideoSource/MotionAlarm', 'motion'],
    ['tns1:RuleEngine/CellMotionDetector/Motion', 'motion'],
    ['tns1:RuleEngine/MotionRegionDetector/Motion', 'motion'],
    ['tns1:VideoAnalytics/tnsaxis:MotionDetection', 'motion'],
    ['tnsaxis:CameraApplicationPlatform/VMD/Camera1Profile1', 'motion'],
    ['tns1:RuleEngine/TPSmartEventDetector/TPSmartEvent', 'motion'],
    ['tns1:RuleEngine/PeopleDetector/People', 'motion'],
    ['tns1:RuleEngine/LineDetector/Crossed', 'line-crossed'],
    ['tns1:RuleEngine/LineCrossDetector/LineCross', 'line-crossed'],
    ['tns1:RuleEngine/FieldDetector/ObjectsInside', 'field-entered'],
    ['tns1:RuleEngine/IntrusionDetector/Intrusion', 'field-entered'],
    ['tns1:RuleEngine/CrossRegionDetector/CrossRegion', 'field-entered'],
    ['tns1:RuleEngine/TamperDetector/Tamper', 'tamper'],
    ['tns1:VideoSource/GlobalSceneChange/ImagingService', 'tamper'],
    ['tns1:VideoSource/ImageTooDark/AnalyticsService', 'tamper'],
    ['tns1:VideoSource/tnsaxis:Tampering', 'tamper'],
    ['tns1:Device/Trigger/DigitalInput', 'digital-input'],
    ['tns1:Device/tnsaxis:IO/Port', 'digital-input'],
    ['tns1:Device/Trigger/Relay', 'relay'],
    ['tns1:AudioAnalytics/Audio/DetectedSound', 'sound'],
    ['tns1:AudioSource/tnsaxis:TriggerLevel', 'sound'],
    ['tns1:Device/HardwareFailure/StorageFailure', 'storage-failed'],
    ['tns1:Device/tnsaxis:HardwareFailure/StorageFailure', 'storage-failed'],
    ['tns1:Monitoring/ProcessorUsage', 'other'],
    ['tns1:Media/ProfileChanged', 'other'],
  ];
  for (const [topic, kind] of kinds) expect([topic, kindOfTopic(topic)]).toEqual([topic, kind]);
  expect(plainTopic('tns1:RuleEngine/tnsx:My:Motion/')).toBe('RuleEngine/Motion');
});

test('what an event says of its state', () => {
  const read = (operation: string, data: string) =>
    readNotification(
      element(
        `<n><Topic>tns1:Device/Trigger/DigitalInput</Topic><Message><Message UtcTime="2026-01-01T00:00:00+01:00"${operation}><Source><SimpleItem Name="InputToken" Value="i1"/></Source><Data>${data}</Data></Message></Message></n>`,
      ),
      5,
    );
  expect(read(' PropertyOperation="Initialized"', '<SimpleItem Name="LogicalState" Value="true"/>')).toEqual({
    kind: 'digital-input',
    topic: 'tns1:Device/Trigger/DigitalInput',
    source: 'i1',
    videoSource: null,
    active: true,
    deviceMs: Date.UTC(2025, 11, 31, 23),
    initial: true,
  });
  expect(read(' PropertyOperation="Changed"', '<SimpleItem Name="State" Value="0"/>')?.active).toBe(false);
  expect(read(' PropertyOperation="Deleted"', '')?.active).toBe(false);
  expect(read('', '<SimpleItem Name="ObjectId" Value="7"/>')?.active).toBe(null);
  expect(read('', '<SimpleItem Name="IsTPSmartEvent" Value="true"/>')?.active).toBe(true);
  expect(readNotification(element('<n><Message/></n>'), 5)).toBe(null);
  expect(readNotification(element('<n><Topic>x</Topic></n>'), 5)).toMatchObject({
    deviceMs: 5,
    active: null,
    source: null,
  });
});

test('a subscription gets back what it gave', () => {
  const point = readPullPoint(
    element(
      '<r xmlns:wsa="urn:a"><SubscriptionReference><wsa:Address>http://192.168.0.90/onvif/services?x=1</wsa:Address><wsa:ReferenceParameters><dom0:SubscriptionId xmlns:dom0="http://www.axis.com/2009/event">12 &amp; 3</dom0:SubscriptionId></wsa:ReferenceParameters></SubscriptionReference><CurrentTime>2026-01-01T00:00:00Z</CurrentTime><TerminationTime>2026-01-01T00:01:00Z</TerminationTime></r>',
    ),
    here,
  );
  expect(point?.lifeMs).toBe(60_000);
  expect(point?.urls.map(String)).toEqual(['http://10.0.0.5/onvif/services?x=1']);
  const header = addressed(point!, pullMessages(1_000, 1)).xml;
  expect(header).toContain('http://192.168.0.90/onvif/services?x=1</wsa:To>');
  expect(header).toMatch(
    /<SubscriptionId xmlns="http:\/\/www\.axis\.com\/2009\/event" wsa:IsReferenceParameter="true"[^>]*>12 &amp; 3<\/SubscriptionId>/,
  );
});

test('identity in one spelling', () => {
  for (const text of ['00-11-22-AA-BB-CC', '00:11:22:aa:bb:cc', '001122AABBCC', '0011.22aa.bbcc'])
    expect(macOf(text)).toBe('00:11:22:aa:bb:cc');
  for (const text of [null, '', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '12:34']) expect(macOf(text)).toBe(null);
  const uuid = 'urn:uuid:c9790c3a-701b-464d-a189-0060351c8ada';
  for (const text of [
    uuid,
    uuid.toUpperCase(),
    'uuid:C9790C3A-701B-464D-A189-0060351C8ADA',
    'c9790c3a-701b-464d-a189-0060351c8ada',
  ])
    expect(endpointOf(text)).toBe(uuid);
  expect(endpointOf('urn:uuid:00000000-0000-0000-0000-000000000000')).toBe(null);
  expect(endpointOf('http://acme/1')).toBe('http://acme/1');
});

test('PTZ requests: the library writes, nothing is sent, nothing gets in unescaped', () => {
  const evil = 'x"><Evil/>&';
  const all = [
    library.ptzNodes(),
    library.ptzStatus(evil),
    library.ptzPresets(evil),
    library.ptzGo(evil, evil),
    library.ptzSetPreset(evil, evil, evil),
    library.ptzSetPreset(evil, evil, null),
    library.ptzRemovePreset(evil, evil),
    library.ptzHome(evil),
    library.ptzSetHome(evil),
    library.ptzStop(evil),
    library.ptzAuxiliary(evil, evil),
    library.ptzContinuous(evil, { x: 0, y: -0.5 }, { xyspace: evil }, 1_500),
    library.ptzContinuous(evil, { zoom: 1 }, {}, null),
    library.ptzAbsolute(evil, { x: 0, y: 0, zoom: 0 }, { zoomspace: evil }, 0.5),
  ];
  for (const { body, name, action } of all) {
    expect(body.xml).not.toContain('<Evil');
    expect(readXml(Buffer.from(body.xml)).name).toBe(name);
    expect(action).toBe(`http://www.onvif.org/ver20/ptz/wsdl/${name}`);
  }
  expect(all[11]?.body.xml).toContain('<Timeout>PT1.5S</Timeout>');
  expect(all[11]?.body.xml).not.toContain('<Zoom');
  expect(all[12]?.body.xml).not.toMatch(/PanTilt|Timeout/);
  expect(all[13]?.body.xml).toContain('<PanTilt x="0" y="0"');
});

test('imaging: a zero is a value, and the order is that of the schema', () => {
  expect(writeImaging({ brightness: 0, dayNight: 'auto', exposure: 'manual', sharpness: 3 }).xml).toBe(
    '<tt:Brightness>0</tt:Brightness><tt:Exposure><tt:Mode>MANUAL</tt:Mode></tt:Exposure><tt:IrCutFilter>AUTO</tt:IrCutFilter><tt:Sharpness>3</tt:Sharpness>',
  );
  // By hand, since values without it would say nothing; and never without the mode.
  expect(writeImaging({ iris: 0, gain: 2 }).xml).toBe(
    '<tt:Exposure><tt:Mode>MANUAL</tt:Mode><tt:Gain>2</tt:Gain><tt:Iris>0</tt:Iris></tt:Exposure>',
  );
});

test('metadata: what is not asked for stays, a filter of events in its own words', () => {
  const config = element(
    '<Configurations token="m&amp;1"><tt:Name>M</tt:Name><tt:UseCount>2</tt:UseCount><tt:Events><wsnt:Filter><wsnt:TopicExpression Dialect="http://d">tns1:RuleEngine//.</wsnt:TopicExpression></wsnt:Filter></tt:Events><tt:Analytics>false</tt:Analytics><tt:SessionTimeout>PT60S</tt:SessionTimeout></Configurations>',
  );
  const now = readMetadata(config);
  expect(now).toEqual({ analytics: false, events: true, ptzStatus: false, ptzPosition: false });
  expect(readMetadataOptions(null, config)).toEqual({ ...now, analytics: true });
  const wanted = writeMetadata(config, { ...now, analytics: true }).xml;
  expect(wanted).toMatch(/^<Configuration token="m&amp;1"><tt:Name>M<\/tt:Name><tt:UseCount>2<\/tt:UseCount><Events/);
  expect(wanted).toMatch(/<TopicExpression[^>]* Dialect="http:\/\/d">tns1:RuleEngine\/\/\.<\/TopicExpression>/);
  expect(wanted).toContain('</Events><tt:Analytics>true</tt:Analytics><tt:SessionTimeout>PT60S');
  expect(writeMetadata(config, { ...now, events: false }).xml).not.toContain('Events');
});

test('encoder options of Media2', () => {
  const read = readOptions2(
    element(
      '<r><Options GovLengthRange="1 400" FrameRatesSupported="25 20 10" ConstantBitRateSupported="true"><Encoding>H265</Encoding><ResolutionsAvailable><Width>1920</Width><Height>1080</Height></ResolutionsAvailable><BitrateRange><Min>32</Min><Max>16384</Max></BitrateRange></Options></r>',
    ),
  );
  expect(read).toEqual([
    {
      codec: 'h265',
      sizes: [{ width: 1920, height: 1080 }],
      fps: { min: 10, max: 25, only: [10, 20, 25] },
      bitsPerSecond: { min: 32_000, max: 16_384_000 },
      keyEvery: { min: 1, max: 400 },
    },
  ]);
});

test('spaces there and back', () => {
  const range = fc
    .tuple(fc.integer({ min: -360, max: 0 }), fc.integer({ min: 1, max: 360 }))
    .map(([min, max]) => ({ min, max }));
  fc.assert(
    fc.property(range, fc.double({ min: -1, max: 1, noNaN: true }), (r, v) => {
      expect(fromSpace(toSpace(v, r), r)!).toBeCloseTo(v, 4);
      expect(Math.abs(byShare(v, r))).toBeLessThanOrEqual(Math.max(Math.abs(r.min), r.max) + 1e-6);
      expect(Math.sign(byShare(v, r)) * Math.sign(v)).toBeGreaterThanOrEqual(0);
    }),
  );
  expect(byShare(0, { min: -5, max: 10 })).toBe(0);
});

test('times and durations', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 86_400_000 * 30 }), (ms) => {
      expect(durationMs(durationText(ms))).toBe(ms);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => {
      expect(momentMs(momentText(ms))).toBe(ms);
    }),
  );
  expect(durationMs('P1DT1H30M2.5S')).toBe(91_802_500);
  for (const bad of [null, '', 'P', 'PT', '-PT5S', 'PT5', '5']) expect(durationMs(bad)).toBe(null);
  expect(momentMs('2026-01-01T00:00:00.5+02:00')).toBe(Date.UTC(2025, 11, 31, 22, 0, 0, 500));
  expect(momentMs('yesterday')).toBe(null);
});

test('spans of a recording from its history', () => {
  const change = (atMs: number, on: boolean, track: string | null = null): Change => ({ atMs, on, track });
  expect(spansOf([change(10, true), change(20, false), change(30, true)], 0, 50)).toEqual([
    { fromMs: 10, toMs: 20 },
    { fromMs: 30, toMs: 50 },
  ]);
  // the state at the start is told with a time before it
  expect(spansOf([change(-100, true), change(20, false)], 0, 50)).toEqual([{ fromMs: 0, toMs: 20 }]);
  // tracks tell of data; the recording itself only of orders
  expect(spansOf([change(0, true), change(10, true, 'v'), change(20, false, 'v')], 0, 50)).toEqual([
    { fromMs: 10, toMs: 20 },
  ]);
  expect(
    spansOf([change(10, true, 'v'), change(15, true, 'w'), change(20, false, 'v'), change(25, false, 'w')], 0, 50),
  ).toEqual([{ fromMs: 10, toMs: 25 }]);
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          atMs: fc.integer({ min: -50, max: 150 }),
          on: fc.boolean(),
          track: fc.constantFrom(null, 'v', 'w'),
        }),
        { maxLength: 30 },
      ),
      (changes) => {
        const spans = spansOf(changes, 0, 100);
        for (const [i, span] of spans.entries()) {
          expect(span.fromMs).toBeGreaterThanOrEqual(i === 0 ? 0 : spans[i - 1]!.toMs + 1);
          expect(span.toMs).toBeGreaterThan(span.fromMs);
          expect(span.toMs).toBeLessThanOrEqual(100);
        }
      },
    ),
  );
  const result = (topic: string, track: string, name: string, value: string): Element =>
    element(
      `<Result><RecordingToken>r</RecordingToken><TrackToken>${track}</TrackToken><Time>2026-01-01T00:00:00Z</Time><Event><Topic>${topic}</Topic><Message><Message UtcTime="2026-01-01T00:00:00Z"><Data><SimpleItem Name="${name}" Value="${value}"/></Data></Message></Message></Event></Result>`,
    );
  const video = new Set(['VIDEO001']);
  expect(
    readChange(result('tns1:RecordingHistory/Track/State', 'VIDEO001', 'IsDataPresent', 'true'), 'r', video),
  ).toEqual({ atMs: Date.UTC(2026, 0, 1), on: true, track: 'VIDEO001' });
  expect(readChange(result('tns1:RecordingHistory/Track/State', 'AUDIO001', 'IsDataPresent', 'true'), 'r', video)).toBe(
    null,
  );
  expect(readChange(result('tns1:RecordingHistory/Recording/State', 'x', 'IsRecording', 'false'), 'r', video)).toEqual({
    atMs: Date.UTC(2026, 0, 1),
    on: false,
    track: null,
  });
  expect(readChange(result('tns1:RecordingHistory/Recording/State', 'x', 'IsRecording', 'false'), 'other', video)).toBe(
    null,
  );
});
