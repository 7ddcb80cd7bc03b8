import type { Answers } from '#contract/call.ts';
import type { Models } from '../model-rooms.ts';
import { callerOf } from './caller.ts';

export function modelsAnswers(models: Models): Answers<'models'> {
  return {
    list: async () => models.list(),
    uses: async () => models.uses(),
    download: async ({ id }, call) => models.download(id, callerOf(call)),
    cancel: async ({ id }) => models.cancel(id),
    remove: async ({ id }, call) => {
      await models.remove(id, callerOf(call));
      return {};
    },
    look: ({ path }) => models.look(path),
    takeIn: ({ path, id }, call) => models.takeIn(path, id, callerOf(call)),
    settings: async () => models.settings(),
    set: async (settings, call) => {
      models.set(settings, callerOf(call));
      return {};
    },
  };
}
