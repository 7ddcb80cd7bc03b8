/** Rules for answers that are not the answer yet: redirects and challenges. */
import { pickChallenge, type Challenge } from '#lib/http-authorization.ts';
import { isSameHost } from './address.ts';
import type { HttpAnswer } from './http.ts';
import { deviceError } from './trouble.ts';

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/** Where a redirect leads: only within the host, never from https back to http, three times at most. */
export function followed(answer: HttpAnswer, from: URL, hop: number): URL {
  if (hop >= 3 || answer.location === null || !URL.canParse(answer.location, from.href))
    throw deviceError('not-onvif', 'The device sends its visitors round in circles.');
  const next = new URL(answer.location, from.href);
  const downgrade = from.protocol === 'https:' && next.protocol !== 'https:';
  if (!isSameHost(next, from) || downgrade || !/^https?:$/.test(next.protocol))
    throw deviceError('foreign-host', 'The device sends its visitors to another host, which is not followed.');
  return next;
}

/** The challenge to answer: Basic would show the password to everybody on an open line. */
export function usableChallenge(challenges: string[], url: URL): Challenge | null {
  const picked = pickChallenge(challenges);
  if (picked?.scheme !== 'basic' || url.protocol === 'https:') return picked;
  return pickChallenge(challenges.filter((c) => /digest/i.test(c)).map((c) => c.replace(/\bbasic\b[^,]*,?/i, '')));
}
