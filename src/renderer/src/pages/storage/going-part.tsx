/** What changed rules would delete at once, and the tick without which they are not saved. */
import { Checkbox } from '@mantine/core';
import { stationNowMs } from '../../client/index.ts';
import { useCameras } from '../../stores/cameras.ts';
import { bytesOf, dateTimeOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import type { Going } from './going.ts';
import './retention.css';
import { Warning } from './warning.tsx';

const mostLines = 8;

/** The same as long as the same goes by the same limits. */
export const signOf = (going: readonly Going[]): string => JSON.stringify(going);

export function GoingPart({
  going,
  meant,
  onMeant,
}: {
  going: readonly Going[];
  meant: boolean;
  onMeant: (meant: boolean) => void;
}) {
  const { t } = useTranslation();
  const cameras = useCameras((s) => s.list);
  if (going.length === 0) return null;
  const nameOf = (of: Going): string => {
    const camera = cameras.find((c) => c.id === of.cameraId);
    return camera === undefined ? '' : `${String(camera.number)} ${camera.name}`;
  };
  const what = (of: Going): string =>
    [
      of.ageMs === null
        ? ''
        : t(of.sparesEvents ? 'retention.going.olderButEvents' : 'retention.going.older', {
            time: dateTimeOf(stationNowMs() - of.ageMs),
          }),
      of.bytes === null ? '' : t('retention.going.size', { size: bytesOf(of.bytes) }),
    ]
      .filter(Boolean)
      .join('; ');
  return (
    <>
      <Warning>
        {t('retention.going.title')}
        {going.slice(0, mostLines).map((of) => (
          <span key={`${of.cameraId} ${of.stream}`} className="going">
            {t('retention.going.line', {
              camera: nameOf(of),
              stream: t(`retention.stream.${of.stream}`),
              what: what(of),
            })}
          </span>
        ))}
        {going.length > mostLines ? (
          <span className="going">{t('retention.going.more', { count: going.length - mostLines })}</span>
        ) : null}
      </Warning>
      <Checkbox
        label={t('retention.going.meant')}
        checked={meant}
        onChange={(e) => {
          onMeant(e.currentTarget.checked);
        }}
      />
    </>
  );
}
