/** The workers that run models, in a table: on the page of the analysis, and on that of the station's health. */
import type { AnalysisNow, PoolWorker } from '#domain/analysis.ts';
import { useModels } from '../../stores/models.ts';
import { millisecondsOf, numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark, type Tone } from '../../ui/mark.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';

const dash = '–';
const tones: Record<PoolWorker['is'], Tone> = { starting: 'off', idle: 'ok', busy: 'busy', down: 'warn', hung: 'bad' };

export function Workers({ now }: { now: AnalysisNow }) {
  const { t } = useTranslation();
  const nameOf = useModelName();
  if (now.workers.length === 0) return <p className="quiet">{t('analysis.noWorkers')}</p>;
  return (
    <TableScroll label={t('analysis.workers')}>
      <table className="table">
        <thead>
          <tr>
            <th>{t('analysis.worker')}</th>
            <th>{t('analysis.state')}</th>
            <th>{t('analysis.runsOn')}</th>
            <th>{t('analysis.loaded')}</th>
            <th className="num">{t('analysis.done')}</th>
            <th className="num">{t('analysis.failed')}</th>
            <th className="num">{t('analysis.answerTime')}</th>
            <th className="num">{t('analysis.health')}</th>
            <th className="num">{t('analysis.restarts')}</th>
          </tr>
        </thead>
        <tbody>
          {now.workers.map((w) => (
            <tr key={w.id}>
              <td>{numberOf(w.id)}</td>
              <td>
                <Mark tone={tones[w.is]}>{t(`analysis.is.${w.is}`)}</Mark>
              </td>
              <td>{w.providers[0]?.toUpperCase() ?? dash}</td>
              <td>{w.models.map(nameOf).join(', ')}</td>
              <td className="num">{numberOf(w.done)}</td>
              <td className="num">{numberOf(w.failed)}</td>
              <td className="num">{w.answerMs === null ? dash : millisecondsOf(w.answerMs)}</td>
              <td className="num">{percentOf(w.health)}</td>
              <td className="num">{numberOf(w.restarts)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  );
}

/** By its name where it is known. */
export function useModelName(): (id: string) => string {
  const list = useModels((s) => s.list);
  return (id) => list?.find((m) => m.manifest.id === id)?.manifest.name ?? id;
}
