import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Native addons and worker threads: every test file gets its own process.
const base = { pool: 'forks' as const, testTimeout: 30_000, hookTimeout: 60_000 };
/** Two files at once also where there are two cores: many tests wait for more of their time than they work. */
const maxWorkers = Math.max(2, availableParallelism() - 1);
const e2e = { testTimeout: 90_000 };
/** Compares pictures of several cameras to the single picture: the machine must not be late with one of them. */
const alone = ['tests/e2e/playback.test.ts'];

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { ...base, name: 'unit', include: ['src/**/*.test.{ts,tsx}'], maxWorkers } },
      {
        extends: true,
        test: { ...base, name: 'integration', include: ['tests/integration/**/*.test.ts'], maxWorkers },
      },
      {
        extends: true,
        test: {
          ...base,
          ...e2e,
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: alone,
          // Each has a station and a browser of its own, which two cores bear twice; more would only measure the machine.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { ...base, ...e2e, name: 'e2e-alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: { ...base, name: 'package', include: ['tests/package/**/*.test.ts'], testTimeout: 180_000 },
      },
    ],
  },
});
