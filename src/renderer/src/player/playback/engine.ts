/** The page's side of playback: one worker for all tiles and previews, started with the first of them, ended after the last. */
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import { useLine } from '../../stores/line.ts';
import { overGap } from './clock.ts';
import { createMediaIndex } from './media-index.ts';
import type { FromWorker, Motion, TileState, ToWorker } from './port.ts';
import { jumpTo, setStepper, usePlayback, type Playback } from './store.ts';

export type Thumb = { picture: ImageBitmap; atMs: number };

export type Engine = {
  open(tile: {
    cameraId: CameraId;
    canvas: OffscreenCanvas;
    prefer: StreamKind;
    width: number;
    height: number;
    onState(state: TileState): void;
  }): {
    size(prefer: StreamKind, width: number, height: number): void;
    /** The picture on the screen now; null: none. Close it. */
    snapshot(): Promise<Thumb | null>;
    close(): void;
  };
  /** The key frame nearest to a moment, at most `width` pixels wide; null: none, or a newer wish of this slot came. Close it. */
  thumb(slot: string, cameraId: CameraId, atMs: number, width: number): Promise<Thumb | null>;
};

const lingerMs = 20_000;

/** How long all tiles must stand in a gap before the clock is carried over it. */
const gapPatienceMs = 150;

type Tile = { cameraId: CameraId; state: TileState; onState(state: TileState): void };

function createEngine() {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'playback' });
  const index = createMediaIndex();
  const tiles = new Map<number, Tile>();
  const thumbs = new Map<number, (thumb: Thumb | null) => void>();
  const snapshots = new Map<number, (shot: Thumb | null) => void>();
  const steps = new Map<number, (atMs: number | null) => void>();
  let next = 1;
  let gapTimer: ReturnType<typeof setTimeout> | null = null;
  const post = (message: ToWorker, transfer: Transferable[] = []): void => {
    worker.postMessage(message, transfer);
  };
  const tell = (s: Playback): void => {
    const motion: Motion = { clock: s.clock, rate: s.rate, scrubbing: s.scrubbing };
    post({ op: 'motion', motion });
  };
  const skip = (): void => {
    gapTimer = null;
    const { skipGaps, playing, mode, rate, goLive } = usePlayback.getState();
    if (!skipGaps || !playing || mode !== 'playback') return;
    const states = [...tiles.values()].map((t) => t.state);
    if (states.length === 0 || states.some((s) => s.kind !== 'gap')) return;
    const to = overGap(
      states.map((s) => (s.kind === 'gap' ? s : null)),
      rate > 0 ? 1 : -1,
    );
    if (to !== null) jumpTo(rate > 0 ? to : to - 1);
    else if (rate > 0) goLive();
    else usePlayback.getState().pause();
  };

  /** What shows nothing yet says why it takes longer. */
  const fetching = (cameraId: CameraId): void => {
    for (const tile of tiles.values()) {
      if (tile.cameraId !== cameraId || tile.state.kind !== 'loading') continue;
      tile.state = { kind: 'loading', archived: true };
      tile.onState(tile.state);
    }
  };

  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    switch (data.op) {
      case 'state': {
        const tile = tiles.get(data.tile);
        if (!tile) break;
        tile.state = data.state;
        tile.onState(data.state);
        if (data.state.kind === 'gap') gapTimer ??= setTimeout(skip, gapPatienceMs);
        break;
      }
      case 'place':
        index
          .place(data.cameraId, data.stream, data.atMs, () => fetching(data.cameraId))
          .then(
            (place) => {
              post({ op: 'placed', ref: data.ref, place });
            },
            (error: unknown) => {
              post({
                op: 'place-failed',
                ref: data.ref,
                message: error instanceof Error ? error.message : String(error),
              });
            },
          );
        break;
      case 'stepped':
        steps.get(data.ref)?.(data.atMs);
        steps.delete(data.ref);
        break;
      case 'snapped':
        snapshots.get(data.ref)?.(data.picture ? { picture: data.picture, atMs: data.atMs } : null);
        snapshots.delete(data.ref);
        break;
      case 'thumbed':
        thumbs.get(data.ref)?.(data.picture ? { picture: data.picture, atMs: data.atMs } : null);
        thumbs.delete(data.ref);
        break;
    }
  });

  const offPlayback = usePlayback.subscribe((s, was) => {
    if (s.take !== was.take) {
      index.prefer(s.take);
      post({ op: 'take', run: s.take });
    }
    if (s.clock !== was.clock || s.scrubbing !== was.scrubbing || s.rate !== was.rate) tell(s);
  });
  const offLine = useLine.subscribe((s, was) => {
    if (s.state === 'open' && was.state !== 'open') index.refresh();
  });
  const { take } = usePlayback.getState();
  if (take !== null) {
    index.prefer(take);
    post({ op: 'take', run: take });
  }
  tell(usePlayback.getState());

  setStepper((atMs, by) => {
    const showing = [...tiles.values()].filter((t) => t.state.kind === 'showing');
    const tile = showing.find((t) => t.cameraId === lead) ?? showing[0] ?? [...tiles.values()][0];
    if (!tile) return Promise.resolve(null);
    const prefer = tile.state.kind === 'showing' ? tile.state.stream : 'main';
    const ref = next++;
    return new Promise((resolve) => {
      steps.set(ref, resolve);
      post({ op: 'step', ref, cameraId: tile.cameraId, prefer, atMs, by });
    });
  });

  const engine: Engine = {
    open({ cameraId, canvas, prefer, width, height, onState }) {
      const tile = next++;
      tiles.set(tile, { cameraId, state: { kind: 'loading' }, onState });
      post({ op: 'open', tile, cameraId, canvas, prefer, width, height }, [canvas]);
      return {
        size(nextPrefer, w, h) {
          post({ op: 'size', tile, prefer: nextPrefer, width: w, height: h });
        },
        snapshot() {
          const ref = next++;
          return new Promise((resolve) => {
            snapshots.set(ref, resolve);
            post({ op: 'snapshot', ref, tile });
          });
        },
        close() {
          tiles.delete(tile);
          post({ op: 'close', tile });
        },
      };
    },
    thumb(slot, cameraId, atMs, width) {
      const ref = next++;
      return new Promise((resolve) => {
        thumbs.set(ref, resolve);
        post({ op: 'thumb', ref, slot, cameraId, atMs, width });
      });
    },
  };
  return {
    engine,
    stop() {
      offPlayback();
      offLine();
      setStepper(null);
      if (gapTimer !== null) clearTimeout(gapTimer);
      for (const done of thumbs.values()) done(null);
      for (const done of snapshots.values()) done(null);
      for (const done of steps.values()) done(null);
      worker.terminate();
    },
  };
}

/** Whose pictures are counted when it goes frame by frame; null: the first tile's. */
let lead: CameraId | null = null;
let running: ReturnType<typeof createEngine> | null = null;
let users = 0;
let lingering: ReturnType<typeof setTimeout> | null = null;

/** The one engine; `release` it when done. It ends some time after its last user. */
export function holdEngine(): { engine: Engine; release(): void } {
  users += 1;
  if (lingering !== null) clearTimeout(lingering);
  lingering = null;
  running ??= createEngine();
  const { engine } = running;
  let released = false;
  return {
    engine,
    release() {
      if (released) return;
      released = true;
      users -= 1;
      if (users > 0) return;
      lingering = setTimeout(() => {
        running?.stop();
        running = null;
        lingering = null;
      }, lingerMs);
    },
  };
}

/** The camera whose pictures "frame by frame" counts. */
export function leadCamera(cameraId: CameraId | null): void {
  lead = cameraId;
}
