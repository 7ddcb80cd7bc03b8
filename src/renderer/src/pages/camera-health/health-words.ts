/** A camera's health in words and marks. */
import type { CameraView } from '#domain/camera.ts';
import { healthState, type CameraHealth, type HealthState } from '#domain/camera-health.ts';
import { dateTimeOf } from '../../text/format.ts';
import { t } from '../../text/index.ts';
import { mainOf } from '../../ui/camera-words.ts';
import type { Tone } from '../../ui/mark.tsx';

/** A camera with what the station says of its health; null until that was read. */
export type Row = { camera: CameraView; health: CameraHealth | null; state: HealthState };

const tones: Record<HealthState, Tone> = {
  connecting: 'off',
  live: 'ok',
  degraded: 'warn',
  lost: 'bad',
  refused: 'bad',
  unsupported: 'bad',
  disabled: 'off',
  maintenance: 'off',
};
export const toneOf = (state: HealthState): Tone => tones[state];

/** From what is pushed all the time; the rest is read now and then. */
export function rowOf(camera: CameraView, health: CameraHealth | null): Row {
  const main = mainOf(camera);
  const state = healthState({
    enabled: camera.enabled,
    maintenance: camera.maintenance !== null,
    main: main ?? { state: 'connecting' },
    sub: camera.streams.find((s) => s.kind === 'sub') ?? null,
    alarms: health?.alarms.length ?? 0,
  });
  return { camera, health, state };
}

export const inTrouble = ({ state, camera }: Row): boolean =>
  state === 'degraded' ||
  state === 'lost' ||
  state === 'refused' ||
  state === 'unsupported' ||
  (camera.enabled && camera.device?.state === 'trouble');

/** Why it is as it is; empty when all is well. */
export function whyOf({ camera, health, state }: Row): string {
  if (camera.maintenance !== null)
    return t('health.untilBy', {
      reason: camera.maintenance.reason,
      by: camera.maintenance.by,
      time: dateTimeOf(camera.maintenance.untilMs),
    });
  if (state === 'disabled') return '';
  const parts = new Set<string>();
  const main = mainOf(camera);
  if (main?.trouble != null) parts.add(t(`trouble.short.${main.trouble}`));
  for (const { kind } of health?.alarms ?? []) if (kind !== 'camera-lost') parts.add(t(`events.kind.${kind}`));
  const sub = camera.streams.find((s) => s.kind === 'sub');
  if (sub?.trouble != null && sub.trouble !== main?.trouble)
    parts.add(t('health.ofSub', { what: t(`trouble.short.${sub.trouble}`) }));
  if (camera.device?.state === 'trouble') parts.add(t('health.deviceTrouble'));
  return [...parts].join(' · ');
}

/** Which way what happens at the camera is heard. */
export function eventsOf({ health, camera }: Row): string {
  const line = health?.events ?? null;
  if (line === null) return camera.device === null ? '' : t('health.noEvents');
  if (!line.up) return t('health.eventsDown');
  const aside = line.way === 'metadata' && line.trouble !== null;
  return t(`health.eventWay.${line.way}`) + (aside ? ` · ${t('health.eventsAside')}` : '');
}
