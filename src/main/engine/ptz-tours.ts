/** Tours of heads, driven by the station: kept with it, rested while somebody steers, taken up again after a restart. */
import { z } from 'zod';
import { AppError } from '#contract/error.ts';
import { beginTour, restTour, stepTour, type TourRun } from '#domain/decide/ptz-tour.ts';
import type { CameraId } from '#domain/id.ts';
import { PtzTour } from '#domain/ptz.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { WriteStore } from './index-port.ts';

const mostTours = 32;
const Kept = z.object({ tours: z.array(PtzTour).max(mostTours), running: z.string().nullable() });
type Kept = z.infer<typeof Kept>;
const nothing: Kept = { tours: [], running: null };
const keyOf = (id: CameraId): string => `ptz-tours ${id}`;

export type Tours = {
  list(id: CameraId): PtzTour[];
  save(id: CameraId, tour: PtzTour): void;
  /** Throws NOT_FOUND. One that runs is stopped. */
  remove(id: CameraId, name: string): void;
  /** Throws NOT_FOUND. */
  start(id: CameraId, name: string): void;
  end(id: CameraId): void;
  /** Somebody steers. */
  hand(id: CameraId): void;
  touring(id: CameraId): { name: string; preset: string } | null;
  /** Takes up what ran when the station ended. */
  resume(ids: CameraId[]): void;
  /** The camera is gone. */
  forget(id: CameraId): void;
  /** Halts all; what runs is taken up again at the next start. */
  stop(): void;
};

export function createTours(deps: {
  setting: WriteStore['setting'];
  clock: Pick<Clock, 'monoMs'>;
  log: Log;
  go: (id: CameraId, preset: string) => Promise<void>;
  changed: (id: CameraId) => void;
}): Tours {
  const { setting, clock, log } = deps;
  const running = new Map<CameraId, { run: TourRun; timer: ReturnType<typeof setTimeout> }>();

  const read = (id: CameraId): Kept => {
    const text = setting.get(keyOf(id));
    if (text === null || text === '') return nothing;
    try {
      return Kept.parse(JSON.parse(text));
    } catch {
      log.warn('the tours of a camera cannot be read and are left out', { cameraId: id });
      return nothing;
    }
  };
  const write = (id: CameraId, kept: Kept): void => setting.set(keyOf(id), JSON.stringify(kept));

  const drive = (id: CameraId, run: TourRun): void => {
    const old = running.get(id);
    if (old !== undefined) clearTimeout(old.timer);
    const tick = (): void => {
      const [next, preset] = stepTour(run, clock.monoMs());
      drive(id, next);
      if (preset === null) return;
      deps.go(id, preset).catch((error: unknown) => {
        log.warn('a tour could not go to a preset', { cameraId: id, preset, error: String(error) });
      });
      deps.changed(id);
    };
    running.set(id, { run, timer: setTimeout(tick, Math.max(0, run.dueMs - clock.monoMs())) });
  };
  const halt = (id: CameraId): boolean => {
    const old = running.get(id);
    if (old !== undefined) clearTimeout(old.timer);
    return running.delete(id);
  };
  const find = (id: CameraId, name: string): PtzTour => {
    const tour = read(id).tours.find((t) => t.name === name);
    if (tour === undefined) throw new AppError('NOT_FOUND', 'There is no such tour.');
    return tour;
  };

  return {
    list: (id) => read(id).tours,
    save(id, tour) {
      const kept = read(id);
      const others = kept.tours.filter((t) => t.name !== tour.name);
      if (others.length >= mostTours)
        throw new AppError('CONFLICT', `A camera keeps ${String(mostTours)} tours at most. Remove one first.`, {
          data: { what: 'count', number: mostTours },
        });
      write(id, { ...kept, tours: [...others, tour].sort((a, b) => a.name.localeCompare(b.name)) });
      if (running.get(id)?.run.tour.name === tour.name) drive(id, beginTour(tour, clock.monoMs()));
      deps.changed(id);
    },
    remove(id, name) {
      find(id, name);
      const kept = read(id);
      if (kept.running === name) halt(id);
      write(id, {
        tours: kept.tours.filter((t) => t.name !== name),
        running: kept.running === name ? null : kept.running,
      });
      deps.changed(id);
    },
    start(id, name) {
      const tour = find(id, name);
      write(id, { ...read(id), running: name });
      drive(id, beginTour(tour, clock.monoMs()));
      deps.changed(id);
    },
    end(id) {
      if (!halt(id) && read(id).running === null) return;
      write(id, { ...read(id), running: null });
      deps.changed(id);
    },
    hand(id) {
      const now = running.get(id);
      if (now !== undefined) drive(id, restTour(now.run, clock.monoMs()));
    },
    touring(id) {
      const run = running.get(id)?.run;
      const stop = run?.tour.stops[run.at];
      return run === undefined || stop === undefined ? null : { name: run.tour.name, preset: stop.preset };
    },
    resume(ids) {
      for (const id of ids) {
        const { tours, running: name } = read(id);
        const tour = tours.find((t) => t.name === name);
        if (tour !== undefined) drive(id, beginTour(tour, clock.monoMs()));
      }
    },
    forget(id) {
      halt(id);
      if (setting.get(keyOf(id)) !== null) setting.set(keyOf(id), '');
    },
    stop() {
      for (const id of [...running.keys()]) halt(id);
    },
  };
}
