import type { Answers } from '#contract/call.ts';
import type { Access } from '../access.ts';
import { callerOf } from './caller.ts';

export function preferencesAnswers(access: Pick<Access, 'preferences'>): Answers<'preferences'> {
  return {
    get: async ({ key }, call) => ({ value: access.preferences.get(callerOf(call).userId, key) }),
    set: async ({ key, value }, call) => {
      access.preferences.set(callerOf(call).userId, key, value);
      return {};
    },
  };
}
