/** The coverage report for a spreadsheet (RFC 4180): one line a camera, then one a missing span. Times are UTC (RFC 3339). */
import { recordedShare, shownPercent } from '#domain/coverage-proof.ts';
import type { CoverageReport } from '../../engine/report-port.ts';
import { csvField, csvMark } from '#lib/csv-field.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const seconds = (ms: number): string => (ms / 1000).toFixed(3);
const line = (...fields: (string | number)[]): string => `${fields.map((f) => csvField(f)).join(',')}\r\n`;

export function coverageCsv({ proof, missing }: Pick<CoverageReport, 'proof' | 'missing'>): string {
  let out = csvMark;
  out += line('row', 'camera number', 'camera', 'from', 'to', 'seconds to be recorded', 'percent recorded')
    .trimEnd()
    .concat(',seconds kept,seconds deleted since,seconds missing,cause\r\n');
  for (const camera of proof.cameras) {
    const { total } = camera;
    const share = recordedShare(total);
    out += line(
      'camera',
      camera.number,
      camera.name,
      iso(proof.fromMs),
      iso(proof.toMs),
      seconds(total.wantedMs),
      share === null ? '' : shownPercent(share, 3),
      seconds(total.keptMs),
      seconds(total.deletedMs),
      seconds(total.gapMs + total.unexplainedMs),
      '',
    );
    for (const m of missing.get(camera.cameraId)?.missing ?? []) {
      const span = [iso(m.fromMs), iso(m.toMs)] as const;
      out += line('missing', camera.number, camera.name, ...span, '', '', '', '', seconds(m.toMs - m.fromMs), m.cause);
    }
  }
  return out;
}
