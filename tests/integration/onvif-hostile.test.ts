/** A device that answers anything: real replies to the wrong questions, damaged and blown up. What comes out fits its schema. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import { AppError } from '../../src/main/contract/error.ts';
import { DeviceFacts } from '../../src/main/domain/device.ts';
import { Encoder, EncoderOptions, Overlay } from '../../src/main/domain/encoder.ts';
import { Imaging, ImagingOptions } from '../../src/main/domain/imaging.ts';
import { Metadata } from '../../src/main/domain/metadata.ts';
import { PtzFacts, PtzPreset, PtzStatus } from '../../src/main/domain/ptz.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { makerReply } from '../support/onvif/maker-replies.ts';
import { startScriptedDevice, type Reply } from '../support/onvif/scripted-device.ts';
import { smallDevice, spaces } from '../support/onvif/small-device.ts';

/** What each operation is usually answered with; the hostile device changes it. */
const usual: Record<string, string> = {
  ...Object.fromEntries(
    Object.entries({
      GetServices: 'GetServices',
      GetProfiles: 'GetProfiles',
      GetStreamUri: 'GetStreamUri',
      GetSnapshotUri: 'GetSnapshotUri',
      GetDeviceInformation: 'GetDeviceInformation',
      GetNetworkInterfaces: 'device.GetNetworkInterfaces',
      GetNetworkDefaultGateway: 'device.GetNetworkDefaultGateway',
      GetUsers: 'device.GetUsers',
      GetNodes: 'GetNodes',
      GetStatus: 'GetStatus',
      GetPresets: 'ptz.GetPresets',
      GetOptions: 'imaging.GetOptions',
      GetImagingSettings: 'imaging.GetImagingSettings',
      GetVideoEncoderConfiguration: 'media.GetVideoEncoderConfiguration',
      GetVideoEncoderConfigurationOptions: 'media.GetVideoEncoderConfigurationOptions',
      GetAudioSources: 'media.GetAudioSources',
    }).map(([operation, file]) => [operation, makerReply(file).toString('utf8')]),
  ),
};

const evil = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '-1',
    '1e309',
    'NaN',
    '99999999999999999999',
    '0',
    '-0',
    '0x10',
    'true',
    '<x/>',
    '&amp;',
    '\u202e',
    '__proto__',
    'x'.repeat(5_000),
    'rtsp://a:b@\u0000/',
    'http://[::1',
    'P1D',
    '2026-13-45T99:99:99Z',
  ),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
);
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/"/g, '&quot;');

/** Changes texts and attributes here and there, leaves elements out or doubles them. */
function twisted(reply: string, seed: number, values: string[]): string {
  let state = seed >>> 0;
  const roll = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % n;
  };
  const value = (): string => escaped(values[roll(values.length)] ?? '');
  const cut = reply.indexOf('Body>') + 5;
  return (
    reply.slice(0, cut) +
    reply
      .slice(cut)
      .replace(/>([^<>\s][^<>]*)</g, (whole) => (roll(5) === 0 ? `>${value()}<` : whole))
      .replace(/="([^"]*)"/g, (whole) => (roll(5) === 0 ? `="${value()}"` : whole))
      .replace(/<([\w-]+:[\w-]+)>[^<>]*<\/\1>/g, (whole) =>
        roll(12) === 0 ? '' : roll(12) === 0 ? whole + whole : whole,
      )
  );
}

test('what a twisted device says is taken within bounds or refused as DEVICE, and soon', {
  timeout: 120_000,
}, async () => {
  let seed = 0;
  let values: string[] = [''];
  const answers: Record<string, Reply> = { ...smallDevice('/x', Object.keys(spaces) as (keyof typeof spaces)[]) };
  for (const [operation, reply] of Object.entries(usual))
    answers[operation] = () => ({ body: twisted(reply, seed++, values) });
  const server = await startScriptedDevice({ answers });
  const devices = createDevices({ clock: systemClock, log: quietLog, net: { interfaces: () => [], port: 9 } });
  let taken = 0;
  const within = async <T>(what: Promise<T>, check: (value: T) => void): Promise<void> => {
    let value: T;
    try {
      value = await what;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'DEVICE') throw error;
      expect(error.message.length).toBeLessThan(400);
      return;
    }
    check(value);
    taken++;
  };
  try {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(evil, { minLength: 1, maxLength: 6 }), async (start, some) => {
        seed = start;
        values = some;
        const device = devices.connect({ url: server.url, username: 'u', password: 'p', certificate: null });
        const from = performance.now();
        await within(device.facts(), (facts) => {
          DeviceFacts.parse(facts);
          for (const { streamUrl, snapshotUrl } of facts.profiles)
            for (const url of [streamUrl, snapshotUrl]) expect(url ?? '').not.toMatch(/:\/\/[^/]*@/);
        });
        await within(device.ptz.facts('main'), (v) => PtzFacts.parse(v));
        await within(device.ptz.status('main'), (v) => PtzStatus.parse(v));
        await within(device.ptz.presets('main'), (v) => v.forEach((p) => PtzPreset.parse(p)));
        await within(device.imaging.get('s'), (v) => Imaging.parse(v));
        await within(device.imaging.options('s'), (v) => ImagingOptions.parse(v));
        await within(device.encoder.get('main'), (v) => Encoder.parse(v));
        await within(device.encoder.options('main'), (v) => EncoderOptions.parse(v));
        await within(device.metadata.get('main'), (v) => Metadata.parse(v.metadata));
        await within(device.overlays.list('vidsrc0'), (v) => v.forEach((o) => Overlay.parse(o)));
        device.close();
        expect(performance.now() - from).toBeLessThan(15_000);
      }),
      { numRuns: 25 },
    );
  } finally {
    await server.close();
  }
  expect(taken).toBeGreaterThan(25);
});
