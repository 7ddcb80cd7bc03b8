/** The virtual ONVIF devices of `bench cameras`, in a process of their own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const Ready = z.object({ urls: z.array(z.string()), rtspPort: z.number(), username: z.string(), password: z.string() });
const Counts = z.object({ subscriptions: z.number(), refusals: z.number() });

export type BenchDevices = z.infer<typeof Ready> & {
  /** What the devices count themselves: event subscriptions that live, requests refused for their password. */
  counts(): Promise<z.infer<typeof Counts>>;
  stop(): Promise<void>;
};

/** Resolves when all listen. */
export async function startDevices(root: string, count: number): Promise<BenchDevices> {
  const child = spawn(process.execPath, [join(root, 'bench', 'many-devices.ts'), '--count', String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<unknown> => {
    const next = await lines.next();
    if (next.done === true) throw new Error('The virtual devices ended.');
    return JSON.parse(next.value);
  };
  const ready = Ready.parse(await line());
  return {
    ...ready,
    async counts() {
      child.stdin.write('counts\n');
      return Counts.parse(await line());
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}
