/** Threads that look at pictures and listen: started anew when they end, and ended where they hang. */
import type { Clock } from '#lib/clock.ts';
import { supervise, type Supervised } from '#workers/lib/supervise.ts';
import { startThread } from '#workers/lib/thread.ts';
import type { FootageCommand, FootageReport } from '#workers/footage/port.ts';
import type { ListenCommand, ListenReport } from '#workers/listen/port.ts';
import type { WatchCommand, WatchReport } from '#workers/watch/port.ts';
import type { StartFootageWorker } from '../engine/footage-port.ts';
import type { StartListenWorker } from '../engine/sound-port.ts';
import type { StartWatchWorker } from '../engine/watch-port.ts';
import type { Places } from './config.ts';

/**
 * The watch thread makes few objects, and with each picture 200 kB of memory beside its heap that hang on them. In much room for young
 * objects they outlive their use, until that memory makes V8 look through the whole heap, each hundred pictures; with little of it they
 * go soon, at a twentieth of that cost.
 */
const watchYoungMb = 3;
/** Each tells what it costs every 10 s: one that says nothing for so long hangs. */
const silentSeconds = 30;

type On<Report> = { message(report: Report): void; up?(): void; down(why: string, delayMs: number): void };

export function lookingWorkers(
  places: Pick<Places, 'worker'>,
  clock: Clock,
): {
  startWatchWorker: StartWatchWorker;
  startListenWorker: StartListenWorker;
  startFootageWorker: StartFootageWorker;
} {
  const start = <Command, Report>(
    name: 'watch' | 'listen' | 'footage',
    setup: unknown,
    on: On<Report>,
  ): Supervised<Command> =>
    supervise<Command, Report>({
      clock,
      start: () =>
        startThread<Command, Report>(places.worker(name), name, setup, name === 'watch' ? watchYoungMb : undefined),
      onMessage: on.message,
      onUp: () => on.up?.(),
      onDown: on.down,
      silentSeconds,
    });
  return {
    startWatchWorker: (setup, on) => start<WatchCommand, WatchReport>('watch', setup, on),
    startListenWorker: (setup, on) => start<ListenCommand, ListenReport>('listen', setup, on),
    startFootageWorker: (setup, on) => start<FootageCommand, FootageReport>('footage', setup, on),
  };
}
