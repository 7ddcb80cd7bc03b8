import type { InferenceCost } from '../../../workers/inference/port.ts';

type Step = 'prepareMs' | 'runMs' | 'readMs';

/** Adds up what an answer costs. `nowMs`: any steady clock, ms. */
export function createCost(nowMs: () => number) {
  const cost: InferenceCost = { prepareMs: 0, runMs: 0, readMs: 0, runs: 0 };
  return {
    cost,
    time<T>(step: Step, work: () => T): T {
      const from = nowMs();
      const value = work();
      cost[step] += nowMs() - from;
      return value;
    },
    async run<T>(work: () => Promise<T>): Promise<T> {
      const from = nowMs();
      const value = await work();
      cost.runMs += nowMs() - from;
      cost.runs += 1;
      return value;
    },
  };
}
export type Costing = ReturnType<typeof createCost>;
