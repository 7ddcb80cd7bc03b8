/** The footage thread (see `port.ts`). */
import { constants, setPriority } from 'node:os';
import { createWatchDecoders } from '../../main/adapters/ffmpeg/index.ts';
import { parentChannel } from '../lib/parent.ts';
import { createFootage } from './footage.ts';
import type { FootageCommand, FootageReport, FootageSetup } from './port.ts';

const parent = parentChannel<FootageCommand, FootageReport>();
const { ffmpeg } = parent.setup as FootageSetup;

// On Linux this is the priority of the calling thread alone; elsewhere it would be that of the whole station.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

/** Node 22 cannot tell the CPU time of a thread: there the time that its loop was busy stands for it. */
function cpuSeconds(): number {
  if (!('threadCpuUsage' in process)) return performance.eventLoopUtilization().active / 1000;
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

const footage = createFootage({ decoders: createWatchDecoders(ffmpeg), post: parent.post, cpuSeconds });

parent.onMessage((command) => {
  footage.command(command);
  if (command.op === 'stop') parent.close();
});
