/** The state of a head on its picture: who steers, whether it moves or tours, and that it does not answer. */
import { Crosshair, LockKeyhole, Route } from 'lucide-react';
import type { CameraView } from '#domain/camera.ts';
import { takeLock, useHeads, type Head } from '../stores/ptz.ts';
import { useMay } from '../stores/session.ts';
import { useTranslation } from '../text/index.ts';
import { refusalText } from '../ui/refusal.ts';
import { useSteer } from './steering.ts';

/** What the last command came to, when it came to nothing. */
export function useHeadTrouble(camera: CameraView): string | null {
  const { t } = useTranslation();
  const trouble = useHeads((s) => s.troubles.get(camera.id) ?? null);
  const lock = useHeads((s) => s.byId.get(camera.id)?.lock ?? null);
  if (trouble === null) return null;
  if (trouble.is === 'silent') return t('steer.silent', { name: camera.name });
  // The chip says who steers; a clash is no news beside it.
  return lock !== null && !lock.mine ? null : refusalText(trouble.error);
}

export function presetName(head: Head, token: string): string | null {
  const preset = head.presets.find((p) => p.token === token);
  return preset === undefined ? null : preset.name === '' ? preset.token : preset.name;
}

export function HeadChip({ camera }: { camera: CameraView }) {
  const { t } = useTranslation();
  const steer = useSteer();
  const mayTake = useMay('administrator');
  const head = useHeads((s) => s.byId.get(camera.id) ?? null);
  const trouble = useHeadTrouble(camera);
  const steering = steer.camera === camera.id;
  const other = head?.lock && !head.lock.mine ? head.lock : null;
  const { touring } = head ?? { touring: null };
  if (!steering && touring === null && other === null) return null;
  const stop = head && touring ? presetName(head, touring.preset) : null;
  return (
    <div className="steer-chips">
      <div className="steer-chip" role="status" data-tone={other ? 'other' : steering ? 'mine' : 'none'}>
        {other ? (
          <>
            <LockKeyhole size={13} aria-hidden="true" />
            <span>{t('steer.other', { name: other.name })}</span>
          </>
        ) : touring ? (
          <>
            <Route size={13} aria-hidden="true" />
            <span>
              {stop === null
                ? t('steer.touring', { name: touring.name })
                : t('steer.touringAt', { name: touring.name, stop })}
            </span>
          </>
        ) : (
          <>
            <Crosshair size={13} aria-hidden="true" />
            <span>
              {head === null ? t('steer.readingHead') : head.lock?.mine === true ? t('steer.mine') : t('steer.free')}
            </span>
          </>
        )}
        {head?.status?.moving === true ? <b data-moving="true">{t('steer.moving')}</b> : null}
        {other && steering && mayTake ? (
          <button
            type="button"
            onClick={() => {
              void takeLock(camera.id);
            }}
          >
            {t('steer.takeOver')}
          </button>
        ) : null}
      </div>
      {steering && trouble !== null ? (
        <p className="steer-trouble" role="alert">
          {trouble}
        </p>
      ) : null}
    </div>
  );
}
