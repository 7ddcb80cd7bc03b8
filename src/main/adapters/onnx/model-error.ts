import type { InferenceTrouble } from '../../../workers/inference/port.ts';

/** What a model, or a question to it, fails by. */
export class ModelError extends Error {
  readonly trouble: InferenceTrouble;
  constructor(trouble: InferenceTrouble, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ModelError';
    this.trouble = trouble;
  }
}

/** The first line of what a library says, without its places in memory and source. */
export const saidBy = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .split('\n')[0]
    ?.replace(/0x[0-9a-f]+/gi, '')
    .slice(0, 300) ?? '';
