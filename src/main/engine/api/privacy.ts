import type { Answers } from '#contract/call.ts';
import type { Privacy } from '../rooms.ts';
import { callerOf } from './caller.ts';

export function privacyAnswers(privacy: Pick<Privacy, 'settings' | 'set'>): Answers<'privacy'> {
  return {
    settings: async () => privacy.settings(),
    set: async (settings, call) => privacy.set(settings, callerOf(call).name),
  };
}
