/** `/api/cameras/{id}/lines/{lineId}/totals.csv`: who crossed a line, by hour or by day, for a spreadsheet (RFC 4180). */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { num } from '#contract/base.ts';
import { CameraId, LineId } from '#domain/id.ts';
import { mostLineDays, type LineSpan } from '#domain/line-totals.ts';
import { csvMark } from '#lib/csv-field.ts';
import type { LineCsvDoor } from '../../engine/watch-port.ts';
import { refusal } from './refusal.ts';
import { needs } from './rest.ts';

const Params = z.object({ id: CameraId, lineId: LineId });
const Query = z.object({
  by: z.enum(['hour', 'day']).default('hour'),
  days: num(z.number().int().min(1).max(mostLineDays).default(mostLineDays)),
});
const iso = (ms: number): string => new Date(ms).toISOString();

/** One line: day and hour as clocks of the site show them, from and to in UTC (RFC 3339). */
export const totalsLine = (s: LineSpan): string =>
  [s.day, s.hour ?? '', iso(s.fromMs), iso(s.toMs), s.in, s.out, Math.round(s.lookedMs / 60_000)].join(',');

export function addLineTotalsCsv(app: FastifyInstance, { lines }: { lines: LineCsvDoor }): void {
  app.route({
    method: 'GET',
    url: '/api/cameras/:id/lines/:lineId/totals.csv',
    onRequest: needs('viewer'),
    handler: async (request, reply) => {
      const [params, asked] = [Params.safeParse(request.params), Query.safeParse(request.query)];
      if (!params.success || !asked.success) return reply.code(422).send(refusal('INVALID'));
      const { by, days } = asked.data;
      const totals = lines.named(params.data.id, params.data.lineId, days);
      const header = 'day,hour,from,to,in,out,minutes looked at';
      const rows = by === 'hour' ? totals.hours : totals.days;
      const name = encodeURIComponent(`${totals.name}.csv`);
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="line.csv"; filename*=UTF-8''${name}`)
        .send(`${csvMark}${[header, ...rows.map(totalsLine), ''].join('\r\n')}`);
    },
  });
}
