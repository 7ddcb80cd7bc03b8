/** `/api/retention/deletions.csv`: the report of what was deleted, for a spreadsheet (RFC 4180). */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { many, num } from '#contract/base.ts';
import type { Deletion } from '#domain/deletion.ts';
import { CameraId } from '#domain/id.ts';
import { DeletionReason } from '#domain/retention.ts';
import { TimeMs } from '#domain/time.ts';
import { csvField, csvMark } from '#lib/csv-field.ts';
import type { DeletionsDoor } from '../../engine/report-port.ts';
import { refusal } from './refusal.ts';
import { needs } from './rest.ts';

const Query = z.object({
  cameraId: many(CameraId).default([]),
  reason: many(DeletionReason).default([]),
  fromMs: num(TimeMs.optional()),
  toMs: num(TimeMs.optional()),
});
const pageRows = 500;
const header = 'camera,stream,from,to,seconds,recordings,bytes,reason,by,why,first deleted,last deleted';

const iso = (ms: number): string => new Date(ms).toISOString();

/** One line of the report. Times are UTC (RFC 3339). */
export const lineOf = (d: Deletion): string =>
  [
    csvField(d.camera),
    d.stream,
    iso(d.fromMs),
    iso(d.toMs),
    Math.round(d.coveredMs / 1000),
    d.segments,
    d.bytes,
    d.reason,
    csvField(d.by),
    csvField(d.why),
    iso(d.firstMs),
    iso(d.lastMs),
  ].join(',');

export function addDeletionsCsv(app: FastifyInstance, { retention }: { retention: DeletionsDoor }): void {
  app.route({
    method: 'GET',
    url: '/api/retention/deletions.csv',
    onRequest: needs('viewer'),
    handler: async (request, reply) => {
      const asked = Query.safeParse(request.query);
      if (!asked.success) return reply.code(422).send(refusal('INVALID'));
      const { cameraId, reason, fromMs = null, toMs = null } = asked.data;
      const pages = function* (): Generator<string> {
        yield `${csvMark}${header}\r\n`;
        for (let before: number | null = null; ; ) {
          const page: Deletion[] = retention.deletions({
            cameraIds: cameraId,
            reasons: reason,
            fromMs,
            toMs,
            before,
            limit: pageRows,
          });
          if (page.length > 0) yield page.map((d) => `${lineOf(d)}\r\n`).join('');
          const last = page.at(-1);
          if (last === undefined || page.length < pageRows) return;
          before = last.id;
        }
      };
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="deletions.csv"')
        .send(Readable.from(pages()));
    },
  });
}
