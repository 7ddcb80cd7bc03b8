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
