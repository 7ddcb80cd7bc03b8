/** Requests on a connection with sign-in: answers challenges, adds the session, turns refusals into plain sentences. */
import { printable, StreamFault } from '../fault.ts';
import { createAuthorization, pickChallenge } from '#lib/http-authorization.ts';
import type { Connection } from './connection.ts';
import { header, type RtspMessage } from './wire.ts';

export type Credentials = {
  username: string | null;
  password: string | null;
  /** Kept from one session to the next: what the camera has shown of its manners. */
  manners?: Manners;
};

/** `digest`: it has taken our Digest. Whoever wants the password in clear text at its address then is not believed to be it. */
export type Manners = { digest: boolean };

export type Dialogue = {
  /** Sends and waits; signs in where asked. Resolves with any answer but 401. Rejects with `StreamFault`. */
  ask(method: string, uri: string, headers?: Record<string, string>, timeoutMs?: number): Promise<RtspMessage>;
  /** Sends a last word without waiting. */
  tell(method: string, uri: string): void;
  session(id: string): void;
};

/**
 * Whether a refused SETUP may be about its transport, so that another one is worth a try: 461 says so (RFC 2326 §11.3.13); servers were
 * met that say 400, 406, 459 or 501 to a transport they do not know.
 */
export const mayBeTransport = (status: number | null): boolean =>
  status !== null && [400, 406, 459, 461, 462, 501, 551].includes(status);

/** What an answer that is not 2xx means. */
export function refusal(method: string, message: RtspMessage): StreamFault {
  const status = message.status ?? 0;
  const said = `${status} ${message.reason}`.trim();
  switch (status) {
    case 403:
      return new StreamFault('credentials-refused', `The camera forbids this user the stream (${said}).`);
    case 404:
    case 410:
      return new StreamFault(
        'not-found',
        `The camera has no stream at this path (${said}): check the path in the address.`,
      );
    case 454:
      return new StreamFault('closed', `The camera forgot the session (${said}).`);
    case 453:
    case 503:
      return new StreamFault('busy', `The camera serves no more viewers now (${said}): close other connections to it.`);
    case 461:
      return new StreamFault(
        'protocol',
        `The camera refuses this transport (${said}): try the other one (TCP or UDP).`,
        { fallback: true },
      );
    default:
      return new StreamFault('protocol', `The camera refused ${method} (${said}).`, { fallback: true });
  }
}

/** `basicAllowed`: false after a redirect to another machine, which must not be told the password. */
export function createDialogue(connection: Connection, who: Credentials, basicAllowed: boolean): Dialogue {
  const authorization =
    who.username === null || who.username === '' ? null : createAuthorization(who.username, who.password ?? '');
  let proven = false;
  let sessionId: string | null = null;

  const compose = (
    method: string,
    uri: string,
    headers: Record<string, string>,
  ): { all: Record<string, string>; signed: boolean } => {
    const signature = authorization?.header(method, uri) ?? null;
    return {
      all: {
        ...(sessionId === null ? {} : { Session: sessionId }),
        ...(signature === null ? {} : { Authorization: signature }),
        ...headers,
      },
      signed: signature !== null,
    };
  };

  async function ask(
    method: string,
    uri: string,
    headers: Record<string, string>,
    timeoutMs: number | undefined,
    tries: number,
  ): Promise<RtspMessage> {
    const { all, signed } = compose(method, uri, headers);
    const message = await connection.request(method, uri, all, timeoutMs);
    if (message.status !== 401) {
      if (signed) proven = true;
      if (signed && who.manners && authorization?.current()?.scheme === 'digest') who.manners.digest = true;
      return message;
    }
    if (authorization === null)
      throw new StreamFault('credentials-missing', 'The camera asks for a user and a password, and none are set.');
    const challenge = pickChallenge(message.headers.get('www-authenticate') ?? []);
    if (challenge === null || (challenge.scheme === 'basic' && !basicAllowed))
      throw new StreamFault(
        'credentials-refused',
        challenge === null
          ? `The camera asks for a way of signing in that Vigie does not know (${printable(header(message, 'www-authenticate') ?? 'none named', 40).split(/[ ,]/)[0] ?? ''}).`
          : 'The camera sent us to another machine, which asks for the password in clear text: refused.',
      );
    if (challenge.scheme === 'basic' && who.manners?.digest === true)
      throw new StreamFault(
        'credentials-refused',
        'What answers asks for the password in clear text, which this camera never did: it is not told. Is it another device?',
      );
    const before = authorization.current();
    const renewed =
      before === null ||
      (challenge.scheme === 'digest' &&
        (challenge.stale || (proven && before.scheme === 'digest' && before.nonce !== challenge.nonce)));
    if (!renewed || tries >= 2)
      throw new StreamFault('credentials-refused', 'The camera refuses this user or password.');
    authorization.use(challenge);
    return ask(method, uri, headers, timeoutMs, tries + 1);
  }

  return {
    ask: (method, uri, headers = {}, timeoutMs) => ask(method, uri, headers, timeoutMs, 0),
    tell(method, uri) {
      connection.send(method, uri, compose(method, uri, {}).all);
    },
    session(id) {
      sessionId = id;
    },
  };
}
