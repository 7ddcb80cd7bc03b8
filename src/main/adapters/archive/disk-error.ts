/** Errors of a disk or share as an archive's. */
import type { ArchiveTrouble } from '#domain/archive.ts';
import { ArchiveError } from '#lib/archive-error.ts';

export const errnoOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;

const known: Record<string, [ArchiveTrouble, string]> = {
  ENOENT: ['missing', 'is not there: mount it, or make the folder'],
  ENOTDIR: ['missing', 'is no folder, or a part of its path is a file'],
  EACCES: ['refused', 'may not be written by this station: change its permissions'],
  EPERM: ['refused', 'may not be written by this station: change its permissions'],
  EROFS: ['refused', 'is read-only: mount it for writing'],
  ENOSPC: ['full', 'is full: free some space there, or keep less'],
  EDQUOT: ['full', 'is full: its quota is used up'],
  ESTALE: ['away', 'is gone: its server was restarted or does not share it any more. Mount it anew'],
  EHOSTDOWN: ['away', 'does not answer: its server is off or cannot be reached'],
  EHOSTUNREACH: ['away', 'does not answer: its server cannot be reached'],
  ENOTCONN: ['away', 'does not answer: its server cannot be reached'],
  ETIMEDOUT: ['slow', 'does not answer in time'],
};

export function diskError(root: string, error: unknown): ArchiveError {
  if (error instanceof ArchiveError) return error;
  const [trouble, words] = known[errnoOf(error) ?? ''] ?? [
    'error' as const,
    `cannot be used: the system says "${error instanceof Error ? error.message : String(error)}"`,
  ];
  return new ArchiveError(trouble, `${root} ${words}.`, { cause: error });
}
