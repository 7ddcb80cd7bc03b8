/** The station itself ends, or a part of it. */
import { join } from 'node:path';
import { pauseMs } from '../station-process.ts';
import type { Fault } from './fault.ts';
import { threadsOf } from './inspector.ts';
import { createSite } from './site.ts';

const always = (): Promise<null> => Promise.resolve(null);

export const kill: Fault = {
  name: 'kill',
  what: 'SIGKILL at a random moment, started again at once',
  tries: 6,
  quickTries: 2,
  allowedMs: 1_000,
  lacking: always,
  async run(run) {
    const site = await createSite(run, join(run.scratch, 'data'));
    for (let n = 0; n < run.tries; n++)
      await site.attempt({
        causes: ['station-off'],
        async fault(hands) {
          const beginMs = Date.now();
          await hands.station().stop('SIGKILL');
          await hands.start();
          return { beginMs, endMs: beginMs };
        },
      });
    return site.result;
  },
};

/** 200 a minute over all cameras; it waits longer and longer for one that never lasts, so there should be some more of them. */
const dropEveryMs = 300;
const dropForMs = 30_000;
const dropCameras = 16;

export const reconnects: Fault = {
  name: 'reconnects',
  cameras: dropCameras,
  what: `connections cut by the cameras, 200 a minute in all, for ${dropForMs / 1000} s`,
  tries: 1,
  quickTries: 1,
  // A reset throws away what lay unread in the socket, up to a nap's worth.
  allowedMs: 300,
  lacking: always,
  async run(run) {
    const site = await createSite(run, join(run.scratch, 'data'));
    for (let n = 0; n < run.tries; n++)
      await site.attempt({
        causes: ['camera-lost', 'no-data'],
        async fault() {
          const until = performance.now() + dropForMs;
          for (let camera = 0; performance.now() < until; camera = (camera + 1) % run.cameras) {
            await run.load.drop(camera + 1);
            await pauseMs(dropEveryMs);
          }
          // All that a camera had handed over must be there, whenever it was.
          return { beginMs: Number.POSITIVE_INFINITY, endMs: Date.now() };
        },
      });
    return site.result;
  },
};

const hangs = 'for (;;);';
/** What ends a thread: an error that nobody caught, an order, no memory left; the last one never ends of itself. */
const ends = [
  "setTimeout(() => { throw new Error('a fault of the faults') }, 0)",
  'process.exit(1)',
  'const all = []; for (;;) all.push(new Array(1e6).fill(all.length + 0.5))',
  hangs,
];

export const workerCrash: Fault = {
  name: 'worker-crash',
  what: 'an ingest thread ends by an uncaught error, by exit, by no memory, all with the query threads; and it hangs',
  tries: 4,
  quickTries: 2,
  allowedMs: 1_000,
  lacking: always,
  async run(run) {
    const site = await createSite(run, join(run.scratch, 'data'));
    for (let n = 0; n < run.tries; n++)
      await site.attempt({
        causes: ['worker-crash'],
        starting: { execArgv: ['--inspect=127.0.0.1:0'] },
        async fault(hands) {
          const { threads, close } = await threadsOf(hands.station().said());
          const ingest = threads.filter((t) => t.title.includes('ingest'));
          const end = ends[n % ends.length] ?? '';
          const queries = end === hangs ? [] : threads.filter((t) => t.title.includes('query'));
          const victims = [...ingest.slice(0, 1), ...queries];
          if (ingest.length === 0)
            throw new Error(`No ingest thread is among ${threads.map((t) => t.title).join(', ')}.`);
          const beginMs = Date.now();
          for (const thread of victims) thread.evaluate(end);
          await pauseMs(500);
          close();
          return { beginMs, endMs: beginMs };
        },
      });
    return site.result;
  },
};
