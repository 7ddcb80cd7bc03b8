import { z } from 'zod';
import { UserId } from './id.ts';
import { TimeMs } from './time.ts';

/** viewer: sees · operator: also acts (events, later alarms, PTZ) · administrator: also changes. */
export const Role = z.enum(['viewer', 'operator', 'administrator']);
export type Role = z.infer<typeof Role>;

const rank: Record<Role, number> = { viewer: 1, operator: 2, administrator: 3 };
/** Whether a role includes another. */
export const includes = (has: Role, needs: Role): boolean => rank[has] >= rank[needs];

export const UserName = z
  .string()
  .trim()
  .min(1, 'a user needs a name')
  .max(64)
  .regex(/^[^\s/\\:]+$/, 'no spaces, slashes or colons in a user name');
/** At least ten characters (NIST SP 800-63B asks for length, not for kinds of characters). */
export const NewPassword = z.string().min(10, 'at least 10 characters').max(256);

export const User = z.object({
  id: UserId,
  name: UserName,
  role: Role,
  enabled: z.boolean(),
  createdMs: TimeMs,
  lastLoginMs: TimeMs.nullable(),
});
export type User = z.infer<typeof User>;
