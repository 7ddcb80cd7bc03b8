/** What a tile says and does about recording. */
import { Tooltip } from '@mantine/core';
import type { CameraView } from '#domain/camera.ts';
import { nowWords } from '../pages/recording/recording-words.ts';
import { recordNow } from '../stores/recording.ts';
import { numberOf } from '../text/format.ts';
import { t as say, useTranslation } from '../text/index.ts';
import { Shape } from '../ui/mark.tsx';
import { tell, tellRefusal } from '../ui/tell.ts';

/** Whether it is recorded now, and why: a full circle is on disk, an open one is armed. */
export function RecordingMark({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const { main, sub, manual } = camera.recording;
  const written = camera.streams.some((s) => s.recording);
  const word = nowWords(camera);
  if (manual !== null || (written && main.why !== 'armed'))
    return (
      <span className="tile-rec" title={word ?? t('wall.tile.recording')} data-recording={manual ? 'manual' : 'yes'}>
        <Shape tone="rec" />
        {manual === null ? (
          <span className="away">{word ?? t('wall.tile.recording')}</span>
        ) : (
          <span className="tile-note">{word}</span>
        )}
      </span>
    );
  if (main.why !== 'armed' && sub?.why !== 'armed') return null;
  const preRoll = camera.streams.find((s) => s.preRoll?.short === true)?.preRoll;
  const short = preRoll == null ? '' : ` ${t('recording.now.short', { seconds: numberOf(preRoll.heldMs / 1000) })}`;
  return (
    <Tooltip label={`${word ?? ''}${short}`} multiline w={260}>
      <span className="tile-note tile-armed" data-recording="armed" data-short={short !== ''}>
        {/* The small picture is on disk meanwhile. */}
        <Shape tone={written ? 'rec' : 'armed'} />
        {t('recording.armed')}
      </span>
    </Tooltip>
  );
}

/** Begins recording by hand, or ends it. */
export function toggleManual(camera: CameraView): void {
  const on = camera.recording.manual === null;
  recordNow(camera.id, on).then(() => {
    tell(say(on ? 'recording.begun' : 'recording.ended', { name: camera.name }));
  }, tellRefusal);
}
