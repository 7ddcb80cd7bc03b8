/** `/api/plates/lists/{listId}/csv`: a list of plates for a spreadsheet (RFC 4180), as it can be taken in again. */
import type { FastifyInstance } from 'fastify';
import { PlateListId } from '#domain/id.ts';
import type { PlateEntry } from '#domain/plate-list.ts';
import { csvField } from '#lib/csv-field.ts';
import type { PlateCsvDoor } from '../../engine/plate-port.ts';
import { refusal } from './refusal.ts';
import { needs } from './rest.ts';

const header = 'plate,label,note,from,to';
const time = (ms: number | null): string => (ms === null ? '' : new Date(ms).toISOString());

/** One line of the list. Times are UTC (RFC 3339). */
export const plateLine = (e: PlateEntry): string =>
  [e.text, csvField(e.label), csvField(e.note), time(e.fromMs), time(e.toMs)].join(',');

export function addPlatesCsv(app: FastifyInstance, { plates }: { plates: PlateCsvDoor }): void {
  app.get<{ Params: { listId: string } }>(
    '/api/plates/lists/:listId/csv',
    { onRequest: needs('operator') },
    async (request, reply) => {
      const id = PlateListId.safeParse(request.params.listId);
      if (!id.success) return reply.code(422).send(refusal('INVALID'));
      const { list, entries } = plates.all(id.data);
      const name = encodeURIComponent(`${list.name}.csv`);
      return reply
        .type('text/csv; charset=utf-8; header=present')
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="plates.csv"; filename*=UTF-8''${name}`)
        .send([header, ...entries.map(plateLine), ''].join('\r\n'));
    },
  );
}
