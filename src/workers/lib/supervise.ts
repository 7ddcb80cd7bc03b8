import type { Transferable } from 'node:worker_threads';
import { createBackoff } from '#lib/backoff.ts';
import type { Clock } from '#lib/clock.ts';
import type { WorkerPort } from '#lib/worker-port.ts';

export type Supervised<In> = {
  /** The running worker; null while it is being restarted. */
  post(message: In, transfer?: readonly Transferable[]): boolean;
  restarts(): number;
  /**
   * No restart any more; resolves when the thread has ended. `ask` is posted first; one that then says nothing for `graceMs`, or has not
   * ended after `mostMs` (as long as `graceMs` where that is absent), is killed. One that does not end even then, because the system does
   * not come back to it (a disk that hangs), is not waited for: false.
   */
  stop(ask: In | null, graceMs: number, mostMs?: number): Promise<boolean>;
};

/** A killed thread ends within this time, or never. */
const unendingMs = 150;

/**
 * Keeps one worker running: when it ends it is started again, at once the first time and with growing delays (5 s at most)
 * when it keeps ending; a minute of life counts as recovered.
 */
export function supervise<In, Out>(deps: {
  clock: Clock;
  start: () => WorkerPort<In, Out>;
  onMessage: (message: Out) => void;
  /** A new thread runs: give it what it needs to know. */
  onUp: (post: (message: In) => void, restart: number) => void;
  /** The thread ended although nobody asked. It comes back after `delayMs`. */
  onDown: (why: string, delayMs: number) => void;
  /**
   * One that says nothing for so many seconds hangs: it is ended, and started again. Counted in turns of this thread, so that neither
   * a machine that sleeps nor a process that is held counts. Absent: it may be silent.
   */
  silentSeconds?: number;
  /** Whether it has something to say: while it has not, its silence does not count. Absent: it always has. */
  busy?: () => boolean;
  /**
   * It was silent for too long and is being ended: at once as a rule, but not before a system call that hangs comes back. `onDown` comes
   * then.
   */
  onSilent?: () => void;
}): Supervised<In> {
  const backoff = createBackoff({ firstMs: 100, maxMs: 5_000 });
  let port: WorkerPort<In, Out> | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let restarts = 0;
  let stopping = false;
  let ended: (() => void) | null = null;
  /** It is ending and has said something. */
  let livesStill: () => void = () => undefined;

  const start = (): void => {
    timer = null;
    const mine = deps.start();
    const upMs = deps.clock.monoMs();
    port = mine;
    const limit = deps.silentSeconds ?? Number.POSITIVE_INFINITY;
    let silent = 0;
    const watch = setInterval(() => {
      if (deps.busy?.() === false && silent < limit) {
        silent = 0;
        return;
      }
      silent += 1;
      if (silent !== limit) return;
      if (!stopping) deps.onSilent?.();
      void mine.kill();
    }, 1_000);
    mine.onMessage((message) => {
      silent = 0;
      livesStill();
      if (port === mine) deps.onMessage(message);
    });
    mine.onExit((said) => {
      clearInterval(watch);
      const why = silent >= limit ? `said nothing for ${limit} s and was ended` : said;
      port = null;
      if (stopping) {
        ended?.();
        return;
      }
      if (deps.clock.monoMs() - upMs > 60_000) backoff.reset();
      const delayMs = backoff.next();
      restarts += 1;
      timer = setTimeout(start, delayMs);
      deps.onDown(why, delayMs);
    });
    deps.onUp((message) => mine.post(message), restarts);
  };
  start();

  return {
    post(message, transfer) {
      port?.post(message, transfer);
      return port !== null;
    },
    restarts: () => restarts,
    async stop(ask, graceMs, mostMs = graceMs) {
      stopping = true;
      if (timer !== null) clearTimeout(timer);
      const running = port;
      if (running === null) return true;
      return await new Promise<boolean>((resolve) => {
        let given: ReturnType<typeof setTimeout> | undefined;
        const kill = (): void => {
          livesStill = () => undefined;
          given = setTimeout(() => {
            resolve(false);
          }, unendingMs);
          void running.kill();
        };
        const overMs = deps.clock.monoMs() + mostMs;
        let killer = setTimeout(kill, graceMs);
        livesStill = () => {
          clearTimeout(killer);
          killer = setTimeout(kill, Math.max(0, Math.min(graceMs, overMs - deps.clock.monoMs())));
        };
        ended = () => {
          livesStill = () => undefined;
          clearTimeout(killer);
          clearTimeout(given);
          resolve(true);
        };
        if (ask !== null) running.post(ask);
        else void running.kill();
      });
    },
  };
}
