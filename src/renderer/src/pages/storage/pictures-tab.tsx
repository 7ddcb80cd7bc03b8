/** The room of the small pictures that stand for what was recorded. */
import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { thumbnailBytes, type ThumbnailStatus } from '#domain/thumbnail.ts';
import { useMay } from '../../stores/session.ts';
import { limitThumbnails, readThumbnails, useThumbnails } from '../../stores/thumbnails.ts';
import { bytesOf, durationOf, numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { tellRefusal } from '../../ui/tell.ts';
import { useReading } from '../../ui/use-reading.ts';

const everyMs = 5_000;
const gb = 1e9;
/** Further behind than this they are made too slowly. */
const lateMs = 3_600_000;

export function PicturesTab() {
  const { t } = useTranslation();
  const status = useThumbnails((s) => s.status);
  const may = useMay('administrator');
  const fault = useReading(readThumbnails, everyMs);
  if (status === null)
    return <p className={fault === null ? 'blank' : 'fault'}>{fault ?? t('storage.pictures.reading')}</p>;
  const share = Math.min(1, status.bytes / status.maxBytes);
  const behind =
    status.behindMs > lateMs
      ? t('storage.pictures.behind', { by: durationOf(status.behindMs) })
      : t('storage.pictures.keepsUp');
  return (
    <>
      {fault === null ? null : <p className="fault">{fault}</p>}
      <section className="section">
        <h2>{t('storage.pictures.now')}</h2>
        <div className="stack">
          <p>{t('storage.pictures.lead')}</p>
          <div>
            <p>
              {t('storage.pictures.are', {
                number: numberOf(status.count),
                size: bytesOf(status.bytes),
                most: bytesOf(status.maxBytes),
              })}
            </p>
            <div className="meter">
              <i style={{ width: `${String(Math.round(share * 100))}%` }} />
            </div>
          </div>
          {status.making ? (
            <Mark tone={status.behindMs > lateMs ? 'warn' : 'ok'}>{behind}</Mark>
          ) : (
            <Mark tone="warn">{t('storage.pictures.noFfmpeg')}</Mark>
          )}
        </div>
      </section>
      <section className="section">
        <h2>{t('storage.pictures.limit')}</h2>
        <Limit key={status.maxBytes} status={status} may={may} />
      </section>
    </>
  );
}

function Limit({ status, may }: { status: ThumbnailStatus; may: boolean }) {
  const { t } = useTranslation();
  const was = Math.round((status.maxBytes / gb) * 100) / 100;
  const [value, setValue] = useState<number | string>(was);
  const [busy, setBusy] = useState(false);
  const maxBytes = Math.round(Number(value) * gb);
  const can = value !== '' && maxBytes >= thumbnailBytes.least && maxBytes <= thumbnailBytes.most;
  return (
    <form
      className="stack"
      onSubmit={(e) => {
        e.preventDefault();
        if (!can) return;
        setBusy(true);
        limitThumbnails(maxBytes)
          .catch(tellRefusal)
          .finally(() => {
            setBusy(false);
          });
      }}
    >
      <NumberInput
        className="narrow"
        label={t('storage.pictures.limitLabel')}
        description={t('storage.pictures.limitHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        error={
          can
            ? null
            : t('storage.pictures.limitRange', {
                least: bytesOf(thumbnailBytes.least),
                most: bytesOf(thumbnailBytes.most),
              })
        }
        min={0}
        allowNegative={false}
        decimalScale={2}
        value={value}
        onChange={setValue}
        disabled={!may}
      />
      {may ? (
        <div>
          <Button type="submit" variant="default" loading={busy} disabled={!can || Number(value) === was}>
            {t('app.verb.save')}
          </Button>
        </div>
      ) : null}
    </form>
  );
}
