/** Somebody sets the clock: libfaketime does it, for the station alone. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pauseMs } from '../station-process.ts';
import type { Fault } from './fault.ts';
import { createSite } from './site.ts';

const library = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
].find((path) => existsSync(path));

/** Seconds off, one after the other; right again at the end. */
const steps = [3_600, 0, -86_400, 0, 30, 0];
const stepMs = 5_000;

export const clockJumps: Fault = {
  name: 'clock-jumps',
  what: 'the clock set an hour ahead, right, a day back, right, half a minute ahead, right, while recording',
  tries: 1,
  quickTries: 1,
  allowedMs: 0,
  lacking: () => Promise.resolve(library === undefined ? 'needs libfaketime' : null),
  async run(run) {
    const site = await createSite(run, join(run.scratch, 'data'));
    const file = join(run.scratch, 'clock');
    const set = (seconds: number): void => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    set(0);
    for (let n = 0; n < run.tries; n++)
      await site.attempt({
        causes: ['clock-jump'],
        aroundMs: 2 * 86_400_000,
        starting: {
          env: {
            LD_PRELOAD: library ?? '',
            FAKETIME_TIMESTAMP_FILE: file,
            FAKETIME_NO_CACHE: '1',
            DONT_FAKE_MONOTONIC: '1',
          },
        },
        async fault() {
          for (const seconds of steps) {
            set(seconds);
            await pauseMs(stepMs);
          }
          return { beginMs: Number.POSITIVE_INFINITY, endMs: Date.now() };
        },
      });
    return site.result;
  },
};
