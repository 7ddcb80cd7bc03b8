/** Whether what was recorded is as it was recorded: the pass that looks, what it found, and copies of the index. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { checkNow, readIntegrity, useIntegrity, type IntegrityState } from '../../stores/integrity.ts';
import { useMay } from '../../stores/session.ts';
import { bytesOf, dateTimeOf, numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { tellRefusal } from '../../ui/tell.ts';
import { useReading } from '../../ui/use-reading.ts';
import { IndexBackups } from './index-backups.tsx';
import { IntegrityFindings } from './integrity-findings.tsx';
import { IntegrityPlanForm } from './integrity-plan.tsx';

const everyMs = 4_000;

export function IntegrityTab() {
  const { t } = useTranslation();
  const state = useIntegrity((s) => s.state);
  const may = useMay('administrator');
  const fault = useReading(readIntegrity, everyMs);
  if (state === null) return <p className={fault === null ? 'blank' : 'fault'}>{fault ?? t('integrity.reading')}</p>;
  return (
    <>
      {fault === null ? null : <p className="fault">{fault}</p>}
      <section className="section">
        <h2>{t('integrity.recordings')}</h2>
        <div className="stack">
          <Verdict state={state} />
          <Progress state={state} />
          <PassedOver paths={state.passedOver} />
          {may ? <CheckNow /> : null}
        </div>
      </section>
      <section className="section">
        <h2>{t('integrity.findings')}</h2>
        <IntegrityFindings state={state} />
      </section>
      <section className="section">
        <h2>{t('integrity.plan')}</h2>
        <IntegrityPlanForm key={JSON.stringify(state.plan)} plan={state.plan} may={may} />
      </section>
      <section className="section">
        <h2>{t('integrity.backups')}</h2>
        <IndexBackups backups={state.backups} may={may} />
      </section>
    </>
  );
}

function Verdict({ state }: { state: IntegrityState }) {
  const { t } = useTranslation();
  const count = state.findings.length + state.more;
  if (count > 0) return <Mark tone="bad">{t('integrity.unsound', { count })}</Mark>;
  if (state.lastMs === null) return <p>{t('integrity.notYet')}</p>;
  const time = dateTimeOf(state.lastMs);
  const over = state.pass?.passedOver ?? 0;
  if (over > 0) return <Mark tone="warn">{t('integrity.soundBut', { count: over, time })}</Mark>;
  return <Mark tone="ok">{t('integrity.sound', { time })}</Mark>;
}

/** Disks that hang are passed over, and said. */
function PassedOver({ paths }: { paths: readonly string[] }) {
  const { t } = useTranslation();
  if (paths.length === 0) return null;
  return <p className="fault">{t('integrity.passedOver', { paths: paths.join(', ') })}</p>;
}

function Progress({ state }: { state: IntegrityState }) {
  const { t } = useTranslation();
  const { pass, segments, trouble } = state;
  if (trouble !== null) return <p className="fault">{t('integrity.trouble', { what: trouble })}</p>;
  if (pass?.stage == null)
    return (
      <p className="quiet">
        {t(state.lastMs === null ? 'integrity.soon' : 'integrity.next', { time: dateTimeOf(state.nextMs) })}
      </p>
    );
  const share = pass.stage === 'hashes' && segments > 0 ? Math.min(1, pass.segments / segments) : 0;
  return (
    <div className="stack">
      <p>
        {t(`integrity.stage.${pass.stage}`)}
        {pass.stage === 'hashes'
          ? ` ${t('integrity.progress', {
              done: numberOf(pass.segments),
              total: numberOf(segments),
              share: percentOf(share),
              size: bytesOf(pass.bytes),
            })}`
          : ''}
      </p>
      <div
        className="meter"
        role="progressbar"
        aria-label={t(`integrity.stage.${pass.stage}`)}
        aria-valuenow={Math.round(share * 100)}
      >
        <i style={{ width: `${String(Math.round(share * 100))}%` }} />
      </div>
      <p className="quiet">
        {t('integrity.since', { time: dateTimeOf(pass.startedMs) })}
        {pass.hashed > 0 ? ` ${t('integrity.hashed', { count: pass.hashed })}` : ''}
      </p>
    </div>
  );
}

function CheckNow() {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  return (
    <div className="line">
      <Button
        loading={busy}
        onClick={() => {
          setBusy(true);
          checkNow()
            .catch(tellRefusal)
            .finally(() => {
              setBusy(false);
            });
        }}
      >
        {t('integrity.checkNow')}
      </Button>
      <span className="quiet">{t('integrity.checkNowHint')}</span>
    </div>
  );
}
