import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';

export type Child = {
  stdin: Writable;
  stdout: Readable;
  /** The last line that ffmpeg wrote to standard error. */
  complaint(): string;
  /** Told what ffmpeg writes to standard error, as it comes. */
  onComplaint(listener: (text: string) => void): void;
  kill(): void;
  /** Everything else goes first: it gets what the PC has to spare. */
  ease(): void;
  /** Told once, when it has ended and its output is read. */
  onEnd(listener: () => void): void;
};

/** Starts ffmpeg children without a shell, and knows them all, so that none outlives the station. */
export function createChildren(path: string): { start(args: string[]): Child; stop(): void; running(): number } {
  const running = new Set<ChildProcessByStdio<Writable, Readable, Readable>>();
  return {
    start(args) {
      const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
      running.add(child);
      let complaint = '';
      let ended = false;
      const listeners: (() => void)[] = [];
      const complaintListeners: ((text: string) => void)[] = [];
      const end = (): void => {
        if (ended) return;
        ended = true;
        running.delete(child);
        for (const listener of listeners) listener();
      };
      child.stderr.setEncoding('utf8');
      child.stderr.on('data', (text: string) => {
        complaint = (complaint + text).slice(-2000);
        for (const listener of complaintListeners) listener(text);
      });
      child.stdin.on('error', () => undefined); // it went away while we wrote; `close` says so
      child.on('error', (error) => {
        complaint = error.message;
        end();
      });
      child.on('close', end);
      return {
        stdin: child.stdin,
        stdout: child.stdout,
        complaint: () => complaint.trim().split('\n').at(-1)?.trim() ?? '',
        kill: () => void child.kill('SIGKILL'),
        ease() {
          try {
            if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
          } catch {
            // it has ended already, or the system does not allow it: then it shares like all others
          }
        },
        onComplaint: (listener) => void complaintListeners.push(listener),
        onEnd: (listener) => void listeners.push(listener),
      };
    },
    stop() {
      for (const child of running) child.kill('SIGKILL');
    },
    running: () => running.size,
  };
}
