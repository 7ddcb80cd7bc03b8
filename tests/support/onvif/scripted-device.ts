/**
 * An ONVIF device whose answers a test writes: a real HTTP(S) server on loopback that looks at the operation asked for, checks
 * sign-in like a device does, and can be told to misbehave.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export type Asked = {
  operation: string;
  body: string;
  path: string;
  headers: IncomingMessage['headers'];
  atMs: number;
};
/** XML of the operation's response element, or a whole HTTP answer. */
export type Reply =
  | string
  | { status?: number; type?: string; headers?: Record<string, string>; body: string | Buffer }
  | ((asked: Asked, response: ServerResponse) => Reply | undefined | Promise<Reply | undefined>);

export type DeviceScript = {
  answers: Record<string, Reply>;
  /** How it wants to be signed in to; operations in `open` are for everybody. */
  auth?: {
    kind: 'digest' | 'token' | 'either' | 'basic';
    user: string;
    password: string;
    algorithm?: 'MD5' | 'SHA-256';
    everyNonceOnce?: boolean;
  };
  open?: string[];
  /** Milliseconds that its clock is ahead. */
  clockAheadMs?: number;
  tls?: { key: string; cert: string };
  host?: string;
  port?: number;
};

export type ScriptedDevice = {
  url: string;
  origin: string;
  port: number;
  asked: Asked[];
  /** Sign-ins that it refused. */
  refusals(): number;
  answers: Record<string, Reply>;
  connections(): number;
  count(operation: string): number;
  cut(): void;
  close(): Promise<void>;
};

export const soap = (body: string, header = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:ter="http://www.onvif.org/ver10/error" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tev="http://www.onvif.org/ver10/events/wsdl" xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:tns1="http://www.onvif.org/ver10/topics"><env:Header>${header}</env:Header><env:Body>${body}</env:Body></env:Envelope>`;

export const fault = (subcode: string, reason: string, status = 400): Reply => ({
  status,
  body: soap(
    `<env:Fault><env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>ter:${subcode}</env:Value></env:Subcode></env:Code><env:Reason><env:Text xml:lang="en">${reason}</env:Text></env:Reason></env:Fault>`,
  ),
});

export const dateAndTime = (ms: number): string => {
  const d = new Date(ms);
  return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone><tt:UTCDateTime><tt:Time><tt:Hour>${d.getUTCHours()}</tt:Hour><tt:Minute>${d.getUTCMinutes()}</tt:Minute><tt:Second>${d.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${d.getUTCFullYear()}</tt:Year><tt:Month>${d.getUTCMonth() + 1}</tt:Month><tt:Day>${d.getUTCDate()}</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`;
};

export async function startScriptedDevice(script: DeviceScript): Promise<ScriptedDevice> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let refusals = 0;
  let connections = 0;
  const nonces = new Set<string>();
  const answers = script.answers;

  const hash = (algorithm: string | undefined, text: string): string =>
    createHash(algorithm === 'SHA-256' ? 'sha256' : 'md5')
      .update(text)
      .digest('hex');

  type SignIn = 'good' | 'none' | 'bad' | 'old';
  function digest(request: IncomingMessage): SignIn {
    const auth = script.auth!;
    const given = request.headers.authorization;
    if (given === undefined) return 'none';
    if (auth.kind === 'basic')
      return given === `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}` ? 'good' : 'bad';
    const field = (name: string): string => new RegExp(`\\b${name}="?([^",]+)`).exec(given)?.[1] ?? '';
    if (!nonces.has(field('nonce'))) return 'old';
    if (auth.everyNonceOnce) nonces.delete(field('nonce'));
    const ha1 = hash(auth.algorithm, `${auth.user}:cam:${auth.password}`);
    const ha2 = hash(auth.algorithm, `${request.method}:${request.url}`);
    const want = hash(auth.algorithm, `${ha1}:${field('nonce')}:${field('nc')}:${field('cnonce')}:auth:${ha2}`);
    return field('uri') === request.url && field('username') === auth.user && field('response') === want
      ? 'good'
      : 'bad';
  }
  function token(body: string): SignIn {
    const auth = script.auth!;
    const part = (name: string): string => new RegExp(`<[\\w:]*${name}\\b[^>]*>([^<]*)<`).exec(body)?.[1] ?? '';
    if (!body.includes('UsernameToken')) return 'none';
    const created = Date.parse(part('Created'));
    const own = Date.now() + (script.clockAheadMs ?? 0);
    if (!(Math.abs(created - own) < 5_000)) return 'bad';
    const want = createHash('sha1')
      .update(Buffer.from(part('Nonce'), 'base64'))
      .update(part('Created'))
      .update(auth.password)
      .digest('base64');
    return part('Username') === auth.user && part('Password') === want ? 'good' : 'bad';
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString('utf8');
    const operation =
      request.method === 'GET'
        ? `GET ${request.url ?? ''}`
        : (/<[\w:]*Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(body)?.[1] ?? '');
    const one: Asked = { operation, body, path: request.url ?? '', headers: request.headers, atMs: performance.now() };
    asked.push(one);
    const send = (reply: Exclude<Reply, string | ((...args: never[]) => unknown)>): void => {
      response.writeHead(reply.status ?? 200, {
        'Content-Type': reply.type ?? 'application/soap+xml; charset=utf-8',
        ...reply.headers,
      });
      response.end(reply.body);
    };
    const auth = script.auth;
    if (auth && !(script.open ?? ['GetSystemDateAndTime', 'GetServices', 'GetCapabilities']).includes(operation)) {
      const byHttp = auth.kind === 'token' ? 'none' : digest(request);
      const byToken = auth.kind === 'digest' || auth.kind === 'basic' ? 'none' : token(body);
      if (byHttp !== 'good' && byToken !== 'good') {
        if (byHttp === 'bad' || byToken === 'bad') refusals++;
        const nonce = randomBytes(8).toString('hex');
        nonces.add(nonce);
        if (auth.kind === 'token')
          return send(fault('NotAuthorized', 'Sender not authorized') as { status: number; body: string });
        return send({
          status: 401,
          type: 'text/plain',
          headers: {
            'WWW-Authenticate':
              auth.kind === 'basic'
                ? 'Basic realm="cam"'
                : `Digest realm="cam", nonce="${nonce}", qop="auth"${auth.algorithm ? `, algorithm=${auth.algorithm}` : ''}${byHttp === 'old' ? ', stale=true' : ''}`,
          },
          body: '',
        });
      }
    }
    let reply: Reply | undefined =
      answers[operation] ??
      (operation === 'GetSystemDateAndTime' ? dateAndTime(Date.now() + (script.clockAheadMs ?? 0)) : undefined) ??
      fault('ActionNotSupported', 'Optional Action Not Implemented', 500);
    while (typeof reply === 'function') reply = await reply(one, response);
    if (reply === undefined) return;
    if (typeof reply === 'string') send({ body: soap(reply) });
    else send(reply);
  }

  const handle = (request: IncomingMessage, response: ServerResponse): void =>
    void serve(request, response).catch(() => response.destroy());
  const server = script.tls ? createTlsServer(script.tls, handle) : createServer(handle);
  server.on(script.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  const host = script.host ?? '127.0.0.1';
  await new Promise<void>((resolve) => server.listen(script.port ?? 0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `${script.tls ? 'https' : 'http'}://${host}:${port}`;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `${origin}/onvif/device_service`,
    origin,
    port,
    asked,
    answers,
    refusals: () => refusals,
    connections: () => connections,
    count: (operation) => asked.filter((a) => a.operation === operation).length,
    cut,
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
