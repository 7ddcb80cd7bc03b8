/** Pictures of events: kept within bounds, the oldest going first, and never longer than the footage of their time. */
import type { CameraId, EventId } from '#domain/id.ts';
import type { Log } from '#lib/log.ts';
import type { WriteStore } from './index-port.ts';
import type { EventPictureDoor, EventPictureStore } from './watch-port.ts';

/** About 60,000 pictures of small streams, 10,000 of main ones. */
const mostBytes = 3 * 2 ** 30;
const atOnce = 200;

export type EventPictures = EventPictureDoor & {
  /** False: it could not be kept. */
  keep(id: EventId, cameraId: CameraId, still: { data: Uint8Array; atMs: number }): boolean;
  /** One of those that decided it, after its own. */
  keepLook(id: EventId, cameraId: CameraId, still: { data: Uint8Array; atMs: number }): void;
  /** When those were. */
  looks(id: EventId): number[];
  /** Footage of this span is gone, of one camera or of all (null): so are the pictures. */
  forget(cameraId: CameraId | null, fromMs: number, toMs: number): void;
};

export function createEventPictures(deps: {
  log: Log;
  pictures: EventPictureStore;
  store: Pick<WriteStore, 'event'>;
}): EventPictures {
  const { pictures, log } = deps;
  return {
    picture: (id) => pictures.get(id),
    look: (id, atMs) => pictures.getLook(id, atMs),
    looks: (id) => pictures.looks(id),
    keepLook(id, cameraId, { data, atMs }) {
      try {
        pictures.putLook(id, cameraId, atMs, data);
      } catch (error) {
        log.warn('a picture that decided an event could not be kept', { error: String(error) });
      }
    },
    keep(id, cameraId, { data, atMs }) {
      try {
        pictures.put(id, cameraId, atMs, data);
        if (pictures.bytes() > mostBytes) deps.store.event.bare(pictures.removeOldest(atOnce));
        return true;
      } catch (error) {
        log.warn('the picture of an event could not be kept', { error: String(error) });
        return false;
      }
    },
    forget(cameraId, fromMs, toMs) {
      deps.store.event.bare(pictures.remove(cameraId, fromMs, toMs));
    },
  };
}
