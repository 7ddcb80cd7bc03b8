import type { Answers } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import { dayMs } from '#domain/time.ts';
import type { Timeline } from '../rooms.ts';

const longestMs = 400 * dayMs;

/** Refuses a span that ends before it starts or is longer than 400 days. */
export function checkSpan(fromMs: number, toMs: number): void {
  const message =
    toMs <= fromMs
      ? 'A span must end after it starts.'
      : toMs - fromMs > longestMs
        ? 'Ask for 400 days at most.'
        : null;
  if (message) throw new AppError('INVALID', message, { data: { issues: [{ path: 'toMs', message }] } });
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
