/** Encryption of recordings, disk by disk: what holds, what is missing, and what an administrator can do. */
import { Button, Switch } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { VolumeEncryption } from '#domain/encryption.ts';
import { readEncryption, useEncryption } from '../../stores/encryption.ts';
import { readVolumes, useVolumes } from '../../stores/volumes.ts';
import { dateTimeOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark, type Tone } from '../../ui/mark.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { tellRefusal } from '../../ui/tell.ts';
import { diskNameIn } from '../storage/disk-words.ts';
import { type Asked, EncryptionDialog } from './encryption-dialogs.tsx';
import './encryption.css';

type Key = VolumeEncryption['keys'][number];
const tones: Record<Key['state'], Tone> = { writing: 'rec', open: 'ok', locked: 'warn', destroyed: 'off' };

function Advice({ of, ask }: { of: VolumeEncryption; ask: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const locked = of.keys.filter((k) => k.state === 'locked');
  const oldest = locked.at(-1);
  const canUnlock = of.unlockBy.passphrase || of.unlockBy.recoveryKey;
  const plain = of.on && !of.keys.some((k) => k.state === 'writing');
  return (
    <>
      {plain ? (
        <p className="encryption-note" role="status">
          <Mark tone="bad">{t('encryption.advice.plain')}</Mark>
        </p>
      ) : null}
      {oldest === undefined ? null : (
        <div className="encryption-note" role="status">
          <Mark tone="warn">
            {t('encryption.advice.locked', {
              from: dateTimeOf(oldest.fromMs),
              to: dateTimeOf(locked[0]?.toMs ?? oldest.fromMs),
            })}
          </Mark>
          <p>{t(canUnlock ? 'encryption.advice.lockedDo' : 'encryption.advice.lockedLost')}</p>
          {canUnlock ? (
            <div>
              <Button
                onClick={() => {
                  ask({ what: 'unlock' });
                }}
              >
                {t('encryption.unlock.verb')}
              </Button>
            </div>
          ) : null}
        </div>
      )}
      {of.on && !of.passphrase && of.recoveryKeyMs === null ? (
        <p className="encryption-note">
          <Mark tone="warn">{t('encryption.advice.onlyHere')}</Mark>
        </p>
      ) : null}
    </>
  );
}

function Openers({ of, ask }: { of: VolumeEncryption; ask: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const writing = of.keys.find((k) => k.state === 'writing');
  const some = of.keys.some((k) => k.state === 'writing' || k.state === 'open');
  const button = (asked: Asked, text: string, more: { disabled?: boolean } = {}) => (
    <Button
      variant="default"
      disabled={!some}
      onClick={() => {
        ask(asked);
      }}
      {...more}
    >
      {text}
    </Button>
  );
  return (
    <dl className="encryption-openers">
      <dt>{t('encryption.row.station')}</dt>
      <dd>
        <span>{t(some ? 'encryption.row.stationOpens' : 'encryption.row.nothingYet')}</span>
      </dd>
      <dt>{t('encryption.row.passphrase')}</dt>
      <dd>
        <span>{t(of.passphrase ? 'encryption.row.set' : 'encryption.row.none')}</span>
        <span className="line">
          {button({ what: 'passphrase' }, t(of.passphrase ? 'encryption.row.change' : 'encryption.row.setPassphrase'))}
          {of.passphrase ? button({ what: 'no-passphrase' }, t('app.verb.remove')) : null}
        </span>
      </dd>
      <dt>{t('encryption.row.recovery')}</dt>
      <dd>
        <span>
          {of.recoveryKeyMs === null
            ? t('encryption.row.none')
            : t('encryption.row.made', { time: dateTimeOf(of.recoveryKeyMs) })}
        </span>
        {button({ what: 'recovery' }, t(of.recoveryKeyMs === null ? 'encryption.row.make' : 'encryption.row.makeNew'))}
      </dd>
      <dt>{t('encryption.row.key')}</dt>
      <dd>
        <span>
          {writing === undefined
            ? t('encryption.row.none')
            : t('encryption.row.keySince', { time: dateTimeOf(writing.fromMs) })}
        </span>
        {button({ what: 'rotate' }, t('encryption.rotate.verb'), { disabled: !of.on })}
      </dd>
    </dl>
  );
}

function Keys({ keys, ask }: { keys: Key[]; ask: (asked: Asked) => void }) {
  const { t } = useTranslation();
  return (
    <TableScroll label={t('encryption.keys.title')}>
      <table className="table">
        <caption className="away">{t('encryption.keys.title')}</caption>
        <thead>
          <tr>
            <th>{t('encryption.keys.key')}</th>
            <th>{t('encryption.keys.footage')}</th>
            <th>{t('encryption.keys.state')}</th>
            <th>
              <span className="away">{t('cameras.column.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <td className="mono tight">{key.id.slice(0, 4).toUpperCase()}</td>
              <td>
                {dateTimeOf(key.fromMs)} – {key.toMs === null ? t('encryption.keys.now') : dateTimeOf(key.toMs)}
              </td>
              <td>
                <Mark tone={tones[key.state]}>
                  {key.destroyedMs === null
                    ? t(`encryption.state.${key.state}`)
                    : t('encryption.keys.destroyed', { time: dateTimeOf(key.destroyedMs) })}
                </Mark>
              </td>
              <td className="end">
                {key.state === 'open' || key.state === 'locked' ? (
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={t('encryption.destroy.title', { key: key.id.slice(0, 4).toUpperCase() })}
                    onClick={() => {
                      ask({ what: 'destroy', keyId: key.id });
                    }}
                  >
                    {t('encryption.destroy.short')}
                  </Button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  );
}

function Volume({ of, name }: { of: VolumeEncryption; name: string }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <section className="section" aria-label={name}>
      <h2>{name}</h2>
      <div className="stack">
        <Switch
          label={t('encryption.switch')}
          description={t(of.on ? 'encryption.isOn' : 'encryption.isOff')}
          checked={of.on}
          onChange={(e) => {
            setAsked({ what: e.currentTarget.checked ? 'on' : 'off' });
          }}
        />
        <Advice of={of} ask={setAsked} />
        {of.keys.length === 0 ? null : (
          <>
            <Openers of={of} ask={setAsked} />
            <Keys keys={of.keys} ask={setAsked} />
          </>
        )}
      </div>
      {asked === null ? null : (
        <EncryptionDialog
          asked={asked}
          volume={of.volume}
          onClose={() => {
            setAsked(null);
          }}
        />
      )}
    </section>
  );
}

export function EncryptionTab() {
  const { t } = useTranslation();
  const list = useEncryption((s) => s.list);
  const volumes = useVolumes((s) => s.list);
  useEffect(() => {
    Promise.all([readEncryption(), readVolumes()]).catch(tellRefusal);
  }, []);
  return (
    <>
      <p className="quiet encryption-lead">{t('encryption.lead')}</p>
      {list === null ? <p className="quiet">{t('encryption.reading')}</p> : null}
      {(list ?? []).map((of) => (
        <Volume key={of.volume} of={of} name={diskNameIn(volumes, of.volume)} />
      ))}
    </>
  );
}
