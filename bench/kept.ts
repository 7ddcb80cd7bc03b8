import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folder in which benches keep what takes long to make (clips, indexes, recordings) and what they leave to look at
 * (profiles), made if need be. It belongs to the project but not to git, and outlives a fresh install.
 */
export function keptFolder(root: string): string {
  const folder = join(root, '.vigie', 'bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}
