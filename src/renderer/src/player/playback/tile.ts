/** A camera's recorded picture on a surface of the page. */
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import { holdEngine } from './engine.ts';
import type { TileState } from './port.ts';
import { causeAt } from './gap-cause.ts';
import { wordsFor } from './words.ts';

export type PlaybackTileOptions = {
  /** Told of every change: what is shown, or why nothing is. */
  onState?: (state: TileState) => void;
  /** The tile writes "no video, because …" over itself unless its owner does that from `onState`. */
  ownWords?: boolean;
};

export type PlaybackTile = {
  /** What is on the screen now, as JPEG, and the moment it was recorded; null: no picture. */
  snapshot(): Promise<{ blob: Blob; atMs: number } | null>;
  dispose(): void;
};

/** Wider surfaces (device pixels) take the main stream. */
const mainFromPx = 800;

/**
 * Draws what a camera recorded at the clock of `usePlayback`, until disposed. `surface` is an element with a size; a canvas
 * that fills it (picture kept in shape) and, where there is nothing to show, one sentence are put inside.
 */
export function createPlaybackTile(
  surface: HTMLElement,
  cameraId: CameraId,
  options: PlaybackTileOptions = {},
): PlaybackTile {
  const { engine, release } = holdEngine();
  const canvas = document.createElement('canvas');
  canvas.className = 'playback-picture';
  canvas.setAttribute('aria-hidden', 'true');
  Object.assign(canvas.style, {
    position: 'absolute',
    inset: '0',
    width: '100%',
    height: '100%',
    objectFit: 'contain',
  });
  const note = document.createElement('p');
  note.className = 'playback-note';
  Object.assign(note.style, {
    position: 'absolute',
    inset: '0',
    margin: '0',
    padding: '16px',
    display: 'none',
    placeItems: 'center',
    textAlign: 'center',
    font: 'inherit',
    color: 'var(--text-2)',
    background: 'var(--picture)',
    whiteSpace: 'pre-line',
  });
  surface.append(canvas, note);

  const measure = (): { prefer: StreamKind; width: number; height: number } => {
    const box = surface.getBoundingClientRect();
    const width = Math.max(2, Math.round(box.width * devicePixelRatio));
    const height = Math.max(2, Math.round(box.height * devicePixelRatio));
    return { prefer: width > mainFromPx ? 'main' : 'sub', width, height };
  };

  let disposed = false;
  let asked = 0;
  const show = (state: TileState): void => {
    surface.dataset.playback = state.kind;
    if (state.kind === 'showing') surface.dataset.shownMs = state.shownMs.toFixed(3);
    options.onState?.(state);
    if (options.ownWords === false) return;
    const mine = ++asked;
    if (state.kind === 'showing' || state.kind === 'loading') {
      if (state.kind === 'showing') note.style.display = 'none';
      return;
    }
    const say = (cause: Parameters<typeof wordsFor>[1]): void => {
      if (disposed || mine !== asked) return;
      note.textContent = wordsFor(state, cause);
      note.style.display = 'grid';
    };
    say(null);
    if (state.kind === 'gap') {
      causeAt(cameraId).then(say, () => undefined); // the sentence without its cause stands
    }
  };

  const first = measure();
  const lane = engine.open({ cameraId, canvas: canvas.transferControlToOffscreen(), ...first, onState: show });
  const observer = new ResizeObserver(() => {
    const { prefer, width, height } = measure();
    lane.size(prefer, width, height);
  });
  observer.observe(surface);
  surface.dataset.playback = 'loading';

  return {
    async snapshot() {
      const shot = await lane.snapshot();
      if (!shot) return null;
      const copy = new OffscreenCanvas(shot.picture.width, shot.picture.height);
      copy.getContext('2d')?.drawImage(shot.picture, 0, 0);
      shot.picture.close();
      return { blob: await copy.convertToBlob({ type: 'image/jpeg', quality: 0.92 }), atMs: shot.atMs };
    },
    dispose() {
      disposed = true;
      observer.disconnect();
      lane.close();
      canvas.remove();
      note.remove();
      delete surface.dataset.playback;
      delete surface.dataset.shownMs;
      release();
    },
  };
}
