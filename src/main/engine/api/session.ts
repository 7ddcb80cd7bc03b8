import type { Answers, Call } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import { isLoopback } from '#lib/loopback.ts';
import type { Access, OpenedSession, SessionView } from '../access.ts';
import { callerOf } from './caller.ts';

/** Refused before a password is looked at: a socket cannot carry the new session away. */
function needDoor(call: Call): void {
  if (!call.session) {
    throw new AppError('UNAVAILABLE', 'Sign in by HTTP, then open the socket.', { data: { reason: 'no-door' } });
  }
}

function handOver(call: Call, opened: OpenedSession): SessionView {
  call.session?.open(opened.token, opened.view.expiresMs);
  return opened.view;
}

export function sessionAnswers(access: Access): Answers<'session'> {
  return {
    setup: async ({ name, password }, call) => {
      // Whoever comes first becomes the administrator: that must be somebody at this PC.
      if (!isLoopback(call.remote))
        throw new AppError('FORBIDDEN', 'The first administrator is created on the PC that runs this station.', {
          data: { reason: 'not-here' },
        });
      needDoor(call);
      return handOver(call, await access.setup(name, password));
    },
    login: async ({ name, password }, call) => {
      needDoor(call);
      return handOver(call, await access.login(name, password, call.remote));
    },
    ticket: async ({ ticket }, call) => {
      needDoor(call);
      return handOver(call, access.redeem(ticket));
    },
    current: async (_, call) => access.current(callerOf(call)),
    logout: async (_, call) => {
      access.logout(callerOf(call));
      call.session?.close();
      return {};
    },
  };
}
