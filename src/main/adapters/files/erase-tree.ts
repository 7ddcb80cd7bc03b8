/** Deletes a folder with all that is in it, as far as the system lets it. */
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#contract/error.ts';

/**
 * What is refused (somebody has it open, or protected it) keeps nothing else from going. Rejects with UNAVAILABLE (reason `not-deleted`) then,
 * in words that name the first of it; done again later it deletes the rest.
 */
export async function eraseTree(path: string): Promise<void> {
  const refused: string[] = [];
  await erase(path, 5, refused);
  const [first] = refused;
  if (first === undefined) return;
  throw new AppError(
    'UNAVAILABLE',
    `${String(refused.length)} of what is in ${path} cannot be deleted: ${first}. All else is gone. Let this station delete it, then erase the camera again.`,
    { data: { reason: 'not-deleted' } },
  );
}

async function erase(path: string, maxRetries: number, refused: string[]): Promise<void> {
  let why: string;
  try {
    await rm(path, { recursive: true, force: true, maxRetries, retryDelay: 100 });
    return;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  // One after the other, around what is refused.
  const names = await readdir(path).catch(() => null);
  const before = refused.length;
  for (const name of names ?? []) await erase(join(path, name), 0, refused);
  if (refused.length > before) return;
  if (names === null) refused.push(why);
  else
    await rmdir(path).catch((error: unknown) => {
      refused.push(error instanceof Error ? error.message : why);
    });
}
