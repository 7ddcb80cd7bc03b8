/** Threads that run models. */
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createInferenceWorkers } from '#workers/inference/client.ts';
import type { InferenceCommand, InferenceReport, StartInferenceWorker } from '#workers/inference/port.ts';
import { startThread } from '#workers/lib/thread.ts';
import { loadRuntime } from '../adapters/onnx/index.ts';
import type { Places } from './config.ts';

export function inferenceWorkers(places: Pick<Places, 'worker'>, clock: Clock, log: Log): StartInferenceWorker {
  let loaded = false;
  return createInferenceWorkers({
    clock,
    log,
    start(setup) {
      // The first thread that has the library must not end before the process does: so this one is the first.
      if (!loaded) loadRuntime();
      loaded = true;
      return startThread<InferenceCommand, InferenceReport>(places.worker('inference'), 'inference', setup);
    },
  });
}
