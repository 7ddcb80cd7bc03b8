/** The log: one JSON object a line, in the data folder, rotated by size; warnings on standard error too. */
import { mkdirSync } from 'node:fs';
import pino from 'pino';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import type { Log, LogFields } from '#lib/log.ts';
import { redact, redactFields } from './redact.ts';

const fileBytes = '10M';
const files = 8;

export type StationLog = Log & { close(): Promise<void> };

/** A log that cannot be written never stops the station: it says so on standard error, once, and goes on there. */
export function openLog(dir: string, options: { stderr: (line: string) => void; debug?: boolean }): StationLog {
  let file: RotatingFileStream | null = null;
  let broken = false;
  const giveUp = (error: unknown): void => {
    if (broken) return;
    broken = true;
    options.stderr(`The log in ${dir} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  };
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
    file = createStream('vigie.log', { path: dir, size: fileBytes, maxFiles: files });
    file.on('error', giveUp);
    file.on('warning', giveUp);
  } catch (error) {
    giveUp(error);
  }
  const logger = pino(
    {
      level: options.debug === true ? 'debug' : 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write(line: string) {
        if (!broken) file?.write(line);
      },
    },
  );
  const make = (own: LogFields): Log => {
    const say = (level: 'debug' | 'info' | 'warn' | 'error') => (text: string, fields?: LogFields) => {
      const clean = redactFields({ ...own, ...fields });
      const line = redact(text);
      logger[level](clean, line);
      if (level === 'warn' || level === 'error') {
        const rest = Object.entries(clean).map(([k, v]) => `${k}=${JSON.stringify(v)}`);
        options.stderr([`${level}: ${line}`, ...rest].join(' '));
      }
    };
    return {
      debug: say('debug'),
      info: say('info'),
      warn: say('warn'),
      error: say('error'),
      with: (fields) => make({ ...own, ...fields }),
    };
  };
  return {
    ...make({}),
    close: () =>
      new Promise((resolve) => {
        if (file === null || broken || file.destroyed) resolve();
        else file.end(() => resolve());
      }),
  };
}
