/** How watching this camera goes now, in words: what the gate says of the last picture, how often it looks, what is wrong. */
import { useEffect } from 'react';
import type { CameraId } from '#domain/id.ts';
import type { WatchLook } from '#domain/watching.ts';
import { lookAtStates, useWatchStates } from '../../stores/looks.ts';
import { useModels } from '../../stores/models.ts';
import { numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';

export function StateLine({ id, look, on }: { id: CameraId; look: WatchLook | null; on: boolean }) {
  const { t } = useTranslation();
  const watch = useWatchStates((s) => s.byId.get(id) ?? null);
  const models = useModels((s) => s.list);
  useEffect(lookAtStates, []);
  if (!on)
    return (
      <div className="watch-state">
        <Mark tone="off">{t('watching.state.off')}</Mark>
      </div>
    );
  const state = watch?.state ?? null;
  const detector =
    state?.modelId == null
      ? null
      : (models?.find((m) => m.manifest.id === state.modelId)?.manifest.name ?? state.modelId);
  const troubled = state !== null && state.trouble !== null;
  return (
    <div className="watch-state">
      {look === null ? (
        troubled ? null : (
          <Mark tone="off">{t('watching.state.waiting')}</Mark>
        )
      ) : (
        <span className="watch-gate" data-is={look.motion.is}>
          <Mark tone={look.motion.is === 'motion' ? 'rec' : look.motion.is === 'still' ? 'armed' : 'off'}>
            {t(`watching.gate.${look.motion.is}`)}
          </Mark>
        </span>
      )}
      {state !== null && state.watching ? (
        <span className="quiet">
          {t('watching.state.rate', {
            now: numberOf(state.perSecond, 1),
            wanted: numberOf(state.wantedPerSecond, 1),
          })}
          {state.looked > 0 && detector !== null
            ? ` · ${t('watching.state.gated', { gated: numberOf(state.gated), looked: numberOf(state.looked) })}`
            : ''}
          {state.dropped > 0 ? ` · ${t('watching.state.dropped', { count: state.dropped })}` : ''}
        </span>
      ) : null}
      {state !== null && detector !== null ? (
        <span className="quiet">{t('watching.state.detector', { name: detector })}</span>
      ) : null}
      {state?.plates && state.plates.looked > 0 ? (
        <span className="quiet">
          {t('watching.state.plates', {
            told: numberOf(state.plates.told),
            looked: numberOf(state.plates.looked),
          })}
        </span>
      ) : null}
      {state?.plates?.trouble ? <Mark tone="warn">{t(`watching.plateTrouble.${state.plates.trouble}`)}</Mark> : null}
      {state !== null && state.trouble !== null ? (
        <Mark tone="warn">{t(`watching.trouble.${state.trouble}`)}</Mark>
      ) : null}
    </div>
  );
}
