/** Weeks that cameras share, read while somebody looks; plans of many cameras; recording by hand. */
import { create } from 'zustand';
import type { Inputs, Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import type { RecordingSchedule, ScheduleId } from '#domain/recording-plan.ts';
import { station } from './line.ts';

type Settings = Outputs['recording']['settings'];
/** null until it was read once. */
export const useRecordingSettings = create<{ settings: Settings | null }>(() => ({ settings: null }));

export async function readRecordingSettings(signal?: AbortSignal): Promise<void> {
  const settings = await station().recording.settings({}, signal === undefined ? undefined : { signal });
  useRecordingSettings.setState({ settings });
}
export async function setRecordingZone(zone: string | null): Promise<void> {
  useRecordingSettings.setState({ settings: await station().recording.setZone({ zone }) });
}
export async function saveSchedule(schedule: Inputs['recording']['saveSchedule']): Promise<RecordingSchedule> {
  const saved = await station().recording.saveSchedule(schedule);
  await readRecordingSettings();
  return saved;
}
export async function removeSchedule(scheduleId: ScheduleId): Promise<void> {
  await station().recording.removeSchedule({ scheduleId });
  await readRecordingSettings();
}
/** What goes by a schedule now. */
export const readScheduleUsers = (
  scheduleId: ScheduleId,
  signal: AbortSignal,
): Promise<Outputs['recording']['scheduleUsers']> => station().recording.scheduleUsers({ scheduleId }, { signal });
export const applyPlans = (input: Inputs['recording']['apply']): Promise<{ changed: number }> =>
  station().recording.apply(input);

/** What a press of the button asks for; it can be pressed again. */
export const manualSeconds = 600;
export async function recordNow(id: CameraId, on: boolean): Promise<void> {
  if (on) await station().recording.startManual({ id, seconds: manualSeconds });
  else await station().recording.stopManual({ id });
}
