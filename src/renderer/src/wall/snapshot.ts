import type { CameraView } from '#domain/camera.ts';
import { blackened } from '../player/blacken.ts';
import { t } from '../text/index.ts';
import { tell } from '../ui/tell.ts';

/** `atMs`: the picture's own moment. */
export type Shot = { blob: Blob; atMs: number };

/** Saves what the tile shows, private zones black, as `gate_2026-11-22_14-03-12.jpg` (UTC), by the browser's own way of saving files. */
export async function saveSnapshot(camera: CameraView, take: () => Promise<Shot | null>): Promise<void> {
  const shot = await take();
  const jpeg = shot ? await blackened(shot.blob, camera.privacy).catch(() => null) : null;
  if (!shot || !jpeg) {
    tell(t('wall.tile.cannot'));
    return;
  }
  const url = URL.createObjectURL(jpeg);
  const link = document.createElement('a');
  link.href = url;
  link.download = `${camera.folder}_${new Date(shot.atMs).toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-')}.jpg`;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
