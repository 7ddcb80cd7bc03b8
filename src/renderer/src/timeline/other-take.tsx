/** Of a time that more than one clock recorded, another recording than the one that is shown by itself. */
import { Layers2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { usePlayback } from '../player/playback/index.ts';
import { useTranslation } from '../text/index.ts';
import { playheadMs } from './pointer.ts';
import { useTimeline } from './store.ts';
import { Tool } from './tool.tsx';

const lookEveryMs = 500;

/** Runs of the station's clock that recorded the moment shown, the one that is shown by itself first; fewer than two: nothing to choose. */
function useRuns(): number[] {
  const twice = useTimeline((s) => s.twice);
  const [runs, setRuns] = useState<number[]>([]);
  useEffect(() => {
    const look = (): void => {
      const at = playheadMs();
      const found =
        usePlayback.getState().mode === 'live' ? [] : (twice.find((s) => s.fromMs <= at && at < s.toMs)?.runs ?? []);
      setRuns((was) => (was.join() === found.join() ? was : found));
    };
    look();
    const timer = setInterval(look, lookEveryMs);
    const off = usePlayback.subscribe((s, was) => {
      if (s.clock !== was.clock || s.mode !== was.mode) look();
    });
    return () => {
      clearInterval(timer);
      off();
    };
  }, [twice]);
  return runs;
}

export function OtherTake() {
  const { t } = useTranslation();
  const runs = useRuns();
  const take = usePlayback((s) => s.take);
  if (runs.length < 2) return null;
  const shown = Math.max(0, take === null ? 0 : runs.indexOf(take));
  return (
    <div className="tl-group">
      <Tool
        label={t('timeline.otherTake', { shown: shown + 1, count: runs.length })}
        pressed={shown > 0}
        onPress={() => {
          usePlayback.getState().setTake(runs[(shown + 1) % runs.length] ?? null);
        }}
      >
        <Layers2 size={15} aria-hidden />
      </Tool>
      <span className="tl-take" aria-hidden="true">
        {`${String(shown + 1)}/${String(runs.length)}`}
      </span>
    </div>
  );
}
