import type { Answers } from '#contract/call.ts';
import type { MotionSearches } from '../motion-journal.ts';

export const motionSearchAnswers = (motion: MotionSearches): Answers<'motionSearch'> => ({
  search: (ask) => motion.search(ask),
});
