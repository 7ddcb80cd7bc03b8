/** The devices behind the cameras: who shares which connection, when each is asked, and what is learned of it. */
import { AppError } from '#contract/error.ts';
import { changeData } from '#domain/change.ts';
import {
  otherDevice,
  sameDevice,
  type CertificatePin,
  type DeviceFacts,
  type DeviceIdentity,
  type DeviceLink,
} from '#domain/device.ts';
import type { DeviceStatus } from '#domain/device-status.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamSettings } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createDeviceClocks } from './device-clock.ts';
import { createDeviceConnection, type DeviceConnection } from './device-connection.ts';
import { askStreams, pathOf } from './device-streams.ts';
import type { DeviceDoor, DeviceTarget } from './device-port.ts';
import type { EventRoom } from './events.ts';
import type { CameraRecord, ReadStore } from './index-port.ts';
import type { DeviceChange, Devices } from './rooms.ts';

const tickMs = 1_000;
/** Devices that are asked at the same time by the station itself. */
const mostAtOnce = 8;
/** After the start the first questions are spread over this time. */
const spreadMs = 20_000;

/** One connection and who hangs on it. */
export type Shared = { connection: DeviceConnection; cameras: Set<CameraId> };

export type DeviceRoom = Devices & {
  start(): void;
  stop(): void;
  /** A camera was added (before null), changed, or went (after null). */
  cameraChanged(before: CameraRecord | null, after: CameraRecord | null): void;
  /** Stream addresses of a link's profiles. Throws DEVICE. */
  streams(camera: CameraRecord, link: DeviceLink): Promise<{ main: StreamSettings; sub: StreamSettings | null }>;
  target(camera: CameraRecord): DeviceTarget | null;
  /** A camera's pictures stopped: its device is asked soon whether it is still there. */
  suspect(id: CameraId): void;
  /** A camera's pictures are back: its device is asked at once. */
  hint(id: CameraId): void;
  shared(): Shared[];
};

export function createDevices(deps: {
  door: Pick<DeviceDoor, 'connect'>;
  clock: Clock;
  log: Log;
  events: Pick<EventRoom, 'note' | 'finish'>;
  store: Pick<ReadStore, 'openEvents'>;
  records: () => CameraRecord[];
  record: (id: CameraId) => CameraRecord | null;
  password: (camera: CameraRecord) => string | null;
  /** Changes a camera's link in its turn. */
  relink: (id: CameraId, change: (now: CameraRecord) => CameraRecord | null) => Promise<void>;
  /** Followers of the cameras are told. */
  tell: (id: CameraId) => void;
  /** For tests: first questions at once. */
  spreadMs?: number;
}): DeviceRoom {
  const { clock, log } = deps;
  const byKey = new Map<string, Shared[]>();
  const byCamera = new Map<CameraId, Shared>();
  const listeners = new Set<(change: DeviceChange) => void>();
  const clocks = createDeviceClocks(deps);
  let timer: ReturnType<typeof setInterval> | null = null;
  let asking = 0;

  const say = (change: DeviceChange): void => {
    deps.tell(change.id);
    for (const listener of listeners) listener(change);
  };
  const camerasOf = (shared: Shared): CameraRecord[] =>
    [...shared.cameras].map((id) => deps.record(id)).filter((c) => c !== null);
  const enabled = (shared: Shared): CameraRecord[] => camerasOf(shared).filter((c) => c.enabled);

  const target = (camera: CameraRecord): DeviceTarget | null => {
    const { link, username } = camera;
    if (link === null) return null;
    return { url: link.url, username, password: deps.password(camera), certificate: link.certificate };
  };
  /** Address and account; several connections of one key are several expectations: a device that took another's place. */
  const keyOf = (t: DeviceTarget): string => JSON.stringify([t.url, t.username, t.password]);
  const fits = (shared: Shared, link: DeviceLink): boolean => {
    const { target: to, device } = shared.connection;
    const pin = to.certificate ?? device.certificate();
    if (link.certificate !== null && link.certificate !== pin) return false;
    if (link.certificate === null && to.certificate !== null) return false;
    const expected = expectedOf(shared);
    return expected === null || !otherDevice(expected, link.identity);
  };
  const expectedOf = (shared: Shared): DeviceIdentity | null => camerasOf(shared)[0]?.link?.identity ?? null;

  const detach = (id: CameraId): void => {
    const shared = byCamera.get(id);
    if (shared === undefined) return;
    byCamera.delete(id);
    shared.cameras.delete(id);
    if (shared.cameras.size > 0) return;
    const key = keyOf(shared.connection.target);
    const left = (byKey.get(key) ?? []).filter((s) => s !== shared);
    if (left.length === 0) byKey.delete(key);
    else byKey.set(key, left);
    shared.connection.close();
  };
  const attach = (id: CameraId, link: DeviceLink, to: DeviceTarget, atOnce: boolean): void => {
    const key = keyOf(to);
    const there = byKey.get(key) ?? [];
    let shared = there.find((s) => fits(s, link));
    if (shared === undefined) {
      const made: Shared = {
        cameras: new Set(),
        connection: createDeviceConnection({
          door: deps.door,
          target: to,
          expected: () => expectedOf(made),
          firstMs: clock.monoMs() + (atOnce ? 0 : Math.random() * (deps.spreadMs ?? spreadMs)),
          clock,
          changed: () => {
            for (const camera of made.cameras) say({ id: camera, is: 'status' });
          },
        }),
      };
      shared = made;
      byKey.set(key, [...there, made]);
    }
    shared.cameras.add(id);
    byCamera.set(id, shared);
  };
  const all = (): Shared[] => [...byKey.values()].flat();

  /** What a device said of itself, where the links do not know it yet. */
  const learn = async (shared: Shared): Promise<void> => {
    const facts = shared.connection.known();
    const certificate = shared.connection.device.certificate();
    if (facts === null) return;
    for (const { id } of camerasOf(shared)) {
      await deps.relink(id, (now) => {
        if (now.link === null || byCamera.get(id) !== shared) return null;
        const identity = merged(now.link, facts);
        const pin = now.link.certificate ?? (now.link.url.startsWith('https:') ? certificate : null);
        const link = { ...now.link, identity, certificate: pin, ...profilesOf(now, facts) };
        return JSON.stringify(link) === JSON.stringify(now.link) ? null : { ...now, link };
      });
    }
  };

  /** A device has answered: what follows from that. */
  const heed = async (shared: Shared): Promise<void> => {
    await learn(shared);
    const now = enabled(shared);
    if (now.length > 0) await clocks.look(shared.connection, now);
  };

  const check = async (shared: Shared): Promise<void> => {
    asking += 1;
    try {
      await shared.connection.check();
      if (shared.connection.status().state === 'up') await heed(shared);
    } catch (error) {
      log.error('what a device said could not be kept', { error: String(error) });
    } finally {
      asking -= 1;
    }
  };
  const tick = (): void => {
    const now = clock.monoMs();
    const due = all()
      .map((shared) => ({ shared, at: shared.connection.dueMs() }))
      .filter(({ at, shared }) => at <= now && enabled(shared).length > 0)
      .sort((a, b) => a.at - b.at);
    for (const { shared } of due.slice(0, Math.max(0, mostAtOnce - asking))) void check(shared);
  };

  const need = (id: CameraId): { shared: Shared; link: DeviceLink } => {
    const camera = deps.record(id);
    if (camera === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
    const shared = byCamera.get(id);
    if (shared === undefined || camera.link === null)
      throw new AppError('CONFLICT', 'This camera was added by its stream address: its device is not known.', {
        data: { what: 'link' },
      });
    return { shared, link: camera.link };
  };

  const trustOne = async (id: CameraId, certificate: CertificatePin, by: string): Promise<void> => {
    const pinned = deps.record(id)?.link?.certificate ?? null;
    await deps.relink(id, (now) => now.link && { ...now, link: { ...now.link, certificate } });
    const camera = deps.record(id);
    const changed = changeData({ certificate: pinned }, { certificate });
    if (camera?.link?.certificate !== certificate || Object.keys(changed).length === 0) return;
    const atMs = clock.nowMs();
    const data = { camera: camera.name, by, changed: 'certificate', enabled: camera.enabled, ...changed };
    deps.events.note({ kind: 'camera-changed', severity: 'info', cameraId: id, fromMs: atMs, toMs: atMs, data });
    log.info('a changed certificate was accepted', data);
  };

  return {
    of: (id) => byCamera.get(id)?.connection.device ?? null,
    async run(id, work) {
      const { shared, link } = need(id);
      return shared.connection.run((device) => work(device, link));
    },
    async facts(id, fresh = false) {
      const { shared } = need(id);
      const facts = await shared.connection.facts(fresh ? 0 : Infinity);
      await heed(shared);
      return facts;
    },
    status(id): DeviceStatus | null {
      const shared = byCamera.get(id);
      if (shared === undefined) return null;
      const status = shared.connection.status();
      return enabled(shared).length > 0 ? status : { ...status, state: 'off', trouble: null, detail: null };
    },
    async trust(id, certificate, by) {
      const { shared } = need(id);
      const { certificate: shown } = shared.connection.status();
      if (shown === null || shown.seen !== certificate)
        throw new AppError('CONFLICT', 'The camera shows another certificate by now. Compare it again.', {
          data: { what: 'certificate' },
        });
      for (const camera of [...shared.cameras]) await trustOne(camera, certificate, by);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      clocks.start();
      for (const camera of deps.records()) {
        const to = target(camera);
        if (to !== null && camera.link !== null) attach(camera.id, camera.link, to, false);
      }
      timer = setInterval(tick, tickMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      for (const id of [...byCamera.keys()]) detach(id);
    },
    cameraChanged(before, after) {
      const id = after?.id ?? before?.id;
      if (id === undefined || (timer === null && after !== null)) return;
      const old = byCamera.get(id);
      const to = after === null ? null : target(after);
      const link = after?.link ?? null;
      if (to !== null && link !== null && old !== undefined) {
        if (keyOf(old.connection.target) === keyOf(to) && fits(old, link)) {
          if (link.certificate !== null) old.connection.pin(link.certificate);
          if (link.setClock && before?.link?.setClock !== true) void clocks.look(old.connection, enabled(old));
          return;
        }
      }
      detach(id);
      if (old !== undefined) clocks.forget(id);
      if (to !== null && link !== null) attach(id, link, to, true);
      const now = byCamera.get(id);
      if (now !== undefined) say({ id, is: 'linked' });
      else if (old !== undefined) say({ id, is: 'unlinked' });
    },
    async streams(camera, link) {
      const to = target({ ...camera, link });
      const shared = byCamera.get(camera.id);
      if (to === null) throw new AppError('CONFLICT', 'This camera has no device.', { data: { what: 'link' } });
      const { connection } = shared ?? {};
      if (connection !== undefined && keyOf(connection.target) === keyOf(to))
        return connection.run((device) => askStreams(device, link, camera, connection.known()));
      const device = deps.door.connect(to);
      try {
        return await askStreams(device, link, camera, null);
      } finally {
        device.close();
      }
    },
    target,
    suspect: (id) => byCamera.get(id)?.connection.suspect(),
    hint: (id) => byCamera.get(id)?.connection.hint(),
    shared: all,
  };
}

/** A camera that was linked by its device's address alone: its profiles are those that give its stream addresses. */
function profilesOf(camera: CameraRecord, facts: DeviceFacts): Pick<DeviceLink, 'mainProfile' | 'subProfile'> {
  const known = { mainProfile: camera.link?.mainProfile ?? null, subProfile: camera.link?.subProfile ?? null };
  const find = (url: string | undefined): string | null =>
    facts.profiles.find((p) => url !== undefined && p.streamUrl !== null && pathOf(p.streamUrl) === pathOf(url))
      ?.token ?? null;
  const mainProfile = known.mainProfile ?? find(camera.main.url);
  return { mainProfile, subProfile: known.subProfile ?? (mainProfile === null ? null : find(camera.sub?.url)) };
}

/** What is known keeps what a later answer leaves out; a device that is surely the same may tell new things. */
function merged(link: DeviceLink, facts: DeviceFacts): DeviceLink['identity'] {
  const { identity: was } = link;
  const { identity: is } = facts;
  const known = was.endpoint !== null || was.serial !== null || was.macs.length > 0;
  if (known && !sameDevice(was, { ...is, endpoint: is.endpoint ?? was.endpoint })) return was;
  return {
    endpoint: is.endpoint ?? was.endpoint,
    serial: is.serial ?? was.serial,
    macs: is.macs.length > 0 ? is.macs : was.macs,
    maker: is.maker ?? was.maker,
    model: is.model ?? was.model,
    firmware: is.firmware ?? was.firmware,
  };
}
