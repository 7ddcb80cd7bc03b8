import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Native addons and worker threads: every test file gets its own process.
// A test that hangs ends, some time: how fast a machine is says nothing of what is tried on it.
const base = {
  pool: 'forks' as const,
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // A person who runs them sees each failure. Where nobody looks on, one more try, which the report names, shows whether it was the machine.
  retry: process.env['CI'] === undefined ? 0 : 1,
};
/** Files at once: one less than there are cores, and more where they wait for more of their time than they work. */
const workers = (least: number): number => Math.max(least, availableParallelism() - 1);
/** Tests of `integration` that have the machine to themselves. */
const alone = 'tests/integration/**/*.alone.test.ts';
export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { ...base, name: 'unit', include: ['src/**/*.test.{ts,tsx}'], maxWorkers: workers(2) } },
      {
        extends: true,
        // They work for less than a third of their time.
        test: {
          ...base,
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          exclude: [alone],
          maxWorkers: workers(4),
        },
      },
      {
        extends: true,
        // What is seen of moving things in real time: analysis gives way to everything else on a busy machine, and tells less then.
        test: { ...base, name: 'alone', include: [alone], maxWorkers: 1, maxConcurrency: 2 },
      },
      {
        extends: true,
        test: {
          ...base,
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          // A station and a browser each, which two cores bear twice; more would only measure the machine.
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: { ...base, name: 'package', include: ['tests/package/**/*.test.ts'], testTimeout: 180_000 },
      },
    ],
  },
});
