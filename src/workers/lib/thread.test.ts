import { expect, it } from 'vitest';
import { startThread } from './thread.ts';

/** Says what V8 was told of its memory. */
const saying = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, resourceLimits, workerData } from 'node:worker_threads';
    parentPort.postMessage({ youngMb: resourceLimits.maxYoungGenerationSizeMb, workerData });
  `)}`,
);
type Said = { youngMb: number; workerData: unknown };
const said = (youngMb?: number): Promise<Said> =>
  new Promise((resolve, reject) => {
    const thread = startThread<never, Said>(saying, 'test', 7, youngMb);
    thread.onMessage(resolve);
    thread.onExit((why) => {
      reject(new Error(why));
    });
  });

it('gives a thread as much room for young objects as is said, and else what V8 gives by itself', async () => {
  expect(await said(3)).toEqual({ youngMb: 3, workerData: 7 });
  expect((await said()).youngMb).toBeGreaterThan(3);
});
