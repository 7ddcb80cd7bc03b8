/** Finding events by part of a text. */
import { foldPlate, plateTwins } from '#domain/decide/plate-match.ts';

/** A text as `foldPlate` makes it, in SQL; plates are kept without signs. */
const folded = Object.entries(plateTwins).reduce(
  (sql, [from, to]) => `replace(${sql}, '${from}', '${to}')`,
  'upper(text)',
);
const having = (condition: string): string =>
  `e.id IN (SELECT event_id FROM event_look WHERE text IS NOT NULL AND ${condition})`;

/**
 * What events say a part of, in letters of either case. Of plates also a part that a camera cannot tell from it (O and 0).
 */
export function textFilter(part: string): { sql: string; values: string[] } {
  const plain = having('instr(lower(text), lower(?))');
  const plate = foldPlate(part);
  if (plate === '') return { sql: plain, values: [part] };
  return { sql: `(${plain} OR (e.kind = 'plate' AND ${having(`instr(${folded}, ?)`)}))`, values: [part, plate] };
}
