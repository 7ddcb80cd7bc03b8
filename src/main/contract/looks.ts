/** What the station's own analysis sees now, and how it goes. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { CameraId } from '../domain/id.ts';
import { WatchLook, WatchSettings, WatchState } from '../domain/watching.ts';
import { none, viewer } from './base.ts';

export const looks = {
  /** How watching goes, of all cameras: why one is not, or not as often, looked at. */
  states: viewer
    .route({ method: 'GET', path: '/watching', summary: 'How watching all cameras goes' })
    .input(none)
    .output(z.array(z.object({ cameraId: CameraId, mode: WatchSettings.shape.mode, state: WatchState }))),
  /** Each picture that was looked at: what moved, and what is followed. At once the last one, if it is fresh. */
  watch: viewer
    .route({
      method: 'GET',
      path: '/cameras/{id}/looks',
      summary: 'Follow what the station sees at a camera (server-sent events)',
    })
    .input(z.object({ id: CameraId }))
    .output(eventIterator(WatchLook)),
};
