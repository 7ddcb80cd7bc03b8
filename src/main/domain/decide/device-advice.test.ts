import { describe, expect, it } from 'vitest';
import type { DeviceFacts } from '../device.ts';
import type { UsableProfile } from './choose-streams.ts';
import { deviceAdvice, isDefaultPassword, isRestrictedMaker } from './device-advice.ts';

const facts = (maker: string, offsetMs: number | null): DeviceFacts => ({
  identity: { endpoint: null, serial: null, macs: [], maker, model: null, firmware: null },
  services: {},
  profiles: [],
  ptz: false,
  imaging: false,
  events: false,
  microphone: false,
  talk: false,
  storage: false,
  relays: [],
  inputs: 0,
  auxiliary: [],
  network: { addresses: [], gateway: null },
  clock: { offsetMs, source: null, zone: null },
  users: [],
  askedMs: 1,
});
const stream = (codec: 'h264' | 'h265', keyEvery: number | null, streamUrl = 'rtsp://192.0.2.7/a'): UsableProfile => ({
  token: 't',
  name: 'n',
  source: null,
  video: { codec, width: 1920, height: 1080, fps: 25, bitsPerSecond: null, keyEvery, encoder: 'e' },
  audio: null,
  ptz: false,
  metadata: false,
  streamUrl,
  snapshotUrl: null,
});

describe('advice', () => {
  it('is none for a good camera over TLS', () => {
    const main = stream('h265', 50, 'rtsps://192.0.2.7/a');
    const given = {
      url: 'https://192.0.2.7/',
      facts: facts('Axis', 59_000),
      main,
      sub: stream('h264', 50),
      username: 'vigie',
      password: 'long',
    };
    expect(deviceAdvice({ ...given, foreignHosts: [] })).toEqual([]);
  });

  it('names everything that a person should know, with its value, the most pressing first', () => {
    const given = {
      url: 'http://192.0.2.7/',
      facts: facts('HIKVISION', -120_000),
      main: stream('h265', 250),
      sub: null,
    };
    expect(deviceAdvice({ ...given, username: 'admin', password: '12345', foreignHosts: ['198.51.100.1'] })).toEqual([
      { code: 'foreign-host', value: '198.51.100.1' },
      { code: 'default-password', value: 'admin' },
      { code: 'maker-restricted', value: 'HIKVISION' },
      { code: 'clock-off', value: -120_000 },
      { code: 'h265-not-live', value: 'h265' },
      { code: 'key-frames-rare', value: 10 },
      { code: 'no-sub', value: null },
      { code: 'unencrypted', value: 'http, rtsp' },
    ]);
  });

  it('knows makers by whole words and default passwords as pairs', () => {
    expect(
      ['Zhejiang Dahua Vision', 'Hangzhou Hikvision Digital', 'LTS', 'W-Box', 'ZTE'].map(isRestrictedMaker),
    ).toEqual([true, true, true, false, true]);
    expect(['Altis', 'Hanwha Vision', 'AXIS', '', null].some(isRestrictedMaker)).toBe(false);
    expect(isDefaultPassword('Admin', null)).toBe(true);
    expect(isDefaultPassword('root', 'pass')).toBe(true);
    expect(isDefaultPassword('root', 'Pass')).toBe(false);
    expect(isDefaultPassword(null, '')).toBe(false);
  });
});
