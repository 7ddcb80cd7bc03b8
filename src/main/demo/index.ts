/**
 * The demo site: four virtual cameras, each a real RTSP server on loopback behind Digest. Nothing else in the station knows
 * that they are not devices: they are added and recorded like any camera.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StreamKind, StreamSettings } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { readClip } from './clip.ts';
import { createFaults, defaultFaults } from './faults.ts';
import type { FaultStep } from './faults.ts';
import { createFramesDoor } from './frames-door.ts';
import { createMount } from './mount.ts';
import type { Mount, SentFrame } from './mount.ts';
import { packetize } from './packetize.ts';
import { createRtspServer } from './rtsp-server.ts';
import type { RtspServer } from './rtsp-server.ts';

export type DemoCamera = {
  name: string;
  group: string;
  main: StreamSettings;
  sub: StreamSettings | null;
  username: string;
  password: string;
};

export type DemoSiteOptions = {
  clock: Clock;
  log: Log;
  /** Folder of the clips: `resources/demo`. */
  dir: string;
  /** Loopback; anything else is for tests that have a network of their own. */
  host?: string;
  /** The cameras listen on this port and the three after it; one that is taken is replaced by any free one. 0: any. */
  portBase?: number;
  /** All cameras share them. Without a password each start makes a new one. */
  username?: string;
  password?: string;
  /** What the misbehaving camera does; empty: nothing. */
  faults?: FaultStep[];
  /** Port of the small HTTP door to `frames` (`GET /frames`); 0: any; absent: none. */
  framesPort?: number;
};

export type DemoSite = {
  start(): Promise<DemoCamera[]>;
  stop(): Promise<void>;
  /** When the last pictures of a stream were sent (about 80 s of them), oldest first; empty for an unknown one. */
  frames(name: string, kind: StreamKind): SentFrame[];
  /** Address of the HTTP door; null without one. */
  framesUrl(): string | null;
};

type Plan = { name: string; camera: number; main: string; sub: string | null; misbehaves: boolean };

/** `camera`: the number in the code that is burnt into the pictures. */
export const demoPlan: readonly Plan[] = [
  { name: 'Gate', camera: 1, main: 'gate-main.mp4', sub: 'gate-sub.mp4', misbehaves: false },
  { name: 'Yard', camera: 2, main: 'yard-main.mp4', sub: 'yard-sub.mp4', misbehaves: false },
  { name: 'Corridor', camera: 3, main: 'corridor-main.mp4', sub: null, misbehaves: false },
  { name: 'Street', camera: 4, main: 'street-main.mp4', sub: 'street-sub.mp4', misbehaves: true },
];

export const demoGroup = 'Demo site';
export const defaultDemoPort = 18_554;

/** Reads a clip of the demo site; the message says what to do when it is missing or broken. */
export async function loadClip(dir: string, file: string): Promise<ReturnType<typeof readClip>> {
  const path = join(dir, file);
  try {
    return readClip(await readFile(path));
  } catch (cause) {
    throw new Error(`The demo site cannot use ${path}. Reinstall Vigie, or make the clips again (docs/demo.md).`, {
      cause,
    });
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');

export function createDemoSite(options: DemoSiteOptions): DemoSite {
  const { clock, log, dir, host = '127.0.0.1', portBase = defaultDemoPort, faults = defaultFaults } = options;
  const username = options.username ?? 'demo';
  const password = options.password ?? randomBytes(12).toString('base64url');
  let stops: (() => Promise<void> | void)[] = [];
  const mounts = new Map<string, Mount>();
  let framesAddress: string | null = null;

  const frames = (name: string, kind: StreamKind): SentFrame[] => mounts.get(`${name}/${kind}`)?.sent() ?? [];

  async function startServer(cameraMounts: Mount[], port: number): Promise<{ server: RtspServer; port: number }> {
    const make = (p: number): RtspServer =>
      createRtspServer({ clock, log, mounts: cameraMounts, user: { username, password }, host, port: p });
    const server = make(port);
    try {
      return { server, port: await server.start() };
    } catch (error) {
      if (!isTaken(error) || port === 0) throw error;
      log.info('A demo camera found its port taken and uses another', { port });
      const other = make(0);
      return { server: other, port: await other.start() };
    }
  }

  async function startCamera(plan: Plan, port: number, startMs: number): Promise<DemoCamera> {
    const streams: Mount[] = [];
    for (const kind of ['main', 'sub'] as const) {
      const file = plan[kind];
      if (file === null) continue;
      const clip = await loadClip(dir, file);
      const mount = createMount({ path: `/${kind}`, clip, packets: packetize(clip), clock, startMs });
      mounts.set(`${plan.name}/${kind}`, mount);
      streams.push(mount);
      stops.push(() => {
        mount.stop();
      });
    }
    const { server, port: listening } = await startServer(streams, port);
    stops.push(() => server.stop());
    for (const mount of streams) mount.start();
    if (plan.misbehaves && faults.length > 0) {
      const trouble = createFaults(faults, (fault) => {
        log.info('A demo camera misbehaves on purpose', { camera: plan.name, fault: fault.kind });
        if (fault.kind === 'drop') server.dropAll();
        else for (const mount of streams) mount.jump(fault.byMs);
      });
      trouble.start();
      stops.push(() => {
        trouble.stop();
      });
    }
    const stream = (kind: StreamKind): StreamSettings => ({
      url: `rtsp://${host}:${listening}/${kind}`,
      transport: 'auto',
      record: true,
    });
    return {
      name: plan.name,
      group: demoGroup,
      main: stream('main'),
      sub: plan.sub === null ? null : stream('sub'),
      username,
      password,
    };
  }

  async function stop(): Promise<void> {
    const all = stops.reverse();
    stops = [];
    for (const one of all) await one();
    mounts.clear();
    framesAddress = null;
  }

  return {
    async start() {
      const startMs = clock.monoMs();
      const cameras: DemoCamera[] = [];
      try {
        for (const [i, plan] of demoPlan.entries()) {
          cameras.push(await startCamera(plan, portBase === 0 ? 0 : portBase + i, startMs));
        }
        if (options.framesPort !== undefined) {
          const door = createFramesDoor({
            host,
            port: options.framesPort,
            streams: () => [...mounts.keys()],
            frames: (stream) => mounts.get(stream)?.sent() ?? null,
          });
          framesAddress = await door.start();
          stops.push(() => door.stop());
        }
      } catch (error) {
        await stop();
        throw error;
      }
      return cameras;
    },
    stop,
    frames,
    framesUrl: () => framesAddress,
  };
}
