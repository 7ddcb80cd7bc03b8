/** One camera's head: what is known of it, who follows it, and its movements. */
import type { PtzFacts, PtzPreset, PtzStatus } from '#domain/ptz.ts';
import type { CameraId } from '#domain/id.ts';
import { heldBy, lockFreeMs, type PtzLock } from '#domain/decide/ptz-lock.ts';
import type { DeviceFacts, DeviceLink } from '#domain/device.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { deviceError } from './device-connection.ts';
import type { Device } from './device-port.ts';
import { createMover, type Mover } from './ptz-mover.ts';
import type { Devices } from './rooms.ts';

/** Its place is asked for so often while it moves, and while somebody looks at it. */
const movingMs = 400;
const watchedMs = 5_000;
/** So long after a command it is taken for moving, whatever it says: most tell late that they begin. */
const settlingMs = 1_500;

export type HeadPlace = { profile: string; aspect: number; facts: PtzFacts };
type PtzDevice = Device['ptz'];

export type Head = {
  id: CameraId;
  mover: Mover;
  /** What it is and can do; asked once. Rejects with DEVICE where there is none. */
  place(): Promise<HeadPlace>;
  known(): HeadPlace | null;
  /** One call to it. */
  ask<T>(work: (ptz: PtzDevice, profile: string) => Promise<T>): Promise<T>;
  /** A movement that ends by itself: takes the place of one that somebody holds. */
  go(work: (ptz: PtzDevice, profile: string) => Promise<void>): Promise<void>;
  presets(fresh: boolean): Promise<PtzPreset[]>;
  presetsKnown(): PtzPreset[];
  status(): PtzStatus | null;
  /** Asks where it is. Null: it does not tell. */
  look(): Promise<PtzStatus | null>;
  lock(): PtzLock | null;
  setLock(lock: PtzLock | null): void;
  /** Told of every change. Returns the stop. */
  follow(ring: () => void): () => void;
  /** Something about it that it does not know itself has changed. */
  ring(): void;
  /** Its device is another one now, or the same anew: nothing is known any more. */
  forget(): void;
  close(): void;
};

/** The profile through which a camera's head is turned: its own main one, else one of the same picture. */
export function headProfile(facts: DeviceFacts, link: DeviceLink): DeviceFacts['profiles'][number] | null {
  const main = facts.profiles.find((p) => p.token === link.mainProfile) ?? null;
  const heads = facts.profiles.filter((p) => p.ptz && (main === null || p.source === main.source));
  return heads.find((p) => p.token === main?.token) ?? heads[0] ?? null;
}

export function createHead(deps: {
  id: CameraId;
  devices: Pick<Devices, 'run' | 'facts'>;
  link: () => DeviceLink | null;
  clock: Clock;
  log: Log;
}): Head {
  const { id, devices, clock, log } = deps;
  const followers = new Set<() => void>();
  let place: Promise<HeadPlace> | null = null;
  let known: HeadPlace | null = null;
  let presets: PtzPreset[] = [];
  let presetsAsked = false;
  let status: PtzStatus | null = null;
  let silentStatus = false;
  let lock: PtzLock | null = null;
  let lockTimer: ReturnType<typeof setTimeout> | null = null;
  let pollTimer: ReturnType<typeof setTimeout> | null = null;
  let polling = false;
  let commandedMs = -Infinity;
  let closed = false;

  const ring = (): void => {
    for (const one of followers) one();
  };

  const askPlace = async (): Promise<HeadPlace> => {
    const facts = await devices.facts(id);
    const link = deps.link();
    const profile = link === null ? null : headProfile(facts, link);
    if (profile === null || !facts.ptz)
      throw deviceError('unsupported', 'This camera has no head that could be turned.');
    const { video } = profile;
    const aspect = video !== null && video.height > 0 ? video.width / video.height : 16 / 9;
    const head = await devices.run(id, (device) => device.ptz.facts(profile.token));
    return { profile: profile.token, aspect, facts: head };
  };
  const getPlace = (): Promise<HeadPlace> => {
    if (place !== null) return place;
    const asked = askPlace();
    place = asked;
    asked.then(
      (found) => {
        if (place === asked) known = found;
      },
      () => {
        if (place === asked) place = null;
      },
    );
    return asked;
  };
  const ask: Head['ask'] = async (work) => {
    const { profile } = await getPlace();
    return devices.run(id, (device) => work(device.ptz, profile));
  };

  const look = async (): Promise<PtzStatus | null> => {
    const before = status;
    try {
      status = await ask((ptz, profile) => ptz.status(profile));
      silentStatus = false;
    } catch {
      status = null;
      silentStatus = true;
    }
    if (JSON.stringify(before) !== JSON.stringify(status)) ring();
    return status;
  };
  const busy = (): boolean => mover.moving() || status?.moving === true || clock.monoMs() - commandedMs < settlingMs;
  const schedule = (): void => {
    if (pollTimer !== null) clearTimeout(pollTimer);
    pollTimer = null;
    const moving = busy() && !silentStatus;
    if (closed || polling || (followers.size === 0 && !moving)) return;
    pollTimer = setTimeout(
      () => {
        polling = true;
        void look().finally(() => {
          polling = false;
          schedule();
        });
      },
      moving ? movingMs : watchedMs,
    );
  };

  const mover = createMover({
    clock,
    door: {
      move: (velocity, timeoutMs) => ask((ptz, profile) => ptz.move(profile, velocity, timeoutMs)),
      stop: () => ask((ptz, profile) => ptz.stop(profile)),
    },
    silent: () => log.info('nobody steers any more: the head is stopped', { cameraId: id }),
    changed() {
      commandedMs = clock.monoMs();
      schedule();
    },
    gaveUp: (error) => log.error('a head does not confirm that it stopped', { cameraId: id, error: String(error) }),
  });

  return {
    id,
    mover,
    place: getPlace,
    known: () => known,
    ask,
    async go(work) {
      mover.supersede();
      commandedMs = clock.monoMs();
      await ask(work);
      commandedMs = clock.monoMs();
      schedule();
    },
    async presets(fresh) {
      if (presetsAsked && !fresh) return presets;
      presets = await ask((ptz, profile) => ptz.presets(profile));
      presetsAsked = true;
      ring();
      return presets;
    },
    presetsKnown: () => presets,
    status: () => status,
    look,
    lock: () => heldBy(lock, clock.monoMs()),
    setLock(next) {
      lock = next;
      if (lockTimer !== null) clearTimeout(lockTimer);
      lockTimer = next === null ? null : setTimeout(ring, Math.max(0, next.lastMs + lockFreeMs - clock.monoMs()) + 5);
      ring();
    },
    follow(one) {
      followers.add(one);
      schedule();
      return () => {
        followers.delete(one);
        schedule();
      };
    },
    ring,
    forget() {
      place = null;
      known = null;
      status = null;
      presets = [];
      presetsAsked = false;
      ring();
    },
    close() {
      closed = true;
      mover.close();
      if (lockTimer !== null) clearTimeout(lockTimer);
      if (pollTimer !== null) clearTimeout(pollTimer);
    },
  };
}
