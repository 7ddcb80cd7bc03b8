/**
 * One device, one sign-in: requests take their turn, are signed the way the device wants (HTTP Digest or UsernameToken; learned
 * once), and a refused password is never tried again by itself.
 */
import type { Clock } from '#lib/clock.ts';
import { createAuthorization } from '#lib/http-authorization.ts';
import type { CertificatePin } from '#domain/device.ts';
import { deviceServiceUrl, isSameHost } from './address.ts';
import { followed, isRedirect, usableChallenge } from './answer-rules.ts';
import type { Element } from './element.ts';
import {
  envelope,
  faultError,
  isAboutSender,
  isLocked,
  operation,
  readReply,
  speaksOfLock,
  type Operation,
} from './envelope.ts';
import { createFiles } from './files.ts';
import { createHttp, type HttpAnswer } from './http.ts';
import { limits } from './read-xml.ts';
import { refusalKey, type Refusals } from './refusals.ts';
import { usernameToken } from './security.ts';
import { readClock } from './system-time.ts';
import { deviceError, optional, troubleOf } from './trouble.ts';
import { createTurns } from './turns.ts';
import { nothing, type Xml } from './write-xml.ts';

export type SessionTarget = {
  url: string;
  username: string | null;
  password: string | null;
  certificate: CertificatePin | null;
};

export type PostOptions = {
  timeoutMs: number;
  /** Without user and password, whatever was learned. */
  anonymous?: boolean;
  urgent?: boolean;
  /** On a socket and a turn of its own. */
  apart?: boolean;
  /** SOAP header blocks besides security (WS-Addressing). */
  header?: Xml;
  signal?: AbortSignal | undefined;
};

export type Session = {
  /** Origin and path of the device service, after redirects within the host. */
  base(): URL;
  certificate(): CertificatePin | null;
  /** Device clock minus station clock, ms; measured at first use; null where the device tells none. */
  offsetMs(timeoutMs: number, fresh?: boolean): Promise<number | null>;
  /** Posts an operation and gives the element that answers it. */
  post(url: URL, wanted: Operation, options: PostOptions): Promise<Element>;
  /** Gets a file of the device (snapshots). */
  get(told: string, options: { timeoutMs: number; maxBytes: number }): Promise<{ type: string; bytes: Buffer }>;
  close(): void;
};

/** How requests are signed; `both` for devices whose web server and SOAP service each want their own. */
type Scheme = 'none' | 'http' | 'token' | 'both';
type Attempt = { scheme: Scheme; fresh: boolean };

const soapLimit = limits.bytes;

/** Operations of access class PRE_AUTH (ONVIF Core §5.9.4.3): an answer to them says nothing of the password. */
const beforeSignIn: ReadonlySet<string> = new Set([
  'GetSystemDateAndTime',
  'GetServices',
  'GetServiceCapabilities',
  'GetCapabilities',
  'GetHostname',
  'GetEndpointReference',
  'GetWsdlUrl',
]);

export function createSession(target: SessionTarget, deps: { clock: Clock; refusals: Refusals }): Session {
  const { clock, refusals } = deps;
  let base = deviceServiceUrl(target.url);
  let seen: CertificatePin | null = null;
  let pinned = target.certificate;
  const http = createHttp({ expected: () => pinned, seen: (pin) => (seen = pin), pinned: (pin) => (pinned = pin) });
  const turns = createTurns(2);
  const { username } = target;
  const password = target.password ?? '';
  const key = refusalKey(base, username ?? '', password);
  const authorization = createAuthorization(username ?? '', password);
  let scheme: Scheme = 'none';
  /** The device has taken user and password at least once. */
  let proven = false;
  /** The device asks nobody who they are. */
  let open = false;
  let proving: Promise<unknown> = Promise.resolve();
  let offset: { ms: number | null; atMs: number } | null = null;
  /** Operations that the user has no right to, while the password is good; and those that were answered once. */
  const forbidden = new Set<string>();
  const allowed = new Set<string>();

  // ---- one request ---------------------------------------------------------------------------------------------------

  async function sendOnce(url: URL, wanted: Operation, options: PostOptions, signed: Scheme): Promise<HttpAnswer> {
    const token =
      username !== null && (signed === 'token' || signed === 'both')
        ? usernameToken(username, password, clock.nowMs() + (offset?.ms ?? 0))
        : nothing;
    const body = envelope(wanted.body, { xml: token.xml + (options.header ?? nothing).xml });
    let to = url;
    for (let hop = 0; ; hop++) {
      const proof =
        signed === 'http' || signed === 'both' ? authorization.header('POST', `${to.pathname}${to.search}`) : null;
      const answer = await http.send({
        url: to,
        method: 'POST',
        headers: {
          'Content-Type': `application/soap+xml; charset=utf-8; action="${wanted.action}"`,
          ...(proof === null ? {} : { Authorization: proof }),
        },
        body,
        maxBytes: soapLimit,
        timeoutMs: options.timeoutMs,
        signal: options.signal,
        lane: options.apart === true ? 'apart' : 'shared',
      });
      if (!isRedirect(answer.status)) return answer;
      to = followed(answer, to, hop);
      if (isSameHost(url, base) && url.origin === base.origin) {
        const moved = new URL(base.href);
        moved.protocol = to.protocol;
        moved.host = to.host;
        base = moved;
      }
    }
  }

  type Verdict =
    | { kind: 'answer'; element: Element }
    | { kind: 'unauthorized'; challenges: string[]; locked: boolean; http: boolean };

  function judge(answer: HttpAnswer, wanted: Operation): Verdict {
    const { status } = answer;
    if (status === 401)
      return {
        kind: 'unauthorized',
        challenges: answer.challenges,
        locked: speaksOfLock(answer.body.toString('latin1', 0, 2000)),
        http: true,
      };
    if (status === 423) throw deviceError('locked', 'The device has closed this account for a while.');
    if (status === 503 || status === 429) throw deviceError('busy', 'The device is busy.');
    if (status === 404 || status === 405 || status === 501)
      if (answer.body.length === 0 || !/Envelope/.test(answer.body.toString('latin1', 0, 4000)))
        throw deviceError('not-onvif', `Nothing answers ONVIF at this address (HTTP ${status}).`);
    if (status === 403 && !/Envelope/.test(answer.body.toString('latin1', 0, 4000)))
      throw deviceError('refused', 'The device forbids this (HTTP 403).');
    if (status >= 400 && answer.body.length === 0)
      throw deviceError('invalid-answer', `The device answered with HTTP ${status}.`);
    const reply = readReply(answer.body, answer.contentType);
    if (reply.kind === 'answer') return { kind: 'answer', element: reply.element };
    if (isAboutSender(reply.fault))
      return { kind: 'unauthorized', challenges: answer.challenges, locked: isLocked(reply.fault), http: false };
    throw faultError(reply.fault, wanted.name);
  }

  // ---- sign-in -------------------------------------------------------------------------------------------------------

  async function signed(url: URL, wanted: Operation, options: PostOptions, probing: boolean): Promise<Element> {
    if (options.anonymous === true || username === null) {
      const verdict = judge(await sendOnce(url, wanted, options, 'none'), wanted);
      if (verdict.kind === 'answer') return verdict.element;
      throw deviceError('credentials-missing', 'The device wants a user and a password.');
    }
    const tried = new Set<string>();
    // A probe follows at the heels of a refusal: the challenge in hand is as fresh as can be.
    let attempt: Attempt = { scheme, fresh: probing };
    for (;;) {
      stopIfRefused();
      if (attempt.scheme === 'token' || attempt.scheme === 'both') await offsetMs(options.timeoutMs);
      const verdict = judge(await sendOnce(url, wanted, options, attempt.scheme), wanted);
      if (verdict.kind === 'answer') {
        if (attempt.scheme !== 'none') {
          scheme = attempt.scheme;
          proven = true;
          allowed.add(`${wanted.service}.${wanted.name}`);
          refusals.forget(key);
        } else if (!beforeSignIn.has(wanted.name)) open = true;
        return verdict.element;
      }
      const next = await nextAttempt(attempt, verdict, url, options);
      const name = next === null ? '' : `${next.scheme}${next.fresh ? '+' : ''}`;
      if (next === null || tried.has(name) || tried.size >= 3)
        return await refused(verdict.locked, url, wanted, options, probing);
      tried.add(name);
      attempt = next;
    }
  }

  /** What else may be tried after a refusal without trying the same password the same way twice. */
  async function nextAttempt(
    last: Attempt,
    verdict: Extract<Verdict, { kind: 'unauthorized' }>,
    url: URL,
    options: PostOptions,
  ): Promise<Attempt | null> {
    const challenge = usableChallenge(verdict.challenges, url);
    if (last.scheme === 'none') {
      if (challenge === null) return { scheme: 'token', fresh: true };
      authorization.use(challenge);
      return { scheme: 'http', fresh: true };
    }
    const overHttp = last.scheme === 'http' || last.scheme === 'both';
    if (overHttp && verdict.http) {
      // An old nonce says nothing of the password; a fresh one does (unless the device calls it stale itself).
      const old = !last.fresh || (challenge?.scheme === 'digest' && challenge.stale);
      if (challenge === null || !old) return null;
      authorization.use(challenge);
      return { scheme: last.scheme, fresh: true };
    }
    if (last.scheme === 'http') return { scheme: 'both', fresh: true };
    if (last.scheme === 'token' && verdict.http && challenge !== null) {
      authorization.use(challenge);
      return { scheme: 'http', fresh: true };
    }
    // The token's time may have been off: only a clock that moved since allows another try.
    const before = offset?.ms ?? 0;
    const after = (await offsetMs(options.timeoutMs, true)) ?? before;
    return Math.abs(after - before) > 2_000 ? { scheme: last.scheme, fresh: true } : null;
  }

  /** A refusal of everything, or of this operation only? A known-good user is asked for something that any user may see. */
  async function refused(
    locked: boolean,
    url: URL,
    wanted: Operation,
    options: PostOptions,
    probing: boolean,
  ): Promise<never> {
    const name = `${wanted.service}.${wanted.name}`;
    if (proven && !probing && !locked && !allowed.has(name)) {
      if (!forbidden.has(name)) {
        const probe = operation('device', 'GetDeviceInformation');
        await optional(signed(base, probe, { timeoutMs: options.timeoutMs }, true), null);
        forbidden.add(name);
      }
      throw deviceError('refused', `This user has no right to ${wanted.name} on the device.`);
    }
    proven = false;
    const trouble = locked ? 'locked' : 'credentials-refused';
    refusals.add(key, trouble);
    throw refusal(trouble);
  }

  const refusal = (trouble: 'locked' | 'credentials-refused'): Error =>
    trouble === 'locked'
      ? deviceError('locked', 'The device has closed this account for a while, as a rule after wrong passwords.')
      : deviceError(
          'credentials-refused',
          'The device refuses this user and password. They are not tried again for a minute.',
        );

  function stopIfRefused(): void {
    if (username === null) return;
    const standing = refusals.standing(key);
    if (standing === 'locked' || standing === 'credentials-refused') throw refusal(standing);
  }

  // ---- the clock -----------------------------------------------------------------------------------------------------

  const clockKeptMs = 10 * 60_000;
  let asking: Promise<number | null> | null = null;
  function offsetMs(timeoutMs: number, fresh = false): Promise<number | null> {
    if (!fresh && offset !== null && clock.monoMs() - offset.atMs < clockKeptMs) return Promise.resolve(offset.ms);
    asking ??= measure(timeoutMs).finally(() => (asking = null));
    return asking;
  }
  async function measure(timeoutMs: number): Promise<number | null> {
    const from = clock.monoMs();
    const startMs = clock.nowMs();
    const wanted = operation('device', 'GetSystemDateAndTime');
    let deviceMs: number | null = null;
    try {
      // Read outside the turns: it may be asked from within one.
      const verdict = judge(await sendOnce(base, wanted, { timeoutMs: Math.min(timeoutMs, 5_000) }, 'none'), wanted);
      if (verdict.kind === 'answer') deviceMs = readClock(verdict.element).utcMs;
    } catch (error) {
      const trouble = troubleOf(error);
      if (
        trouble === 'unreachable' ||
        trouble === 'tls' ||
        trouble === 'certificate-changed' ||
        trouble === 'not-onvif'
      )
        throw error;
    }
    const ms = deviceMs === null ? null : Math.round(deviceMs - (startMs + (clock.monoMs() - from) / 2));
    offset = { ms, atMs: clock.monoMs() };
    return ms;
  }

  const files = createFiles({
    http,
    turns,
    clock,
    base: () => base,
    username,
    password,
    /** What was refused for pictures alone is kept apart from what was refused for everything. */
    refused() {
      stopIfRefused();
      if (refusals.standing(`${key} files`) !== null) throw refusal('credentials-refused');
    },
    refuse: () => refusals.add(proven ? `${key} files` : key, 'credentials-refused'),
  });

  // ---- outside -------------------------------------------------------------------------------------------------------

  async function post(url: URL, wanted: Operation, options: PostOptions): Promise<Element> {
    const late = (): Error => deviceError('timeout', 'The device was too busy with other requests of ours.');
    const endMs = clock.monoMs() + options.timeoutMs;
    const left = (): number => Math.max(1, endMs - clock.monoMs());
    if (options.anonymous !== true) stopIfRefused();
    const run = (): Promise<Element> => signed(url, wanted, { ...options, timeoutMs: left() }, false);
    const inTurn = (): Promise<Element> =>
      options.apart === true ? run() : turns.take(run, { urgent: options.urgent === true, waitMs: left(), late });
    let element: Element;
    if (proven || open || username === null || options.anonymous === true) element = await inTurn();
    else {
      // One request at a time until the password is known to be good: many at once would be many wrong tries.
      const before = proving;
      let done = (): void => undefined;
      proving = new Promise<void>((resolve) => (done = resolve));
      try {
        await before;
        stopIfRefused();
        element = await inTurn();
      } finally {
        done();
      }
    }
    if (element.name !== `${wanted.name}Response`)
      throw deviceError('invalid-answer', `The device answered ${wanted.name} with something else.`);
    return element;
  }

  return { base: () => base, certificate: () => seen, offsetMs, post, get: files.get, close: http.close };
}
