import { Loader } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { blackenOn } from '../player/blacken.ts';
import { drawStill } from '../player/still.ts';
import type { ProbeAnswer } from '../stores/cameras.ts';
import { numberOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { codecName } from '../ui/camera-words.ts';
import { Mark } from '../ui/mark.tsx';
import type { Areas } from '../ui/privacy-layer.tsx';

export type TestState =
  | { step: 'idle' }
  | { step: 'running' }
  | { step: 'answer'; answer: ProbeAnswer }
  | { step: 'fault'; text: string };

function Picture({ answer, areas }: { answer: Extract<ProbeAnswer, { ok: true }>; areas: Areas }) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [shown, setShown] = useState<boolean | null>(null);
  useEffect(() => {
    let gone = false;
    const surface = canvas.current;
    if (surface)
      drawStill(answer, surface).then(
        (drawn) => {
          const pen = surface.getContext('2d');
          if (pen) blackenOn(pen, surface.width, surface.height, areas);
          if (!gone) setShown(drawn);
        },
        () => {
          if (!gone) setShown(false);
        },
      );
    return () => {
      gone = true;
    };
  }, [answer, areas]);
  return (
    <>
      <canvas
        ref={canvas}
        className="test-picture"
        role="img"
        aria-label={t('cameras.form.picture')}
        hidden={shown === false}
        data-drawn={shown === true}
      />
      {shown === false ? <p className="quiet">{t('cameras.form.noPicture')}</p> : null}
    </>
  );
}

/** What a tried address answers: a picture (`areas` of it black) and its figures in words, or what is wrong. */
export function CameraTest({ state, areas }: { state: TestState; areas: Areas }) {
  const { t } = useTranslation();
  switch (state.step) {
    case 'idle':
      return <div className="test-box quiet">{t('cameras.form.testFirst')}</div>;
    case 'running':
      return (
        <div className="test-box quiet" role="status">
          <Loader size={18} />
          {t('cameras.form.testing')}
        </div>
      );
    case 'fault':
      return (
        <div className="test-box fault" role="alert">
          {state.text}
        </div>
      );
    case 'answer': {
      const { answer } = state;
      if (!answer.ok)
        return (
          <div className="test-box" role="alert">
            <Mark tone="bad">{t(`trouble.short.${answer.trouble}`)}</Mark>
            <p>{t(`trouble.long.${answer.trouble}`)}</p>
            <p className="quiet mono">{answer.detail}</p>
          </div>
        );
      const { video, audio } = answer;
      return (
        <div className="stack" role="status">
          <Picture answer={answer} areas={areas} />
          <ul className="test-facts">
            <li>
              {t('cameras.facts.video', {
                codec: codecName(video.codec),
                width: video.width,
                height: video.height,
                fps: numberOf(answer.fps),
              })}
              , {t(`cameras.facts.${answer.transport}`)}
            </li>
            {answer.keyIntervalMs === null ? null : (
              <li>{t('cameras.facts.key', { seconds: numberOf(answer.keyIntervalMs / 1000, 1) })}</li>
            )}
            <li>
              {audio
                ? t('cameras.facts.audio', { codec: codecName(audio.codec), rate: numberOf(audio.sampleRate) })
                : t('cameras.facts.silent')}
            </li>
            {answer.via === 'ffmpeg' ? <li>{t('cameras.facts.ffmpeg')}</li> : null}
          </ul>
        </div>
      );
    }
  }
}
