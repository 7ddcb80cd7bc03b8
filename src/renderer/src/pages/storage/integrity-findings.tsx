/** What is wrong now, newest first, each with the way to its moment. */
import { TableScroll } from '../../ui/table-scroll.tsx';
import { Link } from 'wouter';
import type { IntegrityState } from '../../stores/integrity.ts';
import { useCameras } from '../../stores/cameras.ts';
import { dateTimeOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';

export function IntegrityFindings({ state }: { state: IntegrityState }) {
  const { t } = useTranslation();
  const cameras = useCameras((s) => s.byId);
  const { findings, more } = state;
  if (findings.length === 0) return <p className="quiet">{t('integrity.none')}</p>;
  return (
    <div className="stack">
      <TableScroll label={t('integrity.findings')}>
        <table className="table">
          <thead>
            <tr>
              <th>{t('integrity.what')}</th>
              <th>{t('integrity.camera')}</th>
              <th>{t('integrity.moment')}</th>
              <th>{t('integrity.found')}</th>
            </tr>
          </thead>
          <tbody>
            {findings.map((f) => {
              const camera = f.cameraId === null ? undefined : cameras.get(f.cameraId);
              return (
                <tr key={`${f.path} ${f.code} ${f.text}`}>
                  <td>
                    {t(`integrity.code.${f.code}`)}
                    <div className="quiet mono">{f.path}</div>
                  </td>
                  <td>{camera === undefined ? '' : <Link href={`/?camera=${camera.id}`}>{camera.name}</Link>}</td>
                  <td>{f.startMs === null ? '' : dateTimeOf(f.startMs)}</td>
                  <td>{dateTimeOf(f.foundMs)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </TableScroll>
      {more > 0 ? <p className="quiet">{t('integrity.more', { count: more })}</p> : null}
      <p className="quiet">{t('integrity.todo')}</p>
    </div>
  );
}
