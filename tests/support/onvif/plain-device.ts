/** The demo's ONVIF device with two streams and what else a small camera has, without a server of pictures behind it. */
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { OnvifDeviceOptions } from '../../../src/main/demo/onvif/device.ts';
import { identityOf } from '../../../src/main/demo/onvif/identity.ts';

export const deviceUser = { username: 'demo', password: 'secret' };

export const plainDevice = (): OnvifDeviceOptions => ({
  clock: systemClock,
  log: quietLog,
  identity: identityOf('Test', 'VD-1', 'test'),
  user: deviceUser,
  host: '127.0.0.1',
  port: 0,
  streams: [
    {
      ...{ name: 'main', codec: 'h265', path: '/main' },
      ...{ width: 1920, height: 1080, fps: 15, keyEvery: 15, bitsPerSecond: 300_000 },
    },
    {
      ...{ name: 'sub', codec: 'h264', path: '/sub' },
      ...{ width: 640, height: 360, fps: 15, keyEvery: 30, bitsPerSecond: 80_000 },
    },
  ],
  rtspPort: () => 554,
  relays: 1,
  inputs: 1,
  auxiliary: ['tt:Wiper|On', 'tt:Wiper|Off'],
});
