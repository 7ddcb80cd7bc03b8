import type { Answers } from '#contract/call.ts';
import type { CoverageProofs } from '../rooms.ts';

export const coverageAnswers = (proofs: CoverageProofs): Answers<'coverage'> => ({
  prove: (input) => proofs.prove(input),
  missing: (input) => proofs.missing(input),
});
