/** Backups of the index (adapters/files). Types only. */

/** Backups of the index. Reject with a sentence for the person or the system's error. */
export type BackupFiles = {
  /** Newest first. */
  list(): Promise<{ madeMs: number; bytes: number }[]>;
  /** Where the next one is to be written. Rejects where there is no room for it. */
  draft(madeMs: number): Promise<string>;
  /** A whole and sound draft becomes a backup. */
  keep(draft: string): Promise<void>;
  remove(madeMs: number): Promise<void>;
};
