/** Network namespaces of a test's own: a station's and a camera's, joined by one cable. Linux, root and iproute2. */
import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';

const ip = (...args: string[]): boolean => spawnSync('ip', args, { stdio: 'ignore' }).status === 0;

/** Whether namespaces can be made here. */
export const hasNamespaces = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const name = `vigie-try-${process.pid}`;
  if (!ip('netns', 'add', name)) return false;
  return ip('netns', 'del', name);
})();

export type TestNet = {
  /** Address of the station's end, and of the camera's with this last number. */
  station: string;
  camera(last: number): string;
  /** Gives the camera's end this address and takes all others away. */
  move(last: number): void;
  /** Gives the camera's end one more address. */
  also(last: number): void;
  run(where: 'station' | 'camera', args: string[], stdio: StdioOptions): ChildProcess;
  /** Ends what still runs in them, and takes them away. */
  close(): Promise<void>;
};

/** Throws where a command fails. */
export function openNet(): TestNet {
  const names = { station: `vigie-s-${process.pid}`, camera: `vigie-c-${process.pid}` };
  const cable = { station: 'vgs0', camera: 'vgc0' };
  const net = `10.91.${process.pid % 256}`;
  const children = new Set<ChildProcess>();
  const must = (...args: string[]): void => {
    if (!ip(...args)) throw new Error(`ip ${args.join(' ')} failed`);
  };
  const close = async (): Promise<void> => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    for (const name of Object.values(names)) ip('netns', 'del', name);
  };
  const also = (last: number): void => {
    must('-n', names.camera, 'addr', 'add', `${net}.${last}/24`, 'dev', cable.camera);
  };
  try {
    for (const name of Object.values(names)) must('netns', 'add', name);
    for (const name of Object.values(names)) must('-n', name, 'link', 'set', 'lo', 'up');
    const other = ['peer', 'name', cable.camera, 'netns', names.camera];
    must('-n', names.station, 'link', 'add', cable.station, 'type', 'veth', ...other);
    must('-n', names.station, 'addr', 'add', `${net}.1/24`, 'dev', cable.station);
    must('-n', names.station, 'link', 'set', cable.station, 'up');
    must('-n', names.camera, 'link', 'set', cable.camera, 'up');
  } catch (error) {
    for (const name of Object.values(names)) ip('netns', 'del', name);
    throw error;
  }
  return {
    station: `${net}.1`,
    camera: (last) => `${net}.${last}`,
    move(last) {
      must('-n', names.camera, 'addr', 'flush', 'dev', cable.camera);
      also(last);
    },
    also,
    run(where, args, stdio) {
      // `ip` becomes the command: signals and channels reach it.
      const child = spawn('ip', ['netns', 'exec', names[where], process.execPath, ...args], { stdio });
      children.add(child);
      return child;
    },
    close,
  };
}
