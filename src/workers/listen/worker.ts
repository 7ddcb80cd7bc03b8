/** The listen thread (see `port.ts`). */
import { setPriority } from 'node:os';
import { systemClock } from '#lib/clock.ts';
import { createSoundDecoders } from '../../main/adapters/ffmpeg/index.ts';
import { parentChannel } from '../lib/parent.ts';
import type { ListenCommand, ListenReport, ListenSetup } from './port.ts';
import { createListen } from './listen.ts';

const parent = parentChannel<ListenCommand, ListenReport>();
const { ffmpeg } = parent.setup as ListenSetup;

// On Linux this is the priority of the calling thread alone; elsewhere it would be that of the whole station.
if (process.platform === 'linux') setPriority(10);

/** Node 22 cannot tell the CPU time of a thread: there the time that its loop was busy stands for it. */
function cpuSeconds(): number {
  if (!('threadCpuUsage' in process)) return performance.eventLoopUtilization().active / 1000;
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

const listen = createListen({
  clock: systemClock,
  decoders: ffmpeg === null ? null : createSoundDecoders(ffmpeg),
  post: parent.post,
  cpuSeconds,
});

parent.onMessage((command) => {
  listen.command(command);
  if (command.op === 'stop') parent.close();
});
