/** What a user's screens keep. */
import { z } from 'zod';
import { none, viewer } from './base.ts';

export const preferences = {
  /** What this user's screens keep (layouts, keys …): one JSON value per key, 64 KiB at most. */
  get: viewer
    .route({ method: 'GET', path: '/preferences/{key}' })
    .input(z.object({ key: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/) }))
    .output(z.object({ value: z.unknown() })),
  set: viewer
    .route({ method: 'PUT', path: '/preferences/{key}' })
    .input(z.object({ key: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), value: z.unknown() }))
    .output(none),
};
