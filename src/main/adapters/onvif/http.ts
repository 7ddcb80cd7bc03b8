/** HTTP to one device: whole answers within a time and a size, few sockets, no redirects (the session decides on those). */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AppError } from '#contract/error.ts';
import { createPinnedAgent, type Pin } from './pinned-agent.ts';
import { deviceError } from './trouble.ts';

export type HttpAnswer = {
  status: number;
  contentType: string | null;
  location: string | null;
  /** Values of WWW-Authenticate. */
  challenges: string[];
  body: Buffer;
};
export type HttpRequest = {
  url: URL;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | null;
  maxBytes: number;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** `apart`: on a socket of its own (long polls), so that commands never wait behind it. */
  lane: 'shared' | 'apart';
};
export type Http = { send(request: HttpRequest): Promise<HttpAnswer>; close(): void };

const unreachable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
  'EINVAL',
  'EACCES',
]);

export function createHttp(pin: Pin): Http {
  // maxSockets is a second belt: turns are taken above.
  const shared = { keepAlive: true, maxSockets: 2 };
  const apart = { keepAlive: true, maxSockets: 2 };
  const agents = {
    http: { shared: new HttpAgent({ ...shared, timeout: 15_000 }), apart: new HttpAgent(apart) },
    https: { shared: createPinnedAgent(pin, shared), apart: createPinnedAgent(pin, apart) },
  };
  const closing = new AbortController();

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await once(request);
    } catch (error) {
      // A kept connection that the device had closed meanwhile: the request never reached it.
      if (error instanceof StaleSocket) return await once(request, true);
      throw error;
    }
  }

  function once(request: HttpRequest, last = false): Promise<HttpAnswer> {
    const secure = request.url.protocol === 'https:';
    const agent = agents[secure ? 'https' : 'http'][request.lane];
    return new Promise((resolve, reject) => {
      if (closing.signal.aborted || request.signal?.aborted === true) {
        reject(deviceError('timeout', 'The request to the device was given up.'));
        return;
      }
      const fromMs = performance.now();
      let connected = false;
      let answering = false;
      const outgoing = (secure ? httpsRequest : httpRequest)(request.url, {
        method: request.method,
        agent,
        maxHeaderSize: 16_384,
        headers: {
          ...request.headers,
          ...(request.body === null ? {} : { 'Content-Length': String(Buffer.byteLength(request.body)) }),
        },
      });
      const end = (error: unknown): void => {
        clearTimeout(limit);
        clearTimeout(meeting);
        request.signal?.removeEventListener('abort', aborted);
        closing.signal.removeEventListener('abort', aborted);
        outgoing.destroy();
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      const aborted = (): void => end(deviceError('timeout', 'The request to the device was given up.'));
      const unmet = (): void => {
        if (!connected) end(deviceError('unreachable', 'The device cannot be reached: no connection in time.'));
      };
      const meeting = setTimeout(unmet, Math.min(connectMs, Math.max(1, request.timeoutMs)));
      const limit = setTimeout(
        () => end(deviceError('timeout', 'The device did not answer in time.')),
        Math.max(1, request.timeoutMs),
      );
      request.signal?.addEventListener('abort', aborted, { once: true });
      closing.signal.addEventListener('abort', aborted, { once: true });

      outgoing.on('socket', (socket) => {
        if (!socket.connecting) connected = true;
        else socket.once('connect', () => (connected = true));
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        const soon = performance.now() - fromMs < staleMs;
        if (outgoing.reusedSocket && !answering && !last && soon && /^(ECONNRESET|EPIPE)$/.test(error.code ?? ''))
          end(new StaleSocket());
        else end(explained(error));
      });
      outgoing.on('response', (incoming: IncomingMessage) => {
        answering = true;
        const parts: Buffer[] = [];
        let size = 0;
        const declared = Number(incoming.headers['content-length'] ?? 0);
        if (declared > request.maxBytes) {
          end(tooLarge());
          return;
        }
        incoming.on('data', (part: Buffer) => {
          size += part.length;
          if (size > request.maxBytes) end(tooLarge());
          else parts.push(part);
        });
        incoming.on('error', (error) => end(explained(error)));
        incoming.on('aborted', () =>
          end(deviceError('invalid-answer', 'The device broke off in the middle of its answer.')),
        );
        incoming.on('end', () => {
          if (!incoming.complete) {
            end(deviceError('invalid-answer', 'The device broke off in the middle of its answer.'));
            return;
          }
          clearTimeout(limit);
          clearTimeout(meeting);
          request.signal?.removeEventListener('abort', aborted);
          closing.signal.removeEventListener('abort', aborted);
          resolve({
            status: incoming.statusCode ?? 0,
            contentType: incoming.headers['content-type'] ?? null,
            location: incoming.headers.location ?? null,
            challenges: headerValues(incoming, 'www-authenticate'),
            body: Buffer.concat(parts, size),
          });
        });
      });
      outgoing.end(request.body ?? undefined);
    });
  }

  return {
    send,
    close() {
      closing.abort();
      for (const kind of [agents.http, agents.https]) for (const agent of [kind.shared, kind.apart]) agent.destroy();
    },
  };
}

class StaleSocket extends Error {}
/** For the connection alone, TLS included: what is left of a call's time may be needed for another address. */
const connectMs = 4_500;
/** A connection that breaks later than this broke under the request, which may have been carried out. */
const staleMs = 1_000;

const tooLarge = (): AppError => deviceError('too-large', 'The device sent more than is taken.');

/** Node joins repeated headers with a comma, which a quoted value may hold too: the raw ones are told apart. */
function headerValues(incoming: IncomingMessage, name: string): string[] {
  const out: string[] = [];
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2)
    if (incoming.rawHeaders[i]?.toLowerCase() === name) out.push(incoming.rawHeaders[i + 1] ?? '');
  return out.slice(0, 8);
}

function explained(error: NodeJS.ErrnoException): AppError {
  if (error instanceof AppError) return error;
  const code = error.code ?? '';
  if (unreachable.has(code)) return deviceError('unreachable', `The device cannot be reached (${code}).`, error);
  if (code === 'HPE_HEADER_OVERFLOW') return tooLarge();
  if (code.startsWith('HPE_')) return deviceError('not-onvif', 'What answers there does not speak HTTP.', error);
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) return deviceError('tls', 'No TLS connection with the device.', error);
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return deviceError('unreachable', 'The device closed the connection without an answer.', error);
  return deviceError('unreachable', 'The device cannot be reached.', error);
}
