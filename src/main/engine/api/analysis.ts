import type { Answers } from '#contract/call.ts';
import type { Analysis } from '../model-rooms.ts';
import type { Sounds } from '../sound-room.ts';
import { callerOf } from './caller.ts';

export function analysisAnswers(analysis: Analysis, sounds: Pick<Sounds, 'queues'>): Answers<'analysis'> {
  return {
    now: async () => analysis.now(),
    queues: async () => sounds.queues(),
    configure: async (settings, call) => {
      analysis.configure(settings, callerOf(call));
      return {};
    },
  };
}
