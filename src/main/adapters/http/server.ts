/** The station's one door: calls, pushes, live pictures, recordings and the screen itself, on one port. */
import type { Socket } from 'node:net';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { AllAnswers, Call, Caller } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import { isLoopback } from '#lib/loopback.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { AccessDoor } from '../../engine/access-port.ts';
import type { Ffmpeg } from '../../engine/ffmpeg-port.ts';
import type { LiveDoor } from '../../engine/live-port.ts';
import type { PlaybackDoor } from '../../engine/playback-port.ts';
import type { PrivacyDoor } from '../../engine/privacy-port.ts';
import type { DeletionsDoor, CoverageReportDoor } from '../../engine/report-port.ts';
import type { SnapshotDoor } from '../../engine/snapshot-port.ts';
import type { TalkDoor } from '../../engine/talk-port.ts';
import type { ThumbnailDoor } from '../../engine/thumbnail-port.ts';
import { cookieName } from './cookie.ts';
import { addCoverageReport } from './coverage-report.ts';
import { addDeletionsCsv } from './deletions-csv.ts';
import { bearerToken, cookieValue, pageRefusal } from './guard.ts';
import { addLiveRoutes } from './live-routes.ts';
import { addOpenApi } from './openapi.ts';
import { refusal } from './refusal.ts';
import { addRest, bodyLimits } from './rest.ts';
import { createRouter } from './router.ts';
import { addScreen } from './screen.ts';
import { addMoments } from './moments.ts';
import { addSegments } from './segments.ts';
import { createSockets } from './sockets.ts';
import { addTalk } from './talk-route.ts';
import { addThumbnails } from './thumbnails.ts';
import { addPlatesCsv } from './plates-csv.ts';
import { addLineTotalsCsv } from './line-totals-csv.ts';
import { addEventPictures } from './event-pictures.ts';
import type { PlateCsvDoor } from '../../engine/plate-port.ts';
import { addFootagePictures } from './footage-pictures.ts';
import type { FootagePictureDoor } from '../../engine/footage-port.ts';
import type { EventPictureDoor, LineCsvDoor } from '../../engine/watch-port.ts';

export type HttpDeps = {
  answers: AllAnswers;
  /** What a call wrote is durable when its answer comes. */
  durably: <T>(work: () => Promise<T>) => Promise<T>;
  access: AccessDoor;
  live: LiveDoor;
  playback: PlaybackDoor;
  retention: DeletionsDoor;
  ffmpeg: Pick<Ffmpeg, 'found' | 'jpeg'>;
  talks: TalkDoor;
  snapshots: SnapshotDoor;
  thumbnails: ThumbnailDoor;
  privacy: Pick<PrivacyDoor, 'black'>;
  eventPictures: EventPictureDoor;
  plates: PlateCsvDoor;
  lines: LineCsvDoor;
  footage: FootagePictureDoor;
  coverageReport: CoverageReportDoor;
  /** Folder of the built screen (with index.html). */
  rendererDir: string;
  log: Log;
  clock: Clock;
  version: string;
  /** Whether the station does its work: store open, workers up; else the reasons. */
  ready: () => { ok: boolean; reasons: string[] };
  /** Port 0: any free one. Another address than loopback needs `tls` (PEM). */
  listen: { host: string; port: number; tls: { key: string; cert: string } | null };
};

export type Http = {
  /** Listens. `url` ends without a slash. Throws a sentence for the person when the port is taken or the address unusable. */
  start(): Promise<{ url: string; port: number }>;
  /** Ends every socket and request; within a second. */
  stop(): Promise<void>;
};

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
    /** The session's token, to look at it again while a socket lives. */
    token: string | null;
  }
}

const unauthenticatedPerMinute = 240;
/** The station's own pages may hear the microphone, for talking through cameras; nobody anything else of the machine. */
const permissionsPolicy =
  'microphone=(self), camera=(), display-capture=(), geolocation=(), hid=(), midi=(), payment=(), serial=(), usb=()';
const dataPath = /^\/(api|media|rpc)(\/|$|\?)/;

export function createHttp(deps: HttpDeps): Http {
  const { listen, log } = deps;
  const loopbackOnly = isLoopback(listen.host);
  if (!loopbackOnly && !listen.tls) {
    throw new Error(
      `Listening on ${listen.host} needs TLS: passwords and pictures would cross the network in the clear. ` +
        'Listen on 127.0.0.1, or let the station use its own or a given certificate.',
    );
  }
  let app: FastifyInstance | null = null;
  let stopSockets = (): void => undefined;

  return {
    async start() {
      const built = await build(deps, loopbackOnly);
      app = built.app;
      stopSockets = built.stopSockets;
      try {
        await app.listen({ host: listen.host, port: listen.port });
      } catch (cause) {
        await app.close();
        app = null;
        throw new Error(listenTrouble(cause, listen), { cause });
      }
      const port = portOf(app);
      const shown = listen.host === '0.0.0.0' || listen.host === '::' ? 'localhost' : listen.host;
      const host = shown.includes(':') ? `[${shown}]` : shown;
      const url = `${listen.tls ? 'https' : 'http'}://${host}:${port}`;
      log.info('listening', { url });
      return { url, port };
    },
    async stop() {
      stopSockets();
      await app?.close();
      app = null;
    },
  };
}

async function build(
  deps: HttpDeps,
  loopbackOnly: boolean,
): Promise<{ app: FastifyInstance; stopSockets: () => void }> {
  const { listen, access, log } = deps;
  const tls = listen.tls !== null;
  const options = {
    logger: false as const,
    bodyLimit: bodyLimits.signedIn,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 128, ignoreTrailingSlash: false },
  };
  const app: FastifyInstance = listen.tls
    ? fastify({ ...options, https: { ...listen.tls, minVersion: 'TLSv1.2' } })
    : fastify(options);
  const connections = new Set<Socket>();
  app.server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  // Only JSON is taken: what a plain HTML form can post is refused (415) before it is parsed.
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('caller', null);
  app.decorateRequest('token', null);

  await app.register(helmet, securityHeaders(tls));
  app.addHook('onRequest', async (_, reply) => {
    void reply.header('permissions-policy', permissionsPolicy);
  });
  // First of all hooks: what a later one refuses is then still closed, and carries the security headers.
  const sockets = createSockets({ access, log });
  await app.register(websocket, {
    options: { maxPayload: bodyLimits.signedIn, perMessageDeflate: false, clientTracking: true },
    errorHandler: (error, socket) => {
      log.debug('a socket failed', { error: error.message });
      socket.terminate();
    },
    preClose: (done) => {
      sockets.stop();
      for (const connection of connections) connection.destroy();
      done();
    },
  });
  app.addHook('onRequest', async (request, reply) => {
    const { headers } = request;
    const refused = pageRefusal(
      {
        method: request.method,
        upgrade: headers.upgrade !== undefined,
        data: dataPath.test(request.url),
        host: headers.host,
        origin: headers.origin,
        fetchSite: single(headers['sec-fetch-site']),
        fetchMode: single(headers['sec-fetch-mode']),
      },
      loopbackOnly,
    );
    if (refused !== null) return refuse(reply, 403, refused);
    // The screen's files and the health of the process do not depend on the store.
    if (!dataPath.test(request.url)) return undefined;
    const token = bearerToken(headers.authorization) ?? cookieValue(headers.cookie, cookieName(tls, portOf(app)));
    const caller = token === null ? null : access.caller(token);
    // A session opened without a password is for this PC's own window.
    request.caller = caller?.local === true && !isLoopback(request.ip) ? null : caller;
    request.token = request.caller ? token : null;
    return undefined;
  });
  await app.register(rateLimit, {
    max: unauthenticatedPerMinute,
    timeWindow: 60_000,
    cache: 10_000,
    allowList: (request) => request.caller !== null || !dataPath.test(request.url),
    errorResponseBuilder: (_, context) => refusal('TOO_MANY', undefined, { waitMs: context.ttl }),
  });

  app.setErrorHandler((error, request, reply) => answerFailure(error, request, reply, log));

  const router = createRouter(deps.answers, log, deps.durably);
  sockets.addRpc(app, router);
  const cameras = (call: Call) => deps.answers.cameras.list({}, call);
  addRest(app, { router, log, tls, sockets, cookie: () => cookieName(tls, portOf(app)), cameras });
  addLiveRoutes(app, { ...deps, sockets });
  addTalk(app, { ...deps, sockets });
  addSegments(app, deps);
  addDeletionsCsv(app, deps);
  addMoments(app, deps);
  addCoverageReport(app, deps);
  addThumbnails(app, deps);
  addEventPictures(app, deps);
  addPlatesCsv(app, deps);
  addLineTotalsCsv(app, deps);
  addFootagePictures(app, deps);
  addOpenApi(app, deps.version);
  app.get('/health', () => ({ alive: true, version: deps.version }));
  app.get('/ready', (_, reply) => {
    const { ok, reasons } = deps.ready();
    return reply.code(ok ? 200 : 503).send({ ready: ok, reasons });
  });
  await addScreen(app, deps.rendererDir);
  return { app, stopSockets: () => sockets.stop() };
}

function securityHeaders(tls: boolean) {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"], // positions and sizes of tiles are inline styles
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' as const },
    xFrameOptions: { action: 'deny' as const },
    crossOriginResourcePolicy: { policy: 'same-origin' as const },
    crossOriginOpenerPolicy: { policy: 'same-origin' as const },
    // A self-made certificate must stay replaceable, so browsers are not told to insist for months.
    strictTransportSecurity: tls ? { maxAge: 86_400, includeSubDomains: false } : false,
  };
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function refuse(reply: FastifyReply, status: number, message: string): Promise<FastifyReply> {
  return reply.code(status).header('cache-control', 'no-store').send(refusal('FORBIDDEN', message));
}

/** What fastify or a plain route throws, as the same refusals that procedures give. */
function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const known: { statusCode?: unknown; code?: unknown; status?: unknown } =
    typeof error === 'object' && error !== null ? error : {};
  const status =
    typeof known.statusCode === 'number' ? known.statusCode : typeof known.status === 'number' ? known.status : 500;
  void reply.header('cache-control', 'no-store');
  if (error instanceof AppError && error.code !== 'FAILED') {
    const body = refusal(error.code, error.message, error.data);
    return reply.code(body.status).send(body);
  }
  if (known.code === 'TOO_MANY') return reply.code(429).send(error);
  if (status === 413) return reply.code(413).send(refusal('TOO_LARGE'));
  if (status === 415)
    return reply.code(422).send(refusal('INVALID', 'Send JSON, with the header Content-Type: application/json.'));
  if (status >= 400 && status < 500) {
    const message = error instanceof Error ? error.message : undefined;
    return reply.code(422).send(refusal('INVALID', message));
  }
  log.error('a request failed', {
    method: request.method,
    path: request.url.split('?')[0] ?? '',
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return reply.code(500).send(refusal('FAILED'));
}

function listenTrouble(cause: unknown, listen: HttpDeps['listen']): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  const where = `${listen.host}:${listen.port}`;
  if (code === 'EADDRINUSE') return `${where} is taken by another program. End it, or choose another port with --port.`;
  if (code === 'EACCES') return `This user may not listen on ${where}. Choose a port above 1023 with --port.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${listen.host} is not an address of this PC. Choose another with --listen.`;
  return `Cannot listen on ${where}: ${cause instanceof Error ? cause.message : String(cause)}`;
}
