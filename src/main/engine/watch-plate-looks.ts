/** Small pictures of a plate's readings, kept beside its event's own: letters as they were read. */
import type { CameraId, EventId } from '#domain/id.ts';
import type { Box } from '#domain/place.ts';
import { crop } from '#media/crop.ts';
import type { I420 } from '#media/i420.ts';
import type { EventPictures } from './event-pictures.ts';
import type { Still, WatchingRoom } from './watching.ts';

/** Of one plate so many are kept: its first readings. */
const most = 4;
/** What is shown: so many times as wide as the plate, half as high, and kept so wide at most. */
const around = 3;
const shape = 0.5;
const keptWidth = 480;

/** Of one plate that passes. */
export type PlateLooks = {
  /** It was read in a picture. */
  read(picture: I420, box: Box, atMs: number): void;
  /** It is an event whose own picture is kept: from now on its readings' are. */
  keep(id: EventId): void;
};

export function createPlateLooks(deps: {
  cameraId: CameraId;
  watching: () => Pick<WatchingRoom, 'encode'>;
  keepLook: EventPictures['keepLook'];
}): PlateLooks {
  type Look = { atMs: number; still: Promise<Still> };
  const looks: Look[] = [];
  let of: EventId | null = null;
  const keep = (id: EventId, { atMs, still }: Look): void =>
    void still.then((made) => {
      if (made !== null) deps.keepLook(id, deps.cameraId, { data: made.data, atMs });
    });
  return {
    read(picture, box, atMs) {
      if (looks.length >= most || looks.some((l) => l.atMs === atMs)) return;
      const look = { atMs, still: deps.watching().encode(crop(picture, viewOf(picture, box)), keptWidth) };
      looks.push(look);
      if (of !== null) keep(of, look);
    },
    keep(id) {
      if (of === id) return;
      of = id;
      for (const look of looks) keep(id, look);
    },
  };
}

/** The plate in the middle of some of its vehicle, inside of the picture. */
function viewOf(picture: I420, box: Box): Box {
  const width = Math.min(1, around * box.width);
  const height = Math.min(1, Math.max(box.height, (shape * width * picture.width) / picture.height));
  const from = (at: number, size: number, part: number): number =>
    Math.min(1 - part, Math.max(0, at + size / 2 - part / 2));
  return { x: from(box.x, box.width, width), y: from(box.y, box.height, height), width, height };
}
