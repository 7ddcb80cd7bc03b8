/** Lists of cameras as spreadsheets save and open them. */
import { listColumns } from '#domain/decide/read-camera-list.ts';
import { locale, t } from '../../text/index.ts';

/** Text of a file as spreadsheets save it: UTF-8, else Windows-1252, which older ones still write. */
export async function textOfFile(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const isColumn = (name: string): name is (typeof listColumns)[number] => listColumns.some((c) => c === name);
/** A column in the person's language; the station reads all three. */
export const columnWord = (name: string): string => (isColumn(name) ? t(`finding.csv.column.${name}`) : name);
export const columnWords = (): string[] => listColumns.map(columnWord);

/** The head of a list, as a spreadsheet of this language opens it: a semicolon where the comma parts decimals, UTF-8 marked. */
export function templateUrl(): string {
  const comma = new Intl.NumberFormat(locale()).format(1.5).includes(',') ? ';' : ',';
  return `data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${columnWords().join(comma)}\r\n`)}`;
}
