/** Workers, queue, times and drops: what a person needs to see whether the PC manages what is asked of it. */
import type { AnalysisNow, Percentiles } from '#domain/analysis.ts';
import { stationNowMs } from '../../client/index.ts';
import { readAnalysis, useAnalysis } from '../../stores/analysis.ts';
import { readModels } from '../../stores/models.ts';
import { useMay } from '../../stores/session.ts';
import { millisecondsOf, numberOf, sinceOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { useReading } from '../../ui/use-reading.ts';
import { Warning } from '../storage/warning.tsx';
import { CamerasPart } from './cameras-part.tsx';
import { WorkQueues } from './work-queues.tsx';
import { PoolSettings } from './pool-settings.tsx';
import { useModelName, Workers } from './workers-part.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';

const everyMs = 2_000;
const read = async (signal: AbortSignal): Promise<void> => {
  await Promise.all([readAnalysis(signal), readModels(signal)]);
};

export function NowTab() {
  const { t } = useTranslation();
  const now = useAnalysis((s) => s.now);
  const may = useMay('administrator');
  const fault = useReading(read, everyMs);
  if (now === null) return <p className={fault === null ? 'blank' : 'fault'}>{fault ?? t('analysis.reading')}</p>;
  return (
    <div className="stack">
      {fault === null ? null : <p className="fault">{fault}</p>}
      <p className="quiet">{t('analysis.lead')}</p>
      {now.givesWay ? <Warning>{t('analysis.givesWay')}</Warning> : null}
      <Facts now={now} />
      <Times now={now} />
      <section className="section">
        <h2>{t('analysis.workers')}</h2>
        <Workers now={now} />
      </section>
      <Models now={now} />
      <CamerasPart now={now} />
      <WorkQueues />
      {may ? (
        <section className="section">
          <h2>{t('analysis.settings')}</h2>
          <PoolSettings key={JSON.stringify(now.settings)} settings={now.settings} />
        </section>
      ) : null}
    </div>
  );
}

function Facts({ now }: { now: AnalysisNow }) {
  const { t } = useTranslation();
  const { queue } = now;
  return (
    <dl className="facts">
      <dt>{t('analysis.fact.workers')}</dt>
      <dd>{t('analysis.workersOf', { number: numberOf(now.workers.length), count: now.mostWorkers })}</dd>
      <dt>{t('analysis.fact.waiting')}</dt>
      <dd>
        {t('analysis.waitingOf', {
          number: numberOf(queue.waiting),
          bound: numberOf(queue.bound),
          urgent: numberOf(queue.urgent),
          usual: numberOf(queue.usual),
          idle: numberOf(queue.idle),
        })}
      </dd>
      <dt>{t('analysis.fact.perMinute')}</dt>
      <dd>{numberOf(now.perMinute)}</dd>
      <dt>{t('analysis.fact.retried')}</dt>
      <dd>{numberOf(now.retried)}</dd>
    </dl>
  );
}

const dash = '–';
const Three = ({ of }: { of: Percentiles }) =>
  ([of?.p50, of?.p95, of?.p99] as const).map((ms, n) => (
    <td key={n} className="num">
      {ms === undefined ? dash : millisecondsOf(ms)}
    </td>
  ));
function ThreeHeads() {
  const { t } = useTranslation();
  return (['half', 'most', 'nearlyAll'] as const).map((name) => (
    <th key={name} className="num">
      {t(`analysis.${name}`)}
    </th>
  ));
}

function Times({ now }: { now: AnalysisNow }) {
  const { t } = useTranslation();
  return (
    <section className="section">
      <h2>{t('analysis.times')}</h2>
      {now.totalMs === null ? (
        <p className="quiet">{t('analysis.nothing')}</p>
      ) : (
        <TableScroll label={t('analysis.times')}>
          <table className="table">
            <thead>
              <tr>
                <td />
                <ThreeHeads />
              </tr>
            </thead>
            <tbody>
              {(
                [
                  ['wait', now.waitMs],
                  ['answer', now.answerMs],
                  ['total', now.totalMs],
                ] as const
              ).map(([name, of]) => (
                <tr key={name}>
                  <th scope="row">{t(`analysis.time.${name}`)}</th>
                  <Three of={of} />
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
    </section>
  );
}

function Models({ now }: { now: AnalysisNow }) {
  const { t } = useTranslation();
  const nameOf = useModelName();
  if (now.models.length === 0) return null;
  return (
    <section className="section">
      <h2>{t('analysis.models')}</h2>
      <TableScroll label={t('analysis.models')}>
        <table className="table">
          <thead>
            <tr>
              <th>{t('analysis.model')}</th>
              <th>{t('analysis.state')}</th>
              <th>{t('analysis.runsOn')}</th>
              <th className="num">{t('analysis.done')}</th>
              <th className="num">{t('analysis.failed')}</th>
              <ThreeHeads />
            </tr>
          </thead>
          <tbody>
            {now.models.map((m) => (
              <tr key={m.modelId}>
                <td>{nameOf(m.modelId)}</td>
                <td>
                  <Mark tone={m.restsUntilMs === null ? 'ok' : 'warn'}>
                    {m.restsUntilMs === null
                      ? t('analysis.works')
                      : t('analysis.rests', { time: sinceOf(m.restsUntilMs, stationNowMs()) })}
                  </Mark>
                  {m.fault === null ? null : <p className="quiet mono">{m.fault}</p>}
                </td>
                <td>{m.provider?.toUpperCase() ?? dash}</td>
                <td className="num">{numberOf(m.done)}</td>
                <td className="num">{numberOf(m.failed)}</td>
                <Three of={m.answerMs} />
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
    </section>
  );
}
