import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AppError } from '#contract/error.ts';
import { CameraId } from '#domain/id.ts';
import { TimeMs } from '#domain/time.ts';
import type { ThumbnailDoor } from '../../engine/thumbnail-port.ts';
import { refusal } from './refusal.ts';
import { needs } from './rest.ts';

const Params = z.object({ cameraId: CameraId, file: z.string().regex(/^\d{1,14}\.jpg$/) });
const Query = z.object({
  /** How far the picture may be from the moment, ms. */
  within: z.coerce.number().int().min(0).max(3_600_000).default(10_000),
});

/** `/media/thumbnails/{cameraId}/{ms}.jpg?within=`: the small picture nearest to a moment; `x-vigie-time` says of when it is. */
export function addThumbnails(app: FastifyInstance, { thumbnails }: { thumbnails: ThumbnailDoor }): void {
  app.get('/media/thumbnails/:cameraId/:file', { onRequest: needs('viewer') }, async (request, reply) => {
    const params = Params.safeParse(request.params);
    const query = Query.safeParse(request.query);
    const at = TimeMs.safeParse(Number(params.data?.file.slice(0, -4)));
    if (!params.success || !query.success || !at.success)
      return reply.code(422).send(refusal('INVALID', 'Ask for /media/thumbnails/{camera}/{ms}.jpg?within={ms}.'));
    const found = await thumbnails.picture(params.data.cameraId, at.data, query.data.within);
    if (found === null) throw new AppError('NOT_FOUND', 'Nothing was recorded near this moment.');
    const etag = `"${createHash('sha256').update(found.jpeg).digest('base64url').slice(0, 22)}"`;
    // Asked for again each time: a private zone that was drawn meanwhile is black in it at once.
    void reply
      .header('x-vigie-time', new Date(found.atMs).toISOString())
      .header('etag', etag)
      .header('cache-control', 'private, no-cache');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('image/jpeg').send(Buffer.from(found.jpeg.buffer, found.jpeg.byteOffset, found.jpeg.byteLength));
  });
}
