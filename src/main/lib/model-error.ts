import type { ModelTrouble } from '#domain/model.ts';

/** Why a model cannot be had or used. The message says what was found, with names and numbers. */
export class ModelError extends Error {
  readonly trouble: ModelTrouble;
  constructor(trouble: ModelTrouble, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ModelError';
    this.trouble = trouble;
  }
}
