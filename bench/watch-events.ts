/** Who passed before the load cameras, and when the station told it. */
import type { Event } from '#domain/event.ts';
import type { SentFrame } from '../src/main/demo/mount.ts';
import { pushes } from './pushes.ts';
import type { StationProcess } from './station-process.ts';
import { passOf } from './watch-schedule.ts';

/** A motion event as a client got it first. */
export type Told = { cameraId: string; atMs: number };
/** Somebody at camera 1 … N, from the first picture with them to the last, when these were sent (UTC ms). */
export type Pass = { camera: number; fromMs: number; toMs: number };

/** Told so long after somebody was gone, it is of nobody; ms. */
const lateMs = 4_000;

/** Follows the station's events as a screen does, until `stop`. */
export function followMotion(station: StationProcess): { told: Told[]; stop(): Promise<void> } {
  const told: Told[] = [];
  const known = new Set<string>();
  const ending = new AbortController();
  const done = (async () => {
    try {
      for await (const event of pushes<Event>(station, '/events/watch', ending.signal)) {
        if (event.kind !== 'motion' || event.cameraId === null || known.has(event.id)) continue;
        known.add(event.id);
        told.push({ cameraId: event.cameraId, atMs: Date.now() });
      }
    } catch (error) {
      if (!ending.signal.aborted) throw error;
    }
  })();
  return {
    told,
    async stop() {
      ending.abort();
      await done;
    },
  };
}

/** Passes that began between two moments, by what a camera sent; `seen`: pictures of each pass with somebody in them, `fps` a second. */
export function passesOf(
  camera: number,
  sent: readonly SentFrame[],
  of: { seen: readonly { from: number; to: number }[]; fps: number; fromMs: number; toMs: number },
): Pass[] {
  return sent.flatMap(({ loop, frame, sentMs }) => {
    const pass = passOf(camera, loop);
    const seen = pass === null ? undefined : of.seen[pass];
    if (seen?.from !== frame || sentMs < of.fromMs || sentMs >= of.toMs) return [];
    return [{ camera, fromMs: sentMs, toMs: sentMs + ((seen.to - seen.from) * 1000) / of.fps }];
  });
}

type ToldOf = { camera: number; atMs: number };
const isOf = (pass: Pass, told: ToldOf): boolean =>
  told.camera === pass.camera && told.atMs >= pass.fromMs && told.atMs < pass.toMs + lateMs;

/** How long each pass took to be told, ms; infinite: it was not. */
export const delaysOf = (passes: readonly Pass[], told: readonly ToldOf[]): number[] =>
  passes.map((pass) => {
    const first = told.find((t) => isOf(pass, t));
    return first === undefined ? Number.POSITIVE_INFINITY : first.atMs - pass.fromMs;
  });

/** How many were told although nobody passed. */
export const ofNobody = (passes: readonly Pass[], told: readonly ToldOf[]): number =>
  told.filter((t) => !passes.some((pass) => isOf(pass, t))).length;
