import type { Answers } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import type { Cameras, Devices } from '../rooms.ts';

export function camerasAnswers(cameras: Cameras, devices: Devices): Answers<'cameras'> {
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
    facts: ({ id, fresh }) => devices.facts(id, fresh),
    trust: async ({ id, certificate }) => {
      await devices.trust(id, certificate);
      return {};
    },
    probe: (input) => cameras.probe(input),
    watch: (_, call) => cameras.watch(call.signal),
  };
}
