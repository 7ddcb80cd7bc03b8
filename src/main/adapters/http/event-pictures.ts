import type { FastifyInstance, FastifyReply } from 'fastify';
import { AppError } from '#contract/error.ts';
import { EventId } from '#domain/id.ts';
import type { EventPictureDoor } from '../../engine/watch-port.ts';
import { refusal } from './refusal.ts';
import { needs } from './rest.ts';

function send(reply: FastifyReply, jpeg: Uint8Array | null): FastifyReply {
  if (jpeg === null) throw new AppError('NOT_FOUND', 'No picture is kept with this event.');
  return reply
    .type('image/jpeg')
    .header('cache-control', 'private, max-age=600')
    .send(Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength));
}

/** `/media/events/{id}.jpg`: the picture that is kept with an event; `/media/events/{id}/{ms}.jpg`: one of those that decided it. */
export function addEventPictures(app: FastifyInstance, { eventPictures }: { eventPictures: EventPictureDoor }): void {
  app.get<{ Params: { file: string } }>(
    '/media/events/:file',
    { onRequest: needs('viewer') },
    async (request, reply) => {
      const { file } = request.params;
      const id = EventId.safeParse(file.replace(/[.]jpg$/, ''));
      if (!file.endsWith('.jpg') || !id.success)
        return reply.code(422).send(refusal('INVALID', 'Ask for /media/events/{event}.jpg.'));
      return send(reply, eventPictures.picture(id.data));
    },
  );
  app.get<{ Params: { id: string; file: string } }>(
    '/media/events/:id/:file',
    { onRequest: needs('viewer') },
    async (request, reply) => {
      const { file } = request.params;
      const id = EventId.safeParse(request.params.id);
      const at = /^(\d{1,15})[.]jpg$/.exec(file)?.[1];
      if (at === undefined || !id.success)
        return reply.code(422).send(refusal('INVALID', 'Ask for /media/events/{event}/{ms}.jpg.'));
      return send(reply, eventPictures.look(id.data, Number(at)));
    },
  );
}
