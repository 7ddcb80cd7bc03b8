/** The socket through which somebody talks to a camera: sound up, one notice down, and why it ended as its close code. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AppError, type ErrorCode } from '#contract/error.ts';
import { CameraId } from '#domain/id.ts';
import { includes } from '#domain/user.ts';
import type { TalkDoor } from '../../engine/talk-port.ts';
import { closeCodes, type Sockets } from './sockets.ts';

/** 200 ms of µ-law: who sends more at once does not talk. */
const mostBytes = 1_600;
/** What is sent faster than it is spoken, in bytes a second over two seconds, is no talk either. */
const mostBytesPerSecond = 16_000;

const Query = z.object({ camera: CameraId });
const codes: Partial<Record<ErrorCode, number>> = {
  NOT_FOUND: closeCodes.notFound,
  CONFLICT: closeCodes.taken,
  UNAVAILABLE: closeCodes.unavailable,
};
/** A close reason holds 123 bytes (RFC 6455 §5.5). */
const short = (text: string): string =>
  Buffer.from(text, 'utf8')
    .subarray(0, 120)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');

/** `WS /media/talk?camera=ID`: binary messages of µ-law, 8000 samples a second, as a rule 160 bytes each 20 ms. */
export function addTalk(app: FastifyInstance, deps: { talks: TalkDoor; sockets: Sockets }): void {
  app.get('/media/talk', { websocket: true }, (socket, request) => {
    const { caller, token } = request;
    const query = Query.safeParse(request.query);
    if (!caller) {
      socket.close(closeCodes.signIn, 'sign in first');
      return;
    }
    if (!includes(caller.role, 'operator')) {
      socket.close(closeCodes.forbidden, 'your role does not allow this');
      return;
    }
    if (!query.success) {
      socket.close(closeCodes.badMessage, 'say which camera');
      return;
    }
    deps.sockets.keep(socket, caller.sessionId, token);
    let line: ReturnType<TalkDoor['talk']>;
    try {
      line = deps.talks.talk(query.data.camera, caller, {
        open() {
          if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ op: 'talking' }));
        },
        ended(end) {
          if (end.is === 'camera') socket.close(closeCodes.device, short(end.detail));
          else if (end.is === 'silent') socket.close(closeCodes.silent, 'nothing was said');
          else socket.close(1000);
        },
      });
    } catch (error) {
      const known = error instanceof AppError ? error : new AppError('FAILED');
      socket.close(codes[known.code] ?? closeCodes.unavailable, short(known.message));
      return;
    }
    let allowance = 2 * mostBytesPerSecond;
    let atMs = performance.now();
    socket.on('message', (data, isBinary) => {
      const now = performance.now();
      allowance = Math.min(2 * mostBytesPerSecond, allowance + ((now - atMs) * mostBytesPerSecond) / 1000);
      atMs = now;
      const sound = isBinary && Buffer.isBuffer(data) && data.length > 0 && data.length <= mostBytes ? data : null;
      allowance -= sound?.length ?? 0;
      if (sound === null || allowance < 0) {
        socket.close(closeCodes.badMessage, 'not sound of this socket');
        line.end();
        return;
      }
      line.sound(Uint8Array.from(sound));
    });
    socket.once('close', () => line.end());
  });
}
