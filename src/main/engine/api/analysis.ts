import type { Answers } from '#contract/call.ts';
import type { Analysis } from '../model-rooms.ts';
import { callerOf } from './caller.ts';

export function analysisAnswers(analysis: Analysis): Answers<'analysis'> {
  return {
    now: async () => analysis.now(),
    configure: async (settings, call) => {
      analysis.configure(settings, callerOf(call));
      return {};
    },
  };
}
