/**
 * Why a data folder or volume cannot be used; the message is for a person and says what to do. `in-use`: another station
 * works on it · `missing`: it is not there · `refused`: the system does not let us · `foreign`: it belongs to something else.
 */
export type DataFolderTrouble = 'in-use' | 'missing' | 'refused' | 'foreign';

export class DataFolderError extends Error {
  readonly trouble: DataFolderTrouble;
  constructor(trouble: DataFolderTrouble, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DataFolderError';
    this.trouble = trouble;
  }
}

export const errnoOf = (error: unknown): string | null =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? null) : null;
