/**
 * One RTSP connection: the socket, its receive buffer, and requests with their answers. Bytes are received into slabs that
 * this connection owns and never writes twice outside the rules of `rtp/sample.ts`, so that pictures can be kept by reference.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import { printable, StreamFault } from '../fault.ts';
import { hostPort, type RtspAddress } from './address.ts';
import { createWire, header, type RtspMessage } from './wire.ts';
import type { SlabPool } from '../slab-pool.ts';
import type { Ticker } from '../ticker.ts';
import { createSlabs } from './slab.ts';

export type Connection = {
  /** Sends a request and waits for its answer. Rejects with `StreamFault`. */
  request(method: string, uri: string, headers: Record<string, string>, timeoutMs?: number): Promise<RtspMessage>;
  /** Sends without waiting for an answer. */
  send(method: string, uri: string, headers: Record<string, string>): void;
  /** One interleaved frame (receiver reports). Dropped while the socket is not taking. */
  frame(channel: number, payload: Uint8Array): void;
  /** Reads nothing more from the socket until `hold(false)`: TCP makes the camera wait. Answers wait too. */
  hold(on: boolean): void;
  /** Address of this end and of the camera, once connected. */
  local(): { address: string; family: 4 | 6 };
  peer(): string;
  /** What the certificate of an RTSPS camera is worth; null for plain RTSP or a trusted one. */
  certificateNote(): string | null;
  close(): void;
};

export type ConnectionEvents = {
  frame(channel: number, buffer: Buffer, from: number, to: number): void;
  /** As of `WireHandler`. */
  run?(channel: number, buffer: Buffer, at: number, to: number): number;
  knownChannel(channel: number): boolean;
  /** A request from the server that was answered already. */
  serverRequest(message: RtspMessage): void;
  /** Once, when it ended for any reason but `close`. */
  lost(fault: StreamFault): void;
};

type Pending = {
  method: string;
  deadline: number;
  resolve(message: RtspMessage): void;
  reject(fault: StreamFault): void;
};

const maxUnsentBytes = 256 * 1024;
const goodByeMs = 500;
const userAgent = 'Vigie';

function socketFault(error: NodeJS.ErrnoException, where: string, connected: boolean, tls: boolean): StreamFault {
  const code = error.code ?? '';
  if (code === 'ECONNREFUSED')
    return new StreamFault(
      'unreachable',
      `${where} refuses the connection: is this the right port, and is RTSP switched on?`,
      { cause: error },
    );
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EHOSTDOWN')
    return new StreamFault('unreachable', `No way to ${where}: check address, cable and network.`, { cause: error });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new StreamFault('unreachable', `The name in ${where} is not known: check the address.`, { cause: error });
  if (code === 'ETIMEDOUT')
    return new StreamFault(connected ? 'closed' : 'unreachable', `${where} does not answer.`, { cause: error });
  if (tls && !connected)
    return new StreamFault('tls', `The TLS handshake with ${where} failed (${printable(code || error.message, 60)}).`, {
      cause: error,
    });
  return new StreamFault(
    connected ? 'closed' : 'unreachable',
    `The connection to ${where} broke (${printable(code || error.message, 60)}).`,
    { cause: error },
  );
}

function describeCertificate(socket: TLSSocket): string | null {
  if (socket.authorized) return null;
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  const reason = printable(String(socket.authorizationError), 60);
  return `The camera's certificate is not from a known authority (${reason}); SHA-256 fingerprint ${certificate.fingerprint256 ?? 'unknown'}.`;
}

/** Connects. Rejects with `StreamFault` after `timeoutMs` at the latest; `signal` ends it at once. */
export function openConnection(
  address: RtspAddress,
  on: ConnectionEvents,
  options: {
    timeoutMs: number;
    answerMs: number;
    ticker: Ticker;
    slabs: SlabPool;
    signal: AbortSignal;
    /** Taken from the socket at once (plain RTSP): for who holds it back. */
    maxReadBytes?: number;
  },
): Promise<Connection> {
  const where = hostPort(address);
  const { promise, resolve, reject } = Promise.withResolvers<Connection>();
  const slabs = createSlabs(options.ticker.monoMs, options.slabs);
  const pending = new Map<number, Pending>();
  let cseq = 0;
  let connected = false;
  let closed = false;
  let held = false;
  let note: string | null = null;
  const started = options.ticker.monoMs();

  const wire = createWire({
    frame: on.frame,
    ...(on.run !== undefined && { run: on.run }),
    known: on.knownChannel,
    message(message) {
      if (message.status === null) {
        answer(message);
        on.serverRequest(message);
        return;
      }
      if (message.status < 200) return; // 100 Continue
      const given = header(message, 'cseq');
      const number = given !== null && /^\d{1,9}$/.test(given) ? Number(given) : null;
      // firmware that forgets CSeq answers in order
      const key =
        number !== null && pending.has(number) ? number : number === null ? pending.keys().next().value : undefined;
      const waiting = key === undefined ? undefined : pending.get(key);
      if (key === undefined || !waiting) return;
      pending.delete(key);
      waiting.resolve(message);
    },
  });

  function fail(fault: StreamFault): void {
    if (closed) return;
    finish(fault);
    if (connected) on.lost(fault);
    else reject(fault);
  }

  function finish(fault: StreamFault, gently = false): void {
    closed = true;
    stopTicking();
    options.signal.removeEventListener('abort', abort);
    if (gently && connected) {
      // What was said last still goes out, but a camera that does not listen holds nothing up. Until it ends its side what it
      // sends is read and dropped: to close on unread bytes resets the connection, and with it goes what was said last.
      const limit = setTimeout(() => socket.destroy(), goodByeMs);
      socket.once('close', () => clearTimeout(limit));
      socket.end();
    } else socket.destroy();
    for (const waiting of pending.values()) waiting.reject(fault);
    pending.clear();
    slabs.release();
  }

  function abort(): void {
    if (closed) return;
    const fault = new StreamFault('closed', 'Stopped.');
    finish(fault);
    if (!connected) reject(fault);
  }

  function received(bytes: number): void {
    if (closed) return;
    try {
      slabs.received(bytes, wire.take);
    } catch (error) {
      fail(
        error instanceof StreamFault
          ? error
          : new StreamFault('protocol', 'The data of this camera could not be understood.', { cause: error }),
      );
    }
  }

  function answer(message: RtspMessage): void {
    const known = /^(OPTIONS|GET_PARAMETER|SET_PARAMETER|ANNOUNCE|REDIRECT|TEARDOWN|PLAY_NOTIFY)$/.test(message.method);
    const lines = [
      known ? 'RTSP/1.0 200 OK' : 'RTSP/1.0 501 Not Implemented',
      `CSeq: ${printable(header(message, 'cseq') ?? '0', 20)}`,
    ];
    if (message.method === 'OPTIONS')
      lines.push('Public: OPTIONS, GET_PARAMETER, SET_PARAMETER, ANNOUNCE, REDIRECT, TEARDOWN, PLAY_NOTIFY');
    const session = header(message, 'session');
    if (session !== null) lines.push(`Session: ${printable(session, 512)}`);
    write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  function write(text: string): void {
    if (closed || socket.writableLength > maxUnsentBytes) return;
    socket.write(text, 'utf8');
  }

  function compose(method: string, uri: string, headers: Record<string, string>): number {
    cseq++;
    let text = `${method} ${uri} RTSP/1.0\r\nCSeq: ${cseq}\r\nUser-Agent: ${userAgent}\r\n`;
    for (const [name, value] of Object.entries(headers)) text += `${name}: ${value.replace(/[\r\n]/g, '')}\r\n`;
    write(`${text}\r\n`);
    return cseq;
  }

  const connection: Connection = {
    request(method, uri, headers, timeoutMs = options.answerMs) {
      if (closed) return Promise.reject(new StreamFault('closed', 'The connection has ended.'));
      const waiting = Promise.withResolvers<RtspMessage>();
      pending.set(compose(method, uri, headers), {
        method,
        deadline: options.ticker.monoMs() + timeoutMs,
        resolve: waiting.resolve,
        reject: waiting.reject,
      });
      return waiting.promise;
    },
    send(method, uri, headers) {
      if (!closed) compose(method, uri, headers);
    },
    frame(channel, payload) {
      if (closed || socket.writableLength > maxUnsentBytes) return;
      const out = Buffer.allocUnsafe(4 + payload.length);
      out[0] = 0x24;
      out[1] = channel;
      out.writeUInt16BE(payload.length, 2);
      out.set(payload, 4);
      socket.write(out);
    },
    hold(on) {
      held = on;
      if (closed) return;
      if (on) socket.pause();
      else socket.resume();
    },
    local: () => ({ address: socket.localAddress ?? '', family: socket.localFamily === 'IPv6' ? 6 : 4 }),
    peer: () => socket.remoteAddress ?? '',
    certificateNote: () => note,
    close() {
      if (!closed) finish(new StreamFault('closed', 'Stopped.'), true);
    },
  };

  function ready(): void {
    connected = true;
    socket.setNoDelay(true);
    resolve(connection);
  }

  let socket: Socket;
  if (address.tls) {
    // Cameras sign their own certificates: an unknown one is accepted and said, a broken handshake is not. Old firmware
    // speaks TLS 1.0 only.
    const secure = connectTls({
      host: address.host,
      port: address.port,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      ...(/^[\d.]+$|:/.test(address.host) ? {} : { servername: address.host }),
    });
    secure.once('secureConnect', () => {
      note = describeCertificate(secure);
      ready();
    });
    secure.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length && !closed; ) {
        const room = slabs.room();
        const part = Math.min(room.length, chunk.length - at);
        room.set(chunk.subarray(at, at + part));
        at += part;
        received(part);
      }
    });
    socket = secure;
  } else {
    socket = connectTcp({
      host: address.host,
      port: address.port,
      onread: {
        buffer: () => slabs.room().subarray(0, options.maxReadBytes),
        callback: (bytes: number) => {
          received(bytes);
          return !held;
        },
      },
    });
    socket.once('connect', ready);
  }
  socket.once('error', (error) => fail(socketFault(error, where, connected, address.tls)));
  socket.once('end', () => fail(new StreamFault(connected ? 'closed' : 'tls', `${where} ended the connection.`)));
  socket.once('close', () =>
    fail(new StreamFault(connected ? 'closed' : 'unreachable', `${where} closed the connection.`)),
  );
  options.signal.addEventListener('abort', abort, { once: true });
  if (options.signal.aborted) abort();
  const stopTicking = options.ticker.addSeldom((monoMs) => {
    if (!connected && monoMs - started > options.timeoutMs)
      fail(
        new StreamFault(
          'unreachable',
          `${where} did not take the connection within ${Math.round(options.timeoutMs / 1000)} s: check address and network.`,
        ),
      );
    for (const [key, waiting] of pending)
      if (monoMs > waiting.deadline) {
        pending.delete(key);
        waiting.reject(new StreamFault('timeout', `${where} did not answer ${waiting.method} in time.`));
      }
  });
  options.signal.addEventListener('abort', abort, { once: true });
  if (options.signal.aborted) abort();
  return promise;
}
