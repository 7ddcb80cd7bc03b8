import type { Answers } from '#contract/call.ts';
import type { Analysis } from '../model-rooms.ts';
import type { Work } from '../work-port.ts';
import { callerOf } from './caller.ts';

export function analysisAnswers(analysis: Analysis, work: Work): Answers<'analysis'> {
  return {
    now: async () => analysis.now(),
    queues: async () => work.queues(),
    configure: async (settings, call) => {
      analysis.configure(settings, callerOf(call));
      return {};
    },
  };
}
