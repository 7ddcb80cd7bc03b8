/**
 * Reads a list of plates as spreadsheets write it (`read-csv.ts`), with a head in English, French or Portuguese. Pure; every line
 * says what is wrong with it.
 */
import { mostPlates, PlateText, type PlateEntryDraft, type PlateLine } from '../plate-list.ts';
import type { TimeZone } from '../time-zone.ts';
import { readCsv } from './read-csv.ts';

export const plateColumns = ['plate', 'label', 'note', 'from', 'to'] as const;
export type PlateColumn = (typeof plateColumns)[number];
type Issue = PlateLine['issues'][number];

/** Heads without accents, spaces and signs, in lower case. */
const heads: Record<PlateColumn, string[]> = {
  plate: ['plate', 'numberplate', 'licenseplate', 'licenceplate', 'registration', 'plaque', 'immatriculation'].concat(
    'plaquedimmatriculation',
    'matricula',
    'placa',
    'chapa',
  ),
  label: ['label', 'name', 'owner', 'who', 'nom', 'libelle', 'proprietaire', 'nome', 'rotulo', 'proprietario'],
  note: ['note', 'notes', 'remark', 'comment', 'remarque', 'commentaire', 'nota', 'notas', 'observacao', 'comentario'],
  from: ['from', 'validfrom', 'begin', 'de', 'du', 'debut', 'valabledu', 'desde', 'inicio', 'validodesde'],
  to: ['to', 'until', 'validuntil', 'end', 'a', 'au', 'fin', 'jusquau', 'ate', 'fim', 'validoate'],
};
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '');

export type PlatesRead = { lines: PlateLine[]; plates: PlateEntryDraft[]; ok: boolean };

/** `zone`: whose days and hours are meant where a time does not say so itself. A day alone counts as a whole. */
export function readPlateList(text: string, zone: TimeZone): PlatesRead {
  const [head, ...rows] = readCsv(text);
  if (head === undefined) return { lines: [fault(1, 'plate', 'missing')], plates: [], ok: false };
  const columns = head.fields.map((f) => plateColumns.find((c) => heads[c].includes(plain(f))) ?? null);
  const headIssues: Issue[] = [];
  if (head.broken) headIssues.push({ column: '', message: 'broken-quotes' });
  for (const [i, c] of columns.entries()) {
    const title = (head.fields[i] ?? '').trim();
    if (c === null && title !== '') headIssues.push({ column: title.slice(0, 80), message: 'unknown-value' });
    else if (c !== null && columns.indexOf(c) !== i) headIssues.push({ column: c, message: 'too-many-fields' });
  }
  if (!columns.includes('plate')) headIssues.push({ column: 'plate', message: 'missing' });
  const lines: PlateLine[] = [];
  if (headIssues.length > 0) lines.push({ line: head.line, plate: '', label: '', issues: headIssues.slice(0, 16) });
  const plates: PlateEntryDraft[] = [];
  if (!columns.includes('plate')) return { lines, plates, ok: false };

  const seen = new Set<string>();
  for (const row of rows) {
    const field = (c: PlateColumn): string => (row.fields[columns.indexOf(c)] ?? '').trim();
    const issues: Issue[] = [];
    if (row.broken) issues.push({ column: '', message: 'broken-quotes' });
    if (row.fields.length > columns.length) issues.push({ column: '', message: 'too-many-fields' });
    const plate = PlateText.safeParse(field('plate'));
    if (field('plate') === '') issues.push({ column: 'plate', message: 'missing' });
    else if (!plate.success) issues.push({ column: 'plate', message: 'bad-plate' });
    else if (seen.has(plate.data)) issues.push({ column: 'plate', message: 'plate-twice' });
    else if (seen.size >= mostPlates) issues.push({ column: 'plate', message: 'too-many-plates' });
    else seen.add(plate.data);
    if (field('label').length > 120) issues.push({ column: 'label', message: 'too-long' });
    if (field('note').length > 500) issues.push({ column: 'note', message: 'too-long' });
    const [fromMs, toMs] = [readTime(field('from'), zone, 0), readTime(field('to'), zone, 1)];
    if (fromMs === 'bad') issues.push({ column: 'from', message: 'bad-time' });
    if (toMs === 'bad') issues.push({ column: 'to', message: 'bad-time' });
    if (typeof fromMs === 'number' && typeof toMs === 'number' && toMs <= fromMs)
      issues.push({ column: 'to', message: 'ends-before' });
    const shown = { plate: field('plate').slice(0, 200), label: field('label').slice(0, 200) };
    lines.push({ line: row.line, ...shown, issues: issues.slice(0, 16) });
    if (issues.length === 0 && plate.success && fromMs !== 'bad' && toMs !== 'bad')
      plates.push({ text: plate.data, label: field('label'), note: field('note'), fromMs, toMs });
  }
  return { lines, plates, ok: lines.every((l) => l.issues.length === 0) };
}

const fault = (line: number, column: string, message: Issue['message']): PlateLine => ({
  ...{ line, plate: '', label: '' },
  issues: [{ column, message }],
});

/** RFC 3339, or a day (and an hour) of the zone; `days`: a day alone means the beginning of the day so many later. */
function readTime(text: string, zone: TimeZone, days: number): number | null | 'bad' {
  if (text === '') return null;
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.]\d{1,9})?)?)?(Z|[+-]\d\d:\d\d)?$/i.exec(
    text,
  );
  if (found === null) return 'bad';
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((n) => Number(n) || 0);
  if (year === undefined || month === undefined || day === undefined) return 'bad';
  // A day that the month does not have, or an hour that the day does not have.
  const checked = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const same = checked.getUTCMonth() === month - 1 && checked.getUTCDate() === day && checked.getUTCHours() === hour;
  if (!same || (minute ?? 0) > 59 || (second ?? 0) > 59) return 'bad';
  const own = found[7];
  const hasHour = found[4] !== undefined;
  if (own !== undefined && !hasHour) return 'bad';
  const ms =
    own === undefined
      ? zone.at({ year, month, day: hasHour ? day : day + days, ...(hasHour && { hour, minute, second }) })
      : Date.parse(text.replace(' ', 'T'));
  return Number.isFinite(ms) && ms >= 0 ? ms : 'bad';
}
