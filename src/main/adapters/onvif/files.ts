/** Files that a device offers over HTTP (snapshots), with their own sign-in: their web server is often not their SOAP service. */
import type { Clock } from '#lib/clock.ts';
import { createAuthorization } from '#lib/http-authorization.ts';
import { candidates } from './address.ts';
import { followed, isRedirect, usableChallenge } from './answer-rules.ts';
import type { Http } from './http.ts';
import { deviceError, troubleOf } from './trouble.ts';
import type { Turns } from './turns.ts';

export type DeviceFile = { type: string; bytes: Buffer };

export function createFiles(deps: {
  http: Http;
  turns: Turns;
  clock: Clock;
  base(): URL;
  username: string | null;
  password: string;
  /** Throws where a refusal stands. */
  refused(): void;
  refuse(): void;
}): { get(told: string, options: { timeoutMs: number; maxBytes: number }): Promise<DeviceFile> } {
  const { http, turns, clock, username } = deps;
  const authorization = createAuthorization(username ?? '', deps.password);

  async function once(first: URL, left: () => number, maxBytes: number): Promise<DeviceFile> {
    let url = first;
    let fresh = false;
    for (let hop = 0; ; hop++) {
      const proof = username === null ? null : authorization.header('GET', `${url.pathname}${url.search}`);
      const headers: Record<string, string> = proof === null ? {} : { Authorization: proof };
      const answer = await http.send({
        url,
        method: 'GET',
        headers,
        body: null,
        maxBytes,
        timeoutMs: left(),
        lane: 'shared',
      });
      if (isRedirect(answer.status)) {
        url = followed(answer, url, hop);
        continue;
      }
      if (answer.status === 401) {
        if (username === null) throw deviceError('credentials-missing', 'The device wants a user and a password.');
        const challenge = usableChallenge(answer.challenges, url);
        if (challenge === null || fresh || hop > 3) {
          deps.refuse();
          throw deviceError('credentials-refused', 'The device refuses this user and password for its pictures.');
        }
        authorization.use(challenge);
        fresh = true;
        continue;
      }
      if (answer.status === 503 || answer.status === 429) throw deviceError('busy', 'The device is busy.');
      if (answer.status !== 200) throw deviceError('refused', `The device answered with HTTP ${answer.status}.`);
      return { type: answer.contentType ?? '', bytes: answer.body };
    }
  }

  return {
    async get(told, { timeoutMs, maxBytes }) {
      deps.refused();
      const endMs = clock.monoMs() + timeoutMs;
      const left = (): number => Math.max(1, endMs - clock.monoMs());
      const late = (): Error => deviceError('timeout', 'The device was too busy with other requests of ours.');
      const urls = candidates(told, deps.base());
      for (let i = 0; ; i++) {
        const url = urls[i];
        if (!url) throw deviceError('invalid-answer', 'The device gives no usable address for this.');
        try {
          return await turns.take(() => once(url, left, maxBytes), { urgent: false, waitMs: left(), late });
        } catch (error) {
          const trouble = troubleOf(error);
          if ((trouble !== 'unreachable' && trouble !== 'tls') || i + 1 >= urls.length) throw error;
        }
      }
    },
  };
}
