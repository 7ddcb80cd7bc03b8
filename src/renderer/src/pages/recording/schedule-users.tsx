/** What goes by a schedule: cameras that are recorded by it, zones and lines, with the way to where they are drawn. */
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { Outputs } from '#contract/call.ts';
import type { ScheduleId } from '#domain/recording-plan.ts';
import { useCameras } from '../../stores/cameras.ts';
import { readScheduleUsers } from '../../stores/recording.ts';
import { useTranslation } from '../../text/index.ts';
import { tellRefusal } from '../../ui/tell.ts';

export type ScheduleUsers = Outputs['recording']['scheduleUsers'];
/** So many cameras are named. */
const mostNamed = 12;

/** null until it was read. */
export function useScheduleUsers(id: ScheduleId | undefined): ScheduleUsers | null {
  const [users, setUsers] = useState<ScheduleUsers | null>(null);
  useEffect(() => {
    if (id === undefined) return;
    const gone = new AbortController();
    readScheduleUsers(id, gone.signal).then(setUsers, (error: unknown) => {
      if (!gone.signal.aborted) tellRefusal(error);
    });
    return () => {
      gone.abort();
    };
  }, [id]);
  return users;
}

/** Names of the cameras that are recorded by it, the first of many. */
export function RecordedBy({ users, text }: { users: ScheduleUsers; text: 'removeUsed' | 'recordsBy' }) {
  const { t } = useTranslation();
  const byId = useCameras((s) => s.byId);
  const count = users.cameras.length;
  const names = users.cameras.slice(0, mostNamed).map((id) => byId.get(id)?.name ?? '…');
  if (count > names.length) names.push(t('refusal.more', { count: count - names.length }));
  return count === 0 ? null : <p>{t(`recording.schedule.${text}`, { count, names: names.join(', ') })}</p>;
}

/** Zones and lines that hold by it, camera by camera. */
export function WatchedBy({ users, text }: { users: ScheduleUsers; text: 'removeWatched' | 'watchesBy' }) {
  const { t } = useTranslation();
  const byId = useCameras((s) => s.byId);
  const { watched } = users;
  if (watched.length === 0) return null;
  return (
    <>
      <p>{t(`recording.schedule.${text}`, { count: watched.length })}</p>
      <ul>
        {[...Map.groupBy(watched, (one) => one.cameraId)].map(([id, mine]) => (
          <li key={id}>
            <Link href={`/cameras/${id}/watching`}>
              {t('recording.schedule.watchedAt', {
                camera: byId.get(id)?.name ?? '…',
                names: mine.map(({ is, name }) => t(`recording.schedule.${is}`, { name })).join(', '),
              })}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
