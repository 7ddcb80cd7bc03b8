/** Talking through cameras' loudspeakers: one talker per camera, ended with the button, the socket, or a second of silence. */
import type { Caller, Pushed, Signal } from '#contract/call.ts';
import type { Talker } from '#contract/device.ts';
import { AppError } from '#contract/error.ts';
import type { CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { CameraRoom } from './cameras.ts';
import type { Talks } from './command-rooms.ts';
import { createBell } from './follow.ts';
import type { IngestPool } from './ingest-pool.ts';

/** No frame for so long: the button, the page or the line is gone. */
const silentMs = 1_000;
/** The camera is given so long to open the way. */
const openMs = 10_000;

type Talk = { talker: Omit<Talker, 'mine'>; end(): void };

export function createTalks(deps: {
  cameras: Pick<CameraRoom, 'record' | 'password'>;
  pool: () => Pick<IngestPool, 'talk'>;
  clock: Clock;
  log: Log;
}): Talks & { stop(): void } {
  const { cameras, clock, log } = deps;
  const talks = new Map<CameraId, Talk>();
  const followers = new Set<() => void>();
  let stopped = false;
  const ring = (): void => {
    for (const one of followers) one();
  };

  async function* watch(caller: Caller, signal: Signal): AsyncGenerator<Pushed<Talker[]>> {
    const bell = createBell(signal);
    followers.add(bell.ring);
    try {
      do {
        if (stopped) return;
        yield {
          value: [...talks.values()].map(({ talker }) => ({ ...talker, mine: talker.userId === caller.userId })),
        };
      } while (await bell.next());
    } finally {
      followers.delete(bell.ring);
    }
  }

  return {
    watch,
    talk(id, caller, on) {
      const camera = cameras.record(id);
      if (camera === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
      const other = talks.get(id);
      if (other !== undefined)
        throw new AppError('CONFLICT', `${other.talker.name} talks through this camera now.`, {
          data: { what: 'talk', name: other.talker.name },
        });
      const begunMs = clock.monoMs();
      let silent = false;
      let timer: ReturnType<typeof setTimeout> | null = null;
      const watchSilence = (ms: number): void => {
        if (timer !== null) clearTimeout(timer);
        timer = setTimeout(() => {
          silent = true;
          line.end();
        }, ms);
      };
      const me: Talk = {
        talker: { cameraId: id, userId: caller.userId, name: caller.name, sinceMs: clock.nowMs() },
        end: () => line.end(),
      };
      const line = deps.pool().talk(
        { url: camera.main.url, username: camera.username, password: cameras.password(camera) },
        {
          open() {
            watchSilence(silentMs);
            on.open();
          },
          ended(trouble, detail) {
            if (timer !== null) clearTimeout(timer);
            if (talks.get(id) === me) talks.delete(id);
            ring();
            log.info('talk ended', {
              camera: camera.name,
              by: caller.name,
              seconds: Math.round((clock.monoMs() - begunMs) / 1000),
              trouble,
            });
            on.ended(
              trouble !== null
                ? { is: 'camera', detail: detail ?? 'The camera ended the talk.' }
                : { is: silent ? 'silent' : 'released' },
            );
          },
        },
      );
      talks.set(id, me);
      watchSilence(openMs);
      log.info('talk began', { camera: camera.name, by: caller.name });
      ring();
      return {
        sound(sound) {
          if (talks.get(id) !== me) return;
          line.sound(sound);
          watchSilence(silentMs);
        },
        end: () => line.end(),
      };
    },
    stop() {
      stopped = true;
      for (const talk of talks.values()) talk.end();
      ring();
    },
  };
}
