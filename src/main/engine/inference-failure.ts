/** Why the pool could not answer, and whose fault that is. */
import type { InferenceFailure } from '#workers/inference/port.ts';

/**
 * newer · full · late: it was dropped, see `decide/admit-job.ts` · no-model: it is not here · model-rests: too many of its jobs failed,
 * and it is not asked for a while · model: it could not be loaded or run · worker: it ended twice, or hangs · bad-ask · stopping.
 */
export type PoolRefusal =
  | 'newer'
  | 'full'
  | 'late'
  | 'no-model'
  | 'model-rests'
  | 'model'
  | 'worker'
  | 'bad-ask'
  | 'stopping';

export const asFailure = (trouble: InferenceFailure['trouble'], message: string): Error & InferenceFailure =>
  Object.assign(new Error(message), { trouble });

export function failureOf(error: unknown): InferenceFailure {
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof Error && 'trouble' in error ? (error as Error & InferenceFailure).trouble : 'failed';
  return { trouble: known, message };
}

/** Whether it is the model's own fault: one that ends a second worker is. `tries`: workers that ended before. */
export const blames = (trouble: InferenceFailure['trouble'], tries: number): boolean =>
  trouble === 'worker-ended' ? tries > 0 : trouble !== 'bad-ask' && trouble !== 'stopping';

export function refusalOf(trouble: InferenceFailure['trouble'], loading: boolean): PoolRefusal {
  switch (trouble) {
    case 'worker-ended':
      return 'worker';
    case 'bad-ask':
      return loading ? 'model' : 'bad-ask';
    case 'stopping':
      return 'stopping';
    case 'no-model':
    case 'missing':
    case 'not-a-model':
    case 'other-shape':
    case 'failed':
      return 'model';
  }
}
