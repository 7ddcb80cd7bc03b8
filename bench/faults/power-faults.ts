/** The power fails: docs/faults.md says why this is what a power cut leaves. */
import { join } from 'node:path';
import type { Honesty } from './disk-image.ts';
import { lyingMs } from './disk-image.ts';
import type { Fault, FaultRun } from './fault.ts';
import { createSite } from './site.ts';
import type { StationProcess } from '../station-process.ts';
import { createVirtualDisk, noVirtualDisk } from './virtual-disk.ts';

/** The power fails after one of so many writes: some seconds of them. */
const mostWrites = 150;

const preference = '/preferences/power-cut';

/** Changes something again and again until the station is gone; resolves with the last change that it answered. */
async function change(station: StationProcess, from: number): Promise<number> {
  for (let n = from; ; n += 1) {
    try {
      await station.call('PUT', preference, { value: n });
    } catch {
      return n - 1;
    }
  }
}

async function cutPower(run: FaultRun, honesty: Honesty): ReturnType<Fault['run']> {
  const data = join(run.scratch, 'data');
  const disk = await createVirtualDisk({ scratch: run.scratch, mib: 512, honesty });
  try {
    await disk.attach(data);
    const site = await createSite(run, data);
    let atStake = 0;
    let kept = 0;
    let changes = 0;
    for (let n = 0; n < run.tries; n++)
      await site.attempt({
        causes: ['station-off'],
        async fault(hands) {
          const changing = change(hands.station(), changes + 1);
          const cut = await disk.cut(1 + Math.floor(Math.random() * mostWrites));
          const beginMs = Date.now();
          atStake += cut.atStake;
          kept += cut.kept;
          await hands.station().stop('SIGKILL');
          const answered = await changing;
          await disk.detach();
          await disk.plug();
          await disk.attach(data);
          const endMs = Date.now();
          const station = await hands.start();
          const { value } = await station.call<{ value: number | null }>('GET', preference);
          if ((value ?? 0) < answered) {
            site.result.indexErrors += 1;
            site.result.notes.push(`change ${answered} was answered, and ${value ?? 0} is the last that is there`);
          }
          changes = Math.max(answered, value ?? 0);
          return { beginMs, endMs };
        },
      });
    site.result.notes.push(
      `${changes} changes were answered; ${atStake} writes were at stake in ${run.tries} cuts, ${kept} of them were kept in part or whole`,
    );
    return site.result;
  } finally {
    await disk.stop();
  }
}

export const powerCut: Fault = {
  name: 'power-cut',
  what: 'the power fails between any two writes; what no flush had promised is kept, lost or torn at random',
  tries: 5,
  quickTries: 2,
  allowedMs: 1_000,
  lacking: noVirtualDisk,
  run: (run) => cutPower(run, 'honest'),
};

/** The control: were nothing synced, would it be seen? */
export const powerCutControl: Fault = {
  name: 'power-cut-control',
  what: `the same on a drive that only claims to flush and is ${lyingMs / 1000} s behind: loss must be seen`,
  tries: 1,
  quickTries: 1,
  allowedMs: 1_000,
  mustLose: true,
  lacking: noVirtualDisk,
  run: (run) => cutPower(run, 'lying'),
};
