/**
 * Workers as the pool sees them (workers/inference/port.ts), without a model: they answer in order, after the time that a test says, and
 * do what it tells them to (end, hang, refuse). What the pool decides can so be seen without a minute of running.
 */
import type { ModelId } from '#domain/model.ts';
import type {
  InferenceFailure,
  InferenceJob,
  InferenceJobs,
  InferenceSetup,
  InferenceWorker,
  LoadedModel,
  ModelToLoad,
  StartInferenceWorker,
} from '#workers/inference/port.ts';

export class WorkerFailure extends Error implements InferenceFailure {
  readonly trouble: InferenceFailure['trouble'];
  constructor(trouble: InferenceFailure['trouble'], message: string) {
    super(message);
    this.trouble = trouble;
  }
}

export type DrawnWorker = {
  setup: InferenceSetup;
  loaded: Set<ModelId>;
  /** Questions that it was asked, in order. */
  asked: InferenceJobs[InferenceJob]['ask'][];
  /** Its thread ends, and is back when `back` is called. */
  end(): void;
  back(): void;
  stopped: boolean;
};

export function createDrawnWorkers(rules: {
  /** ms of an answer; null: never. */
  answerMs: (ask: InferenceJobs[InferenceJob]['ask'], worker: number) => number | null;
  /** What goes wrong with a question, or with loading; null: nothing. */
  fault?: (ask: InferenceJobs[InferenceJob]['ask'] | ModelToLoad, worker: number) => WorkerFailure | null;
}): { start: StartInferenceWorker; workers: DrawnWorker[] } {
  const workers: DrawnWorker[] = [];
  const start: StartInferenceWorker = (setup, on) => {
    const id = workers.length;
    let up = true;
    let restarts = 0;
    let last: Promise<unknown> = Promise.resolve();
    const waiting = new Set<(error: Error) => void>();
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const failAll = (trouble: InferenceFailure['trouble']): void => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      const all = [...waiting];
      waiting.clear();
      for (const fail of all) fail(new WorkerFailure(trouble, `worker ${id}: ${trouble}`));
    };
    /** Waits for what was asked before, then `ms`. */
    const after = <T>(ms: number | null, value: () => T): Promise<T> => {
      const done = new Promise<T>((resolve, reject) => {
        waiting.add(reject);
        const before = last;
        void before.finally(() => {
          if (ms === null || !waiting.has(reject)) return;
          const timer = setTimeout(() => {
            timers.delete(timer);
            waiting.delete(reject);
            try {
              resolve(value());
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          }, ms);
          timers.add(timer);
        });
      });
      last = done.catch(() => undefined);
      return done;
    };
    const drawn: DrawnWorker = {
      setup,
      loaded: new Set(),
      asked: [],
      end() {
        up = false;
        restarts += 1;
        failAll('worker-ended');
        on.down('it was told to', 100);
      },
      back() {
        up = true;
      },
      stopped: false,
    };
    workers.push(drawn);
    const told = (what: InferenceJobs[InferenceJob]['ask'] | ModelToLoad): void => {
      const fault = rules.fault?.(what, id) ?? null;
      if (fault !== null) throw fault;
    };
    const worker: InferenceWorker = {
      load: (model) =>
        after(1, (): LoadedModel => {
          told(model);
          drawn.loaded.add(model.manifest.id);
          return { modelId: model.manifest.id, provider: 'cpu', loadMs: 1, mostAtOnce: 1 };
        }),
      unload: (modelId) => void drawn.loaded.delete(modelId),
      ask<J extends InferenceJob>(_job: J, ask: InferenceJobs[J]['ask']) {
        if (!up) return Promise.reject(new WorkerFailure('worker-ended', `worker ${id} is being restarted`));
        drawn.asked.push(ask);
        const ms = rules.answerMs(ask, id);
        return after(ms, () => {
          told(ask);
          const value = { detections: [], cost: { prepareMs: 0, runMs: ms ?? 0, readMs: 0, runs: 1 } };
          return value;
        });
      },
      waiting: () => waiting.size,
      providers: () => (up ? ['cpu'] : []),
      restarts: () => restarts,
      stop() {
        drawn.stopped = true;
        failAll('stopping');
        return Promise.resolve();
      },
    };
    return worker;
  };
  return { start, workers };
}
