import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { PDFDocument } from 'pdf-lib';
import { describe, expect, it } from 'vitest';
import type { CameraProof, Missing } from '#domain/coverage-proof.ts';
import { CameraId } from '#domain/id.ts';
import type { CoverageReport } from '../../engine/report-port.ts';
import { createReportWriter } from './index.ts';
import { showable } from './paper.ts';

const hourMs = 3_600_000;
const fromMs = Date.UTC(2026, 9, 1);
const id = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA');
const total = {
  wantedMs: 10 * hourMs,
  keptMs: 5 * hourMs,
  deletedMs: 4 * hourMs,
  gapMs: hourMs - 2000,
  unexplainedMs: 2000,
};
const camera: CameraProof = {
  cameraId: id,
  number: 1,
  name: '=Gate, "north" Łódź',
  removed: false,
  total,
  parts: [total],
  streams: [{ stream: 'main', total }],
  missingCount: 2,
  longestMissingMs: hourMs,
};
const missing: Missing[] = [
  { fromMs, toMs: fromMs + hourMs - 2000, cause: 'camera-lost', open: false },
  { fromMs: fromMs + hourMs, toMs: fromMs + hourMs + 2000, cause: 'unexplained', open: true },
];
const report = (rows = missing): CoverageReport => ({
  station: 'Front desk',
  by: 'ada',
  zone: 'Europe/Paris',
  language: 'fr',
  proof: { fromMs, toMs: fromMs + 10 * hourMs, madeMs: fromMs + 11 * hourMs, cameras: [camera], total },
  missing: new Map([[id, { missing: rows, more: false }]]),
});
const writer = createReportWriter();

/** What is drawn on the pages, text by text, in order: WinAnsi in hexadecimal. */
function linesOf(pdf: Uint8Array): string[] {
  const bytes = Buffer.from(pdf);
  const out: string[] = [];
  for (let at = bytes.indexOf('stream\n'); at >= 0; at = bytes.indexOf('stream\n', at + 1)) {
    let text: string;
    try {
      text = inflateSync(bytes.subarray(at + 7)).toString('latin1');
    } catch {
      continue; // another kind of stream
    }
    for (const [, hex] of text.matchAll(/<([0-9A-F]+)> Tj/g))
      out.push(new TextDecoder('windows-1252').decode(Buffer.from(hex ?? '', 'hex')));
  }
  return out;
}

describe('coverage report', () => {
  it('is a spreadsheet with every figure and every missing span, and no formula', async () => {
    const text = Buffer.from(await writer.coverageCsv(report())).toString('utf8');
    expect(text.split('\r\n')).toEqual([
      '\ufeffrow,camera number,camera,from,to,seconds to be recorded,percent recorded,seconds kept,seconds deleted since,seconds missing,cause',
      `camera,1,"'=Gate, ""north"" Łódź",2026-10-01T00:00:00.000Z,2026-10-01T10:00:00.000Z,36000.000,90,18000.000,14400.000,3600.000,`,
      `missing,1,"'=Gate, ""north"" Łódź",2026-10-01T00:00:00.000Z,2026-10-01T00:59:58.000Z,,,,,3598.000,camera-lost`,
      `missing,1,"'=Gate, ""north"" Łódź",2026-10-01T01:00:00.000Z,2026-10-01T01:00:02.000Z,,,,,2.000,unexplained`,
      '',
    ]);
  });

  it('is a paper of as many pages as it needs, in the language asked for', async () => {
    const one = await PDFDocument.load(await writer.coveragePdf(report()));
    expect(one.getTitle()).toBe('Rapport de couverture Front desk');
    expect(one.getPageCount()).toBe(1);
    const many = Array.from(
      { length: 400 },
      (_, i): Missing => ({ fromMs: fromMs + i * 1000, toMs: fromMs + i * 1000 + 600, cause: 'no-data', open: false }),
    );
    const long = await PDFDocument.load(await writer.coveragePdf(report(many)));
    expect(long.getPageCount()).toBeGreaterThan(7);
    const sum = createHash('sha256')
      .update(await writer.coverageCsv(report()))
      .digest('hex');
    expect(linesOf(await writer.coveragePdf(report())).at(-2)).toContain(sum);
  });

  it('tells the two 02:30 of the night on which clocks are set back apart', async () => {
    const at = Date.UTC(2026, 9, 25, 0, 30);
    const back: Missing = { fromMs: at, toMs: at + hourMs, cause: 'no-data', open: false };
    const lines = linesOf(await writer.coveragePdf(report([back])));
    expect(lines).toContain('25 oct. 2026, 02:30:00 UTC+02:00');
    expect(lines).toContain('25 oct. 2026, 02:30:00 UTC+01:00');
  });

  it('cuts a name that is too long with an ellipsis, and leaves no heading alone at the end of a page', async () => {
    const cameras = Array.from({ length: 40 }, (_, i) => ({ ...camera, number: i + 1, name: 'Behind '.repeat(10) }));
    const whole = report();
    const lines = linesOf(await writer.coveragePdf({ ...whole, proof: { ...whole.proof, cameras } }));
    expect(lines.filter((l) => /^1 Behind .*…$/.test(l))).toHaveLength(1);
    const gaps = lines.indexOf('Ce qui manque');
    expect(gaps).toBeGreaterThan(0);
    expect(lines[gaps + 1]).toMatch(/^1 Behind/);
  });

  it('shows what the fonts of paper cannot by its base letter', () => {
    const latin = {
      encodeText: (text: string) => {
        if (/[^\u0020-\u00ff]/.test(text)) throw new Error('no');
      },
    };
    expect(showable('Café', latin)).toBe('Café');
    expect(showable('Čapek 大', latin)).toBe('Capek ?');
    expect(showable('Łódź', latin)).toBe('Lódz');
  });
});
