import { Button, Checkbox, Loader, TextInput } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { followFound, probeAgain, useFound } from '../../stores/finding.ts';
import { useTranslation } from '../../text/index.ts';
import { refusalText } from '../../ui/refusal.ts';
import { tellRefusal } from '../../ui/tell.ts';
import { FoundTable } from './found-table.tsx';

/** Follows what is found while the page is open; `again` starts anew after a refusal. */
export function useFollowFound(): { fault: string | null; again: () => void } {
  const [fault, setFault] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    followFound(abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) setFault(refusalText(error));
    });
    return () => {
      abort.abort();
    };
  }, [turn]);
  return {
    fault,
    again() {
      setFault(null);
      setTurn((n) => n + 1);
    },
  };
}

function NoneFound({ onRange }: { onRange: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="add-none">
      <h2>{t('finding.none.title')}</h2>
      <p className="quiet">{t('finding.none.lead')}</p>
      <ul className="add-check">
        {(['power', 'network', 'onvif', 'firewall'] as const).map((key) => (
          <li key={key}>{t(`finding.none.${key}`)}</li>
        ))}
      </ul>
      <div className="line">
        <Button
          onClick={() => {
            probeAgain().catch(tellRefusal);
          }}
        >
          {t('finding.list.probe')}
        </Button>
        <Button variant="default" onClick={onRange}>
          {t('finding.none.byAddress')}
        </Button>
      </div>
    </div>
  );
}

/** Cameras that show themselves on the network. */
export function NetworkWay({
  fault,
  again,
  onRange,
}: {
  fault: string | null;
  again: () => void;
  onRange: () => void;
}) {
  const { t } = useTranslation();
  const { devices, probing, loaded } = useFound();
  const [query, setQuery] = useState('');
  const [hideKnown, setHideKnown] = useState(false);
  const list = useMemo(() => [...devices.values()], [devices]);
  const known = list.filter((d) => d.known.length > 0).length;
  const busy = probing || !loaded;
  if (fault !== null)
    return (
      <div className="add-none" role="alert">
        <p className="fault">{t('finding.list.failed', { why: fault })}</p>
        <div className="line">
          <Button variant="default" onClick={again}>
            {t('finding.list.again')}
          </Button>
        </div>
      </div>
    );
  if (devices.size === 0 && !busy) return <NoneFound onRange={onRange} />;
  return (
    <>
      <div className="add-tools">
        <strong role="status">
          {devices.size > 0 ? t('finding.list.count', { count: devices.size }) : null}
          {known > 0 ? <span className="quiet">, {t('finding.list.known', { count: known })}</span> : null}
        </strong>
        <span className="add-state">
          {busy ? <Loader size={14} aria-hidden="true" /> : null}
          {busy ? t('finding.list.probing') : t('finding.list.rested')}
        </span>
        <div className="end">
          {known > 0 ? (
            <Checkbox
              size="xs"
              label={t('finding.list.hideKnown')}
              checked={hideKnown}
              onChange={(e) => {
                setHideKnown(e.currentTarget.checked);
              }}
            />
          ) : null}
          <TextInput
            type="search"
            w={280}
            maw="100%"
            aria-label={t('finding.list.filter')}
            placeholder={t('finding.list.filter')}
            value={query}
            onChange={(e) => {
              setQuery(e.currentTarget.value);
            }}
          />
          <Button
            variant="default"
            disabled={busy}
            leftSection={<RefreshCw size={15} aria-hidden="true" />}
            onClick={() => {
              probeAgain().catch(tellRefusal);
            }}
          >
            {t('finding.list.probe')}
          </Button>
        </div>
      </div>
      {devices.size > 0 ? (
        <FoundTable devices={list} caption={t('finding.list.caption')} query={query} hideKnown={hideKnown} />
      ) : null}
    </>
  );
}
