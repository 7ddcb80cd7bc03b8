/** Who may use the station. */
import { z } from 'zod';
import { UserId } from '#domain/id.ts';
import { NewPassword, Role, User, UserName } from '#domain/user.ts';
import { administrator, none, viewer } from './base.ts';

export const users = {
  list: administrator.route({ method: 'GET', path: '/users' }).input(none).output(z.array(User)),
  create: administrator
    .route({ method: 'POST', path: '/users', successStatus: 201 })
    .input(z.object({ name: UserName, password: NewPassword, role: Role }))
    .output(User),
  update: administrator
    .route({ method: 'PATCH', path: '/users/{id}' })
    .input(
      z.object({
        id: UserId,
        role: Role.optional(),
        enabled: z.boolean().optional(),
        password: NewPassword.optional(),
      }),
    )
    .output(User),
  remove: administrator
    .route({ method: 'DELETE', path: '/users/{id}' })
    .input(z.object({ id: UserId }))
    .output(none),
  changePassword: viewer
    .route({ method: 'POST', path: '/users/me/password' })
    .input(z.object({ old: z.string().max(256), password: NewPassword }))
    .output(none),
};
