/** How long video is kept: what it comes to, the rules, and what was deleted. */
import { readRetention, useRetention, type RetentionState } from '../../stores/retention.ts';
import { useMay } from '../../stores/session.ts';
import { readVolumes, useVolumes } from '../../stores/volumes.ts';
import { bytesOf, dateTimeOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { useReading } from '../../ui/use-reading.ts';
import { CameraRules } from './camera-rules.tsx';
import { diskNameIn } from './disk-words.ts';
import { DeletionReport } from './deletion-report.tsx';
import { StationRules } from './station-rules.tsx';
import { Warning } from './warning.tsx';

const everyMs = 10_000;
const readBoth = (signal: AbortSignal): Promise<unknown> => Promise.all([readRetention(signal), readVolumes(signal)]);

export function RetentionTab() {
  const { t } = useTranslation();
  const state = useRetention((s) => s.state);
  const may = useMay('administrator');
  const fault = useReading(readBoth, everyMs);
  if (state === null) return <p className={fault === null ? 'blank' : 'fault'}>{fault ?? t('retention.reading')}</p>;
  return (
    <>
      <section className="section">
        <h2>{t('retention.now')}</h2>
        <div className="stack">
          <p>{t('retention.plain')}</p>
          <Room state={state} />
        </div>
      </section>
      <section className="section">
        <h2>{t('retention.station')}</h2>
        <StationRules state={state} may={may} />
      </section>
      <section className="section">
        <h2>{t('retention.cameras')}</h2>
        <CameraRules state={state} may={may} />
      </section>
      <section className="section">
        <h2>{t('retention.report')}</h2>
        <DeletionReport />
      </section>
    </>
  );
}

function Room({ state }: { state: RetentionState }) {
  const { t } = useTranslation();
  const disks = useVolumes((s) => s.list);
  const called = ({ volume, path }: RetentionState['volumes'][number]): string => diskNameIn(disks, volume, path);
  return (
    <>
      {state.volumes.map((v) => (
        <div key={v.volume} className="stack">
          {v.lackingBytes > 0 ? (
            <Warning>{t('retention.lacking', { size: bytesOf(v.lackingBytes), path: called(v) })}</Warning>
          ) : null}
          {v.emergency ? <Warning>{t('retention.emergency', { path: called(v) })}</Warning> : null}
        </div>
      ))}
      {state.clockDoubtedUntilMs === null ? null : (
        <Warning>{t('retention.clock', { time: dateTimeOf(state.clockDoubtedUntilMs) })}</Warning>
      )}
      {state.erasing > 0 ? <p>{t('retention.erasing', { count: state.erasing })}</p> : null}
      {state.refused === null ? null : (
        <Warning>{t('retention.refused', { count: state.refused.count, what: state.refused.why })}</Warning>
      )}
      {state.trouble === null ? null : <Warning>{t('retention.trouble', { what: state.trouble })}</Warning>}
    </>
  );
}
