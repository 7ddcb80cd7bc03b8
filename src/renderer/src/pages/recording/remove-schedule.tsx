/** Removing a week that cameras, zones and lines may share: what goes by it is said first, and while something does it stays. */
import type { RecordingSchedule } from '#domain/recording-plan.ts';
import { removeSchedule } from '../../stores/recording.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { tell } from '../../ui/tell.ts';
import { RecordedBy, useScheduleUsers, WatchedBy } from './schedule-users.tsx';

export function RemoveSchedule({ schedule, onClose }: { schedule: RecordingSchedule; onClose: () => void }) {
  const { t } = useTranslation();
  const users = useScheduleUsers(schedule.id);
  const free = users !== null && users.cameras.length === 0 && users.watched.length === 0;
  return (
    <Ask
      title={t('recording.schedule.removeTitle', { name: schedule.name })}
      verb={t('app.verb.remove')}
      danger
      disabled={!free}
      work={async () => {
        await removeSchedule(schedule.id);
        tell(t('recording.schedule.removed', { name: schedule.name }));
      }}
      onClose={onClose}
    >
      {users === null ? <p className="quiet">{t('recording.schedule.users')}</p> : null}
      {free ? <p>{t('recording.schedule.removeFree')}</p> : null}
      {users === null ? null : <RecordedBy users={users} text="removeUsed" />}
      {users === null || users.cameras.length === 0 ? null : (
        <p className="quiet">{t('recording.schedule.removeFirst', { count: users.cameras.length })}</p>
      )}
      {users === null ? null : <WatchedBy users={users} text="removeWatched" />}
    </Ask>
  );
}
