import type { ArchiveTrouble } from '#domain/archive.ts';

/** A failure of an archive, mapped once from the errors of its disk or server. The message says what to do, and has no secret. */
export class ArchiveError extends Error {
  readonly trouble: ArchiveTrouble;
  constructor(trouble: ArchiveTrouble, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ArchiveError';
    this.trouble = trouble;
  }
}

/** What lies there is not as large as what was archived. */
export const otherSize = (): ArchiveError =>
  new ArchiveError('corrupt', 'What lies there is not what was archived, for it is of another size: it is not shown.');
