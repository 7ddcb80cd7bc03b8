import type { Answers } from '#contract/call.ts';
import type { Integrity } from '../rooms.ts';

export function integrityAnswers(integrity: Integrity): Answers<'integrity'> {
  return {
    state: () => Promise.resolve(integrity.state()),
    checkNow: () => {
      integrity.checkNow();
      return Promise.resolve({});
    },
    plan: (plan) => {
      integrity.plan(plan);
      return Promise.resolve({});
    },
    backUp: () => integrity.backUp(),
    proof: async ({ id, stream, startMs }) => integrity.proof(id, stream, startMs),
  };
}
