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
import type { MetadataTrack } from './metadata-track.ts';
import type { Mount } from './mount.ts';
import type { Ear } from './ear.ts';
import { createReplaySession, writeClock } from './replay-session.ts';
import type { Replay } from './replay-session.ts';
import { createRtpSender } from './rtp-sender.ts';
import type { Wire } from './rtp-sender.ts';
import { createRequestReader, formatAnswer } from './rtsp-message.ts';
import type { RtspAnswer, RtspRequest } from './rtsp-message.ts';
import { describe, talkControl, trackControl } from './sdp.ts';
import { createSession } from './session.ts';
import type { RtspSession, SessionFigures, TrackName } from './session.ts';
import { tcpWire, udpWire } from './wires.ts';

export type RtspServerOptions = {
  clock: Clock;
  log: Log;
  mounts: Mount[];
  /** Recordings of the camera itself. */
  replays?: Replay[];
  /** What it sends beside the pictures of every stream; absent: nothing. */
  metadata?: MetadataTrack;
  /** Where its loudspeaker is; without one there is no backchannel. */
  ear?: Ear;
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

/** One client's connection. */
type Connection = {
  socket: Socket;
  /** Sessions whose packets go through it: they end with it. */
  owned: Set<string>;
  /** Who listens to what comes in on a channel. */
  listening: Map<number, (packet: Buffer) => void>;
};

export type RtspServer = {
  /** Resolves with the port; rejects when it is taken. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** Ends every connection and session at once, without a word; the server goes on listening. */
  dropAll(): void;
  /** The same for those that take this path. */
  drop(path: string): void;
  sessions(): SessionFigures[];
};

const publicMethods = 'OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER';

const tracks: [TrackName | 'talk', string][] = [
  ['video', trackControl.video],
  ['audio', trackControl.audio],
  ['metadata', trackControl.metadata],
  ['talk', talkControl],
];
const featureTags = { replay: 'onvif-replay', backchannel: 'www.onvif.org/ver20/backchannel' };

/** Path of a request without query, and the track that its last part may name. */
function target(url: string): { path: string; track: TrackName | 'talk' | null } {
  const full = url.replace(/^rtspu?s?:\/\/[^/]*/i, '').replace(/[?#].*$/, '');
  for (const [track, control] of tracks) {
    const suffix = `/${control}`;
    if (full.endsWith(suffix)) return { path: full.slice(0, -suffix.length), track };
  }
  return { path: full.replace(/\/+$/, ''), track: null };
}

export function createRtspServer(options: RtspServerOptions): RtspServer {
  const { clock, log, user, host = '127.0.0.1', port = 0, realm = 'Vigie demo camera' } = options;
  const { sessionTimeoutMs = 60_000, maxPendingBytes = 1024 * 1024, maxConnections = 1000 } = options;
  const mounts = new Map(options.mounts.map((m) => [m.path, m]));
  const sessions = new Map<string, RtspSession>();
  const connections = new Set<Connection>();
  /** Sessions whose packets go through a connection: they live and end with it. */
  const bound = new Set<string>();
  const digest = user && createDigest({ clock, realm, user, ...pick(options) });
  const replays = new Map((options.replays ?? []).map((r) => [r.path, r]));
  const { ear } = options;
  /** Session that has the loudspeaker: one at a time. */
  let talking: string | null = null;
  let reaper: NodeJS.Timeout | null = null;

  const end = (session: RtspSession): void => {
    sessions.delete(session.id);
    bound.delete(session.id);
    options.onSessionEnd?.(session.figures());
    session.close();
  };

  type Opened = { wire: Wire; channel: number; isBound: boolean; transport: string };

  /** The first way of the Transport header that can be gone; null: none of them. */
  async function openWire(
    request: RtspRequest,
    connection: Connection,
    used: number,
    seen: () => void,
    onPacket?: (packet: Buffer) => void,
  ): Promise<Opened | null> {
    const { socket } = connection;
    for (const wish of (request.headers.get('transport') ?? '').split(',')) {
      if (/multicast/i.test(wish)) continue;
      if (/RTP\/AVP\/TCP/i.test(wish)) {
        const channel = Number(/interleaved=(\d+)/i.exec(wish)?.[1] ?? used);
        if (channel > 254) continue;
        if (onPacket) connection.listening.set(channel, onPacket);
        const transport = `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`;
        return { wire: tcpWire(socket, channel), channel, isBound: true, transport };
      }
      const ports = /client_port=(\d+)(?:-(\d+))?/i.exec(wish);
      if (/RTP\/AVP/i.test(wish) && ports && socket.remoteAddress) {
        const rtpPort = Number(ports[1]);
        const rtcpPort = Number(ports[2] ?? rtpPort + 1);
        if (rtpPort < 1 || rtpPort > 65535 || rtcpPort < 1 || rtcpPort > 65535) continue;
        const wire = await udpWire(host, { address: socket.remoteAddress, rtpPort, rtcpPort }, seen, onPacket);
        const [a, b] = wire.ports;
        const transport = `RTP/AVP;unicast;client_port=${rtpPort}-${rtcpPort};server_port=${a}-${b}`;
        return { wire, channel: 0, isBound: false, transport };
      }
    }
    return null;
  }

  async function setUp(request: RtspRequest, connection: Connection): Promise<RtspAnswer> {
    const { path, track } = target(request.url);
    const mount = mounts.get(path);
    const replay = replays.get(path);
    const isThere = {
      talk: mount && ear,
      audio: mount?.clip.audio,
      metadata: mount && options.metadata,
      video: mount ?? replay,
    }[track ?? 'video'];
    if (!isThere) return { status: 404 };
    const given = request.headers.get('session')?.split(';')[0];
    const known = given === undefined ? undefined : sessions.get(given);
    if (given !== undefined && !known) return { status: 454 };
    if (track === null) return { status: 459 };
    if (known && known.path !== path) return { status: 459 };
    if (known?.playing()) return { status: 455 };
    if (track === 'talk' && talking !== null) return { status: 453 };
    const session =
      known ??
      (mount
        ? createSession(mount, clock, maxPendingBytes, options.metadata)
        : replay && createReplaySession(replay, clock));
    if (!session) return { status: 404 };
    const seen = (): void => {
      session.seenMs = clock.monoMs();
    };
    const used = session.tracks().length * 2;
    const opened = await openWire(request, connection, used, seen, track === 'talk' ? heard(session, seen) : undefined);
    if (!opened) return { status: 461 };
    const { wire, channel } = opened;
    sessions.set(session.id, session);
    if (opened.isBound) {
      connection.owned.add(session.id);
      bound.add(session.id);
    }
    if (track === 'talk') {
      talking = session.id;
      session.hold(() => {
        wire.close();
        connection.listening.delete(channel);
        if (talking === session.id) talking = null;
      });
      return answerSetUp(session, opened.transport);
    }
    const sender = createRtpSender(wire, channel, clock);
    session.setUp(track, wire, sender);
    return answerSetUp(session, `${opened.transport};ssrc=${ssrc(sender.ssrc)}`);
  }

  /** What comes through a backchannel is heard while its session is there. */
  const heard =
    (session: RtspSession, seen: () => void) =>
    (packet: Buffer): void => {
      if (talking !== session.id) return;
      seen();
      ear?.hear(packet);
    };

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
    const { path } = target(request.url);
    const replay = replays.get(path);
    const mount = mounts.get(path) ?? replay?.card.mount;
    if (!mount) return { status: 404 };
    const base = request.url.replace(/[?#].*$/, '').replace(/\/*$/, '/');
    const talk = replay === undefined && (request.headers.get('require') ?? '').includes(featureTags.backchannel);
    const spans = replay?.card.spans() ?? [];
    const range = `clock=${writeClock(spans[0]?.fromMs ?? 0)}-${writeClock(spans.at(-1)?.toMs ?? 0)}`;
    return {
      status: 200,
      headers: [
        ['Content-Type', 'application/sdp'],
        ['Content-Base', base],
      ],
      body: describe(mount.clip, host, Math.floor(clock.nowMs() / 1000), {
        talk,
        metadata: options.metadata !== undefined,
        ...(replay && { recording: { track: replay.track, range } }),
      }),
    };
  }

  function inSession(request: RtspRequest): RtspAnswer {
    const id = request.headers.get('session')?.split(';')[0];
    const session = id === undefined ? undefined : sessions.get(id);
    if (!session) return { status: 454 };
    switch (request.method) {
      case 'PLAY': {
        const base = request.url.replace(/[?#].*$/, '').replace(/\/*$/, '');
        const scale = Number(request.headers.get('scale') ?? 1);
        const played = session.play({
          range: request.headers.get('range'),
          inTime: request.headers.get('rate-control')?.toLowerCase() !== 'no',
          scale: Number.isFinite(scale) ? Math.min(scale, 64) : 1,
          frames: request.headers.get('frames'),
          cseq: Number(request.headers.get('cseq') ?? 0) || 0,
        });
        if ('status' in played) return played;
        const info = played.info.map(
          (t) => `url=${base}/${trackControl[t.name]};seq=${t.sequence};rtptime=${t.timestamp}`,
        );
        return {
          status: 200,
          headers: [
            sessionHeader(session),
            ['Range', played.range],
            ...(info.length > 0 ? [['RTP-Info', info.join(',')] as [string, string]] : []),
          ],
        };
      }
      case 'PAUSE':
        session.pause();
        return { status: 200, headers: [sessionHeader(session)] };
      default: // TEARDOWN
        end(session);
        return { status: 200 };
    }
  }

  /** Feature tags of a Require header that this camera has not (RFC 2326 §12.32). */
  function unsupported(request: RtspRequest): string | null {
    const tags = (request.headers.get('require') ?? '').split(',').map((t) => t.trim());
    const has = (tag: string): boolean =>
      tag === '' ||
      (tag === featureTags.replay && replays.size > 0) ||
      (tag === featureTags.backchannel && ear !== undefined);
    const lacking = tags.filter((t) => !has(t));
    return lacking.length > 0 ? lacking.join(', ') : null;
  }

  async function answer(request: RtspRequest, connection: Connection): Promise<RtspAnswer> {
    const lacking = unsupported(request);
    if (lacking !== null) return { status: 551, headers: [['Unsupported', lacking]] };
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
        return setUp(request, connection);
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
    if (connections.size >= maxConnections) {
      socket.end(formatAnswer({ status: 453 }, '0'));
      return;
    }
    const connection: Connection = { socket, owned: new Set(), listening: new Map() };
    connections.add(connection);
    let queue = Promise.resolve();
    const reader = createRequestReader({
      request(request) {
        queue = queue
          .then(async () => {
            const cseq = request.headers.get('cseq');
            const result = cseq === undefined ? { status: 400 } : await answer(request, connection);
            if (!socket.destroyed) socket.write(formatAnswer(result, cseq ?? '0'));
          })
          .catch((error: unknown) => {
            log.warn('A demo camera could not answer a request', { method: request.method, error: String(error) });
            socket.destroy();
          });
      },
      interleaved(channel, packet) {
        // Receiver reports need nothing; a backchannel is listened to.
        connection.listening.get(channel)?.(packet);
      },
    });
    socket.on('data', (chunk) => {
      if (!reader.push(chunk)) socket.end(formatAnswer({ status: 400 }, '0'));
    });
    socket.on('error', () => {
      // 'close' follows.
    });
    socket.on('close', () => {
      connections.delete(connection);
      for (const id of connection.owned) {
        const session = sessions.get(id);
        if (session) end(session);
      }
    });
  });

  const dropAll = (): void => {
    for (const { socket } of connections) socket.resetAndDestroy();
    for (const session of [...sessions.values()]) end(session);
  };
  const drop = (path: string): void => {
    for (const session of [...sessions.values()].filter((s) => s.path === path)) {
      for (const { socket, owned } of connections) if (owned.has(session.id)) socket.resetAndDestroy();
      end(session);
    }
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
    drop,
    sessions: () => [...sessions.values()].map((s) => s.figures()),
  };
}

const pick = (o: RtspServerOptions): { algorithms?: DigestAlgorithm[]; nonceMs?: number } => ({
  ...(o.algorithms && { algorithms: o.algorithms }),
  ...(o.nonceMs !== undefined && { nonceMs: o.nonceMs }),
});
