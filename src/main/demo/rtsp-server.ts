/**
 * An RTSP server (RFC 2326) for the streams of one virtual camera, or of many: OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN,
 * GET_PARAMETER, SET_PARAMETER; RTP inside the connection or as datagrams; Digest.
 */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createDigest } from './digest.ts';
import type { DigestAlgorithm, DigestUser } from './digest.ts';
import type { Mount } from './mount.ts';
import { createRtpSender } from './rtp-sender.ts';
import { createRequestReader, formatAnswer } from './rtsp-message.ts';
import type { RtspAnswer, RtspRequest } from './rtsp-message.ts';
import { describe, trackControl } from './sdp.ts';
import { createSession } from './session.ts';
import type { RtspSession, SessionFigures, TrackName } from './session.ts';
import { tcpWire, udpWire } from './wires.ts';

export type RtspServerOptions = {
  clock: Clock;
  log: Log;
  mounts: Mount[];
  /** null: nobody is asked for a password. */
  user: DigestUser | null;
  realm?: string;
  algorithms?: DigestAlgorithm[];
  nonceMs?: number;
  /** Loopback by default; a virtual camera is nobody else's business. */
  host?: string;
  /** 0: any free one. */
  port?: number;
  /** A session without a sign of life ends after this long. */
  sessionTimeoutMs?: number;
  maxPendingBytes?: number;
  /** More connections at once are refused with 453. */
  maxConnections?: number;
  /** Told what a session had got when it ends, however it ends. */
  onSessionEnd?: (figures: SessionFigures) => void;
};

export type RtspServer = {
  /** Resolves with the port; rejects when it is taken. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** Ends every connection and session at once, without a word; the server goes on listening. */
  dropAll(): void;
  sessions(): SessionFigures[];
};

const publicMethods = 'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER';

/** Path of a request without query, and the track that its last part may name. */
function target(url: string): { path: string; track: TrackName | null } {
  const full = url.replace(/^rtspu?s?:\/\/[^/]*/i, '').replace(/[?#].*$/, '');
  for (const track of ['video', 'audio'] as const) {
    const suffix = `/${trackControl[track]}`;
    if (full.endsWith(suffix)) return { path: full.slice(0, -suffix.length), track };
  }
  return { path: full.replace(/\/+$/, ''), track: null };
}

export function createRtspServer(options: RtspServerOptions): RtspServer {
  const { clock, log, user, host = '127.0.0.1', port = 0, realm = 'Vigie demo camera' } = options;
  const { sessionTimeoutMs = 60_000, maxPendingBytes = 1024 * 1024, maxConnections = 1000 } = options;
  const mounts = new Map(options.mounts.map((m) => [m.path, m]));
  const sessions = new Map<string, RtspSession>();
  const sockets = new Set<Socket>();
  /** Sessions whose packets go through a connection: they live and end with it. */
  const bound = new Set<string>();
  const digest = user && createDigest({ clock, realm, user, ...pick(options) });
  let reaper: NodeJS.Timeout | null = null;

  const end = (session: RtspSession): void => {
    sessions.delete(session.id);
    bound.delete(session.id);
    options.onSessionEnd?.(session.figures());
    session.close();
  };

  async function setUp(request: RtspRequest, socket: Socket, owned: Set<string>): Promise<RtspAnswer> {
    const { path, track } = target(request.url);
    const mount = mounts.get(path);
    if (!mount || (track === 'audio' && !mount.clip.audio)) return { status: 404 };
    const given = request.headers.get('session')?.split(';')[0];
    const known = given === undefined ? undefined : sessions.get(given);
    if (given !== undefined && !known) return { status: 454 };
    if (track === null) return { status: 459 };
    if (known && known.mount !== mount) return { status: 459 };
    if (known?.playing()) return { status: 455 };
    const session = known ?? createSession(mount, clock, maxPendingBytes);
    for (const wish of (request.headers.get('transport') ?? '').split(',')) {
      if (/multicast/i.test(wish)) continue;
      if (/RTP\/AVP\/TCP/i.test(wish)) {
        const used = session.tracks().length * 2;
        const channel = Number(/interleaved=(\d+)/i.exec(wish)?.[1] ?? used);
        if (channel > 254) continue;
        const wire = tcpWire(socket, channel);
        const sender = createRtpSender(wire, channel, clock);
        session.setUp(track, wire, sender);
        sessions.set(session.id, session);
        owned.add(session.id);
        bound.add(session.id);
        return answerSetUp(
          session,
          `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1};ssrc=${ssrc(sender.ssrc)}`,
        );
      }
      const ports = /client_port=(\d+)(?:-(\d+))?/i.exec(wish);
      if (/RTP\/AVP/i.test(wish) && ports && socket.remoteAddress) {
        const rtpPort = Number(ports[1]);
        const rtcpPort = Number(ports[2] ?? rtpPort + 1);
        if (rtpPort < 1 || rtpPort > 65535 || rtcpPort < 1 || rtcpPort > 65535) continue;
        const client = { address: socket.remoteAddress, rtpPort, rtcpPort };
        const wire = await udpWire(host, client, () => {
          session.seenMs = clock.monoMs();
        });
        const sender = createRtpSender(wire, 0, clock);
        session.setUp(track, wire, sender);
        sessions.set(session.id, session);
        const [a, b] = wire.ports;
        return answerSetUp(
          session,
          `RTP/AVP;unicast;client_port=${rtpPort}-${rtcpPort};server_port=${a}-${b};ssrc=${ssrc(sender.ssrc)}`,
        );
      }
    }
    return { status: 461 };
  }

  const ssrc = (n: number): string => n.toString(16).padStart(8, '0').toUpperCase();
  const sessionHeader = (s: RtspSession): [string, string] => [
    'Session',
    `${s.id};timeout=${Math.round(sessionTimeoutMs / 1000)}`,
  ];
  const answerSetUp = (s: RtspSession, transport: string): RtspAnswer => ({
    status: 200,
    headers: [['Transport', transport], sessionHeader(s)],
  });

  function describeMount(request: RtspRequest): RtspAnswer {
    const mount = mounts.get(target(request.url).path);
    if (!mount) return { status: 404 };
    const base = request.url.replace(/[?#].*$/, '').replace(/\/*$/, '/');
    return {
      status: 200,
      headers: [
        ['Content-Type', 'application/sdp'],
        ['Content-Base', base],
      ],
      body: describe(mount.clip, host, Math.floor(clock.nowMs() / 1000)),
    };
  }

  function inSession(request: RtspRequest): RtspAnswer {
    const id = request.headers.get('session')?.split(';')[0];
    const session = id === undefined ? undefined : sessions.get(id);
    if (!session) return { status: 454 };
    switch (request.method) {
      case 'PLAY': {
        const base = request.url.replace(/[?#].*$/, '').replace(/\/*$/, '');
        const info = session
          .play()
          .map((t) => `url=${base}/${trackControl[t.name]};seq=${t.sequence};rtptime=${t.timestamp}`);
        return { status: 200, headers: [sessionHeader(session), ['Range', 'npt=now-'], ['RTP-Info', info.join(',')]] };
      }
      case 'PAUSE':
        session.pause();
        return { status: 200, headers: [sessionHeader(session)] };
      default: // TEARDOWN
        end(session);
        return { status: 200 };
    }
  }

  async function answer(request: RtspRequest, socket: Socket, owned: Set<string>): Promise<RtspAnswer> {
    const wanted = request.headers.get('require');
    if (wanted !== undefined) return { status: 551, headers: [['Unsupported', wanted]] };
    const id = request.headers.get('session')?.split(';')[0];
    const session = id === undefined ? undefined : sessions.get(id);
    if (session) session.seenMs = clock.monoMs();
    if (request.method === 'OPTIONS') return { status: 200, headers: [['Public', publicMethods]] };
    const refused = digest?.refuse(request.method, request.headers.get('authorization'));
    if (refused) return { status: 401, headers: refused.map((v) => ['WWW-Authenticate', v]) };
    switch (request.method) {
      case 'DESCRIBE':
        return describeMount(request);
      case 'SETUP':
        return setUp(request, socket, owned);
      case 'PLAY':
      case 'PAUSE':
      case 'TEARDOWN':
        return inSession(request);
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        if (id !== undefined && !session) return { status: 454 };
        if (request.body.trim() !== '') return { status: 451 };
        return { status: 200, headers: session ? [sessionHeader(session)] : [] };
      default:
        return { status: 501, headers: [['Public', publicMethods]] };
    }
  }

  const server = createServer({ noDelay: true }, (socket) => {
    if (sockets.size >= maxConnections) {
      socket.end(formatAnswer({ status: 453 }, '0'));
      return;
    }
    sockets.add(socket);
    /** Its own ones of `bound`. */
    const owned = new Set<string>();
    let queue = Promise.resolve();
    const reader = createRequestReader({
      request(request) {
        queue = queue
          .then(async () => {
            const cseq = request.headers.get('cseq');
            const result = cseq === undefined ? { status: 400 } : await answer(request, socket, owned);
            if (!socket.destroyed) socket.write(formatAnswer(result, cseq ?? '0'));
          })
          .catch((error: unknown) => {
            log.warn('A demo camera could not answer a request', { method: request.method, error: String(error) });
            socket.destroy();
          });
      },
      interleaved() {
        // Receiver reports; nothing here needs them.
      },
    });
    socket.on('data', (chunk) => {
      if (!reader.push(chunk)) socket.end(formatAnswer({ status: 400 }, '0'));
    });
    socket.on('error', () => {
      // 'close' follows.
    });
    socket.on('close', () => {
      sockets.delete(socket);
      for (const id of owned) {
        const session = sessions.get(id);
        if (session) end(session);
      }
    });
  });

  const dropAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
    for (const session of [...sessions.values()]) end(session);
  };

  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.removeListener('error', reject);
          reaper = setInterval(
            () => {
              const limit = clock.monoMs() - sessionTimeoutMs;
              for (const session of [...sessions.values()]) {
                // Inside a connection the connection itself is the sign of life.
                if (session.seenMs < limit && !bound.has(session.id)) end(session);
              }
            },
            Math.min(5000, sessionTimeoutMs / 2),
          );
          reaper.unref();
          resolve((server.address() as AddressInfo).port);
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (reaper) clearInterval(reaper);
        dropAll();
        server.close(() => {
          resolve();
        });
      }),
    dropAll,
    sessions: () => [...sessions.values()].map((s) => s.figures()),
  };
}

const pick = (o: RtspServerOptions): { algorithms?: DigestAlgorithm[]; nonceMs?: number } => ({
  ...(o.algorithms && { algorithms: o.algorithms }),
  ...(o.nonceMs !== undefined && { nonceMs: o.nonceMs }),
});
