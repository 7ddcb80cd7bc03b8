import type { Answers } from '#contract/call.ts';
import type { Access } from '../access.ts';
import { callerOf } from './caller.ts';

export function usersAnswers(access: Pick<Access, 'users'>): Answers<'users'> {
  return {
    list: async () => access.users.list(),
    create: (input) => access.users.create(input),
    update: (input, call) => access.users.update(input, callerOf(call)),
    remove: async ({ id }) => {
      access.users.remove(id);
      return {};
    },
    changePassword: async ({ old, password }, call) => {
      await access.users.changePassword(callerOf(call), old, password, call.remote);
      return {};
    },
  };
}
