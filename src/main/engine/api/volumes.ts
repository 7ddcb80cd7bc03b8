import type { Answers } from '#contract/call.ts';
import type { Volumes } from '../volume-room.ts';
import { callerOf } from './caller.ts';

export function volumesAnswers(volumes: Volumes): Answers<'volumes'> {
  return {
    list: async () => volumes.list(),
    look: async ({ path }) => volumes.look(path),
    add: async (asked, call) => volumes.add(asked, callerOf(call)),
    change: async ({ volume, change }, call) => volumes.change(volume, change, callerOf(call)),
    footage: async ({ volume }) => volumes.footage(volume),
    remove: async ({ volume, ...said }, call) => {
      await volumes.remove(volume, said, callerOf(call));
      return {};
    },
  };
}
