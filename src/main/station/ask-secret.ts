/** Secrets from whoever runs a command: lines of a file or of what is piped in, or typed without being shown. Never from arguments. */
import { readFile } from 'node:fs/promises';
import { StationError } from './stop-with.ts';

/** Longer ones are no passphrase. */
const mostBytes = 4096;

/** Lines of what is piped in, as they come. */
async function* piped(): AsyncGenerator<string> {
  let text = '';
  for await (const part of process.stdin) {
    text += String(part);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      yield text.slice(0, end).replace(/\r$/, '');
      text = text.slice(end + 1);
    }
    if (text.length > mostBytes) return;
  }
  if (text !== '') yield text;
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

export type SecretSource = {
  /** The next one; null: there is none any more. Throws `StationError`. */
  next(prompt: string): Promise<string | null>;
  /** Nothing more is asked. */
  close(): Promise<void>;
};

/** `file`: has one on each line; null: they are asked for. */
export function openSecrets(file: string | null): SecretSource {
  let lines: AsyncIterator<string> | null = null;
  async function* written(path: string): AsyncGenerator<string> {
    try {
      yield* (await readFile(path, 'utf8')).slice(0, mostBytes).split(/\r?\n/);
    } catch (error) {
      throw new StationError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, 1, {
        cause: error,
      });
    }
  }
  return {
    async next(prompt) {
      if (file === null && process.stdin.isTTY) return typed(prompt);
      lines ??= file === null ? piped() : written(file);
      for (;;) {
        const line = await lines.next();
        if (line.done === true) return null;
        if (line.value !== '') return line.value;
      }
    },
    async close() {
      await lines?.return?.();
    },
  };
}
