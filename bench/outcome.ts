/** What every bench ends with. */
export type Outcome = {
  name: string;
  figures: Record<string, number>;
  /** Per figure `<= 0.25`, `< 1`, `>= 9` or `== 0`. */
  goals: Record<string, string>;
};

/** Middle of the sorted values; NaN for none. */
export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/** Nearest-rank quantile, 0 … 1; NaN for none. */
export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

/** Four significant digits: more than that was not measured. */
export const rounded = (n: number): number => (Number.isFinite(n) ? Number(n.toPrecision(4)) : n);

function meets(value: number, goal: string): boolean {
  const [sign, limit] = goal.split(' ');
  const to = Number(limit);
  if (sign === '<=') return value <= to;
  if (sign === '<') return value < to;
  if (sign === '>=') return value >= to;
  return value === to;
}

/** A goal that was not measured is not met. */
export function judge(outcome: Outcome): boolean {
  return Object.entries(outcome.goals).every(([key, goal]) => meets(outcome.figures[key] ?? Number.NaN, goal));
}

/** For people: one line a figure. */
export function table(outcome: Outcome): string {
  return Object.entries(outcome.figures)
    .map(([key, value]) => {
      const goal = outcome.goals[key];
      const verdict = goal === undefined ? '' : `  (goal ${goal}: ${meets(value, goal) ? 'met' : 'NOT met'})`;
      return `  ${key.padEnd(24)} ${value}${verdict}`;
    })
    .join('\n');
}
