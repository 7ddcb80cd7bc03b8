/**
 * The demo site: four virtual cameras, each a real RTSP server and a real ONVIF device on loopback. Nothing else in the station
 * knows that they are no hardware: they are found, added and recorded like any camera.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { StreamKind, StreamSettings } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { Ear } from './ear.ts';
import { createFaults, defaultFaults } from './faults.ts';
import type { Fault, FaultStep } from './faults.ts';
import { createFramesDoor } from './frames-door.ts';
import type { SentFrame } from './mount.ts';
import type { OnvifDevice } from './onvif/device.ts';
import { createDiscovery } from './onvif/discovery.ts';
import type { Discovery } from './onvif/discovery.ts';
import { demoPlan } from './plan.ts';
import { createVirtualCamera } from './virtual-camera.ts';
import type { VirtualCamera } from './virtual-camera.ts';
import { recordAlways } from '#domain/recording-plan.ts';

export { demoPlan } from './plan.ts';
export { loadClip } from './virtual-camera.ts';

export type DemoCamera = {
  name: string;
  group: string;
  main: StreamSettings;
  sub: StreamSettings | null;
  username: string;
  password: string;
  /** Its ONVIF device service: `http://127.0.0.1:18564/onvif/device_service`. */
  deviceUrl: string;
};

export type DemoSiteOptions = {
  clock: Clock;
  log: Log;
  /** Folder of the clips: `resources/demo`. */
  dir: string;
  /** Loopback; anything else is for tests that have a network of their own. */
  host?: string;
  /**
   * The cameras listen for RTSP on this port and the three after it, for ONVIF ten higher; one that is taken is replaced by any
   * free one. 0: any.
   */
  portBase?: number;
  /** All cameras share them. Without a password each start makes a new one. */
  username?: string;
  password?: string;
  /**
   * Tells the devices of this site from those of another demo site on the same PC: endpoints, serials and MAC addresses are made
   * from it, the same at every start. Absent: made from user and password, one way.
   */
  site?: string;
  /** What the misbehaving camera does; empty: nothing. */
  faults?: FaultStep[];
  /** Port of the small HTTP door to `frames` (`GET /frames`); 0: any; absent: none. */
  framesPort?: number;
  /** WS-Discovery on these interfaces and port; absent: loopback, 3702; null: nobody finds them. */
  discovery?: { interfaces?: string[]; port?: number } | null;
};

export type DemoSite = {
  start(): Promise<DemoCamera[]>;
  stop(): Promise<void>;
  /** When the last pictures of a stream were sent (about 80 s of them), oldest first; empty for an unknown one. */
  frames(name: string, kind: StreamKind): SentFrame[];
  /** Address of the HTTP door; null without one. */
  framesUrl(): string | null;
  /** The ONVIF device of a camera, for what a test does to it or wants to know of it. */
  device(name: string): OnvifDevice | null;
  /** Which of its views a camera shows: 0 at home, then those of the plan; undefined before the first picture. */
  view(name: string): number | undefined;
  /** What the loudspeaker of a camera was told; null for one without. */
  ear(name: string): Ear | null;
  /** Pulls a camera's network cable: connections end, nobody listens; the camera itself goes on, and records on its card. */
  cut(name: string): Promise<void>;
  /** Plugs it in again: the same ports, and a Hello. */
  restore(name: string): Promise<void>;
};

export const demoGroup = 'Demo site';
export const defaultDemoPort = 18_554;
const onvifPortStep = 10;

export function createDemoSite(options: DemoSiteOptions): DemoSite {
  const { clock, log, dir, host = '127.0.0.1', portBase = defaultDemoPort, faults = defaultFaults } = options;
  const username = options.username ?? 'demo';
  const password = options.password ?? randomBytes(12).toString('base64url');
  const site =
    options.site ?? createHash('sha256').update(`demo site ${username} ${password}`).digest('hex').slice(0, 16);
  let stops: (() => Promise<void> | void)[] = [];
  const cameras = new Map<string, VirtualCamera>();
  let cutOff = new Set<string>();
  let discovery: Discovery | null = null;
  let framesAddress: string | null = null;

  const framesOf = (stream: string): SentFrame[] | null => {
    const [name = '', kind] = stream.split('/');
    const mount = kind === 'main' || kind === 'sub' ? cameras.get(name)?.mounts.get(kind) : undefined;
    return mount?.sent() ?? null;
  };

  async function startCamera(i: number, startMs: number): Promise<DemoCamera> {
    const plan = demoPlan[i];
    if (!plan) throw new Error('no such demo camera');
    const port = (step: number): number => (portBase === 0 ? 0 : portBase + step + i);
    const camera = await createVirtualCamera({
      clock,
      log,
      dir,
      plan,
      host,
      user: { username, password },
      startMs,
      site,
      rtspPort: port(0),
      onvifPort: port(onvifPortStep),
    });
    stops.push(() => camera.stop());
    await camera.start();
    cameras.set(plan.name, camera);
    if (plan.misbehaves && faults.length > 0) {
      const trouble = createFaults(faults, (fault) => {
        log.info('A demo camera misbehaves on purpose', { camera: plan.name, fault: fault.kind });
        misbehave(camera, plan.name, fault).catch((error: unknown) => {
          log.error('A demo camera could not even misbehave', { camera: plan.name, error: String(error) });
        });
      });
      trouble.start();
      stops.push(() => {
        trouble.stop();
      });
    }
    const stream = (kind: StreamKind): StreamSettings => ({
      url: `rtsp://${host}:${camera.rtspPort()}/${kind}`,
      transport: 'auto',
      plan: recordAlways,
    });
    return {
      name: plan.name,
      group: demoGroup,
      main: stream('main'),
      sub: plan.hasSub ? stream('sub') : null,
      username,
      password,
      deviceUrl: camera.deviceUrl(),
    };
  }

  async function misbehave(camera: VirtualCamera, name: string, fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'drop':
        camera.drop();
        return;
      case 'jump':
        for (const mount of camera.mounts.values()) mount.jump(fault.byMs);
        return;
      case 'away':
        return cut(name);
      case 'back':
        return restore(name);
    }
  }

  async function cut(name: string): Promise<void> {
    const camera = cameras.get(name);
    if (!camera || cutOff.has(name)) return;
    cutOff.add(name);
    await camera.cut();
  }

  async function restore(name: string): Promise<void> {
    const camera = cameras.get(name);
    if (!camera || !cutOff.has(name)) return;
    await camera.restore();
    cutOff.delete(name);
    discovery?.hello(camera.device.announced());
  }

  async function openDoors(): Promise<void> {
    if (options.framesPort !== undefined) {
      const door = createFramesDoor({
        host,
        port: options.framesPort,
        streams: () => [...cameras].flatMap(([name, c]) => [...c.mounts.keys()].map((kind) => `${name}/${kind}`)),
        frames: framesOf,
      });
      framesAddress = await door.start();
      stops.push(() => door.stop());
    }
    if (options.discovery === null) return;
    const responder = createDiscovery({
      clock,
      log,
      host,
      devices: () => [...cameras].filter(([name]) => !cutOff.has(name)).map(([, c]) => c.device.announced()),
      ...options.discovery,
    });
    await responder.start();
    discovery = responder;
    stops.push(() => responder.stop());
  }

  async function stop(): Promise<void> {
    const all = stops.reverse();
    stops = [];
    discovery = null;
    for (const one of all) await one();
    cameras.clear();
    cutOff = new Set();
    framesAddress = null;
  }

  return {
    async start() {
      const startMs = clock.monoMs();
      const found: DemoCamera[] = [];
      try {
        for (let i = 0; i < demoPlan.length; i++) found.push(await startCamera(i, startMs));
        await openDoors();
      } catch (error) {
        await stop();
        throw error;
      }
      return found;
    },
    stop,
    frames: (name, kind) => framesOf(`${name}/${kind}`) ?? [],
    framesUrl: () => framesAddress,
    device: (name) => cameras.get(name)?.device ?? null,
    view: (name) => cameras.get(name)?.mounts.get('main')?.present()?.view,
    ear: (name) => cameras.get(name)?.ear ?? null,
    cut,
    restore,
  };
}
