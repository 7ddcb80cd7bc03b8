/** Heads of cameras: their state as the station pushes it, who steers on this screen, and the calls that turn them. */
import { create } from 'zustand';
import type { Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import type { PtzPreset, PtzTour, PtzVelocity } from '#domain/ptz.ts';
import { CallError, forEver } from '../client/index.ts';
import { station } from './line.ts';

export type Head = Outputs['ptz']['watch'] extends AsyncIteratorObject<infer T> ? T : never;

type Heads = {
  byId: ReadonlyMap<CameraId, Head>;
  /** Why the last command was not obeyed; `silent`: no answer within a second. Gone with the next answer. */
  troubles: ReadonlyMap<CameraId, HeadTrouble>;
};
export type HeadTrouble = { is: 'silent' } | { is: 'refused'; error: unknown };

export const useHeads = create<Heads>(() => ({ byId: new Map(), troubles: new Map() }));

/** Whose picture this screen commands, and how fast; not kept. */
type Steering = { camera: CameraId | null; speed: number };
export const useSteering = create<Steering>(() => ({ camera: null, speed: 0.5 }));
export const steerCamera = (camera: CameraId | null): void => {
  useSteering.setState({ camera });
};
export const setSteerSpeed = (speed: number): void => {
  useSteering.setState({ speed });
};

const followers = new Map<CameraId, { count: number; abort: AbortController }>();

/** Follows a head while anybody here wants to. Returns the stop. */
export function followHead(id: CameraId): () => void {
  const known = followers.get(id);
  const follower = known ?? { count: 0, abort: new AbortController() };
  follower.count++;
  if (!known) {
    followers.set(id, follower);
    follow(id, follower.abort.signal).catch((error: unknown) => {
      if (!follower.abort.signal.aborted) setTrouble(id, { is: 'refused', error });
    });
  }
  let over = false;
  return () => {
    if (over) return;
    over = true;
    if (--follower.count > 0) return;
    followers.delete(id);
    follower.abort.abort();
    useHeads.setState((was) => ({ byId: without(was.byId, id), troubles: without(was.troubles, id) }));
  };
}

async function follow(id: CameraId, signal: AbortSignal): Promise<void> {
  const pushes = await station().ptz.watch({ id }, { signal, context: forEver });
  for await (const head of pushes) {
    if (signal.aborted) return;
    useHeads.setState((was) => ({ byId: new Map(was.byId).set(id, head) }));
  }
}

function without<T>(map: ReadonlyMap<CameraId, T>, id: CameraId): ReadonlyMap<CameraId, T> {
  const rest = new Map(map);
  rest.delete(id);
  return rest;
}

function setTrouble(id: CameraId, trouble: HeadTrouble | null): void {
  const was = useHeads.getState().troubles;
  if (trouble === null && !was.has(id)) return;
  useHeads.setState({ troubles: trouble === null ? without(was, id) : new Map(was).set(id, trouble) });
}
export const forgetTrouble = (id: CameraId): void => {
  setTrouble(id, null);
};

/** Somebody at the keys wants to know after so long that nothing came back. */
const silentAfterMs = 1000;
/** What was not sent or answered by then must not be carried out later: it would move a camera that nobody holds. */
const staleAfterMs = 1500;

/** Makes a call and keeps what came of it; never throws. False: it was not done, or nobody knows. */
async function told(id: CameraId, call: (signal: AbortSignal) => Promise<unknown>, limitMs: number): Promise<boolean> {
  const timer = setTimeout(() => {
    setTrouble(id, { is: 'silent' });
  }, silentAfterMs);
  const signal = AbortSignal.timeout(limitMs);
  try {
    await call(signal);
    setTrouble(id, null);
    return true;
  } catch (error) {
    setTrouble(id, signal.aborted && !(error instanceof CallError) ? { is: 'silent' } : { is: 'refused', error });
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** The station stops the camera by itself when it hears no more within this. */
const holdMs = 800;

export const moveHead = (id: CameraId, velocity: PtzVelocity): Promise<boolean> =>
  told(id, (signal) => station().ptz.move({ id, velocity, holdMs }, { signal }), staleAfterMs);
export const stopHead = (id: CameraId): Promise<boolean> =>
  told(id, (signal) => station().ptz.stop({ id }, { signal }), 5000);

const commandMs = 12_000;
export const centreHead = (id: CameraId, x: number, y: number): Promise<boolean> =>
  told(id, (signal) => station().ptz.centre({ id, x, y }, { signal }), commandMs);
export type Box = { x: number; y: number; width: number; height: number };
export const boxHead = (id: CameraId, box: Box): Promise<boolean> =>
  told(id, (signal) => station().ptz.box({ id, ...box }, { signal }), commandMs);
export const goHome = (id: CameraId): Promise<boolean> =>
  told(id, (signal) => station().ptz.home({ id }, { signal }), commandMs);
export const goPreset = (id: CameraId, preset: string): Promise<boolean> =>
  told(id, (signal) => station().ptz.go({ id, preset }, { signal }), commandMs);
export const stopTour = (id: CameraId): Promise<boolean> =>
  told(id, (signal) => station().ptz.stopTour({ id }, { signal }), commandMs);
export const startTour = (id: CameraId, name: string): Promise<boolean> =>
  told(id, (signal) => station().ptz.startTour({ id, name }, { signal }), commandMs);
export const takeLock = (id: CameraId): Promise<boolean> =>
  told(id, (signal) => station().ptz.takeLock({ id }, { signal }), commandMs);
/** Lets others steer; what fails here ends by itself a few seconds later. */
export function releaseLock(id: CameraId): void {
  if (useHeads.getState().byId.get(id)?.lock?.mine !== true) return;
  station()
    .ptz.releaseLock({ id })
    .catch(() => undefined);
}

/** These throw what the station says. */
export async function setHome(id: CameraId): Promise<void> {
  await station().ptz.setHome({ id });
}
/** Keeps the present position; with `preset` in place of that one. */
export const keepPreset = (id: CameraId, name: string, preset: string | null): Promise<PtzPreset> =>
  station().ptz.setPreset({ id, name, ...(preset === null ? {} : { preset }) });
export async function removePreset(id: CameraId, preset: string): Promise<void> {
  await station().ptz.removePreset({ id, preset });
}
export async function saveTour(id: CameraId, tour: PtzTour): Promise<void> {
  await station().ptz.saveTour({ id, tour });
}
export async function removeTour(id: CameraId, name: string): Promise<void> {
  await station().ptz.removeTour({ id, name });
}

const arriveWithinMs = 20_000;

/**
 * Gives a preset another name. ONVIF knows no renaming: a preset is kept again under the name, where the head stands (PTZ
 * Service, SetPreset). So the head goes there first. False: it did not arrive within 20 s, and nothing was changed.
 */
export async function renamePreset(id: CameraId, preset: string, name: string): Promise<boolean> {
  if (!(await goPreset(id, preset))) return false;
  const arrived = await new Promise<boolean>((done) => {
    // A head that has only been told may not say yet that it moves.
    const begunMs = performance.now();
    const end = (ok: boolean): void => {
      clearInterval(look);
      clearTimeout(timer);
      done(ok);
    };
    const look = setInterval(() => {
      const status = useHeads.getState().byId.get(id)?.status ?? null;
      if (status !== null && !status.moving && performance.now() - begunMs > 1500) end(true);
    }, 200);
    const timer = setTimeout(() => {
      end(false);
    }, arriveWithinMs);
  });
  if (arrived) await keepPreset(id, name, preset);
  return arrived;
}
