/** What the station hears at cameras: settings, how it goes, and levels as they are heard. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { CameraId } from '../domain/id.ts';
import { ModelId } from '../domain/model.ts';
import { SoundLook, SoundSettings, SoundState } from '../domain/sound.ts';
import { administrator, viewer } from './base.ts';

const one = z.object({ id: CameraId });

export const CameraSound = z.object({
  cameraId: CameraId,
  settings: SoundSettings,
  state: SoundState,
  /** What writes down what is said; null: there is no model for it here. */
  transcriber: ModelId.nullable(),
});
export type CameraSound = z.infer<typeof CameraSound>;

export const sound = {
  of: viewer
    .route({ method: 'GET', path: '/cameras/{id}/sound', summary: 'How a camera is listened to' })
    .input(one)
    .output(CameraSound),
  /** What is absent is as usual: off. */
  set: administrator
    .route({ method: 'PUT', path: '/cameras/{id}/sound', summary: 'Say how a camera is listened to' })
    .input(one.extend({ settings: SoundSettings }))
    .output(CameraSound),
  watch: viewer
    .route({
      method: 'GET',
      path: '/cameras/{id}/sound/levels',
      summary: 'Follow how loud it is at a camera (server-sent events)',
    })
    .input(one)
    .output(eventIterator(SoundLook)),
};
