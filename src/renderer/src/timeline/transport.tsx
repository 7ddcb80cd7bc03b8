/** How time runs: to and fro, by pictures, faster and slower. */
import { FastForward, Pause, Play, Rewind, SkipForward, StepBack, StepForward } from 'lucide-react';
import { rates, usePlayback } from '../player/playback/index.ts';
import { numberOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { useKeyLabel } from '../ui/key-words.ts';
import { Tool } from './tool.tsx';

export function Transport() {
  const { t } = useTranslation();
  const label = useKeyLabel();
  const { playing, rate, mode, skipGaps } = usePlayback();
  const act = usePlayback.getState;
  return (
    <div className="tl-group" role="group" aria-label={t('timeline.play')}>
      <Tool
        label={label(t('timeline.slower'), 'slower')}
        onPress={() => {
          act().slower();
        }}
      >
        <Rewind size={15} aria-hidden />
      </Tool>
      <Tool
        label={label(t('timeline.back'), 'frameBack')}
        onPress={() => {
          act().stepFrame(-1);
        }}
      >
        <StepBack size={15} aria-hidden />
      </Tool>
      <Tool
        label={label(t(playing ? 'timeline.pause' : 'timeline.play'), 'play')}
        onPress={() => {
          act().toggle();
        }}
      >
        {playing ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
      </Tool>
      <Tool
        label={label(t('timeline.on'), 'frameOn')}
        onPress={() => {
          act().stepFrame(1);
        }}
      >
        <StepForward size={15} aria-hidden />
      </Tool>
      <Tool
        label={label(t('timeline.faster'), 'faster')}
        onPress={() => {
          act().faster();
        }}
      >
        <FastForward size={15} aria-hidden />
      </Tool>
      <select
        className="tl-rate"
        aria-label={t('timeline.rate')}
        title={t('timeline.rate')}
        value={mode === 'live' ? 1 : rate}
        onChange={(e) => {
          act().setRate(Number(e.target.value));
        }}
      >
        {rates.map((r) => (
          <option key={r} value={r}>
            {t('timeline.rateValue', { rate: numberOf(r).replace('-', '−') })}
          </option>
        ))}
      </select>
      <Tool
        label={t('timeline.skipGaps')}
        pressed={skipGaps}
        onPress={() => {
          act().setSkipGaps(!skipGaps);
        }}
      >
        <SkipForward size={15} aria-hidden />
      </Tool>
    </div>
  );
}
