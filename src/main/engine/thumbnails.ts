/**
 * Small pictures of what was recorded: all of a finished segment in one go on a thread of the lowest priority, one segment after the other
 * and never for more than a tenth of the time; kept within bounds, the past getting coarser first.
 *
 * They are kept whole, sealed, as the recording is, and blackened when they are given, by the zones of that moment: a zone that is drawn
 * later covers the past too, and one that was drawn wrong does not spoil it.
 */
import { AppError } from '#contract/error.ts';
import { changeData } from '#domain/change.ts';
import { momentsUntil, nextThumbnail, thinThumbnails, type Progress } from '#domain/decide/make-thumbnails.ts';
import type { CameraId } from '#domain/id.ts';
import type { Polygon } from '#domain/place.ts';
import type { StreamKind } from '#domain/stream.ts';
import { cellsOf, slotOf, thumbnailBytes, thumbnailSlotMs, type ThumbnailStatus } from '#domain/thumbnail.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createRepeats } from '#lib/repeats.ts';
import type { CameraRoom } from './cameras.ts';
import type { EventRoom } from './events.ts';
import { keyPicture } from './key-picture.ts';
import type { Ffmpeg } from './ffmpeg-port.ts';
import type { WriteStore } from './index-port.ts';
import type { MomentPlace } from './playback-port.ts';
import type { Queries } from './query-port.ts';
import type { SegmentPictures, ThumbnailStore } from './thumbnail-port.ts';
import type { KeyedVolume } from './encryption.ts';
import type { Playback, Thumbnails } from './rooms.ts';
import type { Segments } from './segments.ts';

/** After a segment the decoder rests so many times as long as it took. */
const restTimes = 9;
const idleMs = 2_000;
/** Cameras in which nothing can be decoded are left alone for so long. */
const sulkMs = 60_000;
/** Of a camera of which nothing was heard the index is asked so often. */
const askAgainMs = 30_000;
const tidyEveryMs = 3_600_000;
/** Pictures that may be made at once for people who wait. */
const mostAsked = 16;
/** Black ones that are kept in memory, about 10 kB each. */
const mostBlack = 300;
/** Black ones that may be waited for at once: three whole pages. */
const mostBlackened = 192;
const kinds: readonly StreamKind[] = ['sub', 'main'];
const limitKey = 'thumbnail-bytes';

/** Runs one piece of work after the other. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

export type ThumbnailRoom = Thumbnails & { start(): void; stop(): void };

export function createThumbnails(deps: {
  clock: Clock;
  log: Log;
  store: ThumbnailStore;
  setting: WriteStore['setting'];
  ffmpeg: Pick<Ffmpeg, 'found' | 'thumbnail' | 'blacken'>;
  pictures: SegmentPictures;
  /** What of a camera's picture nobody is to see. */
  privacy: (id: CameraId) => readonly Polygon[];
  /** Those whose keys are open. */
  keyed: () => readonly KeyedVolume[];
  cameras: Pick<CameraRoom, 'records' | 'stream'>;
  playback: Pick<Playback, 'moment' | 'segmentAt'>;
  segments: Pick<Segments, 'finishedMs' | 'newestMs'>;
  queries: Pick<Queries, 'segments' | 'bounds' | 'locate'>;
  events: Pick<EventRoom, 'note'>;
}): ThumbnailRoom {
  const { clock, store, queries } = deps;
  const repeats = createRepeats(deps.log);
  /** Up to where each camera has its pictures. */
  const done = new Map<CameraId, number>();
  /** Up to where each camera is recorded, as last looked; what is being written does not count. */
  const recorded = new Map<CameraId, number>();
  /** When the index is asked again up to where a camera is recorded; on the monotonic clock. */
  const askAtMs = new Map<CameraId, number>();
  const sulking = new Map<CameraId, number>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = true;
  /** What is being made, up to its last moment. */
  let current: { camera: CameraId; lastMs: number } | null = null;
  /** What is under way, and what of it is gone meanwhile: footage was deleted, a key destroyed. */
  const making = new Set<{ camera: CameraId; gone: { fromMs: number; toMs: number }[] }>();
  let tidyAtMs = 0;
  let asked = 0;

  const maxBytes = (): number => Number(deps.setting.get(limitKey) ?? thumbnailBytes.usual);
  const streamsOf = (id: CameraId) => kinds.map((kind) => deps.cameras.stream(id, kind)).filter((s) => s !== null);

  const decode = async (place: MomentPlace): Promise<{ atMs: number; jpeg: Uint8Array } | null> => {
    const found = await keyPicture(place);
    if (found === null) return null;
    return { atMs: found.atMs, jpeg: await deps.ffmpeg.thumbnail(found.track, found.key) };
  };

  /** Makes pictures of a camera and keeps those whose footage is still there then. */
  const keepMade = async <T extends { atMs: number; jpeg: Uint8Array }>(
    camera: CameraId,
    make: () => Promise<readonly T[]>,
  ): Promise<T[]> => {
    const mine = { camera, gone: [] as { fromMs: number; toMs: number }[] };
    making.add(mine);
    try {
      const made = await make();
      const left = made.filter(
        ({ atMs }) => !mine.gone.some((g) => slotOf(atMs) >= slotOf(g.fromMs) && slotOf(atMs) <= slotOf(g.toMs - 1)),
      );
      store.putAll(camera, left);
      return left;
    } finally {
      making.delete(mine);
    }
  };

  const isGone = (id: CameraId, fromMs: number, toMs: number): void => {
    for (const { camera, gone } of making) if (camera === id) gone.push({ fromMs, toMs });
  };

  const look = async (): Promise<Progress<CameraId>[]> => {
    const now = clock.nowMs();
    const out: Progress<CameraId>[] = [];
    for (const { id } of deps.cameras.records()) {
      if ((sulking.get(id) ?? 0) > clock.monoMs()) continue;
      const doneMs = done.get(id) ?? store.newestMs(id) ?? 0;
      done.set(id, doneMs);
      const recordedMs = await recordedOf(id);
      if (recordedMs > 0) out.push({ camera: id, doneMs, recordedMs: Math.min(recordedMs, now) });
    }
    return out;
  };

  /** By what its recorder tells; before it told anything, by the index. */
  const recordedOf = async (id: CameraId): Promise<number> => {
    const streams = streamsOf(id).map((s) => s.id);
    const heardMs = Math.max(0, ...streams.map((s) => deps.segments.finishedMs(s)));
    if (heardMs > 0) recorded.set(id, heardMs);
    else if ((askAtMs.get(id) ?? 0) <= clock.monoMs()) {
      askAtMs.set(id, clock.monoMs() + askAgainMs);
      const { lastMs } = await queries.bounds(streams);
      const writingMs = Math.max(0, ...streams.map((s) => deps.segments.newestMs(s)));
      recorded.set(id, writingMs === 0 ? (lastMs ?? 0) : Math.min(lastMs ?? 0, writingMs));
    }
    return recorded.get(id) ?? 0;
  };

  /** Makes the next ones; false when there is nothing to do. */
  const step = async (): Promise<boolean> => {
    current = null;
    const next = nextThumbnail(await look(), clock.nowMs());
    if (next === null) return false;
    const { camera, atMs } = next;
    current = { camera, lastMs: atMs };
    const found = await deps.playback.segmentAt(camera, kinds, atMs);
    if (found === null) {
      done.set(camera, await skip(camera, atMs));
      return true;
    }
    const { segment, path } = found;
    if (segment.state === 'open') {
      sulking.set(camera, clock.monoMs() + thumbnailSlotMs); // once it is finished
      return true;
    }
    if (path === null) await fromArchive(camera, atMs);
    else {
      const moments = momentsUntil(segment.endMs, next);
      current.lastMs = moments.at(-1) ?? atMs;
      const { volume, startMs } = segment;
      const keys =
        deps
          .keyed()
          .find((k) => k.volume === volume)
          ?.keys.usable() ?? [];
      await keepMade(camera, async () => {
        const { pictures, trouble } = await deps.pictures.make({ volume, path, startMs, moments, keys });
        if (trouble !== null) tellOf(camera, trouble);
        return pictures;
      });
    }
    done.set(camera, current.lastMs);
    return true;
  };

  /** What was sent to an archive before its pictures were made: one at a time, as it is read. */
  const fromArchive = (camera: CameraId, atMs: number) =>
    keepMade(camera, async () => {
      const place = await deps.playback.moment({ cameraId: camera, streams: [...kinds], atMs, what: 'key' });
      const made = place === null ? null : await decode(place);
      return made !== null && Math.abs(made.atMs - atMs) <= thumbnailSlotMs ? [made] : [];
    });

  /** What cannot be made is left out; its camera waits, so that others are not held up by it. */
  const tellOf = (camera: CameraId | null, error: string): void => {
    if (camera !== null) sulking.set(camera, clock.monoMs() + sulkMs);
    repeats.warn('small pictures could not be made', { more: { camera, error } });
  };

  /** Nothing was recorded at a moment: the last one before anything is. */
  const skip = async (id: CameraId, atMs: number): Promise<number> => {
    const streams = streamsOf(id).map((s) => s.id);
    const untilMs = Math.max(recorded.get(id) ?? atMs, atMs + thumbnailSlotMs);
    const found = await queries.locate(streams, atMs, untilMs - atMs);
    const starts = found.flatMap(({ segment }) => (segment === null ? [] : [segment.startMs]));
    return Math.max(atMs, Math.min(untilMs, ...starts) - thumbnailSlotMs);
  };

  const thin = (): void => {
    const { counts, bytes } = store.totals();
    const tooMany = thinThumbnails({ bytes, maxBytes: maxBytes(), counts });
    if (tooMany === null) return;
    store.removeOldest(tooMany.level, tooMany.count);
    store.giveBack();
  };

  /** Pictures of what is not there any more go too. */
  const tidy = async (): Promise<void> => {
    for (const { cameraId, atMs } of store.oldest()) {
      const streams = streamsOf(cameraId);
      const { firstMs } = await queries.bounds(streams.map((s) => s.id));
      if (firstMs === null) store.removeCamera(cameraId);
      else if (atMs < firstMs - thumbnailSlotMs) store.remove(cameraId, 0, firstMs - thumbnailSlotMs);
    }
  };

  const turn = async (): Promise<void> => {
    const fromMs = clock.monoMs();
    let worked = false;
    try {
      worked = await step();
      if (worked) thin();
      if (fromMs >= tidyAtMs) {
        tidyAtMs = fromMs + tidyEveryMs;
        await tidy();
      }
    } catch (error) {
      if (stopped) return;
      if (current !== null) done.set(current.camera, current.lastMs);
      tellOf(current?.camera ?? null, String(error));
    }
    if (stopped) return;
    const tookMs = clock.monoMs() - fromMs;
    timer = setTimeout(() => void turn(), worked ? tookMs * restTimes : idleMs);
  };

  const noFfmpeg = (): AppError =>
    new AppError('UNAVAILABLE', 'Small pictures need ffmpeg, and none was found on this station.', {
      data: { reason: 'no-ffmpeg' },
    });
  const busy = (): AppError =>
    new AppError('UNAVAILABLE', 'Too many pictures are asked for at once. Try again in a moment.', {
      data: { reason: 'busy' },
    });

  /** Makes one for somebody who waits. */
  const makeNow = async (id: CameraId, atMs: number, withinMs: number) => {
    if (deps.ffmpeg.found === null) throw noFfmpeg();
    if (asked >= mostAsked) throw busy();
    asked += 1;
    try {
      const place = await deps.playback.moment({ cameraId: id, streams: [...kinds], atMs, what: 'key' });
      if (place === null) return null;
      const make = async () => {
        const made = await queue(() => decode(place));
        return made === null || Math.abs(made.atMs - atMs) > withinMs ? [] : [made];
      };
      const [made] = place.segment.state === 'open' ? await make() : await keepMade(id, make);
      return made ?? null;
    } finally {
      asked -= 1;
    }
  };
  // One at a time: the decoders refuse more than they can hold.
  const queue = inTurn();
  const blackQueue = inTurn();

  /** Those with black parts that were given lately, by camera, moment and areas. */
  const black = new Map<string, Promise<Uint8Array>>();
  let blackening = 0;
  /** As it may be seen. null: what was recorded there is not known any more, and so not where its private parts are. */
  const shown = async (id: CameraId, found: { atMs: number; jpeg: Uint8Array }) => {
    const areas = deps.privacy(id);
    if (areas.length === 0) return found;
    const key = `${id} ${found.atMs} ${JSON.stringify(areas)}`;
    let making = black.get(key);
    if (making === undefined) {
      if (deps.ffmpeg.found === null) throw noFfmpeg();
      if (blackening >= mostBlackened) throw busy();
      const at = await deps.playback.segmentAt(id, kinds, found.atMs);
      if (at === null) return null;
      const { width, height } = at.segment;
      blackening += 1;
      making = blackQueue(() => deps.ffmpeg.blacken(found.jpeg, { width, height }, areas)).finally(() => {
        blackening -= 1;
      });
      making.catch(() => black.delete(key));
      black.set(key, making);
      for (const old of black.keys()) {
        if (black.size <= mostBlack) break;
        black.delete(old);
      }
    }
    return { atMs: found.atMs, jpeg: await making };
  };

  const status = (): ThumbnailStatus => {
    const { counts, bytes } = store.totals();
    const now = clock.nowMs();
    const behind = [...recorded].map(([id, ms]) => Math.min(ms, now) - Math.max(done.get(id) ?? 0, now - 86_400_000));
    return {
      count: counts[0] + counts[1] + counts[2],
      bytes,
      maxBytes: maxBytes(),
      behindMs: Math.max(0, ...behind),
      making: deps.ffmpeg.found !== null,
      oldest: store.oldest(),
    };
  };

  return {
    start() {
      stopped = false;
      if (deps.ffmpeg.found !== null) timer = setTimeout(() => void turn(), idleMs);
    },
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      timer = null;
      repeats.end();
    },
    async picture(id, atMs, withinMs) {
      if (streamsOf(id).length === 0) throw new AppError('NOT_FOUND', 'There is no such camera.');
      const found = store.near(id, atMs, withinMs) ?? (await makeNow(id, atMs, withinMs));
      return found === null ? null : shown(id, found);
    },
    async grid(id, { fromMs, toMs, count }) {
      const streams = streamsOf(id).map((s) => s.id);
      if (streams.length === 0) throw new AppError('NOT_FOUND', 'There is no such camera.');
      return Promise.all(
        cellsOf(fromMs, toMs, count).map(async (cell) => {
          const kept = store.firstIn(id, cell.fromMs, cell.toMs);
          if (kept !== null) return { ...cell, atMs: kept };
          const found = await queries.locate(streams, cell.fromMs, cell.toMs - cell.fromMs - 1);
          const starts = found.flatMap(({ segment }) => (segment === null ? [] : [segment.startMs]));
          return { ...cell, atMs: starts.length === 0 ? null : Math.max(cell.fromMs, Math.min(...starts)) };
        }),
      );
    },
    status,
    limit(bytes, by) {
      const changed = changeData({ pictureBytes: maxBytes() }, { pictureBytes: bytes });
      deps.setting.set(limitKey, String(bytes));
      const atMs = clock.nowMs();
      if (Object.keys(changed).length > 0)
        deps.events.note({
          ...{ kind: 'retention-changed', severity: 'info', fromMs: atMs, toMs: atMs },
          data: { by, ...changed },
        });
      thin();
      return status();
    },
    forget(id, fromMs, toMs) {
      isGone(id, fromMs, toMs);
      store.remove(id, fromMs, toMs);
    },
    erase(id) {
      isGone(id, 0, Number.MAX_SAFE_INTEGER);
      done.delete(id);
      recorded.delete(id);
      askAtMs.delete(id);
      store.removeCamera(id);
    },
  };
}
