/** Copies of the index: which there are, when the next one comes, and one now. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { backUpIndex, type IntegrityState } from '../../stores/integrity.ts';
import { bytesOf, dateTimeOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { tell, tellRefusal } from '../../ui/tell.ts';

export function IndexBackups({ backups, may }: { backups: IntegrityState['backups']; may: boolean }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const { list, nextMs, making, trouble } = backups;
  return (
    <div className="stack">
      <p>{t('integrity.backupPlain')}</p>
      {trouble === null ? null : <p className="fault">{t('integrity.backupTrouble', { what: trouble })}</p>}
      {list.length === 0 ? (
        <p className="quiet">{t('integrity.noBackup')}</p>
      ) : (
        <ul className="plain">
          {list.map((b) => (
            <li key={b.madeMs}>
              {dateTimeOf(b.madeMs)} · {bytesOf(b.bytes)}
            </li>
          ))}
        </ul>
      )}
      <p className="quiet">
        {making ? t('integrity.making') : t('integrity.nextBackup', { time: dateTimeOf(nextMs) })}
      </p>
      {may ? (
        <div>
          <Button
            variant="default"
            loading={busy || making}
            onClick={() => {
              setBusy(true);
              backUpIndex()
                .then(() => {
                  tell(t('integrity.backedUp'));
                }, tellRefusal)
                .finally(() => {
                  setBusy(false);
                });
            }}
          >
            {t('integrity.backUpNow')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
