/** `/api/reports/coverage.csv` and `.pdf`: how much of what should have been recorded was, as a file. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { many, num } from '#contract/base.ts';
import { AppError } from '#contract/error.ts';
import { CameraId } from '#domain/id.ts';
import { TimeMs } from '#domain/time.ts';
import { createTimeZone } from '#domain/time-zone.ts';
import type { CoverageReportDoor } from '../../engine/report-port.ts';
import { refusal } from './refusal.ts';
import { needs } from './rest.ts';

const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // RangeError: there is no such zone
  }
};
const Query = z.object({
  fromMs: num(TimeMs),
  toMs: num(TimeMs),
  cameraId: many(CameraId).default([]),
  zone: z.string().max(64).refine(isZone, 'there is no such time zone').default('UTC'),
  language: z.enum(['en', 'fr', 'pt']).default('en'),
});
/** By the days of the zone asked for: of a whole month `coverage-2026-10`, else of the first day. */
function nameOf({ fromMs, toMs, zone }: z.infer<typeof Query>): string {
  const { wall } = createTimeZone(zone);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = (ms: number): string => {
    const at = wall(ms);
    return `${at.year}-${two(at.month)}-${two(at.day)}`;
  };
  const [first, last] = [day(fromMs), day(toMs - 1)];
  const whole = first.endsWith('-01') && first.slice(0, 7) === last.slice(0, 7) && day(toMs).endsWith('-01');
  return `coverage-${whole ? first.slice(0, 7) : first}`;
}
const types = { csv: 'text/csv; charset=utf-8; header=present', pdf: 'application/pdf' } as const;

export function addCoverageReport(
  app: FastifyInstance,
  { coverageReport }: { coverageReport: CoverageReportDoor },
): void {
  for (const form of ['csv', 'pdf'] as const) {
    app.get(`/api/reports/coverage.${form}`, { onRequest: needs('viewer') }, async (request, reply) => {
      const asked = Query.safeParse(request.query);
      if (!asked.success) {
        const issue = asked.error.issues[0];
        return reply.code(422).send(refusal('INVALID', `${issue?.path.join('.') ?? 'query'}: ${issue?.message ?? ''}`));
      }
      const { caller } = request;
      if (!caller) throw new AppError('UNAUTHENTICATED');
      const name = nameOf(asked.data);
      const bytes = await coverageReport(form, { ...asked.data, by: caller.name });
      return reply
        .type(types[form])
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="${name}.${form}"`)
        .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    });
  }
}
