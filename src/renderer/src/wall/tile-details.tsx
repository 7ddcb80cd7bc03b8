import type { CameraView } from '#domain/camera.ts';
import type { Beat } from '../player/live/index.ts';
import { bitRateOf, numberOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { codecName } from '../ui/camera-words.ts';

/** What is on the screen, in figures: measured here where it can be, else as the station says. */
export function TileDetails({ camera, beat }: { camera: CameraView; beat: Beat | null }) {
  const { t } = useTranslation();
  const kind = beat?.kind ?? 'main';
  const status = camera.streams.find((s) => s.kind === kind) ?? null;
  const lines: string[] = [];
  const source = status?.video ? codecName(status.video.codec) : null;
  if (beat && beat.width > 0) {
    const codec = beat.codec === null ? '' : codecName(beat.codec);
    const shown = beat.transcoded && source !== null ? `${source} → ${codec}` : codec;
    lines.push(`${shown} ${String(beat.width)} × ${String(beat.height)}`);
    lines.push(`${t('wall.tile.shown', { fps: numberOf(beat.fps) })} · ${bitRateOf(beat.bitsPerSecond)}`);
  } else if (status?.video)
    lines.push(`${source ?? ''} ${String(status.video.width)} × ${String(status.video.height)}`);
  if (beat?.kind != null)
    lines.push(t(`wall.tile.${beat.kind}`) + (beat.transcoded ? ` · ${t('wall.tile.transcoded')}` : ''));
  if (beat?.latencyMs != null) lines.push(t('wall.tile.latency', { ms: numberOf(beat.latencyMs) }));
  return (
    <ul className="tile-details">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
