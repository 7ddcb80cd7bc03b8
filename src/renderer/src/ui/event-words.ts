/** What an event says, in one line. */
import type { CameraView } from '#domain/camera.ts';
import type { Event } from '#domain/event.ts';
import type { CameraId } from '#domain/id.ts';
import { StreamTrouble } from '#domain/stream.ts';
import { t } from '../text/index.ts';

export function eventTitle(event: Event): string {
  const title = event.data.title;
  if (event.kind === 'external' && typeof title === 'string') return title;
  return t(`events.kind.${event.kind}`);
}

/** The reason or text that came with it; empty if none did. */
export function eventDetail(event: Event): string {
  const trouble = StreamTrouble.safeParse(event.data.trouble ?? event.data.reason);
  if (trouble.success) return t(`trouble.short.${trouble.data}`);
  const text = event.data.text ?? event.data.detail;
  return typeof text === 'string' ? text : '';
}

export function eventPlace(event: Event, byId: ReadonlyMap<CameraId, CameraView>): string {
  if (event.cameraId === null) return t('events.station');
  const camera = byId.get(event.cameraId);
  if (camera) return camera.name;
  const name = event.data.camera ?? event.data.name;
  return typeof name === 'string' ? name : t('events.goneCamera');
}
