/** What is recorded of a camera in words. */
import type { CameraView } from '#domain/camera.ts';
import type { RecordingWhen } from '#domain/recording-plan.ts';
import { useRecordingSettings } from '../../stores/recording.ts';
import { clockOf } from '../../text/format.ts';
import { t } from '../../text/index.ts';
import { choiceOf } from './choice.ts';

const whenWords = (when: RecordingWhen): string => {
  if (when.by === 'mode') return t(`recording.mode.${when.mode}`);
  if (when.by === 'week') return t('recording.when.week');
  const schedule = useRecordingSettings.getState().settings?.schedules.find((s) => s.id === when.scheduleId);
  return t('recording.when.schedule', { name: schedule?.name ?? '…' });
};

export function planWords(camera: CameraView): string {
  const { main, sub } = camera;
  const choice = choiceOf({ main: main.plan, sub: sub?.plan ?? main.plan }, sub !== null);
  if (choice === 'schedule') return whenWords(main.plan.when);
  if (choice !== 'own') return t(`recording.choice.${choice}`);
  const large = t('recording.large', { when: whenWords(main.plan.when) });
  return sub === null ? large : `${large} · ${t('recording.small', { when: whenWords(sub.plan.when) })}`;
}

/** What goes on now with its main stream; null where the plan says it all. */
export function nowWords(camera: CameraView): string | null {
  const { main, manual } = camera.recording;
  if (manual !== null) return t('recording.now.manual', { by: manual.by, time: clockOf(manual.untilMs) });
  switch (main.why) {
    case 'armed':
      return t(main.mode === 'motion' ? 'recording.now.armedMotion' : 'recording.now.armed');
    case 'motion':
    case 'events':
      return t('recording.now.event', { what: main.kind === null ? '' : t(`events.kind.${main.kind}`) });
    case 'post-roll':
      return t('recording.now.postRoll');
    case 'off':
      return main.untilMs === null
        ? t('recording.now.off')
        : t('recording.now.offUntil', { time: clockOf(main.untilMs) });
    case 'continuous':
    case 'manual':
      return null;
  }
}
