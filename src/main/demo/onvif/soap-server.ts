/** The HTTP side of a device: SOAP by POST, snapshots by GET, Digest and UsernameToken (ONVIF Core Specification §5.1, §5.9). */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createDigest } from '../digest.ts';
import type { DigestUser } from '../digest.ts';
import { answerHeader, readEnvelope, writeEnvelope } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { Fault, faultXml, notAuthorized } from './fault.ts';
import { ns } from './namespaces.ts';
import type { Call, Service } from './service.ts';
import { createTokenCheck } from './user-token.ts';
import type { Part } from './xml-write.ts';
import { el } from './xml-write.ts';

const maxBodyBytes = 256 * 1024;
const soapType = 'application/soap+xml; charset=utf-8';

/** Operations of access class PRE_AUTH (ONVIF Core Specification §5.9.4.3): asked before anybody has a password. */
const open = new Set([
  'GetSystemDateAndTime',
  'GetCapabilities',
  'GetServices',
  'GetServiceCapabilities',
  'GetWsdlUrl',
  'GetHostname',
  'GetEndpointReference',
]);

export type Refusals = { count: number; lastMs: number | null };

export type SoapServerOptions = {
  clock: Clock;
  log: Log;
  host: string;
  /** 0: any free one. */
  port: number;
  user: DigestUser;
  services: Service[];
  /** The device's own clock. */
  deviceMs: () => number;
  /** The picture of `/onvif/snapshot/NAME`; null: no such. */
  snapshot: (name: string) => Uint8Array | null;
};

export type SoapServer = {
  /** Resolves with the port. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** How often somebody came with a wrong password. */
  refusals(): Refusals;
};

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBodyBytes) throw new Fault('Sender', ['ter:InvalidArgs'], 'The request is too large.');
    parts.push(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new Fault('Sender', ['ter:WellFormed'], 'The request is not UTF-8.');
  }
}

export function createSoapServer(options: SoapServerOptions): SoapServer {
  const { clock, log, host, user, services } = options;
  const digest = createDigest({ clock, realm: 'Vigie demo device', user, algorithms: ['MD5', 'SHA-256'] });
  const token = createTokenCheck({ user, nowMs: options.deviceMs });
  const byNs = new Map(services.map((s) => [ns[s.prefix] as string, s]));
  // Operations of WS-BaseNotification go to the event service's subscriptions.
  const events = services.find((s) => s.prefix === 'tev');
  if (events) byNs.set(ns.wsnt, events);
  const refusals: Refusals = { count: 0, lastMs: null };
  const refused = (): void => {
    refusals.count++;
    refusals.lastMs = clock.nowMs();
  };

  const reply = (response: ServerResponse, status: number, body: string, challenge: string[] = []): void => {
    if (response.destroyed || response.headersSent) return;
    if (challenge.length > 0) response.setHeader('WWW-Authenticate', challenge);
    if (status === 413) response.setHeader('Connection', 'close');
    response.writeHead(status, { 'Content-Type': soapType, 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  };
  const replyFault = (response: ServerResponse, fault: Fault, envelope?: Envelope, challenge: string[] = []): void => {
    const status = challenge.length > 0 ? 401 : fault.code === 'Receiver' ? 500 : 400;
    reply(response, status, writeEnvelope(answerHeader(envelope?.header, true), faultXml(fault)), challenge);
  };

  /** True when the caller has proven the password, by either way; else it has been answered. */
  function admitted(request: IncomingMessage, response: ServerResponse, envelope: Envelope): boolean {
    const verdict = token(envelope.header);
    if (verdict === 'proven') return true;
    if (verdict === 'refused') {
      refused();
      replyFault(response, notAuthorized(), envelope);
      return false;
    }
    const challenge = digest.refuse(request.method ?? '', request.headers.authorization);
    if (!challenge) return true;
    if (request.headers.authorization !== undefined && !challenge.some((c) => c.includes('stale'))) refused();
    replyFault(response, notAuthorized(), envelope, challenge);
    return false;
  }

  async function run(call: Call, service: Service | undefined): Promise<Part> {
    const { operation } = call;
    if (!service) throw new Fault('Sender', ['ter:UnknownAction'], `There is no service ${operation.ns}.`);
    if (operation.name === 'GetServiceCapabilities')
      return el(`${service.prefix}:GetServiceCapabilitiesResponse`, service.capabilities());
    const handler = Object.hasOwn(service.handlers, operation.name) ? service.handlers[operation.name] : undefined;
    if (!handler)
      throw new Fault('Receiver', ['ter:ActionNotSupported'], `${operation.name} is not offered by this device.`);
    return handler(call);
  }

  async function soap(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let envelope: Envelope | undefined;
    try {
      envelope = readEnvelope(await readBody(request));
      const { operation, header } = envelope;
      if (!open.has(operation.name) && !admitted(request, response, envelope)) return;
      const gone = new AbortController();
      response.once('close', () => {
        gone.abort();
      });
      const local = request.socket.localAddress?.replace(/^::ffff:/, '') ?? host;
      const call: Call = {
        operation,
        header,
        base: `http://${local}:${request.socket.localPort ?? 0}`,
        host: local,
        path: request.url ?? '/',
        gone: gone.signal,
      };
      const body = await run(call, byNs.get(operation.ns));
      reply(response, 200, writeEnvelope(answerHeader(header, false), body));
    } catch (error) {
      if (error instanceof Fault) {
        if (error.message === 'The request is too large.') reply(response, 413, writeEnvelope(null, faultXml(error)));
        else replyFault(response, error, envelope);
        return;
      }
      if (request.destroyed) return;
      log.warn('a demo device could not answer', { operation: envelope?.operation.name, error: String(error) });
      replyFault(response, new Fault('Receiver', ['ter:Action'], 'The device has failed.'), envelope);
    }
  }

  function snapshot(request: IncomingMessage, response: ServerResponse, name: string): void {
    const challenge = digest.refuse(request.method ?? '', request.headers.authorization);
    if (challenge) {
      if (request.headers.authorization !== undefined && !challenge.some((c) => c.includes('stale'))) refused();
      response.setHeader('WWW-Authenticate', challenge);
      response.writeHead(401).end();
      return;
    }
    const jpeg = options.snapshot(name);
    if (!jpeg) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'image/jpeg',
      'Content-Length': jpeg.length,
      'Cache-Control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : jpeg);
  }

  const server = createServer(
    { requestTimeout: 15_000, headersTimeout: 10_000, keepAliveTimeout: 20_000 },
    (request, response) => {
      const path = (request.url ?? '/').replace(/[?#].*$/, '');
      response.on('error', () => {
        // The client has gone; nobody is left to tell.
      });
      const picture = /^\/onvif\/snapshot\/([a-z0-9]{1,32})$/.exec(path);
      if (picture && (request.method === 'GET' || request.method === 'HEAD')) {
        snapshot(request, response, picture[1] ?? '');
      } else if (request.method === 'POST' && path.startsWith('/onvif/')) void soap(request, response);
      else {
        const known = path.startsWith('/onvif/');
        response.writeHead(known ? 405 : 404, { 'Content-Type': 'text/plain', ...(known && { Allow: 'POST' }) });
        response.end('This is a demo camera of Vigie. It speaks ONVIF at /onvif/device_service.\n');
      }
    },
  );
  server.maxConnections = 256;

  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, host, () => {
          server.removeListener('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
    refusals: () => ({ ...refusals }),
  };
}
