/**
 * What devices say happens, as events of cameras: one subscription per device, followed while one of its cameras is enabled, and
 * what is in the metadata beside their pictures (`camera-metadata.ts`). Where both tell, each event is taken once; where one
 * falls silent, the other goes on. Times are those at which the station heard of it; a camera's own clock may be off.
 */
import {
  eventWatch,
  freshEventWatch,
  type EventWatch,
  type EventWatchInput,
  type EventWatchOutput,
} from '#domain/decide/event-watch.ts';
import { noTwins, twinEvents, type EventWay, type TwinEvents } from '#domain/decide/twin-events.ts';
import { plainTopic, type DeviceEvent } from '#domain/device-event.ts';
import type { Event, EventKind, Severity } from '#domain/event.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { Device } from './device-port.ts';
import type { CameraRecord, ReadStore } from './index-port.ts';
import type { Devices } from './rooms.ts';

const tickMs = 1_000;
/** Matters that are told apart at one camera; what comes beyond counts to its kind as a whole. */
const mostMatters = 32;
/** So long the farewell to all devices may take. */
const farewellMs = 1_500;

type DeviceKind = Exclude<DeviceEvent['kind'], 'relay' | 'other'>;
const severities: Record<DeviceKind, Severity> = {
  motion: 'info',
  tamper: 'warning',
  'digital-input': 'info',
  'line-crossed': 'info',
  'field-entered': 'info',
  sound: 'info',
  'storage-failed': 'warning',
};
const isDeviceKind = (kind: EventKind | DeviceEvent['kind']): kind is DeviceKind => kind in severities;
/** Of these each source is a matter of its own (which input, which line); of the others all are one. */
const apart: ReadonlySet<DeviceKind> = new Set(['digital-input', 'line-crossed', 'field-entered']);

type Matter = { kind: DeviceKind; source: string | null; watch: EventWatch; event: EventId | null };
type Follow = {
  device: Device;
  cameras: Set<CameraId>;
  /** Video source of each camera, where the device has told its profiles. */
  sources: Map<CameraId, string | null>;
  up: boolean;
  trouble: string | null;
  sinceMs: number;
  stop(): Promise<void>;
};

/** Whether what happens at a camera is heard, and which way; `trouble`: of the subscription to its device. */
export type EventLine = { up: boolean; way: EventWay; trouble: string | null; sinceMs: number };
/** The metadata of a camera. `tells`: events were in it since it is read. */
type Aside = { tells: boolean; sinceMs: number };

export type CameraEvents = {
  /** `aliveMs`: when the last run was last known to be alive: what it left open ended then at the latest. */
  start(aliveMs: number): void;
  /** Takes the subscriptions down; at most 1.5 s. To be called before the devices are closed. */
  stop(): Promise<void>;
  /** null: nothing is followed (no device, no events, disabled). */
  line(id: CameraId): EventLine | null;
  /** Its metadata is read from now on, or not any more. */
  reading(id: CameraId, reads: boolean): void;
  /** What was in it. */
  heard(id: CameraId, said: DeviceEvent[]): void;
  /** When its device said something last; null: not since the start. */
  lastMs(id: CameraId): number | null;
  /** Ends what is open of a kind that nobody is to hear of now (maintenance). */
  silence(id: CameraId): void;
};

export function createCameraEvents(deps: {
  clock: Clock;
  log: Log;
  devices: Pick<Devices, 'of' | 'status' | 'facts'>;
  events: Pick<EventRoom, 'note' | 'finish'>;
  store: Pick<ReadStore, 'openEvents'>;
  records: () => CameraRecord[];
  record: (id: CameraId) => CameraRecord | null;
  /** In maintenance: no warnings of this camera. */
  silenced: (id: CameraId) => boolean;
}): CameraEvents {
  const { clock, log, events, devices } = deps;
  const follows = new Map<Device, Follow>();
  const byCamera = new Map<CameraId, Follow>();
  const matters = new Map<CameraId, Map<string, Matter>>();
  const lastMs = new Map<CameraId, number>();
  const asides = new Map<CameraId, Aside>();
  const twins = new Map<CameraId, TwinEvents>();
  let timer: ReturnType<typeof setInterval> | null = null;
  const ending = new Set<Promise<void>>();

  const obey = (id: CameraId, matter: Matter, said: EventWatchOutput, ended: string): void => {
    if (said === null) return;
    if (said.is === 'end') {
      if (matter.event === null) return;
      const more: Event['data'] = {
        ...(said.times > 1 && { times: said.times }),
        ...(said.lost && { ended }),
      };
      events.finish(matter.event, said.atMs, more);
      matter.event = null;
      return;
    }
    if (deps.silenced(id) && severities[matter.kind] !== 'info') return;
    const camera = deps.record(id)?.name ?? null;
    if (said.flood) log.warn('a camera floods the station with events: they are told as one', { camera });
    const made = events.note({
      kind: matter.kind,
      severity: severities[matter.kind],
      cameraId: id,
      fromMs: said.atMs,
      data: { camera, source: matter.source, ...(said.flood && { flood: true }) },
    });
    matter.event = made?.id ?? null;
  };
  const step = (id: CameraId, matter: Matter, input: EventWatchInput, ended = 'connection-lost'): void => {
    const [next, said] = eventWatch(matter.watch, input);
    matter.watch = next;
    obey(id, matter, said, ended);
  };

  const matterOf = (id: CameraId, kind: DeviceKind, source: string | null): Matter => {
    let mine = matters.get(id);
    if (mine === undefined) matters.set(id, (mine = new Map<string, Matter>()));
    const told = apart.has(kind) ? source : null;
    const key = `${kind} ${told ?? ''}`;
    const name = mine.has(key) || mine.size < mostMatters ? key : kind;
    let matter = mine.get(name);
    if (matter === undefined) {
      matter = { kind, source: name === key ? source : null, watch: freshEventWatch, event: null };
      mine.set(name, matter);
    }
    return matter;
  };
  const eachMatter = (id: CameraId, work: (matter: Matter) => void): void => {
    for (const matter of matters.get(id)?.values() ?? []) work(matter);
  };
  const lose = (id: CameraId, ended?: string): void => {
    const atMs = clock.nowMs();
    eachMatter(id, (matter) => {
      step(id, matter, { is: 'lost', atMs }, ended);
    });
  };

  /** The camera that an event of its device belongs to; what tells no picture belongs to the first of them. */
  const cameraOf = (follow: Follow, event: DeviceEvent): CameraId | null => {
    const { videoSource } = event;
    const ids = [...follow.cameras];
    if (videoSource !== null && ids.length > 1) {
      const shown = ids.find((id) => follow.sources.get(id) === videoSource);
      if (shown !== undefined) return shown;
      // A channel that is no camera of ours.
      if (ids.every((id) => follow.sources.get(id) != null)) return null;
    }
    const number = (id: CameraId): number => deps.record(id)?.number ?? Infinity;
    return ids.reduce<CameraId | null>((a, b) => (a === null || number(b) < number(a) ? b : a), null);
  };

  const take = (id: CameraId, way: EventWay, event: DeviceEvent): void => {
    const { kind, active, source, deviceMs } = event;
    if (!isDeviceKind(kind)) return;
    const atMs = clock.nowMs();
    if (event.initial) {
      // The state of things at the beginning is no news; that something is over may be.
      if (active === false) step(id, matterOf(id, kind, source), { is: 'off', atMs, source: source ?? '' });
      return;
    }
    const key = JSON.stringify([plainTopic(event.topic).toLowerCase(), source, active]);
    const [next, first] = twinEvents(twins.get(id) ?? noTwins, { way, key, deviceMs, atMs: clock.monoMs() });
    twins.set(id, next);
    lastMs.set(id, atMs);
    if (!first) return;
    const is = active === null ? 'moment' : active ? 'on' : 'off';
    step(id, matterOf(id, kind, source), { is, atMs, source: source ?? '' });
  };
  const hear = (follow: Follow, event: DeviceEvent): void => {
    const id = cameraOf(follow, event);
    if (id !== null) take(id, 'pull-point', event);
  };
  /** What a device tells in the metadata of each of its channels is taken from the channel that it is about. */
  const hearAside = (id: CameraId, event: DeviceEvent): void => {
    const follow = byCamera.get(id);
    const about = (follow === undefined ? null : cameraOf(follow, event)) ?? id;
    if (about === id || !asides.has(about)) take(about, 'metadata', event);
  };

  const begin = (device: Device): Follow => {
    const follow: Follow = {
      device,
      cameras: new Set(),
      sources: new Map(),
      up: false,
      trouble: null,
      sinceMs: clock.nowMs(),
      stop: () => Promise.resolve(),
    };
    const following = device.events({
      event(event) {
        hear(follow, event);
      },
      state({ up, trouble }) {
        if (follow.up !== up) follow.sinceMs = clock.nowMs();
        follow.up = up;
        follow.trouble = trouble;
        // In the metadata it goes on: what is open there ends there.
        if (!up) for (const id of follow.cameras) if (asides.get(id)?.tells !== true) lose(id);
      },
    });
    follow.stop = () => following.stop();
    follows.set(device, follow);
    return follow;
  };
  const leave = (id: CameraId): void => {
    const follow = byCamera.get(id);
    if (follow === undefined) return;
    byCamera.delete(id);
    if (asides.get(id)?.tells !== true) {
      lose(id);
      matters.delete(id);
    }
    follow.cameras.delete(id);
    if (follow.cameras.size > 0) return;
    follows.delete(follow.device);
    const farewell = follow.stop().catch(() => undefined); // a device that is gone needs none
    ending.add(farewell);
    void farewell.then(() => ending.delete(farewell));
  };
  /** Which profile shows which picture; known already, so nothing is asked. */
  const learnSource = (follow: Follow, camera: CameraRecord): void => {
    devices.facts(camera.id).then(
      ({ profiles }) => {
        const source = profiles.find((p) => p.token === camera.link?.mainProfile)?.source ?? null;
        follow.sources.set(camera.id, source);
      },
      () => undefined, // then it counts as the device's only picture
    );
  };

  /** The camera is gone from the station. */
  const forget = (id: CameraId): void => {
    lose(id);
    for (const known of [matters, lastMs, asides, twins]) known.delete(id);
  };

  /** Follows the devices that have events to tell and a camera that is enabled, and no others. */
  const settle = (): void => {
    const here = new Set<CameraId>();
    for (const camera of deps.records()) {
      here.add(camera.id);
      const device = camera.enabled ? devices.of(camera.id) : null;
      const known = byCamera.get(camera.id);
      if (known !== undefined && known.device !== device) leave(camera.id);
      if (device === null || byCamera.has(camera.id)) continue;
      if (devices.status(camera.id)?.facts?.events !== true) continue;
      const follow = follows.get(device) ?? begin(device);
      follow.cameras.add(camera.id);
      byCamera.set(camera.id, follow);
      learnSource(follow, camera);
    }
    for (const id of new Set([...byCamera.keys(), ...matters.keys(), ...lastMs.keys()]))
      if (!here.has(id)) {
        leave(id);
        forget(id);
      }
  };

  const tick = (): void => {
    settle();
    const atMs = clock.nowMs();
    for (const [id, mine] of matters)
      for (const matter of mine.values()) if (matter.watch.openMs !== null) step(id, matter, { is: 'look', atMs });
  };

  return {
    start(aliveMs) {
      for (const event of deps.store.openEvents())
        if (isDeviceKind(event.kind))
          events.finish(event.id, Math.max(event.fromMs, aliveMs), { ended: 'station-stopped' });
      timer = setInterval(tick, tickMs);
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      for (const id of [...matters.keys()]) lose(id, 'station-stopped');
      asides.clear();
      for (const id of [...byCamera.keys()]) leave(id);
      const late = Promise.withResolvers<null>();
      const limit = setTimeout(() => {
        late.resolve(null);
      }, farewellMs);
      await Promise.race([Promise.all(ending), late.promise]);
      clearTimeout(limit);
    },
    line(id) {
      const follow = byCamera.get(id);
      const aside = asides.get(id);
      if (follow?.up === true || (follow !== undefined && aside?.tells !== true))
        return { up: follow.up, way: 'pull-point', trouble: follow.trouble, sinceMs: follow.sinceMs };
      if (aside?.tells !== true) return null;
      return { up: true, way: 'metadata', trouble: follow?.trouble ?? null, sinceMs: aside.sinceMs };
    },
    reading(id, reads) {
      if (reads) asides.set(id, { tells: false, sinceMs: clock.nowMs() });
      else if (asides.delete(id) && byCamera.get(id)?.up !== true) lose(id);
    },
    heard(id, said) {
      const aside = asides.get(id);
      if (aside === undefined) return;
      aside.tells = true;
      for (const event of said) hearAside(id, event);
    },
    lastMs: (id) => lastMs.get(id) ?? null,
    silence(id) {
      const atMs = clock.nowMs();
      eachMatter(id, (matter) => {
        if (severities[matter.kind] === 'info' || matter.event === null) return;
        events.finish(matter.event, atMs, { ended: 'maintenance' });
        matter.event = null;
      });
    },
  };
}
