/** The button to talk through a camera's loudspeaker, how loud one is, and who else talks. */
import { Mic } from 'lucide-react';
import type { CameraView } from '#domain/camera.ts';
import type { CameraId } from '#domain/id.ts';
import { useTalk, useTalkers } from '../stores/talk.ts';
import { useTranslation } from '../text/index.ts';
import { useKeyLabel } from '../ui/key-words.ts';
import { HoldButton } from './hold-button.tsx';
import { useSteer } from './steering.ts';

/** In the middle of speech the needle stands at two thirds. */
const shownLevel = (peak: number): number => Math.min(1, Math.sqrt(peak));

export function Level({ camera }: { camera: CameraId }) {
  const { t } = useTranslation();
  const level = useTalk((s) => (s.camera === camera ? s.level : 0));
  return (
    <span
      className="steer-level"
      role="meter"
      aria-label={t('steer.talking.level')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(shownLevel(level) * 100)}
    >
      <i style={{ width: `${String(Math.round(shownLevel(level) * 100))}%` }} />
    </span>
  );
}

/** `other`: somebody on another screen. */
export function useTalkWords(camera: CameraId): {
  talking: string | null;
  other: string | null;
  trouble: string | null;
} {
  const { t } = useTranslation();
  const phase = useTalk((s) => (s.camera === camera ? s.phase : null));
  const trouble = useTalk((s) => (s.trouble?.camera === camera ? s.trouble.is : null));
  const other = useTalkers((s) => s.list.find((one) => one.cameraId === camera && !one.mine) ?? null);
  return {
    other: other === null ? null : t('steer.talking.other', { name: other.name }),
    talking: phase === null ? null : t(`steer.talking.${phase}`),
    trouble: trouble === null ? null : t(`steer.talking.trouble.${trouble}`),
  };
}

export function TalkPart({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const label = useKeyLabel();
  const { talk } = useSteer();
  const { talking, other, trouble } = useTalkWords(camera.id);
  return (
    <section className="steer-part">
      <h3>{t('steer.talk')}</h3>
      <div className="steer-line">
        <HoldButton
          className="steer-hold steer-talk"
          label={label(t('steer.talkHold'), 'talk')}
          hold={() => talk.hold(camera)}
        >
          <Mic size={15} aria-hidden="true" />
          {t('steer.talkHold')}
        </HoldButton>
        <Level camera={camera.id} />
      </div>
      <p className="quiet" role="status">
        {talking ?? other}
      </p>
      {trouble === null ? null : (
        <p className="fault" role="alert">
          {trouble}
        </p>
      )}
    </section>
  );
}

/** On the picture, for as long as somebody here talks to it. */
export function TalkChip({ camera }: { camera: CameraView }) {
  const { talking, other, trouble } = useTalkWords(camera.id);
  if (talking === null && other === null && trouble === null) return null;
  return (
    <div className="talk-chip" role={trouble === null ? 'status' : 'alert'}>
      <Mic size={14} aria-hidden="true" />
      <span>{trouble ?? talking ?? other}</span>
      {talking === null ? null : <Level camera={camera.id} />}
    </div>
  );
}
