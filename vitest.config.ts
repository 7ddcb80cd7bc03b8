import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, longest first: started last they would keep one worker while the others have nothing left to do. */
const longest = [
  ...['e2e/scenes', 'e2e/looks', 'e2e/steer', 'e2e/finding', 'e2e/volume-hangs', 'e2e/first-run', 'e2e/timeline'],
  ...['integration/footage-search', 'integration/volumes', 'integration/back-fill', 'integration/motion-gate'],
  ...['integration/station', 'integration/integrity', 'integration/slow-disk', 'integration/ptz'],
  ...['onnx/onnx', 'onnx/plates', 'decide/motion-gate', 'ffmpeg/grey', 'mp4/mp4', 'ffmpeg/ffmpeg', 'archive/archive'],
];
/** Those first, and then the largest first, as vitest has it where it knows nothing of a file. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

// Native addons and worker threads: every test file gets its own process, but for those of `pure` rooms.
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
/** Rooms without native addons, threads and sockets: their test files share a process for each worker, since starting one takes longer than most of them. */
const pure = ['contract', 'domain', 'lib', 'media'].map((room) => `src/main/${room}/**/*.test.ts`);
pure.push('src/renderer/**/*.test.{ts,tsx}');
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { ...base, name: 'unit', include: ['src/**/*.test.{ts,tsx}'], exclude: pure, maxWorkers: workers(2) },
      },
      { extends: true, test: { ...base, name: 'unit-pure', include: pure, isolate: false, maxWorkers: workers(2) } },
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
