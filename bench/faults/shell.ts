/** Programs of the system that a fault needs: mount, losetup, mkfs. */
import { spawn } from 'node:child_process';

/** Runs a program to its end; throws with what it said when that is not 0. Answers with its standard output. */
export function run(program: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let said = '';
    child.stdout.on('data', (b: Buffer) => (out += b.toString()));
    child.stderr.on('data', (b: Buffer) => (said += b.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${program} ${args.join(' ')}: ${said.trim() || `ended with ${code ?? 'a signal'}`}`));
    });
  });
}

/** Whether a program is there and says yes. */
export const works = async (program: string, ...args: string[]): Promise<boolean> => {
  try {
    await run(program, ...args);
    return true;
  } catch {
    return false;
  }
};
