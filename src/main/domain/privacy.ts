import { z } from 'zod';
import { Role } from './user.ts';

/** Who is given moving pictures as they are of cameras that have private zones. */
export const PrivacySettings = z.object({
  /** This role and those above it; their screens draw the black. Everybody else gets no picture in which the station did not. */
  wholeFor: Role.default('operator'),
});
export type PrivacySettings = z.infer<typeof PrivacySettings>;

/** What holds now. */
export const PrivacyNow = PrivacySettings.extend({
  wholeFor: Role,
  /** What was chosen cannot be read: administrators alone are given them whole until somebody chooses anew. */
  unreadable: z.boolean(),
});
export type PrivacyNow = z.infer<typeof PrivacyNow>;
