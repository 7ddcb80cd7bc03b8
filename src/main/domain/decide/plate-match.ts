/**
 * Plates on lists, found although a camera takes O for 0 or I for 1, or loses a character. Pure.
 */
import type { PlateMatch } from '../plate-list.ts';
import { plainPlate } from '../plate.ts';

/** Characters that are taken for each other, by the one that stands for them. */
export const plateTwins: Readonly<Record<string, string>> = {
  O: '0',
  Q: '0',
  D: '0',
  I: '1',
  L: '1',
  Z: '2',
  S: '5',
  G: '6',
  B: '8',
};

/** Capitals and digits, with twins as one: plates that a camera cannot tell apart are equal by it. */
export const foldPlate = (text: string): string => plainPlate(text).replace(/[OQDILZSGB]/g, (c) => plateTwins[c] ?? c);

/** Fewest characters changed, left out or put in between two texts (Levenshtein, 1966). */
export function plateDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (above[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      row.push(Math.min(change, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}

/** With fewer characters one that differs may be another plate. */
const leastForNear = 5;

/**
 * How a plate that was read goes with one on a list: exact, the same characters · alike, the same but for twins · near, and one more
 * differs, is missing or too many. null: it does not.
 */
export function matchPlate(listed: string, read: string): PlateMatch | null {
  const [a, b] = [foldPlate(listed), foldPlate(read)];
  if (a === '' || b === '') return null;
  if (a === b) return plainPlate(listed) === plainPlate(read) ? 'exact' : 'alike';
  return Math.min(a.length, b.length) >= leastForNear && plateDistance(a, b) === 1 ? 'near' : null;
}

/** The closest first. */
export const plateMatches: readonly PlateMatch[] = ['exact', 'alike', 'near'];

/** Whether a part of a plate that somebody remembers is in one that was read. */
export const hasPlatePart = (read: string, part: string): boolean => {
  const folded = foldPlate(part);
  return folded !== '' && foldPlate(read).includes(folded);
};
