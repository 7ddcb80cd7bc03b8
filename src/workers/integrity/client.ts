import { AppError } from '#contract/error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import { supervise, type Supervised } from '../lib/supervise.ts';
import type { IntegrityCommand, IntegrityJob, IntegrityJobs, IntegrityReport } from './port.ts';

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
const stopGraceMs = 1_000;
/** A thread reads pieces of a MiB at most: a volume that gives none for so long does not answer. Long, because its priority is the lowest. */
const usualPatienceSeconds = 60;

type Waiting = { done: (value: unknown) => void; failed: (error: Error) => void };
type Lane = { waiting: Map<number, Waiting>; worker: Supervised<IntegrityCommand>; hangs: boolean };

const silent = (): AppError =>
  new AppError('UNAVAILABLE', 'The disk with these recordings does not answer.', { data: { reason: 'volume-silent' } });

/**
 * A thread for the index, and one for each volume that something is asked of, started with the first question. A volume that hangs keeps
 * its own thread and no other. A job whose thread crashes fails; who asked asks again in its own time.
 */
export function createIntegrityClient(deps: {
  clock: Clock;
  log: Log;
  start: () => WorkerPort<IntegrityCommand, IntegrityReport>;
  patienceSeconds?: number;
}): IntegrityClient {
  const { clock, log, patienceSeconds = usualPatienceSeconds } = deps;
  /** By volume; null: the index. */
  const lanes = new Map<number | null, Lane>();
  let nextId = 1;
  let stopped = false;

  const failAll = ({ waiting }: Lane, error: () => AppError): void => {
    const all = [...waiting.values()];
    waiting.clear();
    for (const { failed } of all) failed(error());
  };

  const begin = (volume: number | null): Lane => {
    const waiting: Lane['waiting'] = new Map();
    const worker = supervise<IntegrityCommand, IntegrityReport>({
      clock,
      start: deps.start,
      onUp() {
        const mine = lanes.get(volume);
        if (mine !== undefined) mine.hangs = false;
      },
      onDown(why, delayMs) {
        log.error('an integrity worker stopped and is restarted', { volume, why, delayMs });
        failAll(
          lane,
          () => new AppError('UNAVAILABLE', 'The part of Vigie that checks recordings stopped. It is being restarted.'),
        );
      },
      onMessage(report) {
        if (report.op === 'alive') return;
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
      // The index lies on the station's own disk; looking a copy of it through is one step, however long that takes.
      ...(volume !== null && { silentSeconds: patienceSeconds }),
      busy: () => waiting.size > 0,
      onSilent() {
        lane.hangs = true;
        log.warn('a volume does not answer; its recordings are not looked at until it does', { volume });
        failAll(lane, silent);
      },
    });
    const lane: Lane = { waiting, worker, hangs: false };
    lanes.set(volume, lane);
    return lane;
  };

  const ask = <J extends IntegrityJob>(job: J, asked: IntegrityJobs[J]['ask']): Promise<IntegrityJobs[J]['answer']> =>
    new Promise((resolve, reject) => {
      if (stopped) {
        reject(new AppError('UNAVAILABLE', 'The station is stopping.'));
        return;
      }
      const volume = 'volume' in asked ? asked.volume : null;
      const { waiting, worker, hangs } = lanes.get(volume) ?? begin(volume);
      if (hangs || waiting.size >= maxWaiting) {
        reject(hangs ? silent() : new AppError('UNAVAILABLE', 'Too much is being checked at once.'));
        return;
      }
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
    lists: (a) => ask('lists', a),
    backUp: (a) => ask('backUp', a),
    hanging: () => [...lanes].flatMap(([volume, { hangs }]) => (hangs && volume !== null ? [volume] : [])),
    async stop() {
      stopped = true;
      await Promise.all(
        [...lanes.values()].map(async (lane) => {
          if (!(await lane.worker.stop({ op: 'stop' }, stopGraceMs))) lane.hangs = true;
        }),
      );
      for (const lane of lanes.values()) failAll(lane, () => new AppError('UNAVAILABLE', 'The station is stopping.'));
    },
  };
}
