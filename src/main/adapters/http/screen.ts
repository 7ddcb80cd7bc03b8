import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fixed from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { refusal } from './refusal.ts';

/** What is never a page. `/health` and `/ready` are one address each; pages lie below them. */
const ownPaths = /^\/((api|media|rpc)(\/|$)|(health|ready)\/?$)/;

/** Serves the built screen; every address of the app that is no file gets its page, so that a reload loses nothing. */
export async function addScreen(app: FastifyInstance, rendererDir: string): Promise<void> {
  const built = existsSync(join(rendererDir, 'index.html'));
  if (built) {
    await app.register(fixed, {
      root: rendererDir,
      prefix: '/',
      index: ['index.html'],
      dotfiles: 'deny',
      etag: true,
      cacheControl: false,
      setHeaders(reply, path) {
        // Built files carry a hash of their content in the name.
        const hashed = /[\\/]assets[\\/][^\\/]+-[\w-]{8,}\.\w+$/.test(path);
        void reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const page =
      (request.method === 'GET' || request.method === 'HEAD') && !ownPaths.test(path) && !/\.[^/]*$/.test(path);
    if (page && built) return reply.sendFile('index.html');
    void reply.header('cache-control', 'no-store');
    if (page)
      return reply
        .code(503)
        .type('text/plain')
        .send('The screen is not built. Run "npm run build", then start the station again.\n');
    return reply.code(404).send(refusal('NOT_FOUND'));
  });
}
