/** A tile's live picture: the element in its box, the stream that fits its size, and what may be said of it. */
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { StreamKind } from '#domain/stream.ts';
import { stationNowMs } from '../client/index.ts';
import { chooseStream, type Beat, type LiveView } from '../player/live/index.ts';
import { useLivePlayer } from './live-context.ts';
import { livenessOf, type Liveness } from './liveness.ts';
import type { Shot } from './snapshot.ts';

export type TileLive = { liveness: Liveness; beat: Beat | null; lineUp: boolean; snapshot: () => Promise<Shot | null> };

const lookEveryMs = 250;

/** What the live picture shows now, with the moment of the picture: its age taken off. */
async function shotOf(view: LiveView | null): Promise<Shot | null> {
  const blob = (await view?.snapshot()) ?? null;
  const reading = view?.reading() ?? null;
  const ageMs = (reading?.beat.ageMs ?? 0) + (reading === null ? 0 : performance.now() - reading.atMs);
  return blob ? { blob, atMs: stationNowMs() - ageMs } : null;
}

/** Two readings that a tile would show alike. */
function alike(a: Liveness, b: Liveness): boolean {
  if (a.is !== b.is) return false;
  const second = (l: Liveness): number => ('ageMs' in l && l.ageMs !== null ? Math.floor(l.ageMs / 1000) : -1);
  if (
    a.is === 'lost' &&
    b.is === 'lost' &&
    (a.status.sinceMs !== b.status.sinceMs || a.status.trouble !== b.status.trouble)
  )
    return false;
  return second(a) === second(b);
}

export function useLive(
  camera: CameraView,
  on: boolean,
  audio: boolean,
  detailed: boolean,
): { box: RefObject<HTMLDivElement | null>; live: TileLive } {
  const player = useLivePlayer();
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<LiveView | null>(null);
  const latest = useRef(camera);
  const [live, setLive] = useState<Omit<TileLive, 'snapshot'>>({
    liveness: { is: 'loading' },
    beat: null,
    lineUp: true,
  });
  const [kind, setKind] = useState<StreamKind | null>(null);

  useEffect(() => {
    latest.current = camera;
  });

  const shown = on && camera.enabled;
  useEffect(() => {
    const parent = box.current;
    if (!player || !parent || !shown) return;
    const made = player.view();
    made.element.className = 'tile-picture';
    parent.append(made.element);
    view.current = made;
    return () => {
      view.current = null;
      made.element.remove();
      made.dispose();
    };
  }, [player, shown, camera.id]);

  // Which stream: by the tile's size, looked at again when that or the camera changes.
  useEffect(() => {
    const parent = box.current;
    if (!parent || !shown) return;
    const choose = (): void => {
      const width = parent.clientWidth * devicePixelRatio;
      if (width > 0) setKind((was) => chooseStream(latest.current, width, was, audio));
    };
    const observer = new ResizeObserver(choose);
    observer.observe(parent);
    const timer = setInterval(choose, 1000);
    return () => {
      observer.disconnect();
      clearInterval(timer);
    };
  }, [shown, audio]);

  useEffect(() => {
    if (kind !== null) view.current?.aim({ cameraId: camera.id, kind, audio });
  }, [player, shown, camera.id, kind, audio]);

  useEffect(() => {
    const look = (): void => {
      const reading = view.current?.reading() ?? null;
      const liveness = livenessOf(
        latest.current,
        reading === null ? null : { beat: reading.beat, sinceMs: performance.now() - reading.atMs },
      );
      const beat = reading?.beat ?? null;
      const lineUp = reading?.lineUp ?? true;
      setLive((was) => {
        const marks =
          was.beat?.transcoded === beat?.transcoded &&
          was.beat?.blackened === beat?.blackened &&
          was.beat?.keysOnly === beat?.keysOnly &&
          was.beat?.hasAudio === beat?.hasAudio &&
          was.beat?.width === beat?.width &&
          was.beat?.height === beat?.height;
        return !detailed && marks && was.lineUp === lineUp && alike(was.liveness, liveness)
          ? was
          : { liveness, beat, lineUp };
      });
    };
    look();
    const timer = setInterval(look, lookEveryMs);
    return () => {
      clearInterval(timer);
    };
  }, [detailed]);

  return { box, live: { ...live, snapshot: () => shotOf(view.current) } };
}
