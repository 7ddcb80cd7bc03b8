/** Signing in and out. */
import { z } from 'zod';
import { TimeMs } from '#domain/time.ts';
import { NewPassword, User, UserName } from '#domain/user.ts';
import { none, open, viewer } from './base.ts';

const Session = z.object({
  user: User,
  /** Opened by the desktop on this PC without a password. */
  local: z.boolean(),
  expiresMs: TimeMs,
});

export const session = {
  /** First run only: creates the administrator and signs in. */
  setup: open
    .route({ method: 'POST', path: '/setup', summary: 'Create the first administrator' })
    .input(z.object({ name: UserName, password: NewPassword }))
    .output(Session),
  login: open
    .route({ method: 'POST', path: '/session', summary: 'Sign in' })
    .input(z.object({ name: z.string().max(64), password: z.string().max(256) }))
    .output(Session),
  /** Redeems the desktop's one-time ticket. */
  ticket: open
    .route({ method: 'POST', path: '/session/ticket', summary: 'Sign in with a one-time ticket' })
    .input(z.object({ ticket: z.string().max(128) }))
    .output(Session),
  current: viewer.route({ method: 'GET', path: '/session', summary: 'Who am I' }).input(none).output(Session),
  logout: viewer.route({ method: 'DELETE', path: '/session', summary: 'Sign out' }).input(none).output(none),
};
