/** Who may come in: users and sessions (adapters/sqlite), passwords (adapters/auth), and what the transports need of them. Types only. */
import type { UserId } from '#domain/id.ts';
import type { User } from '#domain/user.ts';
import type { Caller } from '#contract/call.ts';

/** Users, sessions and their small belongings. */
export type AccessStore = {
  users(): User[];
  user(id: UserId): User | null;
  credentials(name: string): { user: User; passwordHash: string } | null;
  addUser(user: User, passwordHash: string): void;
  saveUser(user: User, passwordHash?: string): void;
  removeUser(id: UserId): void;
  /** Sessions are stored by the SHA-256 of their token. */
  addSession(s: {
    tokenHash: Uint8Array;
    userId: UserId;
    local: boolean;
    createdMs: number;
    expiresMs: number;
    seenMs: number;
  }): void;
  session(
    tokenHash: Uint8Array,
  ): { userId: UserId; local: boolean; createdMs: number; expiresMs: number; seenMs: number } | null;
  touchSession(tokenHash: Uint8Array, seenMs: number, expiresMs: number): void;
  removeSession(tokenHash: Uint8Array): void;
  removeSessionsOf(userId: UserId): void;
  removeSessionsBefore(expiresMs: number): void;
  preference(userId: UserId, key: string): string | null;
  setPreference(userId: UserId, key: string, value: string): void;
};

export type Passwords = {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
};

export type AccessDoor = {
  /** The caller behind a session token, and the expiry (sliding); null for none, an ended or a disabled one. */
  caller(token: string): Caller | null;
  /** Told when a session or user ends, so that its sockets are closed. Returns the stop. */
  onRevoked(listener: (sessionId: string) => void): () => void;
};
