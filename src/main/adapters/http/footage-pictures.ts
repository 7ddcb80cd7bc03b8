import type { FastifyInstance } from 'fastify';
import { AppError } from '#contract/error.ts';
import { FootageHitId } from '#domain/footage-search.ts';
import { FootageSearchId } from '#domain/id.ts';
import type { FootagePictureDoor } from '../../engine/footage-port.ts';
import { refusal } from './refusal.ts';
import { needs } from './rest.ts';

/** `/media/footage-searches/{id}/{hit}.jpg`: the picture that shows best what a search found. It may become a better one. */
export function addFootagePictures(app: FastifyInstance, { footage }: { footage: FootagePictureDoor }): void {
  app.get<{ Params: { id: string; file: string } }>(
    '/media/footage-searches/:id/:file',
    { onRequest: needs('viewer') },
    async (request, reply) => {
      const { id, file } = request.params;
      const search = FootageSearchId.safeParse(id);
      const hit = FootageHitId.safeParse(Number(file.replace(/[.]jpg$/, '')));
      if (!file.endsWith('.jpg') || !search.success || !hit.success)
        return reply.code(422).send(refusal('INVALID', 'Ask for /media/footage-searches/{search}/{hit}.jpg.'));
      const jpeg = footage.picture(search.data, hit.data);
      if (jpeg === null) throw new AppError('NOT_FOUND', 'No picture of it is kept.');
      return reply
        .type('image/jpeg')
        .header('cache-control', 'private, max-age=600')
        .send(Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength));
    },
  );
}
