/** One virtual ONVIF device: its services behind one HTTP port, what it knows of itself, and what a test may do to it. */
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { DigestUser } from '../digest.ts';
import type { Mount } from '../mount.ts';
import type { DeviceClock } from './device-clock.ts';
import { createDeviceClock } from './device-clock.ts';
import { createEventHub } from './event-hub.ts';
import type { EventHub } from './event-hub.ts';
import type { TopicName } from './event-topics.ts';
import type { Identity } from './identity.ts';
import { scopesOf } from './identity.ts';
import type { DeviceAudio, DeviceStream, MediaSettings } from './media-settings.ts';
import { createMediaSettings, tokenOf } from './media-settings.ts';
import { servicePath } from './namespaces.ts';
import { createOsds } from './osd.ts';
import { createPtzHead } from './ptz-head.ts';
import type { PtzHead } from './ptz-head.ts';
import { recordingToken, videoTrack } from './recordings.ts';
import { createSdCard } from './sd-card.ts';
import type { SdCard } from './sd-card.ts';
import { createDeviceService } from './service-device.ts';
import { createDeviceIoService } from './service-deviceio.ts';
import { createEventsService } from './service-events.ts';
import { createImagingService } from './service-imaging.ts';
import { createMediaService } from './service-media.ts';
import { createMedia2Service } from './service-media2.ts';
import { createPtzService } from './service-ptz.ts';
import { createRecordingService } from './service-recording.ts';
import { createReplayService } from './service-replay.ts';
import { createSearchService } from './service-search.ts';
import type { Service } from './service.ts';
import { createSoapServer } from './soap-server.ts';
import type { Refusals, SoapServer } from './soap-server.ts';
import { createTerminals } from './terminals.ts';
import type { Terminals } from './terminals.ts';

export type OnvifDeviceOptions = {
  clock: Clock;
  log: Log;
  identity: Identity;
  user: DigestUser;
  host: string;
  /** 0: any free one. */
  port: number;
  streams: DeviceStream[];
  rtspPort: () => number;
  audio?: DeviceAudio | null;
  speaker?: boolean;
  /** Its own analysis tells what it sees, in its metadata. */
  analytics?: boolean;
  /** Its head, for a camera that turns. */
  head?: PtzHead;
  relays?: number;
  inputs?: number;
  auxiliary?: string[];
  /** Picture of a stream as JPEG. */
  snapshot?: (stream: string) => Uint8Array | null;
  /** What it records by itself (Profile G), where it has a card; `mount` is its main stream. */
  card?: { mount: Mount; holdsMs: number };
};

/** What discovery tells of a device (ONVIF Core Specification §7.3). */
export type Announced = {
  uuid: string;
  types: string;
  scopes: string[];
  /** Path and port of its device service; the responder puts its own address before it. */
  port: number;
  path: string;
  /** Counts changes of what is told here. */
  version: number;
};

export type OnvifDevice = {
  /** Listens; resolves with the port. The same port again after `stop`. */
  start(): Promise<number>;
  /** Ends listener and connections; what the device knows stays. */
  stop(): Promise<void>;
  /** For good: timers end too. */
  close(): Promise<void>;
  identity: Identity;
  announced(): Announced;
  deviceClock: DeviceClock;
  terminals: Terminals;
  hub: EventHub;
  /** What it is set to send beside its pictures. */
  metadata(): MediaSettings['metadata'];
  /** Its own recordings; null without a card. */
  card: SdCard | null;
  /** Motion in its picture, told to who listens. */
  setMotion(active: boolean): void;
  /** Its picture is covered or turned away, as far as its own sensor says. */
  setTamper(active: boolean): void;
  refusals(): Refusals;
};

export function createOnvifDevice(options: OnvifDeviceOptions): OnvifDevice {
  const { clock, log, identity, user, host, head } = options;
  const deviceClock = createDeviceClock(clock);
  const hub = createEventHub({ clock, deviceMs: deviceClock.nowMs });
  const relayTold = (token: string, active: boolean): void => {
    hub.set('relay', [['RelayToken', token]], [['LogicalState', active ? 'active' : 'inactive']]);
  };
  const inputTold = (token: string, active: boolean): void => {
    hub.set('input', [['InputToken', token]], [['LogicalState', String(active)]]);
  };
  const terminals = createTerminals({
    relays: options.relays ?? 0,
    inputs: options.inputs ?? 0,
    auxiliary: options.auxiliary ?? [],
    changed: (kind, token, active) => {
      (kind === 'relay' ? relayTold : inputTold)(token, active);
    },
  });
  const settings = createMediaSettings({
    streams: options.streams,
    audio: options.audio ?? null,
    speaker: options.speaker ?? false,
    ptz: head !== undefined,
    analytics: options.analytics ?? false,
  });
  let version = 1;
  let port = options.port;
  let server: SoapServer | null = null;
  let past: Refusals = { count: 0, lastMs: null };

  const setMotion = (active: boolean): void => {
    hub.set('motion', [['Source', tokenOf.source]], [['State', String(active)]]);
    const rule: [string, string][] = [
      ['VideoSourceConfigurationToken', tokenOf.sourceConfiguration],
      ['VideoAnalyticsConfigurationToken', 'analytics-config-1'],
      ['Rule', 'Motion'],
    ];
    hub.set('cellMotion', rule, [['IsMotion', String(active)]]);
  };
  const setTamper = (active: boolean): void => {
    hub.set('tamper', [['Source', tokenOf.source]], [['State', String(active)]]);
  };
  setMotion(false);
  setTamper(false);
  for (const { token, active } of terminals.relays()) relayTold(token, active);
  for (const { token, active } of terminals.inputs()) inputTold(token, active);

  const card =
    options.card &&
    createSdCard({
      clock,
      deviceClock,
      mount: options.card.mount,
      holdsMs: options.card.holdsMs,
      changed: (recording) => {
        const own: [string, string] = ['RecordingToken', recordingToken];
        hub.set('recording', [own], [['IsRecording', String(recording)]]);
        hub.set('track', [own, ['Track', videoTrack]], [['IsDataPresent', String(recording)]]);
      },
    });
  const stream = options.streams[0];
  const recording = card && stream && { identity, card, stream };
  const storage: Service[] = recording
    ? [
        createRecordingService({ ...recording, holdsMs: options.card?.holdsMs ?? 0 }),
        createSearchService({ ...recording, clock, hub, deviceMs: deviceClock.nowMs }),
        createReplayService({ rtspPort: options.rtspPort, sessionSeconds: 60 }),
      ]
    : [];
  const ptz = head && createPtzService({ settings, head, clock: deviceClock, terminals });
  const mediaParts = {
    settings,
    osds: createOsds(identity.name),
    ptzTimeout: () => ptz?.timeout() ?? 'PT10S',
    rtspPort: options.rtspPort,
    synchronize: () => {
      // Clips have a key picture every second or two: it comes by itself.
    },
  };
  const topics: TopicName[] = [
    'motion',
    'cellMotion',
    'tamper',
    ...(terminals.inputs().length > 0 ? (['input'] as const) : []),
    ...(terminals.relays().length > 0 ? (['relay'] as const) : []),
    ...(storage.length > 0 ? (['recording', 'track'] as const) : []),
  ];
  const device = createDeviceService({
    identity,
    username: user.username,
    clock: deviceClock,
    terminals,
    fixedScopes: scopesOf(
      identity,
      ['Streaming', 'T', ...(storage.length > 0 ? ['G'] : [])],
      [
        'Network_Video_Transmitter',
        'video_encoder',
        ...(head ? ['ptz'] : []),
        ...(options.audio ? ['audio_encoder'] : []),
      ],
    ),
    scopesChanged: () => {
      version++;
    },
    rtspPort: options.rtspPort,
    counts: { videoSources: 1, audioSources: options.audio ? 1 : 0, audioOutputs: options.speaker ? 1 : 0 },
    services: () => services,
  });
  const services: Service[] = [
    device,
    createMedia2Service(mediaParts),
    createMediaService(mediaParts),
    createEventsService({ clock, deviceClock, hub, topics, maxPullPoints: 16 }),
    createImagingService({ settings, lens: head ? createPtzHead(clock, { pan: 0, tilt: 0, zoom: 0.5 }) : null }),
    ...(ptz ? [ptz] : []),
    createDeviceIoService({ settings, terminals }),
    ...storage,
  ];

  async function stop(): Promise<void> {
    const running = server;
    server = null;
    if (!running) return;
    const { count, lastMs } = running.refusals();
    past = { count: past.count + count, lastMs: lastMs ?? past.lastMs };
    await running.stop();
  }

  return {
    async start() {
      if (server) return port;
      const made = createSoapServer({
        clock,
        log,
        host,
        port,
        user,
        services,
        deviceMs: deviceClock.nowMs,
        snapshot: (name) => options.snapshot?.(name) ?? null,
      });
      port = await made.start();
      server = made;
      return port;
    },
    stop,
    async close() {
      hub.stop();
      terminals.stop();
      await stop();
    },
    identity,
    announced: () => ({
      uuid: identity.uuid,
      types: 'dn:NetworkVideoTransmitter tds:Device',
      scopes: device.scopes(),
      port,
      path: servicePath.tds,
      version,
    }),
    deviceClock,
    terminals,
    hub,
    metadata: () => settings.metadata,
    card: card ?? null,
    setMotion,
    setTamper,
    refusals: () => {
      const now = server?.refusals();
      return { count: past.count + (now?.count ?? 0), lastMs: now?.lastMs ?? past.lastMs };
    },
  };
}
