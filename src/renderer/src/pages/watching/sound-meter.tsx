/** How loud it is at a camera now and in the last half minute, with what is told from where on. */
import { useEffect, useState } from 'react';
import type { CameraId } from '#domain/id.ts';
import type { SoundSettings } from '#domain/sound.ts';
import { followSound } from '../../stores/sound.ts';
import { numberOf, percentOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { addLook, historyPath, meterFloorDb, placeOf, type SoundHistory } from './sound-history.ts';

/** Levels that are older are not those of now, ms. */
const lastsMs = 3_000;
const [width, height] = [300, 48];
const percent = (part: number): string => `${(part * 100).toFixed(1)}%`;

function useSound(id: CameraId): SoundHistory | null {
  const [history, setHistory] = useState<SoundHistory | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leave = followSound(id, (look) => {
      clearTimeout(timer);
      setHistory((before) => addLook(before, look));
      timer = setTimeout(() => {
        setHistory(null);
      }, lastsMs);
    });
    return () => {
      clearTimeout(timer);
      leave();
      setHistory(null);
    };
  }, [id]);
  return history;
}

/** `thresholdDb`: what is drawn as it; it may be moving. null: none. */
export function SoundMeter({
  id,
  settings,
  thresholdDb,
}: {
  id: CameraId;
  settings: SoundSettings;
  thresholdDb: number | null;
}) {
  const { t } = useTranslation();
  const now = useSound(id);
  const said = now === null ? t('sound.waiting') : t('sound.now', { db: numberOf(now.rmsDb) });
  const background = now?.look.backgroundDb ?? null;
  const suddenDb = settings.tellSudden && background !== null ? Math.min(0, background + settings.suddenDb) : null;
  return (
    <div className="sound-meter" data-loud={thresholdDb !== null && now !== null && now.rmsDb >= thresholdDb}>
      <svg viewBox={`0 0 ${String(width)} ${String(height)}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="sound-past" d={historyPath(now?.levels ?? [], width, height)} />
        {[thresholdDb, suddenDb].map((db, i) =>
          db === null ? null : (
            <line
              key={i === 0 ? 'loud' : 'sudden'}
              className={i === 0 ? 'sound-threshold' : 'sound-rise'}
              x1={0}
              x2={width}
              y1={height * (1 - placeOf(db))}
              y2={height * (1 - placeOf(db))}
            />
          ),
        )}
      </svg>
      <div
        className="sound-bar"
        role="meter"
        aria-label={t('sound.level')}
        aria-valuemin={meterFloorDb}
        aria-valuemax={0}
        aria-valuenow={Math.round(Math.min(0, Math.max(meterFloorDb, now?.rmsDb ?? meterFloorDb)))}
        aria-valuetext={said}
      >
        <i style={{ width: percent(now === null ? 0 : placeOf(now.rmsDb)) }} />
        {now === null ? null : <b className="sound-peak" style={{ left: percent(placeOf(now.peakDb)) }} />}
        {background === null ? null : <b className="sound-usual" style={{ left: percent(placeOf(background)) }} />}
        {thresholdDb === null ? null : <b className="sound-mark" style={{ left: percent(placeOf(thresholdDb)) }} />}
      </div>
      <p className="sound-says">
        <span>{said}</span>
        {background === null ? null : <span className="quiet">{t('sound.usual', { db: numberOf(background) })}</span>}
        {now?.look.speech == null ? null : (
          <span className="quiet">{t('sound.chance', { chance: percentOf(now.look.speech) })}</span>
        )}
        {now?.look.goingOn.map((matter) => (
          <Mark key={matter} tone={matter === 'silence' ? 'warn' : 'rec'}>
            {t(`sound.goingOn.${matter}`)}
          </Mark>
        ))}
      </p>
    </div>
  );
}
