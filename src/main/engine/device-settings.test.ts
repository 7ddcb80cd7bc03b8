import { afterEach, describe, expect, it } from 'vitest';
import { quietLog } from '#lib/log.ts';
import { CameraId, UserId } from '#domain/id.ts';
import { noIdentity, type DeviceFacts, type DeviceLink } from '#domain/device.ts';
import { until } from '../../../tests/support/until.ts';
import { deviceError } from './device-connection.ts';
import { noDevices } from './device-none.ts';
import { createDeviceSettings, type DeviceSettingsRoom } from './device-settings.ts';
import type { CameraRecord } from './index-port.ts';

const id = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA');
const who = {
  userId: UserId.parse('01HZZZZZZZZZZZZZZZZZZZZZZB'),
  name: 'ann',
  role: 'operator' as const,
  local: false,
  sessionId: 's',
};
const link: DeviceLink = {
  url: 'http://127.0.0.1/onvif/device_service',
  identity: noIdentity,
  mainProfile: 'main',
  subProfile: null,
  certificate: null,
  trustedHosts: [],
  setClock: false,
};
let room: DeviceSettingsRoom | null = null;
afterEach(async () => {
  await room?.stop();
  room = null;
});

/** A lens that does not hear the first `deaf` stops. */
function lens(deaf: number) {
  const heard: string[] = [];
  const silent = noDevices.connect({ url: link.url, username: null, password: null, certificate: null });
  const device = {
    ...silent,
    imaging: {
      ...silent.imaging,
      focus: (source: string, speed: number) => Promise.resolve(void heard.push(`${source} ${String(speed)}`)),
      stopFocus() {
        heard.push('stop');
        return deaf-- > 0 ? Promise.reject(deviceError('timeout', 'no answer')) : Promise.resolve();
      },
    },
  };
  const facts = { profiles: [{ token: 'main', source: 'src' }] } as unknown as DeviceFacts;
  const record = { id, name: 'Gate', link } as unknown as CameraRecord;
  const nothing = () => Promise.reject(new Error('not asked for'));
  room = createDeviceSettings({
    devices: { run: (_, work) => work(device, link), facts: () => Promise.resolve(facts), streams: nothing },
    cameras: { record: () => record, relink: nothing, reconnect: nothing },
    log: quietLog,
  });
  return { room, heard };
}

describe('a lens', () => {
  it('stops a second after the last hand, however often that has to be said', async () => {
    const { room: settings, heard } = lens(2);
    const sinceMs = performance.now();
    await settings.focus(id, who, 0.5);
    await until('half a second is over', () => performance.now() - sinceMs > 500);
    await settings.focus(id, who, 0.5);
    await until('it is confirmed', () => heard.length === 5);
    expect(heard).toEqual(['src 0.5', 'src 0.5', 'stop', 'stop', 'stop']);
    expect(performance.now() - sinceMs).toBeGreaterThan(1_500);
  });

  it('stops at the end of the station', async () => {
    const { room: settings, heard } = lens(0);
    await settings.focus(id, who, -1);
    await settings.stop();
    expect(heard).toEqual(['src -1', 'stop']);
  });
});
