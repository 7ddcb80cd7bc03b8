/** Heads of cameras: one person steers at a time, whoever lets go stops the head, tours rest meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Caller, Pushed, Signal } from '#contract/call.ts';
import { AppError, invalid } from '#contract/error.ts';
import type { PtzState } from '#contract/ptz.ts';
import { aimAt, aimBox, viewOf, type Place, type View } from '#domain/decide/ptz-aim.ts';
import { steer, take } from '#domain/decide/ptz-lock.ts';
import type { CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { Ptz } from './command-rooms.ts';
import { deviceError, troubleOf } from './device-connection.ts';
import type { EventRoom } from './events.ts';
import { createBell } from './follow.ts';
import type { CameraRecord, WriteStore } from './index-port.ts';
import { createHead, type Head } from './ptz-head.ts';
import { createTours } from './ptz-tours.ts';
import type { Devices } from './rooms.ts';

/** At the end of the station moving heads are waited for so long. */
const lastStopMs = 1_000;
/** A head is sent once more when it stands further than this from where it should (parts of the generic space). */
const nearEnough = 0.02;
const arriveMs = 10_000;
/** A head that does not say by then that it moves has ended, or never began. */
const settleMs = 2_000;

export type PtzRoom = Ptz & {
  start(): void;
  /** The station ends: stops all heads that move. */
  end(): Promise<void>;
};

class PresetGone extends AppError {
  constructor(name: string) {
    super(
      'CONFLICT',
      `The camera no longer has the position ${name}: it was deleted there. Choose another, or steer there and keep it again.`,
      { data: { what: 'preset', name } },
    );
  }
}

export function createPtz(deps: {
  devices: Pick<Devices, 'run' | 'facts' | 'onChange'>;
  record: (id: CameraId) => CameraRecord | null;
  records: () => CameraRecord[];
  setting: WriteStore['setting'];
  events: Pick<EventRoom, 'note'>;
  /** The head was sent somewhere: what the camera shows is meant to be another scene. */
  moved: (id: CameraId) => void;
  clock: Clock;
  log: Log;
}): PtzRoom {
  const { devices, clock, log } = deps;
  const heads = new Map<CameraId, Head>();
  /** Whose session moves a head now, and who watches it: a session that no longer watches has let go. */
  const movers = new Map<CameraId, string>();
  const watchers = new Map<CameraId, Map<string, number>>();
  let unlisten: (() => void) | null = null;
  const over = new AbortController();
  let stopped = false;

  const headOf = (id: CameraId): Head => {
    if (deps.record(id) === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
    const known = heads.get(id);
    if (known !== undefined) return known;
    const head = createHead({ id, devices, link: () => deps.record(id)?.link ?? null, clock, log });
    heads.set(id, head);
    return head;
  };
  const tours = createTours({
    setting: deps.setting,
    clock,
    log,
    go: (id, preset) => {
      deps.moved(id);
      return headOf(id).go((ptz, profile) => ptz.go(profile, preset));
    },
    changed: (id) => heads.get(id)?.ring(),
  });
  const moment = () => ({ nowMs: clock.nowMs(), monoMs: clock.monoMs() });
  const note = (id: CameraId, caller: Caller, what: string, more: Record<string, string | number | boolean> = {}) =>
    log.info('steering', { camera: deps.record(id)?.name ?? id, by: caller.name, what, ...more });

  /** The head for a command of this caller, who has the lock then. */
  const mine = (id: CameraId, caller: Caller): Head => {
    if (stopped) throw new AppError('UNAVAILABLE', 'The station is ending.', { data: { reason: 'stopping' } });
    const head = headOf(id);
    const lock = steer(head.lock(), caller, moment());
    if (lock === null)
      throw new AppError('CONFLICT', `${head.lock()?.name ?? 'Somebody else'} steers this camera now.`, {
        data: { what: 'lock', name: head.lock()?.name ?? '' },
      });
    head.setLock(lock);
    return head;
  };
  const steered = (id: CameraId, caller: Caller): Head => {
    const head = mine(id, caller);
    deps.moved(id);
    tours.hand(id);
    return head;
  };
  const viewHere = async (head: Head): Promise<{ view: View; from: Place; absolute: boolean }> => {
    const { facts, aspect } = await head.place();
    if (!facts.absolute && !facts.relative)
      throw deviceError('unsupported', 'This head cannot be sent to a place: turn it by hand.');
    const now = await head.look();
    if (facts.absolute && (now === null || now.pan === null || now.tilt === null))
      throw deviceError('unsupported', 'This head does not tell where it looks: turn it by hand.');
    const from = { pan: now?.pan ?? 0, tilt: now?.tilt ?? 0, zoom: now?.zoom ?? 0 };
    return { view: viewOf(facts.lens, aspect), from, absolute: facts.absolute };
  };

  /** Sends it there, and once more where it stops short and nobody has steered since. */
  const sendTo = async (head: Head, to: Place, from: Place, absolute: boolean): Promise<void> => {
    if (!absolute) {
      const by = { pan: to.pan - from.pan, tilt: to.tilt - from.tilt, zoom: to.zoom - from.zoom };
      await head.go((ptz, profile) => ptz.relative(profile, by, null));
      return;
    }
    const again = (): Promise<void> => head.go((ptz, profile) => ptz.absolute(profile, to, null));
    await again();
    const lastMs = head.lock()?.lastMs ?? null;
    standsShort(head, to, lastMs)
      .then((short) => (short ? again() : undefined))
      .catch((error: unknown) => {
        if (!stopped)
          log.warn('a head could not be sent to its place again', { cameraId: head.id, error: String(error) });
      });
  };
  /** Waits until it stands; true where that is short of the place and nobody has steered since. */
  const standsShort = async (head: Head, to: Place, lastMs: number | null): Promise<boolean> => {
    const begunMs = clock.monoMs();
    const leave = head.follow(() => undefined); // its place is asked for meanwhile
    try {
      while (clock.monoMs() - begunMs < arriveMs) {
        await delay(500, undefined, { signal: over.signal, ref: false });
        const s = head.status();
        if (s === null || heads.get(head.id) !== head || head.mover.moving()) return false;
        const off = [to.pan - (s.pan ?? to.pan), to.tilt - (s.tilt ?? to.tilt), to.zoom - (s.zoom ?? to.zoom)];
        if (off.every((d) => Math.abs(d) <= nearEnough)) return false;
        if (!s.moving && clock.monoMs() - begunMs > settleMs) break;
      }
    } finally {
      leave();
    }
    const held = head.lock();
    return held === null || held.lastMs === lastMs;
  };

  /** The camera is gone from the station. */
  const forget = (id: CameraId): void => {
    tours.forget(id);
    const head = heads.get(id);
    heads.delete(id);
    movers.delete(id);
    head?.ring();
    head?.close();
  };

  const stateOf = (head: Head, caller: Caller): PtzState | null => {
    const place = head.known();
    const lock = head.lock();
    if (place === null) return null;
    return {
      facts: place.facts,
      status: head.status(),
      lock:
        lock === null
          ? null
          : { userId: lock.userId, name: lock.name, sinceMs: lock.sinceMs, mine: lock.userId === caller.userId },
      presets: head.presetsKnown(),
      tours: tours.list(head.id),
      touring: tours.touring(head.id),
    };
  };

  const count = (id: CameraId, sessionId: string, by: 1 | -1): void => {
    const sessions = watchers.get(id) ?? new Map<string, number>();
    const left = (sessions.get(sessionId) ?? 0) + by;
    if (left > 0) sessions.set(sessionId, left);
    else sessions.delete(sessionId);
    if (sessions.size > 0) watchers.set(id, sessions);
    else watchers.delete(id);
    if (left > 0 || movers.get(id) !== sessionId) return;
    movers.delete(id);
    const head = heads.get(id);
    if (head?.mover.moving() !== true) return;
    log.info('who steered is gone: the head is stopped', { cameraId: id });
    head.mover.stop().catch(() => undefined); // it is tried again
  };

  async function* watch(id: CameraId, caller: Caller, signal: Signal): AsyncGenerator<Pushed<PtzState>> {
    const bell = createBell(signal);
    const head = headOf(id);
    const leave = head.follow(bell.ring);
    count(id, caller.sessionId, 1);
    let last = '';
    try {
      for (;;) {
        if (stopped || heads.get(id) !== head) return;
        if (head.known() === null) {
          await head.place();
          await Promise.all([head.look(), head.presets(true).catch(() => [])]);
        } else if (last === '') await Promise.all([head.look(), head.presets(true).catch(() => [])]);
        const state = stateOf(head, caller);
        const text = JSON.stringify(state);
        if (state !== null && text !== last && !bell.over()) {
          last = text;
          yield { value: state };
          continue;
        }
        if (!(await bell.next())) return;
      }
    } finally {
      leave();
      count(id, caller.sessionId, -1);
    }
  }

  /** What a camera refuses of a position may be that it has it no more: it was deleted there, or by another program. */
  async function ofPreset<T>(head: Head, preset: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (troubleOf(error) !== 'refused') throw error;
      const name = head.presetsKnown().find((p) => p.token === preset)?.name ?? preset;
      const there = await head.presets(true).catch(() => null);
      if (there === null || there.some((p) => p.token === preset)) throw error;
      throw new PresetGone(name);
    }
  }

  return {
    watch,
    async move(id, caller, velocity, holdMs) {
      const head = steered(id, caller);
      movers.set(id, caller.sessionId);
      if (!head.mover.moving()) note(id, caller, 'move', { ...velocity });
      await head.mover.move(velocity, holdMs);
    },
    async stop(id, caller) {
      const head = steered(id, caller);
      note(id, caller, 'stop');
      await head.mover.stop();
    },
    async absolute(id, caller, to) {
      const head = steered(id, caller);
      note(id, caller, 'absolute', { ...to });
      await head.go((ptz, profile) => ptz.absolute(profile, to, null));
    },
    async centre(id, caller, point) {
      const head = steered(id, caller);
      note(id, caller, 'centre', point);
      const { view, from, absolute } = await viewHere(head);
      await sendTo(head, aimAt(view, from, point), from, absolute);
    },
    async box(id, caller, box) {
      const head = steered(id, caller);
      note(id, caller, 'box', box);
      const { view, from, absolute } = await viewHere(head);
      await sendTo(head, aimBox(view, from, box), from, absolute);
    },
    async home(id, caller) {
      const head = steered(id, caller);
      note(id, caller, 'home');
      await head.go((ptz, profile) => ptz.home(profile));
    },
    async setHome(id, caller) {
      const head = steered(id, caller);
      note(id, caller, 'set home');
      await head.ask((ptz, profile) => ptz.setHome(profile));
    },
    async go(id, caller, preset) {
      const head = steered(id, caller);
      note(id, caller, 'preset', { preset });
      await ofPreset(head, preset, () => head.go((ptz, profile) => ptz.go(profile, preset)));
    },
    async setPreset(id, caller, name, preset) {
      const head = steered(id, caller);
      note(id, caller, 'set preset', { name });
      const keep = (): Promise<string> => head.ask((ptz, profile) => ptz.setPreset(profile, name, preset));
      const token = await (preset === null ? keep() : ofPreset(head, preset, keep));
      const all = await head.presets(true).catch(() => []);
      return all.find((p) => p.token === token) ?? { token, name };
    },
    async removePreset(id, caller, preset) {
      const head = steered(id, caller);
      note(id, caller, 'remove preset', { preset });
      const remove = (): Promise<void> => head.ask((ptz, profile) => ptz.removePreset(profile, preset));
      await ofPreset(head, preset, remove).catch((error: unknown) => {
        if (!(error instanceof PresetGone)) throw error; // what was wanted is so already
      });
      await head.presets(true).catch(() => []);
    },
    async saveTour(id, caller, tour) {
      const head = headOf(id);
      const known = await head.presets(true);
      const odd = tour.stops.findIndex((s) => !known.some((p) => p.token === s.preset));
      if (odd >= 0) throw invalid(`tour.stops.${String(odd)}.preset`, 'gone', 'The camera has no such preset.');
      note(id, caller, 'save tour', { tour: tour.name });
      tours.save(id, tour);
    },
    async removeTour(id, caller, name) {
      headOf(id);
      tours.remove(id, name);
      note(id, caller, 'remove tour', { tour: name });
      return Promise.resolve();
    },
    async startTour(id, caller, name) {
      await mine(id, caller).place();
      tours.start(id, name);
      note(id, caller, 'start tour', { tour: name });
    },
    async stopTour(id, caller) {
      mine(id, caller);
      tours.end(id);
      note(id, caller, 'stop tour');
      return Promise.resolve();
    },
    async takeLock(id, caller) {
      const head = headOf(id);
      const held = head.lock();
      const other = held !== null && held.userId !== caller.userId;
      if (other && caller.role !== 'administrator')
        throw new AppError('FORBIDDEN', `${held.name} steers this camera now. Only an administrator may take over.`, {
          data: { reason: 'steered', name: held.name },
        });
      head.setLock(take(held, caller, moment()));
      if (!other) return;
      note(id, caller, 'take over', { from: held.name });
      const now = clock.nowMs();
      deps.events.note({
        kind: 'camera-steering-taken',
        severity: 'info',
        cameraId: id,
        fromMs: now,
        toMs: now,
        data: { camera: deps.record(id)?.name ?? '', by: caller.name, from: held.name },
      });
      movers.delete(id);
      if (head.mover.moving()) await head.mover.stop();
    },
    releaseLock(id, caller) {
      const head = headOf(id);
      if (head.lock()?.userId !== caller.userId) return;
      if (head.mover.moving()) head.mover.stop().catch(() => undefined); // it is tried again
      head.setLock(null);
    },
    start() {
      unlisten = devices.onChange(({ id, is }) => {
        if (is === 'status') return;
        if (deps.record(id) === null) {
          forget(id);
          return;
        }
        if (is === 'unlinked') tours.end(id);
        heads.get(id)?.forget();
      });
      tours.resume(deps.records().map((c) => c.id));
    },
    async end() {
      stopped = true;
      over.abort();
      unlisten?.();
      tours.stop();
      const moving = [...heads.values()].filter((h) => h.mover.moving());
      const limit = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => limit.resolve(undefined), lastStopMs);
      await Promise.race([Promise.allSettled(moving.map((h) => h.mover.stop())), limit.promise]);
      clearTimeout(timer);
      for (const head of heads.values()) {
        head.ring();
        head.close();
      }
    },
  };
}
