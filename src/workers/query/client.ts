import { AppError } from '#contract/error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { StoreError } from '#lib/store-error.ts';
import { supervise, type Supervised } from '../lib/supervise.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import type { QueryArgs, QueryCommand, QueryName, QueryReport, QueryValue } from './port.ts';

type Waiting = {
  name: QueryName;
  args: unknown[];
  tries: number;
  done: (value: unknown) => void;
  failed: (error: Error) => void;
};

export type QueryClient = {
  [N in QueryName]: (...args: QueryArgs<N>) => Promise<QueryValue<N>>;
} & {
  /** Starts the workers now; else the first questions do. */
  warm(): void;
  stop(): Promise<void>;
  restarts(): number;
  /** A thread has not come back from the index: the process cannot end by itself. */
  hanging(): boolean;
};

const unreadable = (why: string): AppError =>
  new AppError('UNAVAILABLE', `The index cannot be read at the moment: ${why}.`, { data: { reason: 'index' } });

/** A thread that answers none of its questions for so long hangs. */
const patienceSeconds = 60;

/**
 * Asks `threads` query workers, each question to the one with the least to do. At most `maxWaiting` questions wait; more are
 * refused (UNAVAILABLE) rather than queued. When a worker crashes its questions are asked once more. One that hangs is ended, its
 * questions fail, and the others go on with all that is asked meanwhile. Workers read the index and nothing else: no volume that hangs
 * holds them up, but that of the index itself.
 */
export function createQueryClient(deps: {
  clock: Clock;
  log: Log;
  start: () => WorkerPort<QueryCommand, QueryReport>;
  threads?: number;
  maxWaiting?: number;
}): QueryClient {
  const { clock, log, threads = 2, maxWaiting = 256 } = deps;
  let nextId = 1;
  let stopped = false;

  type Lane = { waiting: Map<number, Waiting>; worker: Supervised<QueryCommand>; hangs: () => boolean };
  const lanes: Lane[] = [];
  const warm = (): void => {
    while (!stopped && lanes.length < threads) lanes.push(createLane());
  };

  function createLane(): Lane {
    const waiting = new Map<number, Waiting>();
    let hangs = false;
    const worker: Supervised<QueryCommand> = supervise<QueryCommand, QueryReport>({
      clock,
      start: deps.start,
      onUp(post) {
        hangs = false;
        for (const [id, { name, args }] of waiting) post({ op: 'ask', id, name, args });
      },
      onDown(why, delayMs) {
        log.error('the query worker stopped and is restarted', { why, delayMs });
        for (const [id, question] of waiting) {
          question.tries += 1;
          if (question.tries < 2) continue;
          waiting.delete(id);
          question.failed(unreadable(why));
        }
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
        else if (report.reason === null) question.failed(new Error(`query ${question.name}: ${report.message}`));
        else question.failed(new StoreError(report.reason, report.message));
      },
      silentSeconds: patienceSeconds,
      busy: () => waiting.size > 0,
      onSilent() {
        hangs = true;
        log.error('a query worker hangs and is ended', {
          questions: [...waiting.values()].map((q) => q.name).join(', '),
        });
        const all = [...waiting.values()];
        waiting.clear();
        for (const question of all) question.failed(unreadable('it does not answer'));
      },
    });
    return { waiting, worker, hangs: () => hangs };
  }

  const ask = <N extends QueryName>(name: N, ...args: QueryArgs<N>): Promise<QueryValue<N>> =>
    new Promise((resolve, reject) => {
      if (stopped) {
        reject(new AppError('UNAVAILABLE', 'The station is stopping.', { data: { reason: 'stopping' } }));
        return;
      }
      warm();
      const total = lanes.reduce((n, l) => n + l.waiting.size, 0);
      const lane = lanes
        .filter((l) => !l.hangs())
        .reduce<Lane | null>((a, b) => (a === null || b.waiting.size < a.waiting.size ? b : a), null);
      if (lane === null) {
        reject(unreadable('it does not answer'));
        return;
      }
      if (total >= maxWaiting) {
        reject(
          new AppError('UNAVAILABLE', 'Too much is being asked of the index at once. Try again.', {
            data: { reason: 'busy' },
          }),
        );
        return;
      }
      const id = nextId++;
      // The answer is of the method's own type: worker and client share one table of methods.
      lane.waiting.set(id, { name, args, tries: 0, done: (value) => resolve(value as QueryValue<N>), failed: reject });
      lane.worker.post({ op: 'ask', id, name, args });
    });

  return {
    warm,
    coverage: (q) => ask('coverage', q),
    clocks: (q) => ask('clocks', q),
    ticks: (q) => ask('ticks', q),
    accounts: (q) => ask('accounts', q),
    recordedHours: (q) => ask('recordedHours', q),
    bounds: (ids) => ask('bounds', ids),
    days: (ids, startsMs) => ask('days', ids, startsMs),
    locate: (ids, atMs, withinMs, clock) => ask('locate', ids, atMs, withinMs, clock),
    segments: (q) => ask('segments', q),
    segment: (id, startMs) => ask('segment', id, startMs),
    motion: (q) => ask('motion', q),
    events: (q) => ask('events', q),
    eventsAfter: (origin, seq) => ask('eventsAfter', origin, seq),
    hanging: () => lanes.some((l) => l.hangs()),
    restarts: () => lanes.reduce((n, l) => n + l.worker.restarts(), 0),
    async stop() {
      stopped = true;
      for (const { waiting } of lanes) {
        for (const q of waiting.values())
          q.failed(new AppError('UNAVAILABLE', 'The station is stopping.', { data: { reason: 'stopping' } }));
        waiting.clear();
      }
      await Promise.all(lanes.map(({ worker }) => worker.stop({ op: 'stop' }, 1000)));
    },
  };
}
