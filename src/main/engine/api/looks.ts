import type { Answers } from '#contract/call.ts';
import type { Looks } from '../looks.ts';

export function looksAnswers(looks: Looks): Answers<'looks'> {
  return {
    states: async () => looks.states(),
    watch: ({ id }, call) => looks.watch(id, call.signal),
  };
}
