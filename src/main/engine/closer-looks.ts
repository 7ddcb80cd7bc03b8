/**
 * A closer look at people and vehicles after their events have ended: the recorded main stream at the moments that showed each best, the
 * largest picture of it for the event, its colours, and the plate where plates are to be read. Work that nobody waits for.
 */
import { AppError } from '#contract/error.ts';
import { looksCloser, withoutLook, type CloserLook, type NoCloserLook } from '#domain/closer-look.ts';
import { findAgain } from '#domain/decide/find-again.ts';
import type { Measured } from '#domain/decide/measure-colours.ts';
import { plateParts } from '#domain/decide/plate-picture.ts';
import { viewOf } from '#domain/decide/track.ts';
import type { Detection } from '#domain/detection.ts';
import type { Event, EventLook } from '#domain/event.ts';
import type { BestLook } from '#domain/event-why.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import { inside } from '#domain/place.ts';
import { keptOut } from '#domain/watch-zone.ts';
import type { WorkItem, WorkQueueNow } from '#domain/work.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { I420 } from '#media/i420.ts';
import type { EventPictures } from './event-pictures.ts';
import type { EventRoom } from './events.ts';
import type { FootageDecoder } from './footage-decode.ts';
import type { InferencePool } from './inference.ts';
import { keyPicture } from './key-picture.ts';
import type { Models } from './model-rooms.ts';
import type { PlateLists } from './plate-port.ts';
import type { ReadStore } from './index-port.ts';
import type { Playback } from './rooms.ts';
import type { WatchRuleRoom } from './watch-rules.ts';
import type { WorkStore } from './work-port.ts';
import { createWorkQueue, type WorkOutcome } from './work-queue.ts';

/** A day of a busy site. */
const bound = 2_000;
/** What was recorded last is on disk by then, ms. */
const settledMs = 10_000;
/** A recorded picture further off than this shows another moment, ms. */
const farMs = 2_500;
/** The event's picture is kept this wide at most. */
const pictureWidth = 1_920;
/** As wide are those that it takes the place of, at most. */
const smallWidth = 960;
/** Weaker ones are looked through too: it is known that something is there. */
const weakPart = 0.6;
const leastPlate = 0.5;
/** The decoder's thread ends when there was nothing to do for so long, ms. */
const restMs = 60_000;

export type CloserLooks = {
  /** An event of an object has ended. */
  over(event: Pick<Event, 'id' | 'cameraId' | 'look'>): void;
  now(): WorkQueueNow;
  start(): void;
  stop(): Promise<void>;
};

type Key = NonNullable<Awaited<ReturnType<typeof keyPicture>>>;
type Seen = { picture: I420; atMs: number; found: Detection };
class Stopped extends Error {}
/** The model, a disk or a decoder does not do its work now. */
class NotNow extends Error {}

export function createCloserLooks(deps: {
  clock: Clock;
  log: Log;
  store: Pick<ReadStore, 'eventById' | 'eventWhy'> & { work: WorkStore };
  events: Pick<EventRoom, 'look' | 'closer'>;
  playback: () => Pick<Playback, 'segmentAt' | 'moment'>;
  rules: Pick<WatchRuleRoom, 'settings' | 'privacy' | 'zones'>;
  models: () => Pick<Models, 'choose' | 'ready'>;
  pool: () => Pick<InferencePool, 'submit' | 'now'>;
  lists: Pick<PlateLists, 'find'>;
  decoder: FootageDecoder;
  hasFfmpeg: boolean;
  keep: EventPictures['keep'];
}): CloserLooks {
  const { clock, store, rules, decoder } = deps;
  let resting: ReturnType<typeof setTimeout> | null = null;
  let stopping = false;

  const wanted = (id: CameraId): boolean => {
    const { mode, closerLook } = rules.settings(id);
    return mode === 'objects' && closerLook;
  };
  const modelOf = (id: CameraId) => deps.models().choose('detect', rules.settings(id).modelId);

  /** The key frame of the main stream nearest to a moment; a word: why there is none. */
  const recorded = async (id: CameraId, atMs: number): Promise<Key | NoCloserLook> => {
    const place = await deps.playback().segmentAt(id, ['main'], atMs);
    if (place === null) return 'not-recorded';
    if (place.path === null) return 'archived';
    const moment = await deps.playback().moment({ cameraId: id, streams: ['main'], atMs, what: 'key' });
    if (moment === null) return 'not-recorded';
    const key = await keyPicture(moment);
    if (key === null) return 'unreadable';
    return Math.abs(key.atMs - atMs) > farMs ? 'not-recorded' : key;
  };

  /** What the pool answers; throws where it does not, for now. */
  const answered = <T>(answer: { ok: true; value: T } | { ok: false; why: string; detail: string }): T => {
    if (answer.ok) return answer.value;
    if (answer.why === 'stopping') throw new Stopped(answer.detail);
    throw new NotNow(answer.detail);
  };

  const lookAt = async (
    id: CameraId,
    cls: Detection['class'],
    best: BestLook,
    { track, key, atMs }: Key,
  ): Promise<Seen | NoCloserLook> => {
    const picture = await decoder.decode(track, key, rules.privacy(id));
    if (picture === null) {
      // Its decoder ends with the station.
      if (stopping) throw new Stopped('the station stops');
      return 'unreadable';
    }
    const modelId = modelOf(id);
    if (modelId === null) throw new NotNow('there is no model for it now');
    const minScore = (deps.models().ready(modelId)?.manifest.minScore ?? 0.3) * weakPart;
    const { detections } = answered(
      await deps.pool().submit({
        ...{ from: null, lane: null, urgency: 'idle', waitMs: null, job: 'detect' },
        ask: { modelId, picture, regions: [best.box], minScore, classes: null },
      }),
    );
    const aspect = picture.width / picture.height;
    const found = findAgain(detections, { cls, expected: best.box, apartMs: atMs - best.atMs, aspect });
    return found === null ? 'not-found' : { picture, atMs, found };
  };

  /** The surest plate on a vehicle, where plates are to be read and told. */
  const plateOf = async (id: CameraId, { picture, atMs, found }: Seen): Promise<CloserLook['plate']> => {
    const { plates, plateTells } = rules.settings(id);
    const textModelId = deps.models().choose('text', null);
    const plateModelId = deps.models().choose('plate', null);
    if (!plates || textModelId === null || plateModelId === null) return null;
    const read = answered(
      await deps.pool().submit({
        ...{ from: null, lane: null, urgency: 'idle', waitMs: null, job: 'plates' },
        ask: { textModelId, plateModelId, picture, regions: plateParts(picture, [found.box], [], true) },
      }),
    ).plates;
    const zones = rules.zones(id);
    const [first] = read
      .map(({ text, score, box }) => ({ text, score, middle: { x: box.x + box.width / 2, y: box.y + box.height / 2 } }))
      .filter(({ score, middle: { x, y } }) => {
        const { box } = found;
        const isOn = x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
        return isOn && score >= leastPlate && !keptOut(zones, { x, y }, true);
      })
      .sort((a, b) => b.score - a.score);
    if (first === undefined) return null;
    const { text, score, middle } = first;
    const tells = zones.find((z) => z.kind === 'detect' && inside(z.points, middle))?.plateTells ?? plateTells;
    // Whom nobody is to be told of is not written down either.
    if (tells === 'unknown' && deps.lists.find(text, atMs)[0]?.list.kind === 'allow') return null;
    return { text, score };
  };

  /** Of the moments that showed it best the recorded picture that does; a word: why none does. */
  const choose = async (id: CameraId, cls: Detection['class'], best: readonly BestLook[]) => {
    let chosen: Seen | null = null;
    let without: NoCloserLook = 'not-recorded';
    const seen = new Set<number>();
    for (const look of best) {
      const key = await recorded(id, look.atMs);
      // Key frames may lie further apart than the moments.
      if (typeof key !== 'string' && seen.has(key.atMs)) continue;
      if (typeof key !== 'string') seen.add(key.atMs);
      const one = typeof key === 'string' ? key : await lookAt(id, cls, look, key);
      if (typeof one === 'string') {
        // What was looked at in vain says more than what was not there.
        if (without !== 'not-found') without = one;
      } else if (chosen === null || viewOf(one.found) > viewOf(chosen.found)) chosen = one;
    }
    return chosen ?? without;
  };

  const run = async ({ eventId, cameraId }: WorkItem): Promise<WorkOutcome> => {
    const event = store.eventById(eventId);
    const cls = event?.look?.class ?? null;
    const of = looksCloser(cls);
    if (event?.look === undefined || cls === null || of === null || !wanted(cameraId))
      return { is: 'never', why: 'it is not wanted any more' };
    if (event.toMs === null || modelOf(cameraId) === null) return { is: 'yet', againMs: settledMs };
    const why = store.eventWhy(eventId);
    const best = why?.is !== 'object' ? [] : why.best.length > 0 ? why.best : why.looks.slice(-3).reverse();
    try {
      const chosen = await choose(cameraId, cls, best);
      if (typeof chosen === 'string') {
        deps.events.closer(eventId, withoutLook(chosen));
        return { is: 'never', why: chosen };
      }
      await describe(eventId, cameraId, of, chosen);
      return { is: 'done' };
    } catch (error) {
      if (error instanceof Stopped) return { is: 'stopped' };
      const closed = closedBy(error);
      if (closed === null) return { is: 'failed', why: error instanceof Error ? error.message : String(error) };
      deps.events.closer(eventId, withoutLook(closed));
      return { is: 'never', why: closed };
    } finally {
      if (resting !== null) clearTimeout(resting);
      resting = setTimeout(() => void decoder.rest(), restMs);
    }
  };

  const describe = async (eventId: EventId, id: CameraId, of: Measured['of'], seen: Seen): Promise<void> => {
    const { picture, atMs, found } = seen;
    const measured = await decoder.measure(picture, found.box, of);
    if (measured === null) throw new NotNow('its colours could not be measured');
    const plate = of === 'vehicle' ? await plateOf(id, seen) : null;
    const jpeg = await decoder.encode(picture, pictureWidth);
    if (jpeg === null) throw new NotNow('its picture could not be made');
    // Whatever was deleted meanwhile is not kept here.
    const isThere = (await deps.playback().segmentAt(id, ['main'], atMs)) !== null;
    const event = store.eventById(eventId);
    if (event?.look === undefined || !isThere) return;
    if (shows(event.look, seen) && deps.keep(eventId, id, { data: jpeg, atMs }))
      deps.events.look(eventId, { ...event.look, box: found.box, hasPicture: true });
    const none = { vehicle: null, upper: null, lower: null };
    const { of: _, ...colours } = measured;
    deps.events.closer(eventId, {
      ...{ atMs, size: { width: picture.width, height: picture.height }, without: null, plate },
      ...{ ...none, ...colours },
    });
  };

  const queue = createWorkQueue({
    ...{ kind: 'enrichment', clock, log: deps.log, store: store.work, bound, run },
    hold: () => {
      if (!deps.hasFfmpeg) return 'no-ffmpeg';
      if (deps.models().choose('detect', null) === null) return 'no-model';
      return deps.pool().now().givesWay ? 'strained' : null;
    },
  });

  return {
    over({ id, cameraId, look }) {
      if (cameraId === null || look === undefined || looksCloser(look.class) === null || !wanted(cameraId)) return;
      if (look.trackId !== null) queue.add(id, cameraId, clock.nowMs() + settledMs);
    },
    now: queue.now,
    start: queue.start,
    async stop() {
      stopping = true;
      if (resting !== null) clearTimeout(resting);
      // What it waits for ends with the decoder.
      await Promise.all([queue.stop(), decoder.rest()]);
      if (resting !== null) clearTimeout(resting);
    },
  };
}

/** Whether a recorded picture shows it with more pixels than the one that is kept. */
const shows = ({ box, hasPicture }: EventLook, { picture, found }: Seen): boolean =>
  !hasPicture || box === null || found.box.height * Math.min(pictureWidth, picture.width) > box.height * smallWidth;

/** Why footage cannot be read however often it is tried; null: it may be read another time. */
function closedBy(error: unknown): NoCloserLook | null {
  const data: unknown = error instanceof AppError ? error.data : null;
  const reason: unknown = typeof data === 'object' && data !== null && 'reason' in data ? data.reason : null;
  if (reason === 'locked' || reason === 'key-destroyed') return 'locked';
  return reason === 'missing' || reason === 'corrupt' ? 'unreadable' : null;
}
