/** A small HTTP door on loopback through which a test or bench in another process learns when pictures were sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SentFrame } from './mount.ts';

/**
 * `GET /frames?stream=Gate/main` answers `{ stream, frames: SentFrame[] }`, oldest first; without `stream` the list of streams.
 * Only reads, only numbers: it needs no password.
 */
export function createFramesDoor(options: {
  host: string;
  port: number;
  streams: () => string[];
  frames: (stream: string) => SentFrame[] | null;
}): { start(): Promise<string>; stop(): Promise<void> } {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://loopback');
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
      response.end(JSON.stringify(body));
    };
    if (request.method !== 'GET' || url.pathname !== '/frames') {
      reply(404, { error: 'There is only GET /frames?stream=NAME/main here.' });
      return;
    }
    const stream = url.searchParams.get('stream');
    if (stream === null) {
      reply(200, { streams: options.streams() });
      return;
    }
    const frames = options.frames(stream);
    if (frames) reply(200, { stream, frames });
    else reply(404, { error: 'No such stream.', streams: options.streams() });
  });
  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, () => {
          resolve(`http://${options.host}:${(server.address() as AddressInfo).port}/frames`);
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}
