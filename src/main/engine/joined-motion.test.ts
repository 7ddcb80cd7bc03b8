import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { joinWithinMs } from '#domain/decide/join-motion.ts';
import type { Event, EventLook } from '#domain/event.ts';
import type { EventWhy } from '#domain/event-why.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import { createUlids } from '#lib/ulid.ts';
import { createJoinedMotion } from './joined-motion.ts';
import type { NewEvent } from './rooms.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const newId = createUlids(() => systemClock.nowMs());
const [gate, yard] = [newId() as CameraId, newId() as CameraId];
const look: EventLook = {
  ...{ class: null, score: null, box: { x: 0, y: 0, width: 0.1, height: 0.1 }, zoneId: null, lineId: null },
  ...{ trackId: null, text: null, hasPicture: false },
};
const why: EventWhy = {
  ...{ is: 'motion', atMs: 1, box: { x: 0, y: 0, width: 0.1, height: 0.1 }, cells: 9, area: 0.01, minArea: 0.002 },
  ...{ sensitivity: 0.5, evidence: 2, enough: 1.6, forMs: 1_000, neededMs: 1_000 },
};

function rig(watched = true) {
  const kept: (Event & { ended: number | null })[] = [];
  const reasons = new Map<EventId, EventWhy>();
  const motion = createJoinedMotion({
    clock: systemClock,
    events: {
      note(draft: NewEvent) {
        const event = { ...draft, id: newId() as EventId, fromMs: draft.fromMs ?? systemClock.nowMs(), toMs: null };
        kept.push({ ...(event as unknown as Event), ended: null });
        return event as unknown as Event;
      },
      finish(id, atMs, more = {}) {
        const found = kept.find((e) => e.id === id);
        if (found !== undefined) [found.ended, found.data] = [atMs, { ...found.data, ...more }];
      },
      look(id, seen, more) {
        const found = kept.find((e) => e.id === id);
        if (found !== undefined) Object.assign(found, { look: seen, ...more });
      },
      reasoned: (id, why) => void reasons.set(id, why),
    },
    watched: () => watched,
  });
  const draft = (cameraId: CameraId, own: boolean): NewEvent => ({
    ...{ kind: 'motion', severity: 'info', cameraId, data: { camera: 'Gate', ...(own ? {} : { source: 'Video 1' }) } },
    ...(own && { look, why }),
  });
  return { kept, reasons, motion, draft };
}

it('tells one event where camera and station see motion, by both, and another one at another camera', () => {
  const { kept, reasons, motion, draft } = rig();
  const told = motion.camera.note(draft(gate, false));
  const seen = motion.station.note(draft(gate, true));
  motion.station.note(draft(yard, true));
  expect(seen?.id).toBe(told?.id);
  // What the station saw is its reason, although the camera told it first.
  expect([...reasons]).toEqual([[told?.id, why]]);
  expect(kept.map((e) => [e.cameraId, e.data['by'], e.data['source']])).toEqual([
    [gate, 'both', null],
    [yard, 'station', undefined],
  ]);
  motion.station.look(seen!.id, { ...look, hasPicture: true });
  const now = systemClock.nowMs();
  motion.camera.finish(told!.id, now + 1_000);
  expect(kept[0]?.ended).toBeNull();
  motion.station.finish(seen!.id, now + 9_000);
  expect(kept[0]).toMatchObject({ ended: now + 9_000, look: { hasPicture: true } });
  motion.stop();
});

it('keeps a moment of the camera’s open a little, where the station looks, and ends it when it was', () => {
  const { kept, motion, draft } = rig();
  const told = motion.camera.note(draft(gate, false))!;
  const at = systemClock.nowMs() + 200;
  motion.camera.finish(told.id, at);
  expect(kept[0]?.ended).toBeNull();
  vi.advanceTimersByTime(joinWithinMs + 2_000);
  expect(kept[0]?.ended).toBe(at);
  expect(vi.getTimerCount()).toBe(0);
  // Nobody else looks, or it ended for another reason: at once.
  const alone = rig(false);
  const later = systemClock.nowMs() + 200;
  alone.motion.camera.finish(alone.motion.camera.note(draft(gate, false))!.id, later);
  expect(alone.kept[0]?.ended).toBe(later);
  const lost = rig();
  lost.motion.camera.finish(lost.motion.camera.note(draft(gate, false))!.id, later, { ended: 'connection-lost' });
  expect(lost.kept[0]).toMatchObject({ ended: later, data: { ended: 'connection-lost' } });
  for (const r of [alone, lost]) r.motion.stop();
});

it('lets everything else pass as it is', () => {
  const { kept, motion } = rig();
  const crossed: NewEvent = { kind: 'line-crossed', severity: 'info', cameraId: gate, data: {} };
  const [a, b] = [motion.camera.note(crossed), motion.station.note(crossed)];
  expect(a?.id).not.toBe(b?.id);
  motion.camera.finish(a!.id, 5);
  expect(kept.map((e) => [e.ended, e.data['by']])).toEqual([
    [5, undefined],
    [null, undefined],
  ]);
  motion.stop();
});
