import type { Answers } from '#contract/call.ts';
import type { Recordings } from '../rooms.ts';
import { callerOf } from './caller.ts';

export function recordingAnswers(recordings: Recordings): Answers<'recording'> {
  return {
    settings: async () => recordings.settings(),
    setZone: async ({ zone }, call) => recordings.setZone(zone, callerOf(call).name),
    saveSchedule: async (schedule, call) => recordings.saveSchedule(schedule, callerOf(call).name),
    scheduleUsers: async ({ scheduleId }) => recordings.scheduleUsers(scheduleId),
    removeSchedule: async ({ scheduleId }, call) => {
      recordings.removeSchedule(scheduleId, callerOf(call).name);
      return {};
    },
    apply: (input, call) => recordings.apply(input, callerOf(call).name),
    startManual: async ({ id, seconds }, call) => recordings.startManual(id, { by: callerOf(call).name, seconds }),
    stopManual: async ({ id }, call) => {
      recordings.stopManual(id, callerOf(call).name);
      return {};
    },
  };
}
