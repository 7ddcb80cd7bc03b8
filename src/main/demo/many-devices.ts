/**
 * Hundreds of light ONVIF devices in one process, for benches and tests of many cameras: each with its own port, endpoint, serial
 * and MAC, all found by one responder, all showing the same running streams of one RTSP server. Idle they cost nothing but their
 * sockets.
 */
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createMount } from './mount.ts';
import { createOnvifDevice } from './onvif/device.ts';
import type { OnvifDevice } from './onvif/device.ts';
import { createDiscovery } from './onvif/discovery.ts';
import { identityOf } from './onvif/identity.ts';
import { packetize } from './packetize.ts';
import { createRtspServer } from './rtsp-server.ts';
import { loadClip, streamFacts } from './virtual-camera.ts';

export type ManyDevices = {
  /** Device service addresses, in order. */
  start(): Promise<string[]>;
  stop(): Promise<void>;
  devices(): OnvifDevice[];
  rtspPort(): number;
};

/**
 * `clips`: name of the demo clips to show; `site`: tells the devices of one run from another's; `discovery: null`: nobody finds
 * them.
 */
export function createManyDevices(options: {
  clock: Clock;
  log: Log;
  dir: string;
  count: number;
  user: { username: string; password: string };
  host?: string;
  clips?: string;
  site?: string;
  discovery?: { interfaces?: string[]; port?: number } | null;
}): ManyDevices {
  const { clock, log, dir, count, user, host = '127.0.0.1', clips = 'street', site = 'many' } = options;
  const stops: (() => Promise<void> | void)[] = [];
  const devices: OnvifDevice[] = [];
  let rtspPort = 0;

  return {
    async start() {
      const startMs = clock.monoMs();
      const streams = [];
      const mounts = [];
      for (const kind of ['main', 'sub'] as const) {
        const clip = await loadClip(dir, `${clips}-${kind}.mp4`);
        const mount = createMount({ path: `/${kind}`, clip, packets: packetize(clip), clock, startMs, keepFrames: 0 });
        mounts.push(mount);
        streams.push(streamFacts(kind, clip));
      }
      const rtsp = createRtspServer({ clock, log, mounts, user, host, maxConnections: 4 * count + 16 });
      rtspPort = await rtsp.start();
      stops.push(() => rtsp.stop());
      for (const mount of mounts) {
        mount.start();
        stops.push(() => {
          mount.stop();
        });
      }
      const urls: string[] = [];
      for (let i = 1; i <= count; i++) {
        const device = createOnvifDevice({
          clock,
          log,
          identity: identityOf(`Camera ${i}`, 'VD-100', `${site} ${i}`),
          user,
          host,
          port: 0,
          streams,
          rtspPort: () => rtspPort,
        });
        urls.push(`http://${host}:${await device.start()}/onvif/device_service`);
        devices.push(device);
        stops.push(() => device.close());
      }
      if (options.discovery !== null) {
        const responder = createDiscovery({
          clock,
          log,
          host,
          devices: () => devices.map((d) => d.announced()),
          ...options.discovery,
        });
        await responder.start();
        stops.push(() => responder.stop());
      }
      return urls;
    },
    async stop() {
      for (const stop of stops.splice(0).reverse()) await stop();
      devices.length = 0;
    },
    devices: () => devices,
    rtspPort: () => rtspPort,
  };
}
