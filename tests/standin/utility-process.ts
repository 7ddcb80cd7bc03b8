/** `utilityProcess`: a forked Node whose `process.parentPort` is laid over the process channel. */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { rawApp, world } from './app.ts';

const children = new Set<ChildProcess>();
world.killChildren = () => {
  for (const child of children) child.kill('SIGKILL');
};

class UtilityProcess extends EventEmitter {
  private readonly child: ChildProcess;
  constructor(file: string, args: string[], o: Electron.ForkOptions) {
    super();
    this.child = fork(file, args, {
      serialization: 'advanced',
      execArgv: ['--import', new URL('./utility-entry.ts', import.meta.url).href],
      env: { ...process.env, STANDIN_RESOURCES: process.resourcesPath },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    children.add(this.child);
    this.child.on('spawn', () => this.emit('spawn'));
    this.child.on('message', (message) => this.emit('message', message));
    this.child.on('exit', (code) => {
      children.delete(this.child);
      this.emit('exit', code ?? 1);
      rawApp.emit(
        'child-process-gone',
        {},
        { type: 'Utility', reason: code === 0 ? 'clean-exit' : 'crashed', exitCode: code ?? 1, name: o.serviceName },
      );
    });
  }
  get pid(): number | undefined {
    return this.child.pid;
  }
  kill(): boolean {
    return this.child.kill();
  }
  postMessage(message: unknown): void {
    if (this.child.connected) this.child.send(message as object);
  }
}
null as unknown as UtilityProcess satisfies Pick<Electron.UtilityProcess, 'pid' | 'kill' | 'postMessage'>;

/** Process ids of running utility processes, for tests. */
export const utilityPids = (): number[] => [...children].flatMap((c) => c.pid ?? []);
export const utilityProcess = {
  fork: (file: string, args: string[] = [], o: Electron.ForkOptions = {}) => new UtilityProcess(file, args, o),
};
