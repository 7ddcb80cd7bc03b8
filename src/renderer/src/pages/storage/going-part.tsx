/** What changed rules would delete at once, and the tick without which they are not saved. */
import { Checkbox } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { stationNowMs } from '../../client/index.ts';
import { useArchives } from '../../stores/archives.ts';
import { useCameras } from '../../stores/cameras.ts';
import { bytesOf, dateTimeOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import type { Going } from './going.ts';
import './retention.css';
import { Warning } from './warning.tsx';

const mostLines = 8;

/** What goes, to be shown with the rules, and whether it was not meant yet: then they must not be saved. */
export function useGoing(going: readonly Going[]): { part: ReactNode; unmeant: boolean } {
  const [meant, setMeant] = useState<string | null>(null);
  // The same as long as the same goes by the same limits.
  const sign = JSON.stringify(going);
  const isMeant = meant === sign;
  return {
    unmeant: going.length > 0 && !isMeant,
    part:
      going.length === 0 ? null : (
        <GoingPart
          going={going}
          meant={isMeant}
          onMeant={(on) => {
            setMeant(on ? sign : null);
          }}
        />
      ),
  };
}

function GoingPart({
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
  const archives = useArchives((s) => s.list);
  const nameOf = (of: Going): string => {
    const camera = cameras.find((c) => c.id === of.cameraId);
    return camera === undefined ? '' : `${String(camera.number)} ${camera.name}`;
  };
  const archiveOf = (of: Going): string => archives?.find((a) => a.archive === of.archive)?.name ?? '';
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
      .join(t('app.sign.semicolon'));
  return (
    <>
      <Warning>
        {t('retention.going.title')}
        {going.slice(0, mostLines).map((of) => (
          <span key={`${of.cameraId} ${of.stream} ${String(of.archive)}`} className="going">
            {t(of.archive === null ? 'retention.going.line' : 'retention.going.lineAt', {
              camera: nameOf(of),
              stream: t(`retention.stream.${of.stream}`),
              archive: archiveOf(of),
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
