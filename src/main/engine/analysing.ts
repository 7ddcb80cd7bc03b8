/** The rooms of the analysis, put together: the models, the pool that runs them, and what is told of both. */
import { setTimeout as delay } from 'node:timers/promises';
import { AnalysisSettings } from '#domain/analysis.ts';
import type { ModelTrouble } from '#domain/model.ts';
import type { Log } from '#lib/log.ts';
import type { InferenceTrouble } from '#workers/inference/port.ts';
import type { EngineDeps } from './engine-deps.ts';
import type { EventRoom } from './events.ts';
import { createInferencePool, type InferencePool } from './inference.ts';
import type { Analysis } from './model-rooms.ts';
import { createModels, type ModelRoom } from './models.ts';

export type Analysing = {
  models: ModelRoom;
  pool: InferencePool;
  analysis: Analysis;
  start(): Promise<void>;
  stop(): Promise<void>;
};

const key = 'analysis';
/** A usual run on a CPU takes a tenth of it. */
const patienceMs = 2_000;

export function createAnalysing(
  deps: Pick<EngineDeps, 'clock' | 'store' | 'models' | 'startInferenceWorker' | 'machine'> & {
    log: Log;
    events: Pick<EventRoom, 'note'>;
    /** Recording has trouble to keep up. */
    strained: () => boolean;
  },
): Analysing {
  const { clock, store } = deps;
  const log = deps.log.with({ room: 'analysis' });
  const models = createModels({
    ...{ ...deps.models, clock, events: deps.events, setting: store.setting, log },
    rests: (id) => pool.rests(id),
  });
  const pool: InferencePool = createInferencePool({
    clock,
    log,
    startWorker: deps.startInferenceWorker,
    model: (id) => models.ready(id),
    modelFault(id, trouble, detail) {
      const known = faults[trouble];
      // What failed in a run may go well the next time: its breaker sees to that.
      if (known !== undefined) models.fault(id, { trouble: known, detail });
    },
    strained: deps.strained,
    machine: deps.machine,
    settings: readSettings(store.setting.get(key), log),
  });
  models.onChange((id) => {
    if (id !== null) pool.unload(id);
  });
  return {
    models,
    pool,
    analysis: {
      now: () => pool.now(),
      configure(settings, caller) {
        store.setting.set(key, JSON.stringify(settings));
        pool.configure(settings);
        log.info('how the analysis spreads its work was changed', { by: caller.name, strategy: settings.strategy });
      },
    },
    async start() {
      await models.start();
      pool.start();
    },
    async stop() {
      // What is recorded is to be sealed and indexed in time; a run that takes longer is not waited for.
      const late = delay(patienceMs, true, { ref: false });
      if (await Promise.race([Promise.all([pool.stop(), models.stop()]).then(() => false), late]))
        log.warn('a model still ran when the station ended');
    },
  };
}

const faults: Partial<Record<InferenceTrouble, ModelTrouble>> = {
  missing: 'missing',
  'not-a-model': 'not-onnx',
  'other-shape': 'other-shape',
};

function readSettings(text: string | null, log: Log): AnalysisSettings {
  if (text === null) return AnalysisSettings.parse({});
  try {
    return AnalysisSettings.parse(JSON.parse(text));
  } catch (error) {
    log.error('what was said of the analysis cannot be read', { error: String(error) });
    return AnalysisSettings.parse({});
  }
}
