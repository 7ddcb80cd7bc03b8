import { createVolumeLanes, type VolumeLaneDeps } from '../lib/volume-lanes.ts';
import type { IntegrityCommand, IntegrityJob, IntegrityJobs } from './port.ts';

export type IntegrityClient = {
  [J in IntegrityJob]: (ask: IntegrityJobs[J]['ask']) => Promise<IntegrityJobs[J]['answer']>;
} & {
  /** Volumes that have not come back to their thread: what is asked of them is refused at once (UNAVAILABLE, `volume-silent`). */
  hanging(): number[];
  /** Afterwards those whose thread did not end hang. */
  stop(): Promise<void>;
};

/** For each thread. */
const maxWaiting = 64;

/** A thread for the index, and one for each volume. A job whose thread crashes fails; who asked asks again in its own time. */
export function createIntegrityClient(deps: VolumeLaneDeps<IntegrityCommand>): IntegrityClient {
  const lanes = createVolumeLanes<IntegrityCommand>({
    ...deps,
    maxWaiting,
    words: {
      worker: 'an integrity worker',
      does: 'checks recordings',
      busy: 'Too much is being checked at once.',
    },
  });

  const ask = async <J extends IntegrityJob>(
    job: J,
    asked: IntegrityJobs[J]['ask'],
  ): Promise<IntegrityJobs[J]['answer']> =>
    // The answer is of the job's own type: worker and client share one table of jobs.
    (await lanes.ask(
      'volume' in asked ? asked.volume : null,
      (id) => ({ op: 'ask', id, job, ask: asked }) as IntegrityCommand,
    )) as IntegrityJobs[J]['answer'];

  return {
    hash: (a) => ask('hash', a),
    presence: (a) => ask('presence', a),
    chain: (a) => ask('chain', a),
    lists: (a) => ask('lists', a),
    backUp: (a) => ask('backUp', a),
    hanging: () => lanes.hanging(),
    stop: () => lanes.stop(),
  };
}
