/** Finds the fragments of a segment that lies far away. Hostile input: throws nothing but `MediaError` and what `read` throws. */
import { MediaError } from '../media-error.ts';
import type { Mp4Init, ReadAt } from './read-init.ts';
import { readKeyIndex, type Scan, scanFragments } from './scan.ts';

const stretchesAtOnce = 16;

/**
 * As `scanFragments` of a whole segment that was closed in order, and with the same result: the index at its end says where each key
 * frame's fragment lies, and the stretches between them are looked through at the same time. Null where the index is not there or does
 * not fit; `scanFragments` says then what there is.
 */
export async function scanByKeys(read: ReadAt, size: number, init: Mp4Init): Promise<Scan | null> {
  const from = await startsOf(read, size, init);
  if (from === null) return null;
  const stretches: Scan[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < from.length; i = next++)
      stretches[i] = await scanFragments(read, from[i + 1] ?? size, init, from[i]);
  };
  await Promise.all(Array.from({ length: Math.min(stretchesAtOnce, from.length) }, work));
  const fits = stretches.every(({ wholeBytes, rest }, i) =>
    i + 1 < stretches.length ? rest === 'nothing' && wholeBytes === from[i + 1] : rest === 'index',
  );
  const last = stretches.at(-1);
  if (!fits || last === undefined) return null;
  return { ...last, fragments: stretches.flatMap((s) => s.fragments) };
}

/** Where the stretches begin, ascending: a segment may begin without a key frame. */
async function startsOf(read: ReadAt, size: number, init: Mp4Init): Promise<number[] | null> {
  let keys;
  try {
    keys = await readKeyIndex(read, size, init);
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  }
  if (keys === null || keys.length === 0) return null;
  const starts = keys.map((k) => k.offset);
  const from = starts[0] === init.bytes ? starts : [init.bytes, ...starts];
  const ascending = from.every((at, i) => at >= init.bytes && at < (from[i + 1] ?? size));
  return ascending ? from : null;
}
