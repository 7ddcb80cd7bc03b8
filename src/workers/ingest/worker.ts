/** The ingest thread: many cameras, one thread (see `port.ts`). */
import { systemClock } from '#lib/clock.ts';
import { parentChannel } from '../lib/parent.ts';
import { createIngest } from './ingest.ts';
import type { IngestCommand, IngestReport, IngestSetup } from './port.ts';

const parent = parentChannel<IngestCommand, IngestReport>();

/** Node 22 cannot tell the CPU time of a thread: there the time that its loop was busy stands for it. */
function cpuSeconds(): number {
  if (!('threadCpuUsage' in process)) return performance.eventLoopUtilization().active / 1000;
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

const ingest = createIngest({
  setup: parent.setup as IngestSetup,
  clock: systemClock,
  post: parent.post,
  usage() {
    const memory = process.memoryUsage();
    return { cpuSeconds: cpuSeconds(), heapBytes: memory.heapUsed + memory.arrayBuffers };
  },
  drained: parent.close,
});

parent.onMessage((command) => ingest.command(command));
