/** Before the first line: without it Excel takes the letters for those of the system's old code page, and shows “Ã©” for “é”. */
export const csvMark = '\ufeff';

/** A spreadsheet takes a text that begins so for a formula. */
const formula = /^[=+\-@\t\r]/;

/** One field of a CSV line (RFC 4180), harmless to a spreadsheet. */
export function csvField(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
