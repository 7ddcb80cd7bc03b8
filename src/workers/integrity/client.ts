import { AppError } from '#contract/error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import { supervise, type Supervised } from '../lib/supervise.ts';
import type { IntegrityCommand, IntegrityJob, IntegrityJobs, IntegrityReport } from './port.ts';

export type IntegrityClient = {
  [J in IntegrityJob]: (ask: IntegrityJobs[J]['ask']) => Promise<IntegrityJobs[J]['answer']>;
} & { stop(): Promise<void> };

const maxWaiting = 64;
const stopGraceMs = 1_000;

/** One worker, started with the first question. A job whose worker crashes fails; who asked asks again in its own time. */
export function createIntegrityClient(deps: {
  clock: Clock;
  log: Log;
  start: () => WorkerPort<IntegrityCommand, IntegrityReport>;
}): IntegrityClient {
  const { clock, log } = deps;
  const waiting = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>();
  let worker: Supervised<IntegrityCommand> | null = null;
  let nextId = 1;
  let stopped = false;

  const failAll = (why: string): void => {
    const all = [...waiting.values()];
    waiting.clear();
    for (const { failed } of all) failed(new AppError('UNAVAILABLE', why));
  };

  const begin = (): Supervised<IntegrityCommand> =>
    supervise<IntegrityCommand, IntegrityReport>({
      clock,
      start: deps.start,
      onUp: () => undefined,
      onDown(why, delayMs) {
        log.error('the integrity worker stopped and is restarted', { why, delayMs });
        failAll('The part of Vigie that checks recordings stopped. It is being restarted.');
      },
      onMessage(report) {
        if (report.op === 'log') {
          log[report.level](report.text, report.fields);
          return;
        }
        const question = waiting.get(report.id);
        if (question === undefined) return;
        waiting.delete(report.id);
        if (report.op === 'answer') question.done(report.value);
        else question.failed(new Error(report.message));
      },
    });

  const ask = <J extends IntegrityJob>(job: J, asked: IntegrityJobs[J]['ask']): Promise<IntegrityJobs[J]['answer']> =>
    new Promise((resolve, reject) => {
      if (stopped || waiting.size >= maxWaiting) {
        reject(
          new AppError('UNAVAILABLE', stopped ? 'The station is stopping.' : 'Too much is being checked at once.'),
        );
        return;
      }
      worker ??= begin();
      const id = nextId++;
      // The answer is of the job's own type: worker and client share one table of jobs.
      waiting.set(id, { done: (value) => resolve(value as IntegrityJobs[J]['answer']), failed: reject });
      const command = { op: 'ask', id, job, ask: asked } as IntegrityCommand;
      if (worker.post(command)) return;
      waiting.delete(id);
      reject(new AppError('UNAVAILABLE', 'The part of Vigie that checks recordings is being restarted.'));
    });

  return {
    hash: (a) => ask('hash', a),
    presence: (a) => ask('presence', a),
    chain: (a) => ask('chain', a),
    backUp: (a) => ask('backUp', a),
    async stop() {
      stopped = true;
      await worker?.stop({ op: 'stop' }, stopGraceMs);
      failAll('The station is stopping.');
    },
  };
}
