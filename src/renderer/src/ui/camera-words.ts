/** The state and health of a camera in words. */
import type { CameraView } from '#domain/camera.ts';
import type { StreamState, StreamStatus } from '#domain/stream.ts';
import { stationNowMs } from '../client/index.ts';
import { durationOf, numberOf } from '../text/format.ts';
import { t } from '../text/index.ts';
import type { Tone } from './mark.tsx';

/** Main stream's status; null before the station has one. */
export const mainOf = (camera: CameraView): StreamStatus | null =>
  camera.streams.find((s) => s.kind === 'main') ?? null;

const tones: Record<StreamState, Tone> = {
  connecting: 'off',
  live: 'ok',
  degraded: 'warn',
  lost: 'bad',
  refused: 'bad',
  unsupported: 'bad',
  disabled: 'off',
};

export function stateOf(camera: CameraView): { tone: Tone; word: string } {
  if (!camera.enabled) return { tone: 'off', word: t('app.state.disabled') };
  if (camera.maintenance !== null) return { tone: 'off', word: t('health.state.maintenance') };
  const main = mainOf(camera);
  if (!main) return { tone: 'off', word: t('app.state.connecting') };
  if (main.state === 'live' && main.recording) return { tone: 'rec', word: t('app.state.recording') };
  if (main.state === 'live' && camera.recording.main.why === 'armed')
    return { tone: 'armed', word: t('app.state.armed') };
  return { tone: tones[main.state], word: t(`app.state.${main.state}`) };
}

export const isDown = (status: StreamStatus | null): boolean =>
  status !== null && (status.state === 'lost' || status.state === 'refused' || status.state === 'unsupported');

/** Whether a person should look at it: it is wanted, and one of its streams has a trouble of the camera's own. */
export const isTroubled = (camera: CameraView): boolean =>
  camera.enabled &&
  camera.maintenance === null &&
  camera.streams.some((s) => s.trouble !== null && s.trouble !== 'worker' && s.trouble !== 'disk-slow');

/** One sentence for the list: what is wrong and what to do, or that nothing is. */
export function healthOf(camera: CameraView): string {
  if (!camera.enabled) return t('cameras.health.off');
  const main = mainOf(camera);
  if (!main) return t('app.state.connecting');
  if (main.trouble !== null) return t(`trouble.long.${main.trouble}`);
  if (main.state === 'connecting')
    return t('cameras.health.connecting', { age: durationOf(stationNowMs() - main.sinceMs) });
  const notes: string[] = [];
  if (main.state === 'degraded' && main.packetsLost > 0)
    notes.push(t('cameras.health.lossy', { count: main.packetsLost }));
  if (main.via === 'ffmpeg') notes.push(t('cameras.health.ffmpeg'));
  if (main.keyIntervalMs !== null && main.keyIntervalMs > 5000)
    notes.push(t('cameras.health.keys', { age: `${numberOf(main.keyIntervalMs / 1000)} s` }));
  if (main.clockOffsetMs !== null && Math.abs(main.clockOffsetMs) > 2000)
    notes.push(t('cameras.health.clock', { off: durationOf(Math.abs(main.clockOffsetMs)) }));
  return notes.length > 0 ? notes.join(' · ') : t('cameras.health.well');
}

/** H.264, H.265, Motion JPEG: what people call the codecs of RFC 6381. */
export function codecName(codec: string): string {
  const short = codec.slice(0, 4).toLowerCase();
  const names: Record<string, string> = {
    avc1: 'H.264',
    avc3: 'H.264',
    hvc1: 'H.265',
    hev1: 'H.265',
    mp4v: 'Motion JPEG',
    mp4a: 'AAC',
    opus: 'Opus',
    ulaw: 'G.711 µ-law',
    alaw: 'G.711 A-law',
  };
  return names[short] ?? codec;
}
