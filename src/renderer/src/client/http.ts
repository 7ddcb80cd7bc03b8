/** The few calls that go by plain HTTP: those that set or clear the session cookie, and those asked before there is one. */
import { ORPCError } from '@orpc/client';
import type { Outputs } from '#contract/call.ts';
import { noteCall } from './call-of.ts';

type Refusal = { code?: unknown; message?: unknown; data?: unknown };

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`/api${path}`, {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  let parsed: unknown = null;
  try {
    parsed = text === '' ? null : JSON.parse(text);
  } catch (cause) {
    throw new ORPCError('FAILED', { status: answer.status, message: 'The answer is not from a station.', cause });
  }
  if (answer.ok) return parsed;
  const noun = path.startsWith('/station') ? 'station' : 'session';
  const refusal: Refusal = typeof parsed === 'object' && parsed !== null ? parsed : {};
  const error = new ORPCError(typeof refusal.code === 'string' ? refusal.code : 'FAILED', {
    status: answer.status,
    message: typeof refusal.message === 'string' ? refusal.message : answer.statusText,
    data: refusal.data,
  });
  noteCall(error, [noun]);
  throw error;
}

type SessionAnswer = Outputs['session']['current'];
type StationAnswer = Outputs['station']['info'];

/** Answers are the station's own, of the same version as this page: their shape is the contract's. */
export const sessionCalls = {
  station: async () => (await call('GET', '/station')) as StationAnswer,
  current: async () => (await call('GET', '/session')) as SessionAnswer,
  setup: async (name: string, password: string) => (await call('POST', '/setup', { name, password })) as SessionAnswer,
  login: async (name: string, password: string) =>
    (await call('POST', '/session', { name, password })) as SessionAnswer,
  ticket: async (ticket: string) => (await call('POST', '/session/ticket', { ticket })) as SessionAnswer,
  logout: async () => {
    await call('DELETE', '/session');
  },
};
