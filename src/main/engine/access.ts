/**
 * Who may come in: users, sessions, first run, log-in, one-time tickets.
 *
 * "No log-in on this PC" is the setting `access.local-user`: the id of the user that a ticket opens. Tickets are minted only
 * over the channel to the program that started the station (the desktop shell), and only while that user may be opened or no
 * user exists yet. Redeeming one at first run is the choice itself: it makes a `local` administrator without a password.
 * Removing or disabling that user ends it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { UserId } from '#domain/id.ts';
import type { Role, User } from '#domain/user.ts';
import type { Caller, Outputs } from '#contract/call.ts';
import { AppError, invalid } from '#contract/error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { addressRule, createLoginGuard, userRule } from './login-guard.ts';
import type { AccessDoor, AccessStore, Passwords } from './access-port.ts';
import type { NewEvent } from './rooms.ts';

export type SessionView = Outputs['session']['current'];
/** A session just opened; the token is shown once and stored only as its hash. */
export type OpenedSession = { token: string; view: SessionView };

export type Access = AccessDoor & {
  /** No user exists yet. */
  firstRun(): boolean;
  /** First run only: creates the administrator. Throws CONFLICT afterwards. */
  setup(name: string, password: string): Promise<OpenedSession>;
  /** Throws UNAUTHENTICATED (one message for every cause), TOO_MANY with `waitMs`. */
  login(name: string, password: string, remote: string): Promise<OpenedSession>;
  /** A ticket for the desktop's window, valid 60 s for one use; null: this station asks for a log-in. */
  mintTicket(): string | null;
  /** Throws UNAUTHENTICATED. */
  redeem(ticket: string): OpenedSession;
  /** Throws UNAUTHENTICATED when the session has just ended. */
  current(caller: Caller): SessionView;
  logout(caller: Caller): void;
  /** Which user the desktop opens without a log-in; null: none. Throws NOT_FOUND. */
  setLocalUser(id: UserId | null): void;
  users: {
    list(): User[];
    /** Throws CONFLICT. */
    create(input: { name: string; password: string; role: Role }): Promise<User>;
    /** Throws NOT_FOUND, CONFLICT (the last administrator). */
    update(
      input: { id: UserId; role?: Role | undefined; enabled?: boolean | undefined; password?: string | undefined },
      caller: Caller,
    ): Promise<User>;
    /** Throws NOT_FOUND, CONFLICT (the last administrator). */
    remove(id: UserId): void;
    /** Ends the user's other sessions. Throws INVALID when `old` is wrong, TOO_MANY. */
    changePassword(caller: Caller, old: string, password: string, remote: string): Promise<void>;
  };
  preferences: {
    get(user: UserId, key: string): unknown;
    /** Throws TOO_LARGE above 64 KiB of JSON. */
    set(user: UserId, key: string, value: unknown): void;
  };
};

const idleMs = 12 * 3_600_000;
const longestMs = 7 * 86_400_000;
/** The desktop's own window lives as long as the PC runs. */
const longestLocalMs = 365 * 86_400_000;
const touchEveryMs = 60_000;
const ticketMs = 60_000;
const maxTickets = 16;
const maxPreferenceBytes = 65_536;
const localUserKey = 'access.local-user';
const wrong = 'User name or password is not right.';

const hashOf = (token: string): Uint8Array => createHash('sha256').update(token).digest();
const sessionIdOf = (hash: Uint8Array): string => Buffer.from(hash).toString('base64url');
const tokenHashOf = (sessionId: string): Uint8Array => Buffer.from(sessionId, 'base64url');
const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export function createAccess(deps: {
  store: AccessStore;
  setting: { get(key: string): string | null; set(key: string, value: string): void };
  passwords: Passwords;
  clock: Clock;
  log: Log;
  /** Makes ids that sort by time (ULID). */
  newId: () => string;
  /** Takes `log-in-blocked`. */
  event: (event: NewEvent) => void;
}): Access {
  const { store, setting, passwords, clock, log } = deps;
  const guard = createLoginGuard(() => clock.monoMs());
  const listeners = new Set<(sessionId: string) => void>();
  /** Sessions seen since the start, by user: what may have sockets. */
  const seen = new Map<UserId, Set<string>>();
  const tickets = new Map<string, number>();
  /** What an unknown user's password is checked against, so that it takes as long as a known one's. */
  let decoy: Promise<string> | null = null;

  const note = (userId: UserId, sessionId: string): void => {
    const known = seen.get(userId);
    if (known) known.add(sessionId);
    else seen.set(userId, new Set([sessionId]));
  };
  const tellRevoked = (sessionId: string): void => {
    for (const listener of listeners) listener(sessionId);
  };
  /** Closes the sockets of a user's sessions, but one. */
  const closeSockets = (userId: UserId, except?: string): void => {
    for (const sessionId of seen.get(userId) ?? []) {
      if (sessionId === except) continue;
      seen.get(userId)?.delete(sessionId);
      tellRevoked(sessionId);
    }
  };
  const endSessions = (userId: UserId, except?: Caller): void => {
    const kept = except && except.userId === userId ? store.session(tokenHashOf(except.sessionId)) : null;
    store.removeSessionsOf(userId);
    if (kept && except) store.addSession({ tokenHash: tokenHashOf(except.sessionId), ...kept });
    closeSockets(userId, kept ? except?.sessionId : undefined);
  };

  const open = (user: User, local: boolean): OpenedSession => {
    const nowMs = clock.nowMs();
    store.removeSessionsBefore(nowMs);
    const token = randomBytes(32).toString('base64url');
    const tokenHash = hashOf(token);
    const expiresMs = nowMs + idleMs;
    store.addSession({ tokenHash, userId: user.id, local, createdMs: nowMs, expiresMs, seenMs: nowMs });
    const signedIn = { ...user, lastLoginMs: nowMs };
    store.saveUser(signedIn);
    note(user.id, sessionIdOf(tokenHash));
    log.info('signed in', { user: user.name, local });
    return { token, view: { user: signedIn, local, expiresMs } };
  };

  const newUser = (name: string, role: Role): User => {
    if (store.users().some((u) => sameName(u.name, name))) {
      throw new AppError('CONFLICT', `There is a user ${name} already.`, { data: { what: 'name', name } });
    }
    return { id: UserId.parse(deps.newId()), name, role, enabled: true, createdMs: clock.nowMs(), lastLoginMs: null };
  };
  const userOrThrow = (id: UserId): User => {
    const user = store.user(id);
    if (!user) throw new AppError('NOT_FOUND', 'There is no such user.');
    return user;
  };
  const localUser = (): User | null => {
    const id = UserId.safeParse(setting.get(localUserKey));
    const user = id.success ? store.user(id.data) : null;
    return user?.enabled ? user : null;
  };
  const keepAnAdministrator = (without: UserId): void => {
    const others = store.users().filter((u) => u.id !== without && u.role === 'administrator' && u.enabled);
    const canSignIn = (u: User): boolean =>
      localUser()?.id === u.id || (store.credentials(u.name)?.passwordHash ?? '') !== '';
    if (!others.some(canSignIn)) {
      const message = 'This is the last administrator. Make another one first.';
      throw new AppError('CONFLICT', message, { data: { what: 'last-administrator' } });
    }
  };

  /** Books a try against user name and address; throws TOO_MANY when either has to wait. */
  const beginTry = (name: string, remote: string): { passed(): void } => {
    const userKey = `user ${name.toLowerCase()}`;
    const addressKey = `address ${remote}`;
    const byAddress = guard.begin(addressKey, addressRule);
    const byUser = byAddress.waitMs > 0 ? { waitMs: 0, blocks: false } : guard.begin(userKey, userRule);
    const waitMs = Math.max(byAddress.waitMs, byUser.waitMs);
    if (byAddress.blocks || byUser.blocks) {
      log.warn('log-in slowed down after failures', { user: name, remote });
      deps.event({
        kind: 'log-in-blocked',
        severity: 'warning',
        toMs: clock.nowMs(),
        data: { user: name, address: remote },
      });
    }
    if (waitMs > 0) throw new AppError('TOO_MANY', undefined, { data: { waitMs } });
    return {
      passed() {
        guard.passed(userKey, userRule, true);
        // Whoever owns one account must not be able to wash an address clean.
        guard.passed(addressKey, addressRule, false);
      },
    };
  };
  const check = async (name: string, password: string): Promise<User | null> => {
    decoy ??= passwords.hash(randomBytes(18).toString('base64'));
    const decoyHash = await decoy;
    const found = store.credentials(name);
    const usable = found !== null && found.user.enabled && found.passwordHash !== '';
    const fits = await passwords.verify(usable ? found.passwordHash : decoyHash, password);
    if (!usable || !fits) return null;
    // Asked again: the user may have been disabled or changed while the hash was computed.
    const now = store.credentials(name);
    return now?.user.enabled === true && now.passwordHash === found.passwordHash ? now.user : null;
  };

  return {
    caller(token) {
      if (token.length !== 43) return null;
      const tokenHash = hashOf(token);
      const row = store.session(tokenHash);
      if (!row) return null;
      const nowMs = clock.nowMs();
      const user = store.user(row.userId);
      const sessionId = sessionIdOf(tokenHash);
      const endsMs = row.createdMs + (row.local ? longestLocalMs : longestMs);
      if (row.expiresMs <= nowMs || endsMs <= nowMs || !user?.enabled) {
        store.removeSession(tokenHash);
        seen.get(row.userId)?.delete(sessionId);
        tellRevoked(sessionId);
        return null;
      }
      if (nowMs - row.seenMs >= touchEveryMs) store.touchSession(tokenHash, nowMs, Math.min(nowMs + idleMs, endsMs));
      note(user.id, sessionId);
      return { userId: user.id, name: user.name, role: user.role, local: row.local, sessionId };
    },
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    firstRun: () => store.users().length === 0,
    async setup(name, password) {
      const refuse = (): void => {
        if (store.users().length > 0) {
          throw new AppError('CONFLICT', 'This station has its administrator already. Sign in.', {
            data: { what: 'administrator' },
          });
        }
      };
      refuse();
      const hash = await passwords.hash(password);
      refuse(); // another set-up may have come first; from here on nothing waits
      const user = newUser(name, 'administrator');
      store.addUser(user, hash);
      return open(user, false);
    },
    async login(name, password, remote) {
      const attempt = beginTry(name, remote);
      const user = await check(name, password);
      if (!user) throw new AppError('UNAUTHENTICATED', wrong);
      attempt.passed();
      return open(user, false);
    },
    mintTicket() {
      if (store.users().length > 0 && !localUser()) return null;
      const nowMs = clock.monoMs();
      for (const [old, untilMs] of tickets) if (untilMs <= nowMs || tickets.size >= maxTickets) tickets.delete(old);
      const ticket = randomBytes(32).toString('base64url');
      tickets.set(sessionIdOf(hashOf(ticket)), nowMs + ticketMs);
      return ticket;
    },
    redeem(ticket) {
      const key = sessionIdOf(hashOf(ticket));
      const untilMs = tickets.get(key);
      tickets.delete(key);
      if (untilMs === undefined || untilMs <= clock.monoMs()) {
        throw new AppError('UNAUTHENTICATED', 'This ticket is used up or too old. Open the window again.');
      }
      if (store.users().length === 0) {
        const user = newUser('local', 'administrator');
        store.addUser(user, '');
        setting.set(localUserKey, user.id);
      }
      const user = localUser();
      if (!user) throw new AppError('UNAUTHENTICATED', 'This station asks for a log-in.');
      return open(user, true);
    },
    current(caller) {
      const user = store.user(caller.userId);
      const row = store.session(tokenHashOf(caller.sessionId));
      if (!user || !row) throw new AppError('UNAUTHENTICATED');
      return { user, local: row.local, expiresMs: row.expiresMs };
    },
    logout(caller) {
      store.removeSession(tokenHashOf(caller.sessionId));
      seen.get(caller.userId)?.delete(caller.sessionId);
      tellRevoked(caller.sessionId);
    },
    setLocalUser(id) {
      if (id !== null) userOrThrow(id);
      setting.set(localUserKey, id ?? '');
    },

    users: {
      list: () => store.users(),
      async create({ name, password, role }) {
        newUser(name, role);
        const hash = await passwords.hash(password);
        const user = newUser(name, role);
        store.addUser(user, hash);
        return user;
      },
      async update({ id, role, enabled, password }, caller) {
        userOrThrow(id);
        const hash = password === undefined ? undefined : await passwords.hash(password);
        const user = userOrThrow(id);
        const changed: User = { ...user, role: role ?? user.role, enabled: enabled ?? user.enabled };
        const wasOne = user.role === 'administrator' && user.enabled;
        if (wasOne && !(changed.role === 'administrator' && changed.enabled)) keepAnAdministrator(id);
        if (hash === undefined) store.saveUser(changed);
        else store.saveUser(changed, hash);
        if (!changed.enabled) endSessions(id);
        else if (hash !== undefined) endSessions(id, caller);
        else if (changed.role !== user.role) closeSockets(id); // they come back with the new role
        return changed;
      },
      remove(id) {
        const user = userOrThrow(id);
        if (user.role === 'administrator' && user.enabled) keepAnAdministrator(id);
        endSessions(id);
        store.removeUser(id);
        seen.delete(id);
      },
      async changePassword(caller, old, password, remote) {
        const user = userOrThrow(caller.userId);
        const without = caller.local && old === '' && store.credentials(user.name)?.passwordHash === '';
        if (!without) {
          const attempt = beginTry(user.name, remote);
          if (!(await check(user.name, old))) throw invalid('old', 'wrong', 'The old password is not right.');
          attempt.passed();
        }
        const hash = await passwords.hash(password);
        store.saveUser(userOrThrow(caller.userId), hash);
        endSessions(caller.userId, caller);
      },
    },

    preferences: {
      get(user, key) {
        const text = store.preference(user, key);
        return text === null ? null : (JSON.parse(text) as unknown);
      },
      set(user, key, value) {
        const text = JSON.stringify(value ?? null);
        if (Buffer.byteLength(text) > maxPreferenceBytes)
          throw new AppError('TOO_LARGE', 'A preference holds 64 KiB at most.');
        store.setPreference(user, key, text);
      },
    },
  };
}
