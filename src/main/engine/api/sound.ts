import type { Answers } from '#contract/call.ts';
import type { Sounds } from '../sound-room.ts';

export function soundAnswers(sounds: Sounds): Answers<'sound'> {
  return {
    of: async ({ id }) => sounds.of(id),
    set: async ({ id, settings }) => sounds.set(id, settings),
    watch: ({ id }, call) => sounds.watch(id, call.signal),
  };
}
