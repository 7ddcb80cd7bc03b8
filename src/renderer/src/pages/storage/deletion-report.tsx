/** What was deleted, when and why. */
import { Select } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { Deletion } from '#domain/deletion.ts';
import { CameraId } from '#domain/id.ts';
import { DeletionReason } from '#domain/retention.ts';
import { useCameras } from '../../stores/cameras.ts';
import { listDeletions, type DeletionFilter } from '../../stores/retention.ts';
import { bytesOf, dateTimeOf, durationOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { MoreButton } from '../../ui/more-button.tsx';
import { TableScroll } from '../../ui/table-scroll.tsx';
import { Time } from '../../ui/time.tsx';
import { usePages } from '../../ui/use-pages.ts';

const pageSize = 100;

export function DeletionReport() {
  const { t } = useTranslation();
  const cameras = useCameras((s) => s.list);
  const [camera, setCamera] = useState<CameraId | null>(null);
  const [reason, setReason] = useState<DeletionReason | null>(null);
  const readPage = useCallback(
    async (last: Deletion | null, signal: AbortSignal) => {
      const filter: DeletionFilter = {
        ...(camera === null ? {} : { cameraId: [camera] }),
        ...(reason === null ? {} : { reason: [reason] }),
      };
      const { deletions, more } = await listDeletions(filter, last?.id ?? null, pageSize, signal);
      return { rows: deletions, more };
    },
    [camera, reason],
  );
  const list = usePages(readPage);
  const query = new URLSearchParams();
  if (camera !== null) query.set('cameraId', camera);
  if (reason !== null) query.set('reason', reason);
  const filtered = camera !== null || reason !== null;
  return (
    <div className="stack">
      <div className="line">
        <Select
          aria-label={t('retention.deleted.camera')}
          placeholder={t('retention.allCameras')}
          data={cameras.map((c) => ({ value: c.id, label: `${String(c.number)}  ${c.name}` }))}
          value={camera}
          clearable
          searchable
          onChange={(v) => {
            setCamera(CameraId.safeParse(v).data ?? null);
          }}
        />
        <Select
          aria-label={t('retention.deleted.reason')}
          placeholder={t('retention.allReasons')}
          data={DeletionReason.options.map((r) => ({ value: r, label: t(`retention.reason.${r}`) }))}
          value={reason}
          clearable
          onChange={(v) => {
            setReason(DeletionReason.safeParse(v).data ?? null);
          }}
        />
        <a href={`/api/retention/deletions.csv?${query.toString()}`} download>
          {t('retention.csv')}
        </a>
      </div>
      {list.fault === null ? null : (
        <p className="fault" role="alert">
          {list.fault}
        </p>
      )}
      {list.rows.length > 0 ? (
        <TableScroll label={t('retention.report')}>
          <table className="table">
            <thead>
              <tr>
                {(['when', 'camera', 'span', 'size', 'reason'] as const).map((c) => (
                  <th key={c}>{t(`retention.deleted.${c}`)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {list.rows.map((d) => (
                <tr key={d.id}>
                  <td className="tight">
                    <Time ms={d.lastMs} />
                  </td>
                  <td>
                    {d.camera} <span className="quiet">{t(`retention.stream.${d.stream}`)}</span>
                  </td>
                  <td>
                    {t('kept.span', {
                      from: dateTimeOf(d.fromMs),
                      to: dateTimeOf(d.toMs),
                      duration: durationOf(d.coveredMs),
                    })}
                  </td>
                  <td className="tight">{bytesOf(d.bytes)}</td>
                  <td>
                    {t(`retention.reason.${d.reason}`)}
                    {d.reason === 'by-hand' ? (
                      <p className="quiet">{t('retention.byHand', { by: d.by, why: d.why })}</p>
                    ) : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      ) : list.read && list.fault === null ? (
        <p className="quiet">{t(filtered ? 'retention.reportNone' : 'retention.reportEmpty')}</p>
      ) : null}
      {list.more ? (
        <div>
          <MoreButton onClick={list.next} />
        </div>
      ) : null}
    </div>
  );
}
