/** Reports as files: for a spreadsheet, and on paper. The only door of this adapter. */
import type { ReportWriter } from '../../engine/report-port.ts';
import { coverageCsv } from './coverage-csv.ts';
import { coveragePdf } from './coverage-pdf.ts';

export const createReportWriter = (): ReportWriter => ({
  coverageCsv: (report) => Promise.resolve(Buffer.from(coverageCsv(report), 'utf8')),
  coveragePdf,
});
