import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import type { ModelId } from '#domain/model.ts';
import { supervise } from '../lib/supervise.ts';
import type {
  InferenceCommand,
  InferenceCost,
  InferenceFailure,
  InferenceJob,
  InferenceJobs,
  InferenceReport,
  InferenceSetup,
  LoadedModel,
  ModelToLoad,
  Provider,
  StartInferenceWorker,
} from './port.ts';

/** Questions of one worker; its owner keeps the queue. */
const maxWaiting = 32;
/** A run on a slow computer ends in this time; the thread is not ended before, because that would end the process. */
const stopGraceMs = 30_000;

const stoppingWords = 'The station is stopping.';

/** What a worker could not do, as an Error. */
export class InferenceError extends Error implements InferenceFailure {
  readonly trouble: InferenceFailure['trouble'];
  constructor(trouble: InferenceFailure['trouble'], message: string) {
    super(message);
    this.name = 'InferenceError';
    this.trouble = trouble;
  }
}

type Promised<T> = { done(value: T): void; failed(error: InferenceError): void };
type Answer = InferenceJobs[InferenceJob]['answer'] & { cost: InferenceCost };

/** `start`: a thread of worker.ts. It is called on the station's own thread, which must have loaded the runtime before. */
export function createInferenceWorkers(deps: {
  clock: Clock;
  log: Log;
  start: (setup: InferenceSetup) => WorkerPort<InferenceCommand, InferenceReport>;
}): StartInferenceWorker {
  const { clock, log } = deps;
  return (setup, on) => {
    const asked = new Map<number, Promised<Answer>>();
    const loading = new Map<ModelId, Promised<LoadedModel>[]>();
    /** What the thread has, or is to have again when it is started anew. */
    const wanted = new Map<ModelId, ModelToLoad>();
    let providers: Provider[] = [];
    let nextId = 1;
    let stopped = false;

    const failAll = (trouble: InferenceFailure['trouble'], message: string): void => {
      const all = [...asked.values(), ...[...loading.values()].flat()];
      asked.clear();
      loading.clear();
      for (const { failed } of all) failed(new InferenceError(trouble, message));
    };
    const settle = (id: ModelId): Promised<LoadedModel>[] => {
      const waiting = loading.get(id) ?? [];
      loading.delete(id);
      return waiting;
    };

    const worker = supervise<InferenceCommand, InferenceReport>({
      clock,
      start: () => {
        const thread = deps.start(setup);
        return { ...thread, kill: () => Promise.resolve() };
      },
      onUp(post) {
        for (const model of wanted.values()) post({ op: 'load', model });
      },
      onDown(why, delayMs) {
        log.error('an inference worker stopped and is restarted', { why, delayMs });
        providers = [];
        failAll('worker-ended', 'The part of Vigie that looks at pictures stopped. It is being restarted.');
        on.down(why, delayMs);
      },
      onMessage(report) {
        switch (report.op) {
          case 'ready':
            providers = report.providers;
            return;
          case 'loaded':
            for (const { done } of settle(report.loaded.modelId)) done(report.loaded);
            return;
          case 'not-loaded': {
            const { modelId, trouble, message } = report;
            wanted.delete(modelId);
            const waiting = settle(modelId);
            if (waiting.length === 0) on.lost(modelId, { trouble, message });
            for (const { failed } of waiting) failed(new InferenceError(trouble, message));
            return;
          }
          case 'fell-back':
            log.warn('a model runs by another provider', {
              model: report.modelId,
              from: report.from,
              to: report.to,
              why: report.message,
            });
            on.fellBack(report.modelId, report.from, report.to, report.message);
            return;
          case 'answer':
          case 'failed': {
            const question = asked.get(report.id);
            asked.delete(report.id);
            if (report.op === 'answer') question?.done({ ...report.value, cost: report.cost });
            else question?.failed(new InferenceError(report.trouble, report.message));
            return;
          }
          case 'log':
            log[report.level](report.text, report.fields);
            return;
        }
      },
    });

    return {
      load: (model) =>
        new Promise((done, failed) => {
          if (stopped) {
            failed(new InferenceError('stopping', stoppingWords));
            return;
          }
          const id = model.manifest.id;
          wanted.set(id, model);
          loading.set(id, [...(loading.get(id) ?? []), { done, failed }]);
          // One that is being restarted loads what is wanted when it is up.
          worker.post({ op: 'load', model });
        }),
      unload(modelId) {
        wanted.delete(modelId);
        worker.post({ op: 'unload', modelId });
      },
      ask: (job, ask) =>
        new Promise((resolve, reject) => {
          if (stopped || asked.size >= maxWaiting) {
            const [trouble, message] = stopped
              ? (['stopping', stoppingWords] as const)
              : (['failed', 'Too much is asked of one worker at once.'] as const);
            reject(new InferenceError(trouble, message));
            return;
          }
          const id = nextId++;
          // The answer is of the job's own type: worker and client share one table of jobs.
          asked.set(id, { done: (value) => resolve(value), failed: reject });
          if (worker.post({ op: 'ask', id, job, ask } as Extract<InferenceCommand, { op: 'ask' }>)) return;
          asked.delete(id);
          reject(new InferenceError('worker-ended', 'The part of Vigie that looks at pictures is being restarted.'));
        }),
      waiting: () => asked.size,
      providers: () => providers,
      restarts: () => worker.restarts(),
      async stop() {
        stopped = true;
        await worker.stop({ op: 'stop' }, stopGraceMs);
        failAll('stopping', stoppingWords);
      },
    };
  };
}
