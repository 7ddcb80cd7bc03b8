/** How cameras do, and silencing one that is worked at. */
import { z } from 'zod';
import { CameraHealth, Maintenance } from '../domain/camera-health.ts';
import { CameraId } from '../domain/id.ts';
import { TimeMs } from '../domain/time.ts';
import { administrator, none, operator, viewer } from './base.ts';

const one = z.object({ id: CameraId });

export const cameraHealth = {
  list: viewer
    .route({ method: 'GET', path: '/health/cameras', summary: 'How all cameras do' })
    .input(none)
    .output(z.array(CameraHealth)),
  get: viewer
    .route({ method: 'GET', path: '/cameras/{id}/health', summary: 'How one camera does' })
    .input(one)
    .output(CameraHealth),
  /** Whether its pictures are judged (frozen, dark, covered, moved). */
  watchPicture: administrator
    .route({ method: 'PUT', path: '/cameras/{id}/health/picture' })
    .input(one.extend({ on: z.boolean() }))
    .output(CameraHealth),
  /** Silences its warnings up to `untilMs` (7 days at most); it goes on recording. Given again, it replaces what was said. */
  beginMaintenance: operator
    .route({ method: 'PUT', path: '/cameras/{id}/maintenance', summary: 'Silence a camera that is worked at' })
    .input(one.extend({ reason: Maintenance.shape.reason, untilMs: TimeMs }))
    .output(Maintenance),
  endMaintenance: operator.route({ method: 'DELETE', path: '/cameras/{id}/maintenance' }).input(one).output(none),
};
