/** What cameras' own analysis sees. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { CameraObjects } from '../domain/camera-objects.ts';
import { CameraId } from '../domain/id.ts';
import { viewer } from './base.ts';

export const objects = {
  /** All objects of a picture each time, about ten times a second at most; an empty list: none. */
  watch: viewer
    .route({
      method: 'GET',
      path: '/cameras/{id}/objects',
      summary: 'Follow what the camera itself sees (server-sent events)',
    })
    .input(z.object({ id: CameraId }))
    .output(eventIterator(CameraObjects)),
};
