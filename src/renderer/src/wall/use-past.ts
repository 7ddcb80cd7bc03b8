/** A tile's recorded picture: the element in its box, the moment on it, and its shape. */
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { CameraId } from '#domain/id.ts';
import { createPlaybackTile, type PlaybackTile } from '../player/playback/index.ts';
import { clockOf, dayOf } from '../text/format.ts';
import type { Shot } from './snapshot.ts';

export type TilePast = {
  box: RefObject<HTMLDivElement | null>;
  clock: RefObject<HTMLTimeElement | null>;
  /** Width by height of the picture; null before the first. */
  ratio: number | null;
  /** What is shown was fetched from an archive. */
  archived: boolean;
  /** A picture is being fetched from an archive: that takes longer. */
  fetching: boolean;
  snapshot: () => Promise<Shot | null>;
};

export function usePast(cameraId: CameraId, on: boolean): TilePast {
  const box = useRef<HTMLDivElement>(null);
  const clock = useRef<HTMLTimeElement>(null);
  const tile = useRef<PlaybackTile | null>(null);
  const [ratio, setRatio] = useState<number | null>(null);
  const [archived, setArchived] = useState(false);
  const [fetching, setFetching] = useState(false);
  useEffect(() => {
    if (!on || !box.current) return;
    const made = createPlaybackTile(box.current, cameraId, {
      onState(state) {
        setFetching(state.kind === 'loading' && state.archived === true);
        const element = clock.current;
        // Written past React: it changes ten times a second while it plays.
        if (element) {
          // While it loads, the picture before stays, and so does its moment.
          if (state.kind === 'loading') return;
          element.hidden = state.kind !== 'showing';
          const [day, time] = state.kind === 'showing' ? [dayOf(state.shownMs), clockOf(state.shownMs)] : ['', ''];
          const [dayElement, timeElement] = element.children;
          if (dayElement && dayElement.textContent !== day) dayElement.textContent = day;
          if (timeElement && timeElement.textContent !== time) timeElement.textContent = time;
        }
        if (state.kind === 'showing') setRatio(state.width / state.height);
        setArchived(state.kind === 'showing' && state.archived);
      },
    });
    tile.current = made;
    return () => {
      tile.current = null;
      made.dispose();
    };
  }, [cameraId, on]);
  return { box, clock, ratio, archived, fetching, snapshot: async () => (await tile.current?.snapshot()) ?? null };
}
