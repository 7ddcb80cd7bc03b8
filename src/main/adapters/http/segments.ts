import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, errors } from '#contract/error.ts';
import { CameraId } from '#domain/id.ts';
import { StreamKind } from '#domain/stream.ts';
import type { PlaybackDoor } from '../../engine/playback-port.ts';
import type { PrivacyDoor } from '../../engine/privacy-port.ts';
import type { SegmentReader } from '../../engine/segment-file-port.ts';
import { mayHaveWhole, privateParts } from './private-parts.ts';
import { parseRange } from './range.ts';
import { refusal } from './refusal.ts';
import { needs } from './rest.ts';

type Address = { cameraId: string; stream: string; file: string };

/** `/media/segments/{cameraId}/{stream}/{startMs}.mp4`: recorded files by byte range, open ones up to their durable end; whole, and so
 * not for whom private parts must be black. */
export function addSegments(
  app: FastifyInstance,
  { playback, privacy }: { playback: PlaybackDoor; privacy: Pick<PrivacyDoor, 'black'> },
): void {
  app.route<{ Params: Address }>({
    method: ['GET', 'HEAD'],
    url: '/media/segments/:cameraId/:stream/:file',
    onRequest: needs('viewer'),
    handler: async (request, reply) => {
      const { params } = request;
      const camera = CameraId.safeParse(params.cameraId);
      if (camera.success && !mayHaveWhole(privacy, camera.data, request.caller)) throw privateParts();
      const kind = StreamKind.safeParse(params.stream);
      const start = /^(\d{1,14})\.mp4$/.exec(params.file)?.[1];
      const found =
        camera.success && kind.success && start !== undefined
          ? await playback.file(camera.data, kind.data, Number(start))
          : null;
      if (!found) return notFound(reply);
      return sendPart(request, reply, found);
    },
  });
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).header('cache-control', 'no-store').send(refusal('NOT_FOUND', 'There is no such segment.'));
}

async function sendPart(
  request: FastifyRequest,
  reply: FastifyReply,
  found: NonNullable<Awaited<ReturnType<PlaybackDoor['file']>>>,
): Promise<FastifyReply> {
  const { bytes, sealed } = found;
  const etag = `"${sealed ? 's' : 'o'}${bytes.toString(36)}"`;
  void reply
    .header('accept-ranges', 'bytes')
    .header('etag', etag)
    // A sealed segment never changes; an open one only grows.
    .header('cache-control', sealed ? 'private, max-age=31536000, immutable' : 'private, no-cache');
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  const ifRange = request.headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? parseRange(request.headers.range, bytes) : null;
  if (range === 'unsatisfiable') {
    return reply.code(416).header('cache-control', 'no-store').header('content-range', `bytes */${bytes}`).send();
  }
  const first = range?.start ?? 0;
  const last = range?.end ?? bytes - 1;
  void reply
    .code(range ? 206 : 200)
    .type('video/mp4')
    .header('content-length', last - first + 1);
  if (range) void reply.header('content-range', `bytes ${first}-${last}/${bytes}`);
  if (request.method === 'HEAD' || bytes === 0) return reply.send();
  const withoutBody = (): void => {
    for (const header of ['content-length', 'content-range', 'etag', 'accept-ranges', 'cache-control', 'content-type'])
      void reply.removeHeader(header);
  };
  try {
    const file = await found.open();
    if (file !== null) {
      // A browser's cache would keep a plain copy of it on some disk.
      if (file.encrypted) void reply.header('cache-control', 'no-store');
      return await reply.send(await begun(file, first, last));
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    withoutBody();
    const { code, message, data } = error;
    return reply
      .code(errors[code].status)
      .header('cache-control', 'no-store')
      .send(refusal(code, message, data));
  }
  withoutBody();
  return notFound(reply);
}

/** A file's bytes as a stream whose first piece is there: what cannot be given is known before the answer begins. */
async function begun(file: SegmentReader, first: number, last: number): Promise<Readable> {
  const chunks = file.chunks(first, last);
  if (chunks instanceof Readable) return chunks;
  const pieces = chunks[Symbol.asyncIterator]();
  const head = await pieces.next();
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      for (let next = head; next.done !== true; next = await pieces.next()) yield next.value;
    } finally {
      await pieces.return?.();
    }
  }
  return Readable.from(all(), { objectMode: false, highWaterMark: 256 * 1024 });
}
