/** One tile's playing: keeps the canvas at the master clock's moment, by the way of playing that fits. Runs in the worker. */
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import { playBackward } from './backward.ts';
import { playByKey } from './by-key.ts';
import { everyFrameUpTo, momentAt, sharedNowMs } from './clock.ts';
import { createPictureDecoder, type Picture, type PictureDecoder } from './decoder.ts';
import { sameFormat, type PictureFormat } from './demux.ts';
import { us, type Drive } from './drive.ts';
import { playForward } from './forward.ts';
import { createPictureQueue } from './picture-queue.ts';
import type { Motion, TileState } from './port.ts';
import type { Moments } from './moments.ts';
import type { Reader } from './reader.ts';
import { RefusedRecording } from './refused-recording.ts';
import { choose } from './source.ts';

export type Lane = {
  readonly cameraId: CameraId;
  motion(motion: Motion): void;
  /** Reads and shows anew what there is. */
  again(): void;
  /** `width`, `height`: of the surface, in device pixels. */
  size(prefer: StreamKind, width: number, height: number): void;
  /** Draws what is to be seen now. */
  draw(): void;
  /** A copy of the picture on the screen, in the recording's own size where it is still at hand; null: none is shown. */
  snapshot(): Promise<{ picture: ImageBitmap; atMs: number } | null>;
  /** Ends of the neighbouring video when the lane stands in a gap, else null. */
  gap(): { prevMs: number | null; nextMs: number | null } | null;
  close(): void;
};

type Way = 'forward' | 'backward' | 'by-key';
export const wayOf = (m: Motion): Way =>
  m.scrubbing || Math.abs(m.clock.speed) > everyFrameUpTo * 1.3 ? 'by-key' : m.rate < 0 ? 'backward' : 'forward';

/** Later than this the newest picture is shown although it is not the exact one: a slow machine shows a slow picture. */
const patienceMs = 250;
const stateEveryMs = 100;

type Setup = {
  cameraId: CameraId;
  canvas: OffscreenCanvas;
  prefer: StreamKind;
  width: number;
  height: number;
  reader: Reader;
  moments: Moments;
  motion: Motion;
  pulse(): Promise<void>;
  onState(state: TileState): void;
};

export function createLane(setup: Setup): Lane {
  const { cameraId, canvas, reader, moments } = setup;
  const context = canvas.getContext('2d', { alpha: false });
  const queue = createPictureQueue<Picture>();
  let { motion, prefer, width, height } = setup;
  /** `mine.run`: what it decodes for; pictures of an earlier run are dropped. */
  let decoder: {
    made: PictureDecoder;
    format: PictureFormat;
    software: boolean;
    mine: { run: AbortController };
  } | null = null;
  let accept: (picture: Picture) => boolean = () => true;
  let settled = false;
  let run = new AbortController();
  let way = wayOf(motion);
  let source: { stream: StreamKind; codec: string; width: number; height: number; archived: boolean } | null = null;
  let state: TileState = { kind: 'loading' };
  let toldAt = 0;
  let drawn = { atUs: -1, tMs: 0 };
  let closed = false;

  const nowMs = (): number => momentAt(motion.clock, sharedNowMs());
  const tell = (next: TileState): void => {
    const now = performance.now();
    if (next.kind === state.kind) {
      if (next.kind === 'showing' && state.kind === 'showing') {
        const same = next.shownMs === state.shownMs && next.stream === state.stream && next.codec === state.codec;
        if (same || now - toldAt < stateEveryMs) return;
      } else if (JSON.stringify(next) === JSON.stringify(state)) return;
    }
    state = next;
    toldAt = now;
    setup.onState(next);
  };

  const decoderFor = (format: PictureFormat, software: boolean): PictureDecoder => {
    if (decoder && sameFormat(decoder.format, format) && decoder.software === software) return decoder.made;
    const old = decoder?.made;
    const mine = { run };
    const made = createPictureDecoder(
      format,
      software,
      (picture) => {
        if (closed || mine.run.signal.aborted || !accept(picture)) picture.image.close();
        else {
          queue.add(picture);
          const now = us(nowMs());
          if (motion.rate >= 0 && way === 'forward') queue.dropBefore(now);
        }
      },
      (error) => {
        if (!mine.run.signal.aborted) {
          mine.run.abort();
          restart(error);
        }
      },
    );
    decoder = { made, format, software, mine };
    if (old)
      void old
        .flush()
        .catch(() => undefined)
        .finally(() => {
          old.close();
        }); // its last pictures are still to be shown
    return made;
  };

  /** A dragging hand wants a picture at once more than a large one. */
  const wanted = (): StreamKind => (motion.scrubbing ? 'sub' : prefer);

  const start = (keep: boolean): void => {
    run.abort();
    run = new AbortController();
    const { signal } = run;
    way = wayOf(motion);
    settled = false;
    accept = () => true;
    // Kept: making one anew costs more than what is left of it to decode.
    decoder?.made.reset();
    if (decoder) decoder.mine.run = run;
    if (!keep) {
      queue.clear();
      // What is still on the screen belongs to another moment.
      if (state.kind === 'showing') tell({ kind: 'loading' });
    }
    const drive: Drive = {
      cameraId,
      reader,
      signal,
      stopped: () => signal.aborted,
      queue,
      nowMs,
      speed: () => motion.clock.speed,
      scrubbing: () => motion.scrubbing,
      prime: (atMs, what) => moments.want({ cameraId, prefer: wanted(), atMs, what, signal }),
      choose: async (atMs, onPlace) => {
        const choice = await choose(reader, cameraId, wanted(), atMs, onPlace);
        for (const stream of choice.refused) moments.refuse(cameraId, stream);
        return choice;
      },
      decoder: decoderFor,
      accept: (filter) => {
        accept = filter;
      },
      pulse: setup.pulse,
      settled: (is) => {
        settled = is;
      },
      without: (choice) => {
        source = null;
        tell(choice.kind === 'gap' ? { kind: 'gap', prevMs: choice.prevMs, nextMs: choice.nextMs } : choice);
      },
      from: (choice) => {
        const { codec, width, height } = choice.format;
        const archived = choice.index.segment.archive !== undefined;
        source = { stream: choice.asked.stream, codec, width, height, archived };
        if (state.kind !== 'showing') tell({ kind: 'loading', ...(archived && { archived }) });
      },
    };
    const play = way === 'forward' ? playForward : way === 'backward' ? playBackward : playByKey;
    play(drive).catch((error: unknown) => {
      if (!signal.aborted) restart(error instanceof Error ? error : new Error(String(error)));
    });
  };

  /** A read or a decoder failed: said at once, tried again in a moment. */
  const restart = (error: Error): void => {
    if (closed) return;
    tell({ kind: 'failed', reason: error instanceof RefusedRecording ? error.reason : null });
    const mine = run;
    setTimeout(() => {
      if (!closed && run === mine) start(false);
    }, 1000);
  };

  const fit = (w: number, h: number): void => {
    const scale = Math.min(1, width / w, height / h);
    const cw = Math.max(2, Math.round(w * scale));
    const ch = Math.max(2, Math.round(h * scale));
    if (canvas.width !== cw || canvas.height !== ch) {
      canvas.width = cw;
      canvas.height = ch;
    }
  };

  start(false);
  return {
    cameraId,
    motion(next) {
      const was = motion;
      const before = nowMs();
      motion = next;
      const after = nowMs();
      const nextWay = wayOf(next);
      const moved = Math.abs(after - before) > 60;
      const turned = nextWay !== way || Math.sign(next.rate) !== Math.sign(was.rate);
      // Dragging moves the target; the loop that shows key frames follows it by itself.
      if (turned || (moved && nextWay !== 'by-key')) {
        const first = queue.firstUs;
        const last = queue.lastUs;
        const t = us(after);
        const near = nextWay === way && !turned && first !== null && last !== null && t >= first && t <= last;
        if (!near) start(false);
      }
    },
    again() {
      start(false);
    },
    size(nextPrefer, w, h) {
      width = Math.max(2, w);
      height = Math.max(2, h);
      if (nextPrefer !== prefer) {
        prefer = nextPrefer;
        start(true);
      }
      drawn = { atUs: -1, tMs: drawn.tMs };
    },
    draw() {
      if (closed || !context) return;
      const now = us(nowMs());
      const picture = way === 'by-key' ? queue.shownAt(Number.POSITIVE_INFINITY) : queue.shownAt(now);
      if (!picture) return;
      const t = performance.now();
      const exact = way === 'by-key' || picture.endUs > now || settled;
      // Backward, a group comes out oldest first: showing it half decoded would run forward.
      const patient = motion.clock.speed === 0 || way === 'backward' || t - drawn.tMs < patienceMs;
      if (!exact && patient) return;
      if (picture.atUs !== drawn.atUs) {
        const w = 'displayWidth' in picture.image ? picture.image.displayWidth : picture.image.width;
        const h = 'displayHeight' in picture.image ? picture.image.displayHeight : picture.image.height;
        fit(w, h);
        context.drawImage(picture.image, 0, 0, canvas.width, canvas.height);
        drawn = { atUs: picture.atUs, tMs: t };
      }
      if (way === 'forward') queue.dropBefore(now);
      else if (way === 'backward') queue.dropAfter(Math.max(now, picture.atUs));
      if (source) tell({ kind: 'showing', shownMs: picture.atUs / 1000, ...source });
    },
    async snapshot() {
      if (closed || drawn.atUs < 0 || state.kind !== 'showing') return null;
      const { atUs } = drawn;
      const kept = queue.shownAt(atUs);
      return { picture: await createImageBitmap(kept?.atUs === atUs ? kept.image : canvas), atMs: atUs / 1000 };
    },
    gap: () => (state.kind === 'gap' ? { prevMs: state.prevMs, nextMs: state.nextMs } : null),
    close() {
      closed = true;
      run.abort();
      decoder?.made.close();
      decoder = null;
      queue.clear();
      canvas.width = canvas.height = 2;
    },
  };
}
