import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createRepeats } from '#lib/repeats.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import { supervise } from '../lib/supervise.ts';
import type { CheckpointCommand, CheckpointReport } from './port.ts';

export type CheckpointClient = {
  /** What the index is told and may wait is to wait: its log is being begun anew. For `mostHoldMs` in a row at most. */
  holds(): boolean;
  /** The thread has not come back from the disk: the process cannot end by itself. */
  hanging(): boolean;
  restarts(): number;
  /** What is left is being taken over at the end. */
  writes(): boolean;
  /** To be called when all else has closed the databases: takes over what is left, for 10 s at most. */
  stop(): Promise<void>;
};

export const mostHoldMs = 20_000;
/** At the end a disk is waited for that takes what is left, 4 MiB as a rule, within this time; what it does not take then is taken at the next start. */
const mostStopMs = 10_000;

export function createCheckpointClient(deps: {
  clock: Clock;
  log: Log;
  start: () => WorkerPort<CheckpointCommand, CheckpointReport>;
}): CheckpointClient {
  const { clock, log } = deps;
  const repeats = createRepeats(log);
  let heldSinceMs: number | null = null;
  let hangs = false;
  let stopping = false;
  const worker = supervise<CheckpointCommand, CheckpointReport>({
    clock,
    start: deps.start,
    onUp() {
      heldSinceMs = null;
    },
    onDown(why, delayMs) {
      heldSinceMs = null;
      log.error('the checkpoint worker stopped and is restarted', { why, delayMs });
    },
    onMessage(report) {
      if (report.op === 'hold') heldSinceMs = report.on ? clock.monoMs() : null;
      if (report.op !== 'failed') return;
      const { path, message } = report;
      repeats.warn('what a database was told could not be taken into it yet', {
        by: { path },
        more: { error: message },
      });
    },
  });
  return {
    holds: () => heldSinceMs !== null && clock.monoMs() - heldSinceMs < mostHoldMs,
    hanging: () => hangs,
    writes: () => stopping,
    restarts: () => worker.restarts(),
    async stop() {
      heldSinceMs = null;
      stopping = true;
      hangs = !(await worker.stop({ op: 'stop' }, mostStopMs));
      stopping = false;
      repeats.end();
    },
  };
}
