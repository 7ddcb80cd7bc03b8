import type { Answers } from '#contract/call.ts';
import type { Playback } from '../rooms.ts';
import { checkSpan } from './timeline.ts';

export function playbackAnswers(playback: Playback): Answers<'playback'> {
  return {
    segments: async (input) => {
      checkSpan(input.fromMs, input.toMs);
      return playback.segments(input);
    },
    fragments: (input) => playback.fragments(input),
  };
}
