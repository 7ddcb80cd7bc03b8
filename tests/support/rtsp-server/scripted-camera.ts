/**
 * A camera whose answers a test writes: a real RTSP server on loopback that sends small H.264 pictures (parameter sets in band,
 * a key frame every ten pictures) and can be told to behave badly in any way that a test thinks of.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { AddressInfo } from 'node:net';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
/** 1280×720. */
export const sps = hex('6764001facd9405005bb0110000003001000000303c0f1831960');
export const pps = hex('68ebe3cb22c0');

export type Request = { method: string; uri: string; headers: Map<string, string>; from: Socket };
export type Answer = { status: string; headers?: Record<string, string>; body?: string } | 'silence' | 'usual';

export type Script = {
  /** Looks at a request first; `usual` lets the camera answer. */
  answer?(request: Request): Answer;
  auth?: { kind: 'basic' | 'digest'; user: string; password: string; algorithm?: 'MD5' | 'SHA-256' };
  /** UDP only: TCP is refused with 461, or as said here. */
  udpOnly?: boolean | string;
  tls?: { key: string; cert: string };
  host?: string;
  fps?: number;
  /** Changes a packet on its way, leaves it out (empty), or adds to it. Index counts RTP packets of one viewer. */
  packet?(rtp: Buffer, index: number): Buffer[];
  /** Adds to the RTP time of a picture, in ticks. */
  shift?(picture: number): number;
  /** No pictures from this one on, though the connection stands. */
  stopAfter?: number;
  /** Describe it so; `{port}` is filled in. */
  sdp?: string;
  timeoutSeconds?: number;
};

export type ScriptedCamera = {
  url(path?: string): string;
  port: number;
  /** What was asked, in order. */
  requests: Request[];
  /** Bytes of interleaved frames that came from the client. */
  reports(): number;
  viewers(): number;
  /** From now on Digest answers to the nonce of before are stale. Returns the new one. */
  renewNonce(): string;
  /** Cuts all connections. */
  cut(): void;
  /** Sends bytes to all viewers as they are. */
  inject(bytes: Buffer): void;
  close(): Promise<void>;
};

const usualSdp =
  'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n';

export async function startScriptedCamera(script: Script = {}): Promise<ScriptedCamera> {
  const requests: Request[] = [];
  const sockets = new Set<Socket>();
  const playing = new Map<Socket, NodeJS.Timeout>();
  const stops = new Map<Socket, () => void>();
  let reports = 0;
  let nonce = randomBytes(8).toString('hex');
  /** Nonces that were good once: who uses one is told that it is stale (RFC 7616 §3.3). */
  const staleNonces = new Set<string>();

  const fieldOf = (given: string, name: string): string => new RegExp(`\\b${name}="?([^",]+)`).exec(given)?.[1] ?? '';

  function authorized(request: Request): boolean {
    const auth = script.auth;
    if (auth === undefined) return true;
    const given = request.headers.get('authorization') ?? '';
    if (auth.kind === 'basic')
      return given === `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}`;
    const field = (name: string): string => fieldOf(given, name);
    const hash = (text: string): string =>
      createHash(auth.algorithm === 'SHA-256' ? 'sha256' : 'md5')
        .update(text)
        .digest('hex');
    const ha1 = hash(`${auth.user}:cam:${auth.password}`);
    const ha2 = hash(`${request.method}:${request.uri}`);
    const want = hash(`${ha1}:${nonce}:${field('nc')}:${field('cnonce')}:auth:${ha2}`);
    return field('nonce') === nonce && field('uri') === request.uri && field('response') === want;
  }

  function play(send: (rtp: Buffer) => void, socket: Socket): void {
    const period = 1000 / (script.fps ?? 25);
    let picture = 0;
    let sequence = 65_530; // wraps at once
    let index = 0;
    const base = 0xffff_f000;
    const rtp = (payload: Buffer, ticks: number, marker: boolean): void => {
      const head = Buffer.alloc(12);
      head[0] = 0x80;
      head[1] = 96 | (marker ? 0x80 : 0);
      head.writeUInt16BE(sequence++ & 0xffff, 2);
      head.writeUInt32BE(ticks % 0x1_0000_0000, 4);
      head.writeUInt32BE(0x1234, 8);
      const whole = Buffer.concat([head, payload]);
      for (const out of script.packet?.(whole, index++) ?? [whole]) send(out);
    };
    const timer = setInterval(() => {
      if (script.stopAfter !== undefined && picture >= script.stopAfter) return;
      const ticks = base + picture * Math.round(90 * period) + (script.shift?.(picture) ?? 0);
      const body = Buffer.alloc(900, picture & 0xff);
      if (picture % 10 === 0) {
        rtp(sps, ticks, false);
        rtp(pps, ticks, false);
        // a fragmented key picture
        rtp(Buffer.concat([hex('7c85'), hex('8884'), body]), ticks, false);
        rtp(Buffer.concat([hex('7c05'), body]), ticks, false);
        rtp(Buffer.concat([hex('7c45'), body]), ticks, true);
      } else rtp(Buffer.concat([hex('419a24'), body]), ticks, true);
      picture++;
    }, period);
    playing.set(socket, timer);
  }

  const serve = (socket: Socket): void => {
    sockets.add(socket);
    let rest = Buffer.alloc(0);
    let send: ((rtp: Buffer) => void) | null = null;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      clearInterval(playing.get(socket));
      playing.delete(socket);
      stops.get(socket)?.();
      stops.delete(socket);
    });
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        if (rest[0] === 0x24) {
          if (rest.length < 4 || rest.length < 4 + rest.readUInt16BE(2)) return;
          reports += rest.readUInt16BE(2);
          rest = rest.subarray(4 + rest.readUInt16BE(2));
          continue;
        }
        const end = rest.indexOf('\r\n\r\n');
        if (end === -1) return;
        const [first = '', ...lines] = rest.toString('latin1', 0, end).split('\r\n');
        rest = rest.subarray(end + 4);
        const [method = '', uri = ''] = first.split(' ');
        const headers = new Map(
          lines.map((l) => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 1).trim()]),
        );
        if (method.startsWith('RTSP/')) {
          requests.push({ method: `answer ${uri}`, uri: '', headers, from: socket });
          continue;
        }
        const request: Request = { method, uri, headers, from: socket };
        requests.push(request);
        const reply = (answer: Exclude<Answer, string>): void => {
          const all = {
            CSeq: headers.get('cseq') ?? '0',
            ...answer.headers,
            ...(answer.body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(answer.body)) }),
          };
          socket.write(
            `RTSP/1.0 ${answer.status}\r\n${Object.entries(all)
              .map(([k, v]) => `${k}: ${v}\r\n`)
              .join('')}\r\n${answer.body ?? ''}`,
          );
        };
        const told = script.answer?.(request) ?? 'usual';
        if (told === 'silence') continue;
        if (told !== 'usual') {
          reply(told);
          continue;
        }
        if (!authorized(request)) {
          const auth = script.auth;
          const stale = staleNonces.has(fieldOf(headers.get('authorization') ?? '', 'nonce')) ? ', stale=TRUE' : '';
          reply({
            status: '401 Unauthorized',
            headers: {
              'WWW-Authenticate':
                auth?.kind === 'basic'
                  ? 'Basic realm="cam"'
                  : `Digest realm="cam", nonce="${nonce}", qop="auth"${auth?.algorithm === 'SHA-256' ? ', algorithm=SHA-256' : ''}${stale}`,
            },
          });
          continue;
        }
        switch (method) {
          case 'OPTIONS':
            reply({ status: '200 OK', headers: { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER' } });
            break;
          case 'DESCRIBE':
            reply({
              status: '200 OK',
              headers: { 'Content-Type': 'application/sdp', 'Content-Base': `${uri}/` },
              body: script.sdp ?? usualSdp,
            });
            break;
          case 'SETUP': {
            const wanted = headers.get('transport') ?? '';
            const session = `abc;timeout=${script.timeoutSeconds ?? 60}`;
            const channels = /interleaved=(\d+)-(\d+)/.exec(wanted);
            const ports = /client_port=(\d+)-(\d+)/.exec(wanted);
            if (channels && (script.udpOnly ?? false) === false) {
              // the pictures go where the first track was set up
              send ??= (rtp) => {
                const head = Buffer.from([0x24, Number(channels[1]), rtp.length >> 8, rtp.length & 255]);
                if (socket.writable) socket.write(Buffer.concat([head, rtp]));
              };
              reply({ status: '200 OK', headers: { Session: session, Transport: wanted } });
            } else if (ports) {
              const family = socket.remoteFamily === 'IPv6' ? 'udp6' : 'udp4';
              const udp: UdpSocket = createSocket(family);
              udp.bind({ address: socket.localAddress ?? '', port: 0 }, () => {
                udp.on('message', (data) => {
                  reports += data.length;
                });
                stops.set(socket, () => udp.close());
                send ??= (rtp) => udp.send(rtp, Number(ports[1]), socket.remoteAddress ?? '', () => undefined);
                const port = udp.address().port;
                reply({
                  status: '200 OK',
                  headers: { Session: session, Transport: `${wanted};server_port=${port}-${port}` },
                });
              });
            } else reply({ status: typeof script.udpOnly === 'string' ? script.udpOnly : '461 Unsupported Transport' });
            break;
          }
          case 'PLAY':
            reply({ status: '200 OK', headers: { Session: 'abc' } });
            if (send !== null && !playing.has(socket)) play(send, socket);
            break;
          default:
            reply({ status: '200 OK' });
        }
      }
    });
  };
  const server = script.tls === undefined ? createServer(serve) : createTlsServer(script.tls, serve);
  const host = script.host ?? '127.0.0.1';
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    requests,
    url: (path = '/live') =>
      `${script.tls === undefined ? 'rtsp' : 'rtsps'}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`,
    reports: () => reports,
    viewers: () => playing.size,
    renewNonce() {
      staleNonces.add(nonce);
      nonce = randomBytes(8).toString('hex');
      return nonce;
    },
    cut,
    inject(bytes) {
      for (const socket of sockets) socket.write(bytes);
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
