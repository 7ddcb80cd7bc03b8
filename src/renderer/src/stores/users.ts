/** Users of the station, for administrators. */
import { create } from 'zustand';
import type { Inputs } from '#contract/call.ts';
import type { User } from '#domain/user.ts';
import { station } from './line.ts';

export const useUsers = create<{ list: User[] | null }>(() => ({ list: null }));

export async function readUsers(): Promise<void> {
  useUsers.setState({ list: await station().users.list({}) });
}
export async function createUser(input: Inputs['users']['create']): Promise<void> {
  await station().users.create(input);
  await readUsers();
}
export async function updateUser(input: Inputs['users']['update']): Promise<void> {
  await station().users.update(input);
  await readUsers();
}
export async function removeUser(id: User['id']): Promise<void> {
  await station().users.remove({ id });
  await readUsers();
}
