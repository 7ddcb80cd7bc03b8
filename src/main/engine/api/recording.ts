import type { Answers } from '#contract/call.ts';
import type { Recordings } from '../rooms.ts';
import { callerOf } from './caller.ts';

export function recordingAnswers(recordings: Recordings): Answers<'recording'> {
  return {
    settings: async () => recordings.settings(),
    setZone: async ({ zone }) => recordings.setZone(zone),
    saveSchedule: async (schedule) => recordings.saveSchedule(schedule),
    removeSchedule: async ({ scheduleId }) => {
      recordings.removeSchedule(scheduleId);
      return {};
    },
    apply: (input) => recordings.apply(input),
    startManual: async ({ id, seconds }, call) => recordings.startManual(id, { by: callerOf(call).name, seconds }),
    stopManual: async ({ id }) => {
      recordings.stopManual(id);
      return {};
    },
  };
}
