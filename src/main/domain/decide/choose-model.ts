/** Which model does a task. Pure. */
import type { ModelId, ModelOrigin, ModelTask, ModelView } from '../model.ts';

/** Where nothing is said: a model of the catalogue was downloaded because it is better; one's own is taken only where it is chosen. */
const order: readonly ModelOrigin[] = ['catalogue', 'built-in'];

/**
 * Of the models that are here: the one asked for, else the station's choice, else the best. null: none can do it. What was asked for and
 * is not here is not waited for.
 */
export function chooseModel(
  models: readonly ModelView[],
  task: ModelTask,
  asked: ModelId | null,
  ofStation: ModelId | null,
): ModelView | null {
  const here = models.filter((m) => m.manifest.task === task && m.state.is === 'here');
  for (const id of [asked, ofStation]) {
    const found = id === null ? undefined : here.find((m) => m.manifest.id === id);
    if (found !== undefined) return found;
  }
  for (const origin of order) {
    const found = here.find((m) => m.origin === origin);
    if (found !== undefined) return found;
  }
  return null;
}
