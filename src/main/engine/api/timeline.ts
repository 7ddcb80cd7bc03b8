import type { Answers } from '#contract/call.ts';
import { invalid } from '#contract/error.ts';
import { dayMs } from '#domain/time.ts';
import type { Timeline } from '../rooms.ts';

const longestMs = 400 * dayMs;

/** Refuses a span that ends before it starts or is longer than 400 days. */
export function checkSpan(fromMs: number, toMs: number): void {
  if (toMs <= fromMs) throw invalid('toMs', 'order', 'A span must end after it starts.');
  if (toMs - fromMs > longestMs) throw invalid('toMs', 'span', 'Ask for 400 days at most.', { most: longestMs });
}

export function timelineAnswers(timeline: Timeline): Answers<'timeline'> {
  return {
    coverage: async (input) => {
      checkSpan(input.fromMs, input.toMs);
      return timeline.coverage(input);
    },
    days: (input) => timeline.days(input),
  };
}
