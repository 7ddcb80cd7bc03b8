import type { FastifyInstance, FastifyReply } from 'fastify';
import { CameraId } from '#domain/id.ts';
import type { Polygon } from '#domain/place.ts';
import { StreamKind } from '#domain/stream.ts';
import type { AllAnswers, Caller } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import { issuesOf } from '#contract/issue.ts';
import type { Lack } from '#contract/reason.ts';
import { LiveRequest } from '#contract/live.ts';
import { z } from 'zod';
import type { Ffmpeg } from '../../engine/ffmpeg-port.ts';
import type { LiveDoor, Viewer } from '../../engine/live-port.ts';
import type { SnapshotDoor } from '../../engine/snapshot-port.ts';
import { createFragmentStream } from './fragment-stream.ts';
import { needs } from './rest.ts';
import { closeCodes, type Sockets } from './sockets.ts';

export type LiveRouteDeps = {
  answers: Pick<AllAnswers, 'cameras'>;
  live: LiveDoor;
  ffmpeg: Pick<Ffmpeg, 'found' | 'jpeg'>;
  sockets: Sockets;
  snapshots: SnapshotDoor;
};

const maxRequestChars = 4096;
const firstPictureMs = 10_000;
const keptPictures = 64;

const StreamQuery = z.object({
  stream: StreamKind.default('main'),
  /** `h264`: transcode whatever is something else. */
  codec: z.enum(['h264']).optional(),
  audio: z.enum(['0', '1']).default('0'),
});
const SnapshotQuery = z.object({
  stream: StreamKind.default('main'),
  width: z.coerce.number().int().min(16).max(4096).default(1280),
});

/** Live pictures: the viewers' socket, the plain HTTP stream, and single pictures. */
export function addLiveRoutes(app: FastifyInstance, deps: LiveRouteDeps): void {
  const { live, sockets } = deps;

  app.get('/api/stream', { websocket: true }, (socket, request) => {
    const { caller, token } = request;
    if (!caller) {
      socket.close(closeCodes.signIn, 'sign in first');
      return;
    }
    sockets.keep(socket, caller.sessionId, token);
    const viewer: Viewer = {
      notice(notice) {
        if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(notice));
      },
      frame(frame) {
        if (socket.readyState === socket.OPEN) socket.send(frame);
      },
      pendingBytes: () => socket.bufferedAmount,
    };
    const connection = live.connect(viewer, caller);
    socket.on('message', (data, isBinary) => {
      const asked = isBinary ? null : liveRequest(data);
      if (asked) connection.request(asked);
      else socket.close(closeCodes.badMessage, 'not a request of this socket');
    });
    socket.once('close', () => {
      connection.close();
    });
  });

  app.get<{ Params: { id: string } }>(
    '/api/cameras/:id/stream',
    { onRequest: needs('viewer') },
    async (request, reply) => {
      const { id } = await known(deps, request.params.id, request.caller, request.ip);
      const query = parse(StreamQuery, request.query);
      const { caller, token } = request;
      if (!caller) throw new AppError('UNAUTHENTICATED');
      await stream(deps, reply, { id, query, caller, token });
      return reply;
    },
  );

  const pictures = new Map<string, { atMs: number; jpeg: Uint8Array }>();
  app.get<{ Params: { id: string } }>(
    '/api/cameras/:id/snapshots',
    { onRequest: needs('viewer') },
    async (request, reply) => {
      const { id, privacy } = await known(deps, request.params.id, request.caller, request.ip);
      const { stream: kind, width } = parse(SnapshotQuery, request.query);
      const key = await live.keyFrame(id, kind);
      const name = `${id} ${kind} ${width} ${JSON.stringify(privacy)}`;
      const kept = pictures.get(name);
      let shown: { atMs: number; jpeg: Uint8Array };
      try {
        if (!key) throw unavailable('no-picture', 'The camera gives no picture now.');
        shown =
          kept?.atMs === key.atMs ? kept : { atMs: key.atMs, jpeg: await picture(deps.ffmpeg, key, width, privacy) };
      } catch (error) {
        // The device may make one by itself: a whole one, so not where a part is private.
        if (privacy.length > 0) throw error;
        const own = await deps.snapshots.snapshot(id, kind).catch(() => null);
        if (own === null) throw error;
        return reply.type('image/jpeg').header('x-vigie-picture', 'device').send(Buffer.from(own));
      }
      pictures.delete(name);
      pictures.set(name, shown);
      for (const old of pictures.keys()) {
        if (pictures.size <= keptPictures) break;
        pictures.delete(old);
      }
      const { jpeg } = shown;
      return reply
        .type('image/jpeg')
        .header('x-vigie-time', new Date(shown.atMs).toISOString())
        .send(Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength));
    },
  );
}

function liveRequest(data: unknown): LiveRequest | null {
  const text = Buffer.isBuffer(data) ? data.toString('utf8') : null;
  if (text === null || text.length > maxRequestChars) return null;
  try {
    const parsed = LiveRequest.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // not JSON: the caller closes the socket and says so
  }
}

const unavailable = (reason: Lack, message: string): AppError =>
  new AppError('UNAVAILABLE', message, { data: { reason } });

function parse<T>(schema: z.ZodType<T>, query: unknown): T {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error.issues, query);
  throw new AppError('INVALID', `${issues[0]?.path ?? 'query'}: ${issues[0]?.message ?? 'not usable'}`, {
    data: { issues },
  });
}

/** The camera's id and what is private in its picture, or NOT_FOUND. */
async function known(deps: LiveRouteDeps, text: string, caller: Caller | null, remote: string) {
  const id = CameraId.safeParse(text);
  if (!id.success) throw new AppError('NOT_FOUND', 'There is no such camera.');
  const signal = new AbortController().signal;
  const { privacy } = await deps.answers.cameras.get(
    { id: id.data },
    { caller, remote, signal, lastEventId: undefined, session: null },
  );
  return { id: id.data, privacy };
}

type Key = NonNullable<Awaited<ReturnType<LiveDoor['keyFrame']>>>;
async function picture(ffmpeg: LiveRouteDeps['ffmpeg'], key: Key, width: number, privacy: readonly Polygon[]) {
  if (key.track.codec === 'mjpeg' && key.track.width <= width && privacy.length === 0) return key.data;
  if (!ffmpeg.found) throw unavailable('no-ffmpeg', 'Single pictures need ffmpeg, and none was found on this station.');
  try {
    return await ffmpeg.jpeg(key.track, key.data, width, privacy);
  } catch (cause) {
    throw new AppError('UNAVAILABLE', 'ffmpeg could not make a picture of it.', {
      cause,
      data: { reason: 'ffmpeg-failed' },
    });
  }
}

/** One camera as fragmented MP4 without an end; ends when the camera's format changes, the reader leaves or is cut off. */
async function stream(
  deps: LiveRouteDeps,
  reply: FastifyReply,
  ask: { id: CameraId; query: z.infer<typeof StreamQuery>; caller: Caller; token: string | null },
): Promise<void> {
  const { raw } = reply;
  let begun = false;
  let tellBegun: (outcome: 'begun' | 'closed' | AppError) => void = () => undefined;
  const first = new Promise<'begun' | 'closed' | AppError>((done) => {
    tellBegun = done;
  });
  const fragments = createFragmentStream({
    begin(mime, init) {
      begun = true;
      reply.hijack();
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string | string[]>),
        'content-type': mime,
        'cache-control': 'no-store',
      });
      raw.write(init);
      tellBegun('begun');
    },
    write: (bytes) => raw.write(bytes),
    end: () => raw.end(),
  });
  const viewer: Viewer = {
    notice(notice) {
      if (notice.op !== 'ended') return;
      if (begun) raw.end();
      tellBegun(
        notice.reason === 'no-such-camera' || notice.reason === 'no-such-stream'
          ? new AppError('NOT_FOUND', 'There is no such stream.')
          : unavailable(notice.reason, 'This stream cannot be shown.'),
      );
    },
    frame: (frame) => fragments.frame(frame),
    pendingBytes: () => raw.writableLength,
  };
  const connection = deps.live.connect(viewer, ask.caller);
  const untrack = deps.sockets.track(ask.caller.sessionId, ask.token, () => raw.destroy());
  const timer = setTimeout(
    () => tellBegun(unavailable('no-picture', 'The camera gives no picture now.')),
    firstPictureMs,
  );
  const leave = (): void => {
    clearTimeout(timer);
    untrack();
    connection.close();
    tellBegun('closed');
  };
  raw.once('close', leave);
  const { query } = ask;
  connection.request({
    op: 'watch',
    ref: 1,
    cameraId: ask.id,
    stream: query.stream,
    decodes: query.codec ? ['h264'] : ['h264', 'h265'],
    audio: query.audio === '1',
  });
  const outcome = await first;
  clearTimeout(timer);
  if (outcome instanceof AppError) {
    raw.off('close', leave);
    leave();
    throw outcome;
  }
}
