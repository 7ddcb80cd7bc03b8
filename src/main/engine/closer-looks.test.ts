import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AppError } from '#contract/error.ts';
import type { CloserLook } from '#domain/closer-look.ts';
import type { Event } from '#domain/event.ts';
import type { EventWhy } from '#domain/event-why.ts';
import { CameraId, EventId } from '#domain/id.ts';
import type { ModelId } from '#domain/model.ts';
import { WatchSettings } from '#domain/watching.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { waitingWork } from '../../../tests/support/waiting-work.ts';
import { createCloserLooks } from './closer-looks.ts';
import type { PlacedSegment } from './query-port.ts';

const newId = createUlids(() => systemClock.nowMs());
const cameraId = CameraId.parse(newId());
const t0 = 1_800_000_000_000;
const box = { x: 0.4, y: 0.4, width: 0.1, height: 0.2 };

beforeEach(() => {
  vi.useFakeTimers({ now: t0 });
});
afterEach(() => {
  vi.useRealTimers();
});

type Place = { segment: PlacedSegment; path: string | null } | null;

/** Where the footage lies is up to the test; nothing of it is ever read here. */
function rig(segmentAt: () => Promise<Place>) {
  const id = EventId.parse(newId());
  let event: Event = {
    ...{ id, origin: newId() as Event['origin'], seq: 1, kind: 'object', severity: 'info', cameraId },
    ...{ fromMs: t0 - 20_000, toMs: t0 - 15_000, data: {} },
    look: {
      ...{ class: 'car', score: 0.8, box, zoneId: null, lineId: null, trackId: 1, text: null },
      hasPicture: true,
    },
  };
  const why: EventWhy = {
    ...{
      is: 'object',
      looks: [],
      found: 1,
      confirmed: null,
      state: 'moving',
      modelScore: 0.3,
      crowd: null,
      stood: null,
    },
    place: { zone: null, line: null, classes: ['car'], minScore: null, minHeight: 0, maxHeight: 1 },
    time: { neededMs: null, reachedMs: 0 },
    best: [{ atMs: t0 - 18_000, box, score: 0.8 }],
  };
  const work = waitingWork();
  const said: CloserLook[] = [];
  let asked = 0;
  const looks = createCloserLooks({
    ...{ clock: systemClock, log: quietLog, hasFfmpeg: true },
    store: {
      eventById: () => event,
      eventWhy: () => why,
      work,
    },
    events: { look: () => undefined, closer: (_, look) => void said.push(look) },
    playback: () => ({
      segmentAt() {
        asked += 1;
        return segmentAt();
      },
      moment: () => Promise.reject(new Error('nothing of this footage is to be read')),
    }),
    rules: { settings: () => WatchSettings.parse({}), privacy: () => [], zones: () => [] },
    models: () => ({ choose: () => 'm' as ModelId, ready: () => null }),
    pool: () => ({
      submit: () => Promise.reject(new Error('no model is to be asked')),
      now: () => ({ givesWay: false }) as never,
    }),
    lists: { find: () => [] },
    decoder: {
      decode: () => Promise.resolve(null),
      encode: () => Promise.resolve(null),
      measure: () => Promise.resolve(null),
      rest: () => Promise.resolve(),
    },
    keep: () => true,
  });
  return {
    ...{ looks, said, waiting: work.items, event },
    asked: () => asked,
    change: (change: Partial<Event>) => {
      event = { ...event, ...change };
    },
  };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const segment = { startMs: t0 - 30_000, volume: 1 } as PlacedSegment;

it('fetches nothing from an archive for it, and says so', async () => {
  const { looks, said, event } = rig(() => Promise.resolve({ segment, path: null }));
  looks.start();
  looks.over(event);
  await pass(9_000);
  expect(said).toEqual([]);
  await pass(4_000);
  expect(said).toMatchObject([{ without: 'archived', atMs: null, vehicle: null }]);
  expect(looks.now()).toMatchObject({ waiting: 0, done: 0, failed: 1, retried: 0 });
  await looks.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it('leaves what is locked, and tries again what a disk that is away has', async () => {
  const locked = rig(() => Promise.reject(new AppError('UNAVAILABLE', 'x', { data: { reason: 'locked' } })));
  locked.looks.start();
  locked.looks.over(locked.event);
  await pass(14_000);
  expect(locked.said).toMatchObject([{ without: 'locked' }]);
  await locked.looks.stop();

  const away = rig(() => Promise.reject(new AppError('UNAVAILABLE', 'away', { data: { reason: 'volume-away' } })));
  away.looks.start();
  away.looks.over(away.event);
  await pass(14_000);
  expect([away.said, away.asked(), away.looks.now().retried]).toEqual([[], 1, 1]);
  await pass(62_000);
  expect([away.asked(), away.looks.now().fault]).toEqual([2, 'away']);
  await away.looks.stop();
});

it('is for people and vehicles that were followed alone, and waits until their event is over', async () => {
  const { looks, waiting, event, change, asked } = rig(() => Promise.resolve(null));
  const look = event.look ?? null;
  if (look === null) throw new Error('the event has no look');
  looks.over({ ...event, look: { ...look, class: 'dog' } });
  looks.over({ ...event, look: { ...look, trackId: null } });
  expect(waiting.size).toBe(0);
  looks.over(event);
  change({ toMs: null });
  looks.start();
  await pass(30_000);
  expect([waiting.size, asked()]).toEqual([1, 0]);
  change({ toMs: t0 });
  await pass(14_000);
  expect([waiting.size, asked()]).toEqual([0, 1]);
  await looks.stop();
});
