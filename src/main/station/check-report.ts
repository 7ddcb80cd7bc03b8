/** The report of `vigie check`: a summary first, then what was found, by kind, with what it means and what to do. Pure. */
import { type Finding, type FindingCode, FindingCode as FindingCodes } from '#domain/integrity.ts';
import { checkWords } from './check-words.ts';

export type CheckedPart = {
  part: 'index' | 'files' | 'chain' | 'hashes' | 'encryption' | 'archive';
  /** What was looked at, in words; null: this part was not asked for. */
  looked: string | null;
  ms: number;
  found: number;
};
export type CheckReport = {
  data: string;
  video: string;
  cameras: number;
  segments: number;
  bytes: number;
  events: number;
  /** Segments without a hash, where hashes were looked at. */
  unhashed: number;
  parts: CheckedPart[];
  /** `repaired`: what was done; null: nothing. */
  findings: (Finding & { repaired: string | null })[];
  /** How many there are of each kind, those included that are too many to be kept one by one. */
  counts: Partial<Record<FindingCode, { found: number; repaired: number }>>;
};

/** Of each kind so many are listed for people; `--json` lists all that are kept. */
const mostListed = 10;
/** What needs nobody's attention. */
const harmless: ReadonlySet<FindingCode> = new Set(['tail', 'unknown-file']);

const whole = (n: number): string => n.toLocaleString('en');
const indent = '    ';

export function sizeText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let n = bytes;
  let at = 0;
  while (n >= 1000 && at < units.length - 1) {
    n /= 1000;
    at += 1;
  }
  return `${n >= 100 || at === 0 ? Math.round(n) : n.toFixed(1)} ${units[at] ?? ''}`;
}

const totals = (report: CheckReport): { found: number; left: number; serious: number } => {
  const out = { found: 0, left: 0, serious: 0 };
  for (const code of FindingCodes.options) {
    const { found, repaired } = report.counts[code] ?? { found: 0, repaired: 0 };
    out.found += found;
    out.left += found - repaired;
    if (!harmless.has(code)) out.serious += found - repaired;
  }
  return out;
};

/** 0: all is well, or was repaired · 3: something does not agree. */
export const exitCodeOf = (report: CheckReport): number => (totals(report).left === 0 ? 0 : 3);

/** For programs: one JSON value. */
export const jsonOf = (report: CheckReport): string => JSON.stringify({ ok: exitCodeOf(report) === 0, ...report });

/** For people, line by line. */
export function linesOf(report: CheckReport): string[] {
  const { found, left, serious } = totals(report);
  const out = [
    `Vigie check of ${report.data}`,
    `${whole(report.segments)} segments of ${whole(report.cameras)} cameras, ${sizeText(report.bytes)}, in ${report.video}`,
    '',
  ];
  for (const { part, looked, ms, found: wrong } of report.parts) {
    const verdict = looked === null ? '-' : wrong === 0 ? 'well' : `${whole(wrong)} found`;
    const detail =
      looked === null
        ? part === 'archive'
          ? 'not asked for: --archive looks whether all that is archived is there'
          : 'not asked for: --hashes reads all video and compares it with what was recorded'
        : `${looked} (${(ms / 1000).toFixed(1)} s)`;
    out.push(`  ${part.padEnd(10)} ${verdict.padEnd(10)} ${detail}`);
  }
  out.push('');
  for (const code of FindingCodes.options) {
    const n = report.counts[code];
    if (n === undefined || n.found === 0) continue;
    const words = checkWords[code];
    out.push(`${words.title(n.found)}${n.repaired > 0 ? `, ${whole(n.repaired)} repaired` : ''}`);
    out.push(`  ${words.means}`);
    if (n.repaired < n.found) out.push(`  To do: ${words.todo}`);
    const mine = report.findings.filter((f) => f.code === code);
    for (const f of mine.slice(0, mostListed))
      out.push(`${indent}${f.path}: ${f.text}${f.repaired === null ? '' : ` Repaired: ${f.repaired}.`}`);
    if (n.found > mostListed)
      out.push(`${indent}and ${whole(n.found - Math.min(mostListed, mine.length))} more (--json lists them)`);
    out.push('');
  }
  out.push(
    found === 0
      ? `All is well: ${whole(report.segments)} segments and ${whole(report.events)} events.`
      : `${found} found, ${found - left} repaired, ${left} left, of ${whole(report.segments)} segments.${
          left > 0 && serious === 0 ? ' What is left is harmless.' : ''
        }`,
  );
  return out;
}
