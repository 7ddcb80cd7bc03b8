import { Button } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { startDemo } from '../stores/demo.ts';
import { useMay } from '../stores/session.ts';
import { useTranslation } from '../text/index.ts';
import { refusalText } from '../ui/refusal.ts';

/** The first screen of a station without cameras: what it will show, and the two ways to get there. */
export function EmptySite() {
  const { t } = useTranslation();
  const may = useMay('administrator');
  const [, go] = useLocation();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  return (
    <div className="empty-site">
      <div className="empty-tiles" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </div>
      <h1>{t('wall.empty.title')}</h1>
      <p className="quiet">{may ? t('wall.empty.lead') : t('wall.empty.viewer')}</p>
      {may ? (
        <div className="line">
          <Button
            onClick={() => {
              go('/cameras/add');
            }}
          >
            {t('wall.empty.add')}
          </Button>
          <Button
            variant="default"
            loading={busy}
            onClick={() => {
              setBusy(true);
              setFault(null);
              startDemo().then(
                () => {
                  go('/');
                },
                (error: unknown) => {
                  setFault(refusalText(error));
                  setBusy(false);
                },
              );
            }}
          >
            {t('wall.empty.demo')}
          </Button>
        </div>
      ) : null}
      <p role="status" className={fault === null ? 'quiet' : 'fault'}>
        {fault ?? (busy ? t('wall.empty.demoStarting') : '')}
      </p>
    </div>
  );
}
