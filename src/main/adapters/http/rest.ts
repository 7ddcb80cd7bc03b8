import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { ORPCError, type AnyRouter } from '@orpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Call } from '#contract/call.ts';
import { errors } from '#contract/error.ts';
import { CameraView } from '#domain/camera.ts';
import { includes } from '#domain/user.ts';
import type { Role } from '#domain/user.ts';
import type { Log } from '#lib/log.ts';
import { sessionDoor, tokenWanted } from './cookie.ts';
import { createListText } from './list-text.ts';
import { refusal } from './refusal.ts';
import { contractRoutes, onWire, type CallContext } from './router.ts';
import type { Sockets } from './sockets.ts';

/** Largest bodies, bytes. */
export const bodyLimits = { open: 8 * 1024, signedIn: 256 * 1024 };

/** A hook that lets pass who has a role; for everybody else the body is never read. */
export const needs = (role: 'public' | Role | null) =>
  async function checkRole(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    if (role === 'public') return undefined;
    void reply.header('cache-control', 'no-store');
    if (!request.caller) return reply.code(401).send(refusal('UNAUTHENTICATED'));
    if (role === null || !includes(request.caller.role, role)) return reply.code(403).send(refusal('FORBIDDEN'));
    return undefined;
  };

/** `/api/*`: every procedure of the contract at its REST address, each a route of its own. */
export function addRest(
  app: FastifyInstance,
  deps: {
    router: AnyRouter;
    log: Log;
    tls: boolean;
    sockets: Sockets;
    cookie: () => string;
    cameras: (call: Call) => Promise<CameraView[]>;
  },
): void {
  const { router, log, sockets } = deps;
  const camerasText = createListText(CameraView);
  const rest = new OpenAPIHandler<CallContext>(router, {
    interceptors: [
      async (options) => {
        try {
          return await options.next();
        } catch (error) {
          throw malformed(error) ?? onWire(error, options.request.url.pathname, log);
        }
      },
    ],
  });
  for (const { noun, name, role, method, path, pushes } of contractRoutes()) {
    app.route({
      method,
      url: `/api${path.replace(/\{(\w+)\}/g, ':$1')}`,
      bodyLimit: role === 'public' ? bodyLimits.open : bodyLimits.signedIn,
      onRequest: needs(role),
      handler: async (request, reply) => {
        void reply.header('cache-control', 'no-store');
        if (pushes && request.caller) {
          reply.raw.once(
            'close',
            sockets.track(request.caller.sessionId, request.token, () => reply.raw.destroy()),
          );
        }
        const context: CallContext = {
          caller: request.caller,
          remote: request.ip,
          session: sessionDoor({
            name: deps.cookie(),
            tls: deps.tls,
            asToken: tokenWanted(request.headers['x-vigie-session']) || request.headers.authorization !== undefined,
            header: (name, value) => void reply.header(name, value),
          }),
        };
        // By far the longest answer: 1,000 cameras are a megabyte.
        if (noun === 'cameras' && name === 'list') {
          const call: Call = { ...context, lastEventId: undefined, signal: new AbortController().signal };
          return reply.type('application/json; charset=utf-8').send(camerasText(await deps.cameras(call)));
        }
        // A call without an input may come without a body.
        if (method !== 'GET') request.body ??= {};
        const { matched } = await rest.handle(request, reply, { prefix: '/api', context });
        return matched ? reply : reply.code(404).send(refusal('NOT_FOUND'));
      },
    });
  }
}

/** An input that could not even be taken apart (a bad query, a bad body). */
function malformed(error: unknown): ORPCError<string, unknown> | null {
  if (error instanceof ORPCError) return null;
  if (!(error instanceof SyntaxError || error instanceof URIError)) return null;
  return new ORPCError<string, unknown>('INVALID', {
    defined: true,
    status: errors.INVALID.status,
    message: errors.INVALID.message,
  });
}
