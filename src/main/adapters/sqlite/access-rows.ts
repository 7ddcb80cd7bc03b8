import { User } from '#domain/user.ts';
import type { UserId } from '#domain/id.ts';
import type { AccessStore } from '../../engine/access-port.ts';
import type { Connection } from './connection.ts';

type RawUser = {
  id: string;
  name: string;
  role: string;
  enabled: number;
  created_ms: number;
  last_login_ms: number | null;
  password_hash: string;
};
type RawSession = { user_id: string; local: number; created_ms: number; expires_ms: number; seen_ms: number };

const toUser = (r: RawUser): User =>
  User.parse({
    id: r.id,
    name: r.name,
    role: r.role,
    enabled: r.enabled === 1,
    createdMs: r.created_ms,
    lastLoginMs: r.last_login_ms,
  });

export function createAccessRows({ db, write, read }: Connection): AccessStore {
  const columns = 'id, name, role, enabled, created_ms, last_login_ms, password_hash FROM user';
  const all = db.prepare<[], RawUser>(`SELECT ${columns} ORDER BY name`);
  const byId = db.prepare<[string], RawUser>(`SELECT ${columns} WHERE id = ?`);
  const byName = db.prepare<[string], RawUser>(`SELECT ${columns} WHERE name = ?`);
  const insert = db.prepare(
    'INSERT INTO user (id, name, role, enabled, created_ms, last_login_ms, password_hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare('UPDATE user SET name = ?, role = ?, enabled = ?, last_login_ms = ? WHERE id = ?');
  const setHash = db.prepare('UPDATE user SET password_hash = ? WHERE id = ?');
  const removeUser = db.prepare('DELETE FROM user WHERE id = ?');
  const addSession = db.prepare(
    'INSERT INTO session (token_hash, user_id, local, created_ms, expires_ms, seen_ms) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const session = db.prepare<[Uint8Array], RawSession>(
    'SELECT user_id, local, created_ms, expires_ms, seen_ms FROM session WHERE token_hash = ?',
  );
  const touch = db.prepare('UPDATE session SET seen_ms = ?, expires_ms = ? WHERE token_hash = ?');
  const removeSession = db.prepare('DELETE FROM session WHERE token_hash = ?');
  const removeOf = db.prepare('DELETE FROM session WHERE user_id = ?');
  const removeBefore = db.prepare('DELETE FROM session WHERE expires_ms < ?');
  const preference = db
    .prepare<[string, string], string>('SELECT value FROM preference WHERE user_id = ? AND key = ?')
    .pluck();
  const setPreference = db.prepare(
    'INSERT INTO preference (user_id, key, value) VALUES (?, ?, ?) ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value',
  );

  return {
    users: () => read('users', () => all.all().map(toUser)),
    user: (id) =>
      read('user', () => {
        const row = byId.get(id);
        return row === undefined ? null : toUser(row);
      }),
    credentials: (name) =>
      read('credentials', () => {
        const row = byName.get(name);
        return row === undefined ? null : { user: toUser(row), passwordHash: row.password_hash };
      }),
    addUser: (u, hash) =>
      write('add user', () => {
        insert.run(u.id, u.name, u.role, u.enabled ? 1 : 0, u.createdMs, u.lastLoginMs, hash);
      }),
    saveUser: (u, hash) =>
      write('save user', () => {
        update.run(u.name, u.role, u.enabled ? 1 : 0, u.lastLoginMs, u.id);
        if (hash !== undefined) setHash.run(hash, u.id);
      }),
    removeUser: (id) =>
      write('remove user', () => {
        removeUser.run(id);
      }),
    addSession: (s) =>
      write('add session', () => {
        addSession.run(s.tokenHash, s.userId, s.local ? 1 : 0, s.createdMs, s.expiresMs, s.seenMs);
      }),
    session: (tokenHash) =>
      read('session', () => {
        const r = session.get(tokenHash);
        if (r === undefined) return null;
        const { created_ms: createdMs, expires_ms: expiresMs, seen_ms: seenMs } = r;
        return { userId: r.user_id as UserId, local: r.local === 1, createdMs, expiresMs, seenMs };
      }),
    touchSession: (tokenHash, seenMs, expiresMs) =>
      write('touch session', () => {
        touch.run(seenMs, expiresMs, tokenHash);
      }),
    removeSession: (tokenHash) =>
      write('remove session', () => {
        removeSession.run(tokenHash);
      }),
    removeSessionsOf: (userId) =>
      write('remove sessions', () => {
        removeOf.run(userId);
      }),
    removeSessionsBefore: (expiresMs) =>
      write('remove old sessions', () => {
        removeBefore.run(expiresMs);
      }),
    preference: (userId, key) => read('preference', () => preference.get(userId, key) ?? null),
    setPreference: (userId, key, value) =>
      write('set preference', () => {
        setPreference.run(userId, key, value);
      }),
  };
}
