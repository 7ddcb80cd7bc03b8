/**
 * What is needed to say why an event of objects was told: what each object that is followed looked like so far, and its newest pictures,
 * which are kept small with the event. They are held for some seconds, and never more than a few MiB of them.
 */
import { explainScene } from '#domain/decide/explain-scene.ts';
import type { Scene, SceneOutput } from '#domain/decide/scene.ts';
import { noHistory, remember, type TrackHistory } from '#domain/decide/track-history.ts';
import { tracksOf, type Tracking } from '#domain/decide/track.ts';
import { TrackId } from '#domain/track.ts';
import type { BestLook, ObjectWhy } from '#domain/event-why.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import { cellsOfText } from '#domain/motion-cells.ts';
import type { WatchLine, WatchZone } from '#domain/watch-zone.ts';
import type { MotionLook } from '#domain/watching.ts';
import type { EventPictures } from './event-pictures.ts';
import type { Framed, WatchingRoom } from './watching.ts';

/** Pictures are held for so long, ms, and so many bytes of all cameras. */
const heldMs = 12_000;
const mostHeldBytes = 32 << 20;
/** Of an event so many are kept, this wide: its first and its last. */
const mostKept = 4;
const keptWidth = 480;

type Held = { cameraId: CameraId } & Pick<Framed, 'atMs' | 'picture'>;

export type WatchWhy = {
  /** A picture was looked at; `frame` null: no detector did. */
  looked(
    id: CameraId,
    look: { before: Tracking; after: Tracking; atMs: number; frame: Framed | null; motion: MotionLook | null },
  ): void;
  why(
    id: CameraId,
    output: Extract<SceneOutput, { is: 'begin' | 'moment' }>,
    now: {
      atMs: number;
      scene: Scene;
      tracking: Tracking;
      zones: readonly WatchZone[];
      lines: readonly WatchLine[];
      modelScore: number;
    },
  ): ObjectWhy;
  /** The pictures that showed it best until now; empty: nothing is known of it. */
  best(id: CameraId, trackId: number | null): readonly BestLook[];
  /** The picture of a time, as long as it is held. */
  picture(id: CameraId, atMs: number): Pick<Framed, 'atMs' | 'picture'> | null;
  /** Keeps those of its pictures that are still held; its own is kept by now. */
  keep(id: CameraId, eventId: EventId, why: ObjectWhy): void;
  forget(id: CameraId): void;
};

export function createWatchWhy(deps: {
  watching: () => Pick<WatchingRoom, 'encode'>;
  keepLook: EventPictures['keepLook'];
}): WatchWhy {
  const histories = new Map<CameraId, TrackHistory>();
  /** Oldest first. */
  let held: Held[] = [];

  const hold = (one: Held): void => {
    held = held.filter((h) => h.cameraId !== one.cameraId || one.atMs - h.atMs < heldMs);
    held.push(one);
    let bytes = held.reduce((sum, h) => sum + h.picture.data.length, 0);
    while (bytes > mostHeldBytes && held.length > 1) bytes -= held.shift()?.picture.data.length ?? 0;
  };

  return {
    looked(id, { before, after, atMs, frame, motion }) {
      if (frame === null) return;
      // A look at the gate that came meanwhile is of another picture.
      const cells = motion?.atMs === atMs ? cellsOfText(motion.cells) : null;
      const history = remember(histories.get(id) ?? noHistory, { before, after, atMs, cells });
      histories.set(id, history);
      // Only where it may become the picture of an event that is not told yet.
      if (after.tracked.some((t) => t.lastMs === atMs && t.misses === 0))
        hold({ cameraId: id, atMs, picture: frame.picture });
    },
    why: (id, output, { tracking, ...now }) =>
      explainScene(output, { ...now, tracks: tracksOf(tracking), history: histories.get(id) ?? noHistory }),
    best: (id, trackId) => (trackId === null ? [] : (histories.get(id)?.get(TrackId.parse(trackId))?.best ?? [])),
    picture: (id, atMs) => held.find((h) => h.cameraId === id && h.atMs === atMs) ?? null,
    keep(id, eventId, { looks }) {
      const times = looks.map((l) => l.atMs);
      const wanted = new Set(
        times.length <= mostKept ? times : [...times.slice(0, mostKept / 2), ...times.slice(-mostKept / 2)],
      );
      for (const { cameraId, atMs, picture } of held)
        if (cameraId === id && wanted.has(atMs))
          void deps
            .watching()
            .encode(picture, keptWidth)
            .then((still) => {
              if (still !== null) deps.keepLook(eventId, id, { data: still.data, atMs });
            });
    },
    forget(id) {
      histories.delete(id);
      held = held.filter((h) => h.cameraId !== id);
    },
  };
}
