/** When cameras are recorded: weeks that they share, plans of many at once, and recording by hand. */
import { z } from 'zod';
import { CameraId } from '../domain/id.ts';
import { longestManualS, ManualRecording } from '../domain/recording-now.ts';
import { RecordingPlan, RecordingSchedule, ScheduleId } from '../domain/recording-plan.ts';
import { administrator, none, operator, viewer } from './base.ts';

const one = z.object({ id: CameraId });

export const RecordingSettings = z.object({
  /** The time zone that days and hours of weeks are in (IANA name). */
  zone: z.string().max(64),
  /** By name. */
  schedules: z.array(RecordingSchedule).max(256),
});
export type RecordingSettings = z.infer<typeof RecordingSettings>;

/** What goes by a schedule: recording of cameras, and zones and lines. */
export const ScheduleUsers = z.object({
  cameras: z.array(CameraId),
  watched: z.array(z.object({ cameraId: CameraId, is: z.enum(['zone', 'line']), name: z.string() })),
});
export type ScheduleUsers = z.infer<typeof ScheduleUsers>;

export const recording = {
  settings: viewer
    .route({ method: 'GET', path: '/recording', summary: 'Weeks that cameras share, and their time zone' })
    .input(none)
    .output(RecordingSettings),
  /** Absent: the time zone of the station's system. */
  setZone: administrator
    .route({ method: 'PUT', path: '/recording/zone' })
    .input(z.object({ zone: z.string().min(1).max(64).nullable() }))
    .output(RecordingSettings),
  /** Adds a week under a name, or with `id` changes one, for all cameras that go by it. */
  saveSchedule: administrator
    .route({ method: 'PUT', path: '/recording/schedules' })
    .input(RecordingSchedule.extend({ id: ScheduleId.optional() }))
    .output(RecordingSchedule),
  /** What changes with it. */
  scheduleUsers: viewer
    .route({ method: 'GET', path: '/recording/schedules/{scheduleId}/users', summary: 'What goes by a schedule' })
    .input(z.object({ scheduleId: ScheduleId }))
    .output(ScheduleUsers),
  /** CONFLICT while something goes by it, by name. */
  removeSchedule: administrator
    .route({ method: 'DELETE', path: '/recording/schedules/{scheduleId}' })
    .input(z.object({ scheduleId: ScheduleId }))
    .output(none),
  /** Gives many cameras the same plans; what is absent stays. `sub` is left out where a camera has no sub stream. */
  apply: administrator
    .route({ method: 'POST', path: '/recording/plans', summary: 'When many cameras are recorded' })
    .input(
      z.object({
        cameraId: z.array(CameraId).min(1).max(1024),
        main: RecordingPlan.optional(),
        sub: RecordingPlan.optional(),
      }),
    )
    .output(z.object({ changed: z.number().int().min(0) })),
  /** Records the main stream now, whatever its plan says, for `seconds` at most. Given again, it counts from then. */
  startManual: operator
    .route({ method: 'PUT', path: '/cameras/{id}/manual-recording', summary: 'Record now' })
    .input(one.extend({ seconds: z.number().int().min(1).max(longestManualS).default(600) }))
    .output(ManualRecording),
  stopManual: operator.route({ method: 'DELETE', path: '/cameras/{id}/manual-recording' }).input(one).output(none),
};
