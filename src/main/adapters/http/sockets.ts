/** Long-lived connections: who holds them, until when, and how they end. */
import { RPCHandler } from '@orpc/server/ws';
import type { AnyRouter } from '@orpc/server';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { Log } from '#lib/log.ts';
import type { AccessDoor } from '../../engine/access-port.ts';
import type { CallContext } from './router.ts';

/** Close codes of the application range (RFC 6455 §7.4.2). */
export const closeCodes = {
  badMessage: 4400,
  signIn: 4401,
  forbidden: 4403,
  notFound: 4404,
  tooSlow: 4408,
  taken: 4409,
  silent: 4410,
  device: 4502,
  unavailable: 4503,
} as const;
const checkEveryMs = 30_000;
/** A client that reads nothing while this much waits is cut off; it comes back and starts afresh. */
const rpcHighWaterBytes = 256 * 1024;
const rpcLimitBytes = 8 * 1024 * 1024;

export type Sockets = {
  /** Calls `end` when the session ends. Returns the stop. */
  track(sessionId: string, token: string | null, end: () => void): () => void;
  /** Pings a socket, ends it when it goes quiet or its session ends. */
  keep(socket: WebSocket, sessionId: string, token: string | null): void;
  addRpc(app: FastifyInstance, router: AnyRouter): void;
  stop(): void;
};

export function createSockets({ access, log }: { access: AccessDoor; log: Log }): Sockets {
  type Held = { sessionId: string; token: string | null; end: () => void };
  const held = new Set<Held>();
  const quiet = new WeakSet<WebSocket>();
  const sockets = new Set<WebSocket>();
  let stopped = false;

  const endSession = (sessionId: string): void => {
    for (const one of [...held]) {
      if (one.sessionId !== sessionId) continue;
      held.delete(one);
      one.end();
    }
  };
  const stopListening = access.onRevoked(endSession);
  const timer = setInterval(() => {
    // Looking a session up also keeps it from idling out while its socket is open.
    for (const one of [...held]) {
      if (one.token !== null && access.caller(one.token) === null) {
        held.delete(one);
        one.end();
      }
    }
    for (const socket of sockets) {
      if (quiet.has(socket)) socket.terminate();
      else {
        quiet.add(socket);
        socket.ping();
      }
    }
  }, checkEveryMs);
  timer.unref();

  const track: Sockets['track'] = (sessionId, token, end) => {
    const one = { sessionId, token, end };
    held.add(one);
    return () => held.delete(one);
  };
  const keep: Sockets['keep'] = (socket, sessionId, token) => {
    if (stopped) {
      socket.terminate();
      return;
    }
    sockets.add(socket);
    const untrack = track(sessionId, token, () => {
      socket.close(closeCodes.signIn, 'session ended');
      // A client that does not answer the close must not keep receiving.
      setTimeout(() => socket.terminate(), 1000).unref();
    });
    socket.on('pong', () => quiet.delete(socket));
    socket.on('message', () => quiet.delete(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      untrack();
    });
  };

  return {
    track,
    keep,
    addRpc(app, router) {
      const rpc = new RPCHandler<CallContext>(router);
      app.get('/rpc', { websocket: true }, (socket, request) => {
        const { caller, token, ip } = request;
        if (!caller) {
          socket.close(closeCodes.signIn, 'sign in first');
          return;
        }
        keep(socket, caller.sessionId, token);
        const context: CallContext = { caller, remote: ip, session: null };
        rpc.upgrade(paced(socket, log), { context }).catch((error: unknown) => {
          log.error('a socket could not be served', { error: String(error) });
          socket.terminate();
        });
      });
    },
    stop() {
      stopped = true;
      clearInterval(timer);
      stopListening();
      for (const one of held) one.end();
      held.clear();
      for (const socket of sockets) socket.terminate();
      sockets.clear();
    },
  };
}

/** Holds back what is sent to a slow client, so that its streams wait instead of filling memory. */
function paced(socket: WebSocket, log: Log): Pick<WebSocket, 'addEventListener' | 'send'> {
  let waiting: Promise<void> | null = null;
  const drained = async (): Promise<void> => {
    while (socket.readyState === socket.OPEN && socket.bufferedAmount > rpcHighWaterBytes) {
      await new Promise((done) => setTimeout(done, 10));
    }
    waiting = null;
  };
  const send = (data: Parameters<WebSocket['send']>[0]): void | Promise<void> => {
    if (socket.readyState !== socket.OPEN) return undefined;
    if (socket.bufferedAmount > rpcLimitBytes) {
      log.warn('a screen reads too slowly and is cut off', { waitingBytes: socket.bufferedAmount });
      socket.close(closeCodes.tooSlow, 'too slow');
      socket.terminate();
      return undefined;
    }
    socket.send(data);
    if (socket.bufferedAmount <= rpcHighWaterBytes) return undefined;
    waiting ??= drained();
    return waiting;
  };
  return { addEventListener: socket.addEventListener.bind(socket), send: send as WebSocket['send'] };
}
