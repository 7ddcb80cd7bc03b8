import { describe, expect, it } from 'vitest';
import type { UserId } from '#domain/id.ts';
import { newId, storeStage, t0 } from '../../../../tests/support/store-stage.ts';

const stage = storeStage();

describe('access', () => {
  it('keeps users, sessions and preferences, and takes a user with all that is theirs', () => {
    const { access, close } = stage.open();
    const user = {
      id: newId() as UserId,
      name: 'Ana',
      role: 'operator' as const,
      enabled: true,
      createdMs: t0,
      lastLoginMs: null,
    };
    access.addUser(user, 'hash');
    expect(() => access.addUser({ ...user, id: newId() as UserId, name: 'ANA' }, 'x')).toThrow(/UNIQUE/);
    expect(access.credentials('ana')).toEqual({ user, passwordHash: 'hash' });
    access.saveUser({ ...user, enabled: false, lastLoginMs: t0 + 1 }, 'hash2');
    expect(access.credentials('Ana')?.passwordHash).toBe('hash2');
    expect(access.user(user.id)?.enabled).toBe(false);
    const tokenHash = new Uint8Array(32).fill(7);
    access.addSession({ tokenHash, userId: user.id, local: true, createdMs: t0, expiresMs: t0 + 10, seenMs: t0 });
    access.touchSession(tokenHash, t0 + 5, t0 + 20);
    expect(access.session(tokenHash)).toEqual({
      userId: user.id,
      local: true,
      createdMs: t0,
      expiresMs: t0 + 20,
      seenMs: t0 + 5,
    });
    access.removeSessionsBefore(t0 + 20);
    expect(access.session(tokenHash)).not.toBeNull();
    access.setPreference(user.id, 'wall', '1');
    access.setPreference(user.id, 'wall', '2');
    expect(access.preference(user.id, 'wall')).toBe('2');
    access.removeUser(user.id);
    expect(access.session(tokenHash)).toBeNull();
    expect(access.preference(user.id, 'wall')).toBeNull();
    close();
  });
});
