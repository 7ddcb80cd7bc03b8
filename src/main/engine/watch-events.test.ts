/** Motion that is told while a camera is watched, and over when it is not; what a real worker sees is tried in `tests/integration/watching.test.ts`. */
import { expect, it } from 'vitest';
import type { Event } from '#domain/event.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import { WatchSettings } from '#domain/watching.ts';
import { createUlids } from '#lib/ulid.ts';
import type { CameraRecord } from './index-port.ts';
import { createWatchEvents } from './watch-events.ts';
import type { Looked } from './watching.ts';

const t0 = 1_800_000_000_000;
const newId = createUlids(() => t0);
const id = newId() as CameraId;
const camera = { id, name: 'Gate' } as CameraRecord;

function rig() {
  let settings = WatchSettings.parse({});
  let nowMs = t0;
  const told: { id: EventId; fromMs: number; toMs: number | null; more: Event['data'] }[] = [];
  const events = createWatchEvents({
    clock: { nowMs: () => nowMs, nowUs: () => nowMs * 1_000, monoMs: () => nowMs },
    store: { openEvents: () => [] },
    rules: { settings: () => settings },
    events: {
      note({ fromMs = nowMs }) {
        const event = { id: newId() as EventId, fromMs, toMs: null, more: {} };
        told.push(event);
        return event as unknown as Event;
      },
      finish(event, toMs, more = {}) {
        Object.assign(told.find((t) => t.id === event) ?? {}, { toMs, more });
      },
      look: () => undefined,
    },
    still: () => Promise.resolve(null),
    over: () => undefined,
    keep: () => true,
  });
  const box = { x: 0, y: 0, width: 0.5, height: 0.5 };
  return {
    ...{ events, told },
    set(mode: WatchSettings['mode'], atS: number) {
      settings = WatchSettings.parse({ mode });
      nowMs = t0 + atS * 1_000;
      events.settle(id);
    },
    begins(s: number) {
      const atMs = t0 + s * 1_000;
      const why = { atMs, cells: '', area: 0.25, evidence: 2, enough: 1.6, forMs: 1_000 };
      const began = { is: 'begin', fromMs: atMs, box, why };
      const motion = { atMs, is: 'motion', cells: '', regions: [box] };
      events.looked(camera, { op: 'looked', atMs, arrivedMs: atMs, motion, events: [began] } as unknown as Looked);
    },
  };
}

it('ends motion when its camera is not to be watched any more, without waiting for another look', () => {
  const { events, told, set, begins } = rig();
  begins(1);
  set('motion', 3);
  expect(told).toMatchObject([{ fromMs: t0 + 1_000, toMs: null }]);
  set('off', 5);
  expect(told).toMatchObject([{ toMs: t0 + 5_000, more: { ended: 'unwatched' } }]);
  events.stop();
  expect(told).toHaveLength(1);
});

it('tells no motion of a look that was on its way when the camera was switched off', () => {
  const { told, set, begins } = rig();
  set('off', 1);
  begins(1);
  expect(told).toEqual([]);
  set('motion', 3);
  begins(4);
  expect(told).toHaveLength(1);
});
