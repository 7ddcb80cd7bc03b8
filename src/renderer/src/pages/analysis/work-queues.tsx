/** Work that waits until the PC has time: how much, since when, what became of it. */
import { useAnalysis } from '../../stores/analysis.ts';
import { numberOf, sinceOf } from '../../text/format.ts';
import { stationNowMs } from '../../client/index.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';

export function WorkQueues() {
  const { t } = useTranslation();
  const queues = useAnalysis((s) => s.queues);
  return (
    <section className="section">
      <h2>{t('analysis.queues.title')}</h2>
      <div className="stack">
        <TableScroll label={t('analysis.queues.title')}>
          <table className="table">
            <thead>
              <tr>
                <th>{t('analysis.queues.kind')}</th>
                <th>{t('analysis.state')}</th>
                <th className="num">{t('analysis.fact.waiting')}</th>
                <th>{t('analysis.queues.since')}</th>
                <th className="num">{t('analysis.done')}</th>
                <th className="num">{t('analysis.queues.retried')}</th>
                <th className="num">{t('analysis.queues.without')}</th>
                <th className="num">{t('analysis.queues.dropped')}</th>
              </tr>
            </thead>
            <tbody>
              {queues.map((q) => (
                <tr key={q.kind}>
                  <th scope="row">{t(`analysis.queues.kinds.${q.kind}`)}</th>
                  <td>
                    {q.hold !== null ? (
                      <Mark tone={q.hold === 'no-model' && q.waiting === 0 ? 'off' : 'warn'}>
                        {t(`analysis.queues.hold.${q.hold}`)}
                      </Mark>
                    ) : (
                      <Mark tone={q.running ? 'busy' : 'ok'}>
                        {t(q.running ? 'analysis.is.busy' : 'analysis.is.idle')}
                      </Mark>
                    )}
                  </td>
                  <td className="num">
                    {t('analysis.queues.of', { number: numberOf(q.waiting), bound: numberOf(q.bound) })}
                  </td>
                  <td>{q.oldestMs === null ? '–' : sinceOf(q.oldestMs, stationNowMs())}</td>
                  <td className="num">{numberOf(q.done)}</td>
                  <td className="num">{numberOf(q.retried)}</td>
                  <td className="num">{numberOf(q.failed)}</td>
                  <td className="num">{numberOf(q.dropped)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
        {queues.map((q) =>
          q.fault === null ? null : (
            <p key={q.kind} className="quiet">
              {t('analysis.queues.fault', { fault: q.fault })}
            </p>
          ),
        )}
      </div>
    </section>
  );
}
