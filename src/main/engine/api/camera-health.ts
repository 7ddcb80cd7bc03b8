import type { Answers } from '#contract/call.ts';
import type { CameraHealths } from '../rooms.ts';
import { callerOf } from './caller.ts';

export function cameraHealthAnswers(health: CameraHealths): Answers<'cameraHealth'> {
  return {
    list: async () => health.list(),
    get: async ({ id }) => health.get(id),
    watchPicture: async ({ id, on }) => health.watchPicture(id, on),
    beginMaintenance: async ({ id, reason, untilMs }, call) =>
      health.beginMaintenance(id, { reason, untilMs, by: callerOf(call).name }),
    endMaintenance: async ({ id }) => {
      health.endMaintenance(id);
      return {};
    },
  };
}
