/** Finding events by part of a text. */
import type { ColourName } from '#domain/colour.ts';
import { foldPlate, plateTwins } from '#domain/decide/plate-match.ts';

/** A text as `foldPlate` makes it, in SQL; plates are kept without signs. */
const folded = (column: string): string =>
  Object.entries(plateTwins).reduce((sql, [from, to]) => `replace(${sql}, '${from}', '${to}')`, `upper(${column})`);
const having = (condition: string): string =>
  `e.id IN (SELECT event_id FROM event_look WHERE text IS NOT NULL AND ${condition})`;

const closer = (condition: string): string =>
  `e.id IN (SELECT event_id FROM closer_look WHERE words IS NOT NULL AND ${condition})`;

/**
 * What events say a part of, in letters of either case. Of plates also a part that a camera cannot tell from it (O and 0).
 */
export function textFilter(part: string): { sql: string; values: string[] } {
  const plain = `${having('instr(lower(text), lower(?))')} OR ${closer('instr(words, lower(?))')}`;
  const plate = foldPlate(part);
  if (plate === '') return { sql: `(${plain})`, values: [part, part] };
  const alike = `(e.kind = 'plate' AND ${having(`instr(${folded('text')}, ?)`)})`;
  const seen = closer(
    `json_extract(look, '$.plate') IS NOT NULL AND instr(${folded(`json_extract(look, '$.plate.text')`)}, ?)`,
  );
  return { sql: `(${plain} OR ${alike} OR ${seen})`, values: [part, part, plate, plate] };
}

/** Of vehicles, upper or lower clothes of one of these colours. */
export function colourFilter(colours: readonly ColourName[]): { sql: string; values: string[] } {
  const of = colours.map(() => '?').join(', ');
  const sql = ['vehicle', 'upper', 'lower'].map((part) => `SELECT event_id FROM closer_look WHERE ${part} IN (${of})`);
  return { sql: `e.id IN (${sql.join(' UNION ')})`, values: [...colours, ...colours, ...colours] };
}
