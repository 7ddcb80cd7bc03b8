/** Who is given moving pictures whole although parts of them are private. The zones themselves: `watching.ts`. */
import { PrivacyNow, PrivacySettings } from '../domain/privacy.ts';
import { administrator, none, viewer } from './base.ts';

export const privacy = {
  settings: viewer
    .route({ method: 'GET', path: '/privacy', summary: 'Who is given whole video of cameras with private zones' })
    .input(none)
    .output(PrivacyNow),
  /** Holds at once: what is being watched live changes to black parts, or back. */
  set: administrator
    .route({ method: 'PUT', path: '/privacy', summary: 'Say who is given whole video' })
    .input(PrivacySettings)
    .output(PrivacyNow),
};
