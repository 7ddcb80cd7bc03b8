/** A long list that is asked for again and again, as JSON, of which only what changed is checked and written anew. */
import type { ZodType } from 'zod';

/**
 * Makes the JSON text (UTF-8) of lists of items told apart by `id`. Every item passes `schema` (what it does not name is left out, what
 * does not fit throws); one that equals the item of the last list in all its parts is taken as it was written then.
 */
export function createListText(schema: ZodType): (items: readonly { id: string }[]) => Buffer {
  let written = new Map<string, { item: unknown; text: Buffer }>();
  return (items) => {
    const now = new Map<string, { item: unknown; text: Buffer }>();
    const parts: Buffer[] = [];
    for (const item of items) {
      const last = written.get(item.id);
      const known = last !== undefined && alike(last.item, item) ? last : { item, text: write(schema.parse(item)) };
      now.set(item.id, known);
      parts.push(parts.length === 0 ? start : next, known.text);
    }
    written = now;
    return parts.length === 0 ? empty : Buffer.concat([...parts, end]);
  };
}

const [start, next, end, empty] = [Buffer.from('['), Buffer.from(','), Buffer.from(']'), Buffer.from('[]')];
const write = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Whether two trees of plain data are equal; parts that are the same object are not looked into. */
function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((part, i) => alike(part, b[i]));
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  let count = 0;
  for (const key in left) {
    if (!alike(left[key], right[key])) return false;
    count += 1;
  }
  for (const _ in right) count -= 1;
  return count === 0;
}
