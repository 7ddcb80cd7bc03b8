/** A secret from whoever runs a command: from a file, from what is piped in, or typed without being shown. Never from arguments. */
import { readFile } from 'node:fs/promises';
import { StationError } from './stop-with.ts';

/** Longer ones are no passphrase. */
const mostBytes = 4096;
const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';

async function piped(): Promise<string> {
  let text = '';
  for await (const part of process.stdin) {
    text += String(part);
    if (text.length > mostBytes || text.includes('\n')) break;
  }
  return firstLine(text);
}

/** Reads keys until Enter; nothing of it is echoed. */
function typed(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  return new Promise((resolve, reject) => {
    let text = '';
    const over = (end: () => void): void => {
      stdin.off('data', take);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      end();
    };
    const take = (part: string): void => {
      for (const key of part) {
        if (key === '\r' || key === '\n' || key === '\u0004') {
          over(() => resolve(text));
          return;
        }
        if (key === '\u0003') {
          over(() => reject(new StationError('Stopped.', 130)));
          return;
        }
        if (key === '\u007f' || key === '\b') text = Array.from(text).slice(0, -1).join('');
        else if (text.length < mostBytes) text += key;
      }
    };
    stdin.on('data', take);
  });
}

/** `file`: where it lies, its first line; null: it is asked for. Throws `StationError`. */
export async function askSecret(prompt: string, file: string | null): Promise<string> {
  if (file !== null) {
    try {
      return firstLine(await readFile(file, 'utf8'));
    } catch (error) {
      throw new StationError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, 1, {
        cause: error,
      });
    }
  }
  return process.stdin.isTTY ? typed(prompt) : piped();
}
