/** Cameras whose address changed are followed, once the device at the new address has proved who it is (docs/adr/0010). */
import { randomBytes } from 'node:crypto';
import {
  sameDevice,
  type DeviceFacts,
  type DeviceIdentity,
  type DeviceTrouble,
  type FoundDevice,
} from '#domain/device.ts';
import type { CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { deviceError, troubleOf } from './device-connection.ts';
import type { DeviceDoor, DeviceTarget } from './device-port.ts';
import { askStreams, hostOf, withHost } from './device-streams.ts';
import type { DeviceRoom, Shared } from './devices.ts';
import type { EventRoom } from './events.ts';
import type { FindingRoom } from './finding.ts';
import type { CameraRecord } from './index-port.ts';

/** One device is tried at one new address this often: each try shows a stranger one digest. */
const leastBetweenMs = 60_000;
const mostPerHour = 6;
const mostKept = 4_096;
const hourMs = 3_600_000;

/** Troubles that another address can explain. */
const elsewhere: ReadonlySet<DeviceTrouble> = new Set([
  'unreachable',
  'timeout',
  'tls',
  'not-onvif',
  'invalid-answer',
  'credentials-refused',
  'certificate-changed',
  'other-device',
]);

export type DeviceFollowing = { start(): void; stop(): void };

export function createDeviceFollowing(deps: {
  door: Pick<DeviceDoor, 'connect'>;
  devices: Pick<DeviceRoom, 'shared' | 'onChange' | 'target'>;
  finding: Pick<FindingRoom, 'onFound' | 'found' | 'probe'>;
  clock: Clock;
  log: Log;
  events: Pick<EventRoom, 'note'>;
  record: (id: CameraId) => CameraRecord | null;
  relink: (id: CameraId, change: (now: CameraRecord) => CameraRecord | null) => Promise<void>;
}): DeviceFollowing {
  const { clock, log } = deps;
  const stops: (() => void)[] = [];
  const trying = new Set<Shared>();
  const tries = new Map<string, number[]>();
  let stopped = false;

  const first = (shared: Shared): CameraRecord | null => {
    for (const id of shared.cameras) {
      const camera = deps.record(id);
      if (camera?.link != null) return camera;
    }
    return null;
  };

  /** May be tried now; counts the try. */
  const granted = (id: CameraId, url: string): boolean => {
    const key = `${id} ${hostOf(url)}`;
    const now = clock.monoMs();
    const past = (tries.get(key) ?? []).filter((at) => now - at < hourMs);
    const last = past.at(-1);
    const may = past.length < mostPerHour && (last === undefined || now - last >= leastBetweenMs);
    tries.delete(key);
    tries.set(key, may ? [...past, now] : past);
    const oldest = tries.size > mostKept ? tries.keys().next().value : undefined;
    if (oldest !== undefined) tries.delete(oldest);
    return may;
  };

  const consider = (device: FoundDevice): void => {
    if (stopped) return;
    for (const shared of deps.devices.shared()) {
      const camera = first(shared);
      const { state, trouble } = shared.connection.status();
      if (camera?.link == null || !camera.enabled || trying.has(shared)) continue;
      if (state !== 'trouble' || trouble === null || !elsewhere.has(trouble)) continue;
      const { link } = camera;
      if (!claims(device, link.identity)) continue;
      const urls = [device.url, ...device.urls].filter((u) => u !== link.url);
      // From https to http nobody is followed: the certificate is the proof.
      const url = urls.find((u) => schemeOf(u) === schemeOf(link.url)) ?? urls.find((u) => schemeOf(u) === 'https');
      if (url === undefined || [device.url, ...device.urls].includes(link.url)) continue;
      const target = deps.devices.target(camera);
      if (target === null || !granted(camera.id, url)) continue;
      trying.add(shared);
      void move(shared, camera, { ...target, url }).finally(() => {
        trying.delete(shared);
        // What was heard meanwhile was passed over.
        for (const other of deps.finding.found()) consider(other);
      });
    }
  };

  const move = async (shared: Shared, camera: CameraRecord, target: DeviceTarget): Promise<void> => {
    const { link } = camera;
    if (link === null) return;
    const where = { camera: camera.name, from: hostOf(link.url), to: hostOf(target.url) };
    try {
      const facts = await proved(deps.door, target);
      const identity = { ...facts.identity, endpoint: facts.identity.endpoint ?? link.identity.endpoint };
      if (!sameDevice(link.identity, identity)) throw deviceError('other-device', 'It is another device.');
      for (const id of [...shared.cameras]) await moveOne(id, link.url, target, facts);
    } catch (error) {
      const reason = troubleOf(error) ?? String(error);
      log.warn('a device that says it is a known camera was not followed', { ...where, reason });
    }
  };

  const moveOne = async (id: CameraId, from: string, target: DeviceTarget, facts: DeviceFacts): Promise<void> => {
    const camera = deps.record(id);
    if (camera?.link?.url !== from) return;
    const link = { ...camera.link, url: target.url };
    const device = deps.door.connect(target);
    const streams = await askStreams(device, link, camera, facts)
      .catch(() => {
        // Profiles may have other names by now: the old addresses at the new host are the next best.
        const moved = (url: string): string =>
          hostOf(url) === hostOf(from) ? (withHost(url, hostOf(target.url)) ?? url) : url;
        return {
          main: { ...camera.main, url: moved(camera.main.url) },
          sub: camera.sub && { ...camera.sub, url: moved(camera.sub.url) },
        };
      })
      .finally(() => {
        device.close();
      });
    await deps.relink(id, (now) =>
      now.link?.url === from ? { ...now, link: { ...now.link, url: target.url }, ...streams } : null,
    );
    if (deps.record(id)?.link?.url !== target.url) return; // a person was faster
    const now = clock.nowMs();
    const data = { camera: camera.name, from: hostOf(from), to: hostOf(target.url) };
    log.info('a camera was followed to another address', data);
    deps.events.note({ kind: 'camera-moved', severity: 'warning', cameraId: id, fromMs: now, toMs: now, data });
  };

  const seek = (): void => {
    for (const device of deps.finding.found()) consider(device);
    deps.finding.probe();
  };

  return {
    start() {
      stops.push(deps.finding.onFound(consider));
      stops.push(
        deps.devices.onChange(({ id, is }) => {
          const camera = deps.record(id);
          const shared = deps.devices.shared().find((s) => s.cameras.has(id));
          const { state, trouble } = shared?.connection.status() ?? {};
          if (is !== 'status' || camera?.enabled !== true) return;
          if (state === 'trouble' && trouble != null && elsewhere.has(trouble)) seek();
        }),
      );
    },
    stop() {
      stopped = true;
      for (const stop of stops) stop();
    },
  };
}

const schemeOf = (url: string): string => (/^https:/i.test(url) ? 'https' : 'http');

/** Whether a found device says that it is this one; discovery tells no serial. */
function claims(device: FoundDevice, identity: DeviceIdentity): boolean {
  const common = identity.macs.some((m) => device.macs.includes(m));
  if (identity.macs.length > 0 && device.macs.length > 0 && !common) return false;
  return common || (identity.endpoint !== null && identity.endpoint === device.endpoint);
}

/**
 * The facts of a device that has shown that it knows the password, or holds the key of the pinned certificate. Who does not
 * know the password cannot tell the right digest from one made with another password: a stranger that takes or refuses
 * both is found out, whatever it says of itself. Which of both comes first is chance.
 */
async function proved(door: Pick<DeviceDoor, 'connect'>, target: DeviceTarget): Promise<DeviceFacts> {
  const ask = async (to: DeviceTarget): Promise<DeviceFacts> => {
    const device = door.connect(to);
    try {
      return await device.facts();
    } finally {
      device.close();
    }
  };
  const pinned = target.certificate !== null && schemeOf(target.url) === 'https';
  if (pinned || target.password === null || target.password === '') return ask(target);
  const wrong = async (): Promise<void> => {
    const taken = await ask({ ...target, password: randomBytes(12).toString('base64url') }).then(
      () => true,
      (error: unknown) => {
        if (troubleOf(error) !== 'credentials-refused') throw error;
        return false;
      },
    );
    if (taken) throw deviceError('credentials-refused', 'It takes any password: nothing is proved.');
  };
  const wrongFirst = (randomBytes(1)[0] ?? 0) < 128;
  if (wrongFirst) await wrong();
  const facts = await ask(target);
  if (!wrongFirst) await wrong();
  return facts;
}
