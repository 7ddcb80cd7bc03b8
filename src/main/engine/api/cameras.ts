import type { Answers } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import type { Cameras } from '../rooms.ts';

export function camerasAnswers(cameras: Cameras): Answers<'cameras'> {
  return {
    list: async () => cameras.list(),
    get: async ({ id }) => {
      const camera = cameras.get(id);
      if (!camera) throw new AppError('NOT_FOUND', 'There is no such camera.');
      return camera;
    },
    add: (draft) => cameras.add(draft),
    update: ({ id, change }) => cameras.update(id, change),
    remove: async ({ id }) => {
      await cameras.remove(id);
      return {};
    },
    probe: (input) => cameras.probe(input),
    watch: (_, call) => cameras.watch(call.signal),
  };
}
