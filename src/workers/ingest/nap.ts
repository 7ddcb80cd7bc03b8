/**
 * Sleep between two looks at the sockets. A thread that wakes for every part of every picture of a hundred cameras spends
 * more on waking than on the pictures. Where nobody watches live, what arrives may lie in the kernel's socket buffers for a
 * moment: the thread blocks itself, and then takes what came from all cameras at once, a few large reads instead of very many
 * small ones. How long it may sleep is asked every time; 0 means that the event loop runs as it always does.
 *
 * The time that pictures lie unread counts against what a crash may cost (`fragmentMaxMs`).
 */
import { createBell } from '../lib/bell.ts';
import { tickMs } from './ticker.ts';

export type Nap = { stop(): void };

/** Longest sleep. The socket buffers of any system hold more than a camera sends in this time. */
export const napMs = 200;
/** Longest sleep while somebody waits for an answer, or a pipe would fill. */
export const shortNapMs = 5;
/** Longest sleep while calls of the system wait for others to be over: at each look some more of them begin. */
export const busyNapMs = 1;
/** Sleeps of one length would meet a steady camera at the same point of its picture for ever; its delay would seem larger than it is. */
const spread = 0.2;

export type NapDeps = {
  /** Rung when there is a message for the thread: it ends a sleep. Absent: nobody rings. */
  bell?: SharedArrayBuffer;
  /** How long the thread may sleep now, in ms. */
  mayMs(): number;
  /** Called when all that came was taken, before every sleep, and about every `napMs` while there is none. */
  before(): void;
};

export function createNap({ bell = createBell(), mayMs, before }: NapDeps): Nap {
  const cell = new Int32Array(bell);
  let rung = Atomics.load(cell, 0);
  let stopped = false;
  let immediate: NodeJS.Immediate | null = null;
  let sleeping: NodeJS.Immediate | null = null;
  let timer: NodeJS.Timeout | null = null;

  function look(): void {
    timer = null;
    immediate = null;
    if (stopped) return;
    before();
    if (sleeping !== null) return; // between two sleeps: the next one asks
    if (mayMs() > 0) sleeping = setImmediate(sleep);
    else timer = setTimeout(look, tickMs);
  }

  function sleep(): void {
    sleeping = null;
    if (stopped) return;
    const ms = mayMs();
    if (ms <= 0) {
      timer = setTimeout(look, tickMs);
      return;
    }
    Atomics.wait(cell, 0, rung, ms * (1 - spread * Math.random()));
    rung = Atomics.load(cell, 0); // what came by now is read at the next poll
    // The loop polls once, without waiting; then comes `look`, then what it began (as microtasks), then the next sleep.
    immediate = setImmediate(look);
    sleeping = setImmediate(sleep);
  }
  timer = setTimeout(look, tickMs);

  return {
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      if (immediate !== null) clearImmediate(immediate);
      if (sleeping !== null) clearImmediate(sleeping);
    },
  };
}
