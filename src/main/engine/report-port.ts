/** Reports as files (adapters/report), and what the transports need of them. Types only. */
import type { CoverageProof, Missing } from '#domain/coverage-proof.ts';
import type { CameraId } from '#domain/id.ts';
import type { Retention } from './retention-rooms.ts';

/** Languages that reports are written in: those of the screen. */
export type ReportLanguage = 'en' | 'fr' | 'pt';

export type CoverageReport = {
  station: string;
  /** Who asked for it. */
  by: string;
  /** IANA name of the zone that times are written in. */
  zone: string;
  language: ReportLanguage;
  proof: CoverageProof;
  missing: ReadonlyMap<CameraId, { missing: Missing[]; more: boolean }>;
};

/** Reports as files (adapters/report). */
export type ReportWriter = {
  /** UTF-8. */
  coverageCsv(report: CoverageReport): Promise<Uint8Array>;
  coveragePdf(report: CoverageReport): Promise<Uint8Array>;
};

/** What the transports need of it: the file's bytes. Throws INVALID. */
export type CoverageReportDoor = (
  form: 'csv' | 'pdf',
  ask: { fromMs: number; toMs: number; cameraId: CameraId[]; zone: string; language: ReportLanguage; by: string },
) => Promise<Uint8Array>;

/** The report of what was deleted. */
export type DeletionsDoor = Pick<Retention, 'deletions'>;
