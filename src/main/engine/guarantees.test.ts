import { expect, it } from 'vitest';
import { CameraId, EventId } from '#domain/id.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import { quietLog } from '#lib/log.ts';
import { createGuarantees, shortWords, type ForeseenVolume, type ShortStream } from './guarantees.ts';
import type { NewEvent } from './rooms.ts';

const path = '/disk/video';
const gate: ShortStream = {
  cameraId: CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZG'),
  name: 'Gate',
  stream: 'main',
  minMs: 30 * dayMs,
  keptMs: 12 * dayMs,
};
const yard: ShortStream = { ...gate, cameraId: CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZY'), name: 'Yard' };

/** A room with its clock, and the events that it told of; `open`: what stood open at the start. */
function rig(open: { kind: string; data: Record<string, unknown> }[] = []) {
  let nowMs = Date.UTC(2026, 10, 22, 10);
  const events: (NewEvent & { ended: boolean })[] = [];
  const ended: string[] = [];
  const idOf = (n: number): EventId => EventId.parse(`01HZZZZZZZZZZZZZZZZZZZZZ${String(n).padStart(2, '0')}`);
  const room = createGuarantees({
    clock: { nowMs: () => nowMs },
    log: quietLog,
    store: { openEvents: () => open.map((e, n) => ({ ...e, id: idOf(90 + n), fromMs: nowMs - dayMs })) },
    events: {
      note(event) {
        events.push({ ...event, ended: false });
        return { id: idOf(events.length - 1) } as ReturnType<Parameters<typeof createGuarantees>[0]['events']['note']>;
      },
      finish(id) {
        ended.push(id);
        const event = events[Number(id.slice(-2))];
        if (event !== undefined) event.ended = true;
      },
    },
  });
  room.start();
  return {
    ...room,
    events,
    ended,
    idOf,
    /** As the forecast has it now: `days` to when the first goes; null: never. */
    forecast(days: number | null, more: Partial<ForeseenVolume> = {}): void {
      const shortAtMs = days === null ? null : nowMs + days * dayMs;
      room.foresee([{ volume: 1, path, shortAtMs, short: days === null ? [] : [gate], heldBytes: 0, ...more }]);
    },
    pass(ms: number): number {
      return (nowMs += ms);
    },
  };
}

it('is one alarm while guaranteed footage goes, however often, and ends when none goes and none is about to', () => {
  const { events, short, went, forecast, pass, goes } = rig();
  forecast(0.5);
  expect(events).toMatchObject([{ kind: 'minimum-ahead', severity: 'alarm', data: { camera: 'Gate', days: 30 } }]);
  const sinceMs = pass(hourMs);
  for (let n = 0; n < 50; n += 1) {
    went(1, path, gate);
    pass(90_000);
    forecast(0.001, { heldBytes: 5e9, short: [gate, yard] });
  }
  expect(events).toMatchObject([
    { kind: 'minimum-ahead', ended: true },
    { kind: 'minimum-broken', severity: 'alarm', ended: false, data: { camera: 'Gate', days: 30, keptDays: 12, path } },
  ]);
  expect(short()).toEqual([
    { volume: 1, path, is: 'going', atMs: sinceMs, of: [gate, yard], streams: 2, heldBytes: 5e9 },
  ]);
  expect(goes(1)).toBe(true);
  // Slow streams: none went for two hours, and the next one is about to.
  pass(2 * hourMs);
  forecast(0.01);
  expect(events).toHaveLength(2);
  expect(goes(1)).toBe(true);
  forecast(null);
  expect(events).toHaveLength(2);
  expect(events.every((e) => e.ended)).toBe(true);
  expect(short()).toEqual([]);
  expect(goes(1)).toBe(false);
});

it('names what goes although the forecast has it kept', () => {
  const { short, went, forecast, pass } = rig();
  went(1, path, yard);
  pass(60_000);
  forecast(null);
  expect(short()).toMatchObject([{ is: 'going', of: [yard], streams: 1 }]);
  pass(hourMs);
  forecast(null);
  expect(short()).toEqual([]);
});

it('takes over what the last run said, says it once, and ends it', () => {
  const { events, ended, idOf, short, forecast, foresee } = rig([
    { kind: 'minimum-broken', data: { volume: 1, path } },
    { kind: 'minimum-ahead', data: { volume: 2, path: '/two', step: 'week' } },
    { kind: 'minimum-broken', data: {} },
    { kind: 'disk-low', data: { volume: 1 } },
  ]);
  expect(ended).toEqual([idOf(92)]);
  expect(short().map((s) => [s.volume, s.is])).toEqual([
    [1, 'going'],
    [2, 'ahead'],
  ]);
  foresee([
    { volume: 1, path, shortAtMs: 0, short: [gate], heldBytes: 0 },
    { volume: 2, path: '/two', shortAtMs: Date.UTC(2026, 10, 26), short: [yard], heldBytes: 0 },
  ]);
  expect(events).toEqual([]);
  // The second is not here any more.
  forecast(null);
  expect(events).toEqual([]);
  expect(ended).toEqual([idOf(92), idOf(90), idOf(91)]);
});

it('says in words what goes, for whom and when', () => {
  const of = [gate, { ...yard, keptMs: null }];
  const one = {
    volume: 1,
    path,
    is: 'ahead' as const,
    atMs: Date.UTC(2026, 10, 24, 8, 30),
    of,
    streams: 7,
    heldBytes: 0,
  };
  expect(shortWords(one)).toBe(
    '/disk/video is too small for what is guaranteed on it: Gate (main, 30 days guaranteed, 12 kept), Yard (main, 30 days guaranteed) and 5 more. The first goes at 2026-11-24T08:30Z. Add a disk, lower a minimum, or record less.',
  );
  expect(shortWords({ ...one, is: 'going', heldBytes: 2.5e9 })).toContain(
    'It is being deleted since 2026-11-24T08:30Z. Holds keep 2.5 GB of it.',
  );
});
