/** Which model does a task, and why. Pure. */
import {
  workOfModel,
  type ModelId,
  type ModelOrigin,
  type ModelReason,
  type ModelTask,
  type ModelView,
} from '../model.ts';

/** Where nothing is said: a model of the catalogue was got because it is better; one's own is taken only where it is chosen. */
const order: readonly ModelOrigin[] = ['catalogue', 'built-in'];

export type ModelChoice = { model: ModelView; why: ModelReason };

/**
 * Of the models that are here: the one asked for, else the station's choice, else by rules: the catalogue's before what comes with Vigie, and
 * of several of those the one that takes the least of this PC, so that getting a dearer one changes nothing until somebody chooses it. null:
 * none can do it. What was asked for and is not here is not waited for.
 */
export function chooseModel(
  models: readonly ModelView[],
  task: ModelTask,
  asked: ModelId | null,
  ofStation: ModelId | null,
): ModelChoice | null {
  const here = models.filter((m) => m.manifest.task === task && m.state.is === 'here');
  for (const id of [asked, ofStation]) {
    const model = id === null ? undefined : here.find((m) => m.manifest.id === id);
    if (model !== undefined) return { model, why: 'chosen' };
  }
  const isMissing = asked !== null || ofStation !== null;
  for (const origin of order) {
    const [model, ...others] = here.filter((m) => m.origin === origin).sort(byWork);
    if (model === undefined) continue;
    const rule = others.length > 0 ? 'least-work' : origin === 'catalogue' ? 'better' : 'built-in';
    return { model, why: isMissing ? 'stands-in' : rule };
  }
  return null;
}

const byWork = ({ manifest: a }: ModelView, { manifest: b }: ModelView): number =>
  workOfModel(a) - workOfModel(b) || (a.id < b.id ? -1 : 1);
