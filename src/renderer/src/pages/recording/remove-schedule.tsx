/** Removing a week that cameras may share: who goes by it is said first, and while somebody does it stays. */
import { goesBy, type RecordingSchedule } from '#domain/recording-plan.ts';
import { useCameras } from '../../stores/cameras.ts';
import { removeSchedule } from '../../stores/recording.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { tell } from '../../ui/tell.ts';

/** So many cameras are named. */
const mostNamed = 12;

export function RemoveSchedule({ schedule, onClose }: { schedule: RecordingSchedule; onClose: () => void }) {
  const { t } = useTranslation();
  const users = useCameras((s) => s.list).filter((c) => goesBy(c, schedule.id));
  const names = users.slice(0, mostNamed).map((c) => c.name);
  if (users.length > names.length) names.push(t('refusal.more', { count: users.length - names.length }));
  return (
    <Ask
      title={t('recording.schedule.removeTitle', { name: schedule.name })}
      verb={t('app.verb.remove')}
      danger
      disabled={users.length > 0}
      work={async () => {
        await removeSchedule(schedule.id);
        tell(t('recording.schedule.removed', { name: schedule.name }));
      }}
      onClose={onClose}
    >
      {users.length === 0 ? (
        <p>{t('recording.schedule.removeFree')}</p>
      ) : (
        <>
          <p>{t('recording.schedule.removeUsed', { count: users.length, names: names.join(', ') })}</p>
          <p className="quiet">{t('recording.schedule.removeFirst', { count: users.length })}</p>
        </>
      )}
    </Ask>
  );
}
