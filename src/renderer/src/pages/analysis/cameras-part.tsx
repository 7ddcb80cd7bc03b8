/** How often each camera is looked at against what was asked for, what the gate let through, and what was left out on the way. */
import { useEffect } from 'react';
import type { AnalysisNow } from '#domain/analysis.ts';
import { useCameras } from '../../stores/cameras.ts';
import { lookAtStates, useWatchStates } from '../../stores/looks.ts';
import { numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { camerasAsked, type CameraAsked } from './cameras-asked.ts';

const dash = '–';
const heads = ['looked', 'gated', 'detected', 'before', 'newer', 'full', 'late', 'failed'] as const;

export function CamerasPart({ now }: { now: AnalysisNow }) {
  const { t } = useTranslation();
  const byId = useCameras((s) => s.byId);
  const states = useWatchStates((s) => s.byId);
  useEffect(lookAtStates, []);
  const rows = camerasAsked([...states.values()], now.cameras)
    .flatMap((row) => {
      const camera = byId.get(row.cameraId);
      return camera?.enabled === true ? [{ ...row, camera }] : [];
    })
    .sort((a, b) => a.camera.number - b.camera.number);
  return (
    <section className="section">
      <h2>{t('analysis.cameras')}</h2>
      {rows.length === 0 ? (
        <p className="quiet">{t('analysis.noCameras')}</p>
      ) : (
        <div className="stack">
          <p className="quiet">{t('analysis.dropsHint')}</p>
          <TableScroll label={t('analysis.cameras')}>
            <table className="table">
              <thead>
                <tr>
                  <th>{t('analysis.camera')}</th>
                  <th className="num">{t('analysis.rate')}</th>
                  {heads.map((head) => (
                    <th key={head} className="num">
                      {t(`analysis.${head}`)}
                    </th>
                  ))}
                  <th>{t('analysis.state')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.cameraId}>
                    <td className="analysis-camera">{`${String(row.camera.number)} ${row.camera.name}`}</td>
                    <td className="num">
                      {row.rate === null
                        ? dash
                        : t('analysis.rateOf', {
                            now: numberOf(row.rate.now, 1),
                            wanted: numberOf(row.rate.wanted, 1),
                          })}
                    </td>
                    {heads.map((head) => (
                      <td key={head} className="num">
                        {row[head] === null ? dash : numberOf(row[head])}
                      </td>
                    ))}
                    <td>
                      <How of={row} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableScroll>
        </div>
      )}
    </section>
  );
}

function How({ of: { trouble, share, isWatched } }: { of: CameraAsked }) {
  const { t } = useTranslation();
  if (trouble !== null) return <Mark tone="warn">{t(`watching.trouble.${trouble}`)}</Mark>;
  if (share < 1) return <Mark tone="warn">{t('analysis.shareLess', { share: percentOf(share) })}</Mark>;
  return <Mark tone={isWatched ? 'ok' : 'off'}>{t(isWatched ? 'analysis.shareAll' : 'analysis.notWatched')}</Mark>;
}
