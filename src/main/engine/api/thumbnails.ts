import type { Answers } from '#contract/call.ts';
import type { Thumbnails } from '../rooms.ts';
import { callerOf } from './caller.ts';
import { checkSpan } from './timeline.ts';

export function thumbnailsAnswers(thumbnails: Thumbnails): Answers<'thumbnails'> {
  return {
    grid: async ({ id, ...span }) => {
      checkSpan(span.fromMs, span.toMs);
      return thumbnails.grid(id, span);
    },
    status: () => Promise.resolve(thumbnails.status()),
    limit: ({ maxBytes }, call) => Promise.resolve(thumbnails.limit(maxBytes, callerOf(call).name)),
  };
}
