/** The ingest thread: many cameras, one thread (see `port.ts`). */
import { systemClock } from '#lib/clock.ts';
import { parentChannel } from '../lib/parent.ts';
import { createIngest } from './ingest.ts';
import type { IngestCommand, IngestReport, IngestSetup } from './port.ts';

const parent = parentChannel<IngestCommand, IngestReport>();

const ingest = createIngest({
  setup: parent.setup as IngestSetup,
  clock: systemClock,
  post: parent.post,
  usage() {
    const cpu = process.threadCpuUsage();
    const memory = process.memoryUsage();
    return { cpuSeconds: (cpu.user + cpu.system) / 1e6, heapBytes: memory.heapUsed + memory.arrayBuffers };
  },
  drained: parent.close,
});

parent.onMessage((command) => ingest.command(command));
