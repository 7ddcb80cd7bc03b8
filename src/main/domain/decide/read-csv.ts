/** Comma-separated values (RFC 4180), also with `;` or tab, and with what spreadsheets add. Pure. */

/** One record. `line` is where it begins, from 1. `broken`: its quotes make no sense. */
export type CsvRecord = { line: number; fields: string[]; broken: boolean };

const maxFields = 64;

/** The separator is the sign that stands most often in the first line outside quotes. Blank lines are left out. */
export function readCsv(text: string): CsvRecord[] {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const separator = separatorOf(body);
  const records: CsvRecord[] = [];
  let at = 0;
  let line = 1;
  while (at < body.length) {
    const record: CsvRecord = { line, fields: [], broken: false };
    for (let more = true; more; ) {
      let field = '';
      if (body[at] === '"') {
        at += 1;
        for (;;) {
          const close = body.indexOf('"', at);
          if (close < 0) {
            field += body.slice(at);
            at = body.length;
            record.broken = true;
            break;
          }
          field += body.slice(at, close);
          at = close + 1;
          if (body[at] !== '"') break;
          field += '"';
          at += 1;
        }
        for (const ch of field) if (ch === '\n') line += 1;
      }
      const end = endOfField(body, at, separator);
      const rest = body.slice(at, end);
      // A quote inside an unquoted field, or anything but blanks after a closing one.
      if (rest.includes('"') || (field !== '' && rest.trim() !== '')) record.broken = true;
      field += rest;
      if (record.fields.length < maxFields) record.fields.push(field);
      more = body[end] === separator;
      at = end + 1;
      if (body[end] === '\r' && body[end + 1] === '\n') at += 1;
    }
    line += 1;
    if (record.broken || record.fields.some((f) => f.trim() !== '')) records.push(record);
  }
  return records;
}

function endOfField(body: string, from: number, separator: string): number {
  let end = from;
  while (end < body.length && body[end] !== separator && body[end] !== '\n' && body[end] !== '\r') end += 1;
  return end;
}

function separatorOf(body: string): string {
  const counts = new Map([
    [',', 0],
    [';', 0],
    ['\t', 0],
  ]);
  let quoted = false;
  for (const ch of body) {
    if (ch === '"') quoted = !quoted;
    else if (!quoted && (ch === '\n' || ch === '\r')) break;
    else if (!quoted && counts.has(ch)) counts.set(ch, (counts.get(ch) ?? 0) + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}
