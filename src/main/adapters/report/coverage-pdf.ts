/** The coverage report on paper. */
import { createHash } from 'node:crypto';
import { recordedShare, shownPercent, type Share } from '#domain/coverage-proof.ts';
import type { CoverageReport, ReportLanguage } from '../../engine/report-port.ts';
import { coverageCsv } from './coverage-csv.ts';
import { createPaper } from './paper.ts';
import { en } from './text/en.ts';
import { fr } from './text/fr.ts';
import { pt } from './text/pt.ts';

const words: Record<ReportLanguage, typeof en> = { en, fr, pt };
/** Spans that are listed; the CSV has all. */
const mostListed = 1_500;

/** With the spaces that the fonts of paper have. */
const plain = (text: string): string => text.replaceAll(/[\u202f\u00a0]/g, ' ');

/** 90 061 s as `25:01:01`. */
function clock(ms: number): string {
  const s = Math.round(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

export async function coveragePdf(report: CoverageReport): Promise<Uint8Array> {
  const { proof, missing, language, zone } = report;
  const w = words[language];
  const date = new Intl.DateTimeFormat(language, {
    timeZone: zone,
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
  });
  const offset = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  /** `UTC+02:00`: without it nobody knows which 02:30 it was on the day on which clocks are set back. */
  const offsetAt = (ms: number): string =>
    (offset.formatToParts(ms).find((p) => p.type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC');
  const at = (ms: number): string => `${plain(date.format(ms))} ${offsetAt(ms)}`;
  const percents = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 3 });
  const percent = (share: Share): string => {
    const of = recordedShare(share);
    return of === null ? '–' : plain(percents.format(shownPercent(of, 3) / 100));
  };
  const sum = createHash('sha256').update(coverageCsv(report)).digest('hex');
  const paper = await createPaper(`${w.title} ${report.station}`);

  paper.text(w.title, { size: 18, bold: true, gap: 10 });
  paper.text(`${w.station}: ${report.station}`);
  paper.text(`${w.span}: ${at(proof.fromMs)} – ${at(proof.toMs)}`);
  paper.text(`${w.zone} ${zone}. ${w.made} ${at(proof.madeMs)} ${w.by} ${report.by}.`, { quiet: true, gap: 12 });
  if (proof.cameras.length === 0) paper.text(w.nothing);
  else {
    const { total } = proof;
    paper.text(`${w.summary}: ${percent(total)}`, { size: 13, bold: true, gap: 8 });
    paper.table(
      [
        { head: w.camera, width: 151 },
        { head: w.wanted, width: 72, align: 'right' },
        { head: w.recorded, width: 60, align: 'right' },
        { head: w.kept, width: 66, align: 'right' },
        { head: w.deleted, width: 76, align: 'right' },
        { head: w.missing, width: 74, align: 'right' },
      ],
      proof.cameras.map((c) => [
        `${c.number} ${c.name}${c.removed ? ` (${w.removed})` : ''}`,
        clock(c.total.wantedMs),
        percent(c.total),
        clock(c.total.keptMs),
        clock(c.total.deletedMs),
        `${c.missingCount} · ${clock(c.total.gapMs + c.total.unexplainedMs)}`,
      ]),
    );
    paper.text(w.gaps, { size: 13, bold: true, gap: 6, before: 60 });
    let left = mostListed;
    let cut = false;
    for (const camera of proof.cameras) {
      const of = missing.get(camera.cameraId);
      const rows = of?.missing.slice(0, left) ?? [];
      cut ||= of?.more === true || rows.length < (of?.missing.length ?? 0);
      left -= rows.length;
      paper.text(`${camera.number} ${camera.name}`, { bold: true, gap: 3, before: 50 });
      if ((of?.missing.length ?? 0) === 0) paper.text(w.none, { quiet: true, gap: 8 });
      else if (rows.length > 0)
        paper.table(
          [
            { head: w.from, width: 146 },
            { head: w.to, width: 146 },
            { head: w.duration, width: 50, align: 'right' },
            { head: w.cause, width: 157 },
          ],
          rows.map((m) => [at(m.fromMs), m.open ? w.goesOn : at(m.toMs), clock(m.toMs - m.fromMs), w.cause_[m.cause]]),
        );
    }
    if (cut) paper.text(w.more, { gap: 8 });
  }
  paper.text(w.means, { size: 13, bold: true, gap: 6, before: 40 });
  for (const meaning of w.meaning) paper.text(meaning, { quiet: true });
  paper.text(`${w.sum}: ${sum}`, { size: 8, quiet: true });
  return paper.finish(
    (page, pages) => `${w.page} ${page} ${w.of} ${pages}`,
    `${w.title}, ${report.station}, ${at(proof.madeMs)}`,
  );
}
