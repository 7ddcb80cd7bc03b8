/** Says to screen readers what a guard must hear: cameras lost and back, and alarms. Never frames or figures. */
import { useEffect, useRef, useState } from 'react';
import { useCameras } from '../stores/cameras.ts';
import { useFeed } from '../stores/events.ts';
import { useTranslation } from '../text/index.ts';
import { eventPlace, eventTitle } from '../ui/event-words.ts';

export function Announcer() {
  const { t } = useTranslation();
  const newest = useFeed((s) => s.events[0] ?? null);
  const loaded = useFeed((s) => s.loaded);
  const byId = useCameras((s) => s.byId);
  const known = useRef<string | null>(null);
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (!loaded || newest === null) return;
    const first = known.current === null;
    const same = known.current === newest.id;
    known.current = newest.id;
    if (first || same || newest.severity === 'info') return;
    setSaid(
      `${t(`events.severity.${newest.severity}`)}${t('app.sign.colon')}${eventTitle(newest)}, ${eventPlace(newest, byId)}`,
    );
  }, [newest, loaded, byId, t]);
  return (
    <div className="away" role="status" aria-live="assertive">
      {said}
    </div>
  );
}
