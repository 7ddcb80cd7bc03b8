/** One camera of the demo site: its streams, its RTSP and ONVIF servers, and the cable that can be pulled. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StreamKind } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { readClip } from './clip.ts';
import type { Clip } from './clip.ts';
import type { ClipFacts } from './clip-facts.ts';
import { loadFacts } from './clip-facts.ts';
import { loadObjects } from './clip-objects.ts';
import type { DigestUser } from './digest.ts';
import { createEar } from './ear.ts';
import type { Ear } from './ear.ts';
import { createMetadataTrack } from './metadata-track.ts';
import { createMount } from './mount.ts';
import type { Mount } from './mount.ts';
import { createOnvifDevice } from './onvif/device.ts';
import type { OnvifDevice } from './onvif/device.ts';
import { identityOf } from './onvif/identity.ts';
import type { DeviceStream } from './onvif/media-settings.ts';
import { createPtzHead } from './onvif/ptz-head.ts';
import { replayPath, videoTrack } from './onvif/recordings.ts';
import { packetize } from './packetize.ts';
import type { Plan } from './plan.ts';
import { nearestView } from './plan.ts';
import { createRtspServer } from './rtsp-server.ts';
import type { RtspServer } from './rtsp-server.ts';

/** Reads a clip of the demo site; the message says what to do when it is missing or broken. */
export async function loadClip(dir: string, file: string): Promise<Clip> {
  const path = join(dir, file);
  try {
    return readClip(await readFile(path));
  } catch (cause) {
    throw new Error(`The demo site cannot use ${path}. Reinstall Vigie, or make the clips again (docs/demo.md).`, {
      cause,
    });
  }
}

export type VirtualCamera = {
  start(): Promise<void>;
  stop(): Promise<void>;
  rtspPort(): number;
  deviceUrl(): string;
  mounts: Map<StreamKind, Mount>;
  device: OnvifDevice;
  /** What its loudspeaker was told; null without one. */
  ear: Ear | null;
  /** Ends all connections without a word; listens on. */
  drop(): void;
  /** Its cable is pulled: nothing listens any more, but the camera goes on by itself. */
  cut(): Promise<void>;
  restore(): Promise<void>;
};

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');

/** Starts with the port wished for, or with any where that is taken. */
async function listen(make: (port: number) => { start(): Promise<number> }, port: number, log: Log): Promise<number> {
  try {
    return await make(port).start();
  } catch (error) {
    if (!isTaken(error) || port === 0) throw error;
    log.info('A demo camera found its port taken and uses another', { port });
    return make(0).start();
  }
}

/** What a device says of a stream, from the clip that it is. */
export function streamFacts(name: string, clip: Clip): DeviceStream {
  const keys = clip.pictures.flatMap((p, i) => (p.key ? [i] : []));
  const bytes = clip.pictures.reduce((n, p) => n + p.nals.reduce((m, nal) => m + nal.length, 0), 0);
  return {
    name,
    codec: clip.codec,
    width: clip.width,
    height: clip.height,
    fps: clip.fps,
    keyEvery: (keys[1] ?? clip.pictures.length) - (keys[0] ?? 0),
    bitsPerSecond: (bytes * 8 * clip.fps) / clip.pictures.length,
    path: `/${name}`,
  };
}

/** How much the card of a demo camera holds. */
export const cardHoldsMs = 30 * 60_000;

/** `startMs`: monotonic time of the first picture; `site` tells devices of one demo from those of another. */
export async function createVirtualCamera(options: {
  clock: Clock;
  log: Log;
  dir: string;
  plan: Plan;
  host: string;
  user: DigestUser;
  startMs: number;
  site: string;
  rtspPort: number;
  onvifPort: number;
}): Promise<VirtualCamera> {
  const { clock, log, dir, plan, host, user, startMs } = options;
  const head = plan.views.length > 0 ? createPtzHead(clock) : undefined;
  const wanted = (): number => (head ? nearestView(head.position(), plan.views) : 0);
  const mounts = new Map<StreamKind, Mount>();
  const streams: DeviceStream[] = [];
  for (const kind of plan.hasSub ? (['main', 'sub'] as const) : (['main'] as const)) {
    const clip = await loadClip(dir, `${plan.clips}-${kind}.mp4`);
    const views = await Promise.all(plan.views.map((v) => loadClip(dir, `${v.clips}-${kind}.mp4`)));
    const mount = createMount({
      path: `/${kind}`,
      clip,
      packets: packetize(clip),
      clock,
      startMs,
      ...(head && { views: { packets: views.map(packetize), wanted } }),
    });
    mounts.set(kind, mount);
    streams.push(streamFacts(kind, clip));
  }
  const facts = await Promise.all([plan, ...plan.views].map((v) => loadFacts(dir, v.clips)));
  const objects = await Promise.all([plan, ...plan.views].map((v) => loadObjects(dir, v.clips)));
  const metadata = createMetadataTrack({
    objects,
    hub: () => device.hub,
    deviceMs: () => device.deviceClock.nowMs(),
    wanted: () => device.metadata(),
  });
  const main = mounts.get('main');
  const seen = (): { facts: ClipFacts; frame: number } | null => {
    const present = main?.present();
    const now = present && facts[present.view];
    return now ? { facts: now, frame: present.frame } : null;
  };

  let rtsp: RtspServer | null = null;
  let rtspPort = options.rtspPort;
  const ear = plan.speaker ? createEar(clock) : null;
  const makeRtsp = (port: number): RtspServer => {
    const { card } = device;
    rtsp = createRtspServer({
      clock,
      log,
      mounts: [...mounts.values()],
      replays: card ? [{ path: replayPath, track: videoTrack, card }] : [],
      ...(ear && { ear }),
      metadata,
      user,
      host,
      port,
    });
    return rtsp;
  };
  const audio = main?.clip.audio;
  const makeDevice = (port: number): OnvifDevice =>
    createOnvifDevice({
      clock,
      log,
      identity: identityOf(plan.name, plan.model, options.site),
      user,
      host,
      port,
      streams,
      rtspPort: () => rtspPort,
      audio: audio ? { sampleRate: audio.sampleRate, channels: audio.channels, bitsPerSecond: 24_000 } : null,
      speaker: plan.speaker,
      relays: plan.relays,
      inputs: plan.inputs,
      auxiliary: plan.auxiliary,
      analytics: true,
      snapshot: (name) => {
        const now = streams.some((s) => s.name === name) ? seen() : null;
        return now?.facts.still(now.frame) ?? null;
      },
      ...(head && { head }),
      ...(plan.card && main && { card: { mount: main, holdsMs: cardHoldsMs } }),
    });
  let device = makeDevice(options.onvifPort);
  let devicePort = 0;
  let leave: (() => void) | null = null;

  const self: VirtualCamera = {
    async start() {
      devicePort = await listen(
        (port) => {
          if (port !== options.onvifPort) device = makeDevice(port);
          return device;
        },
        options.onvifPort,
        log,
      );
      rtspPort = await listen(makeRtsp, rtspPort, log);
      for (const mount of mounts.values()) mount.start();
      device.card?.start();
      // The camera's own eye: what the clip is known to show, told when it is shown.
      leave =
        main?.subscribe({
          picture() {
            const now = seen();
            if (now) device.setMotion(now.facts.isMotion(now.frame));
          },
          sound() {
            // Nothing listens for sounds.
          },
        }) ?? null;
    },
    async stop() {
      leave?.();
      await rtsp?.stop();
      rtsp = null;
      await device.close();
      for (const mount of mounts.values()) mount.stop();
    },
    rtspPort: () => rtspPort,
    deviceUrl: () => `http://${host}:${devicePort}/onvif/device_service`,
    mounts,
    get device() {
      return device;
    },
    ear,
    drop() {
      rtsp?.dropAll();
    },
    async cut() {
      const running = rtsp;
      rtsp = null;
      await Promise.all([running?.stop(), device.stop()]);
    },
    async restore() {
      if (!rtsp) await makeRtsp(rtspPort).start();
      await device.start();
    },
  };
  return self;
}
