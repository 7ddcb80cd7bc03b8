import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ArchiveNumber, type TierRule } from '#domain/archive.ts';
import { EventId, type StreamId } from '#domain/id.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { openQueries } from '../../src/main/adapters/sqlite/index.ts';
import { createForecasts } from '../../src/main/engine/forecast.ts';
import { createGuarantees } from '../../src/main/engine/guarantees.ts';
import type { NewEvent } from '../../src/main/engine/rooms.ts';
import { createStreamStatuses } from '../../src/main/engine/stream-statuses.ts';
import { ana, minute, nowMs, openRetention } from './retention-rig.ts';

const newId = createUlids(() => systemClock.nowMs());
const gb = 1e9;
const perMinute = 10e6; // 14.4 GB a day
const perDay = perMinute * 1440;

let dir: string;
let rig: ReturnType<typeof openRetention>;
let queries: ReturnType<typeof openQueries>;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-forecast-'));
  rig = openRetention(dir);
  queries = openQueries(join(dir, 'index.db'), { clock: systemClock, log: quietLog });
});
afterEach(async () => {
  queries.close();
  await rig.close();
  rmSync(dir, { recursive: true, force: true });
});

function openForecasts() {
  const said: NewEvent[] = [];
  const ended: EventId[] = [];
  let freeBytes = 0;
  let reserveBytes = 0;
  let monoMs = 0;
  let asked = 0;
  let places = [{ volume: 1, device: '' }];
  const placed = new Map<StreamId, number>();
  let tier: TierRule | null = null;
  const clock: Clock = { ...systemClock, nowMs: () => nowMs, nowUs: () => nowMs * 1000, monoMs: () => monoMs };
  const statuses = createStreamStatuses({ clock, changed: () => undefined });
  const guarantees = createGuarantees({
    clock,
    log: quietLog,
    store: rig.store,
    events: {
      note(event) {
        said.push(event);
        const id = EventId.parse(newId());
        rig.store.event.add({
          id,
          origin: rig.store.station.get().id,
          cameraId: null,
          fromMs: nowMs,
          toMs: null,
          data: {},
          ...event,
        });
        return rig.store.eventById(id);
      },
      finish: (id) => ended.push(id),
    },
  });
  const room = createForecasts({
    clock,
    log: quietLog,
    store: rig.store,
    queries: {
      recordedHours: (q) => {
        asked += 1;
        return Promise.resolve(queries.recordedHours(q));
      },
    },
    cameras: () => rig.store.cameras(),
    statuses,
    rules: rig.retention.rules,
    holds: rig.holds,
    disks: () =>
      places.map(({ volume, device }) => ({
        ...{ volume, device, path: `/video${String(volume)}` },
        seen: { totalBytes: 1000 * gb, freeBytes },
        full: false,
        reserveBytes,
        writeBytesPerSecond: 0,
      })),
    tiers: { rule: () => tier, version: () => JSON.stringify(tier) },
    volumeOf: (id) => placed.get(id) ?? 1,
    guarantees,
  });
  return {
    ...room,
    ...guarantees,
    said,
    ended,
    statuses,
    asked: () => asked,
    disk(free: number, reserve = 0): void {
      freeBytes = free;
      reserveBytes = reserve;
      monoMs += 60_001;
    },
    /** Volumes from now on, and the file system that each is on. */
    places(of: typeof places): void {
      places = of;
    },
    /** A stream is recorded there from now on. */
    place(id: StreamId, volume: number): void {
      placed.set(id, volume);
    },
    /** All footage goes to an archive. */
    tier(rule: TierRule | null): void {
      tier = rule;
    },
    later(ms: number): void {
      monoMs += ms;
    },
  };
}

it('says from what was really recorded how long the disk lasts, for each camera and in all', async () => {
  const gate = rig.addCamera('Gate');
  rig.record(gate.main, { minutes: 2 * 1440, bytes: perMinute });
  rig.record(gate.sub, { minutes: 1440, bytes: perMinute / 10 });
  const forecasts = openForecasts();
  forecasts.disk(100 * gb);
  const { streams, volumes, all } = await forecasts.forecast();
  expect(streams).toMatchObject([
    { name: 'Gate', stream: 'main', basis: 'recorded', bytesPerDay: perDay, keptMs: 2 * dayMs, limit: 'room' },
    { name: 'Gate', stream: 'sub', basis: 'recorded', bytesPerDay: perDay / 10, keptMs: dayMs, limit: 'room' },
  ]);
  const [volume] = volumes;
  expect(volume?.bytesPerDay).toBeCloseTo(perDay * 1.1, 0);
  expect(((volume?.fullAtMs ?? 0) - nowMs) / dayMs).toBeCloseTo((100 * gb) / (perDay * 1.1), 3);
  const room = 100 * gb + 2.1 * perDay;
  expect((streams[0]?.holdsMs ?? 0) / dayMs).toBeCloseTo(room / (perDay * 1.1), 3);

  expect(all).toMatchObject({
    ...{ totalBytes: 1000 * gb, freeBytes: 100 * gb, bytesPerDay: volume?.bytesPerDay, fullAtMs: volume?.fullAtMs },
    ...{ storedBytes: Math.round(2.1 * perDay), leastMs: streams[0]?.holdsMs, mostMs: streams[1]?.holdsMs },
    ...{ shortAtMs: null, short: null, fits: true },
  });

  // A stream that a gap interrupted writes as much when it runs; the index is asked again only for what is new.
  const asked = forecasts.asked();
  forecasts.later(2 * 60_000);
  await forecasts.forecast();
  expect(forecasts.asked()).toBe(asked);
  forecasts.later(hourMs);
  await forecasts.forecast();
  expect(forecasts.asked()).toBe(asked + 2);
});

it('counts the room of a file system once in all, however many volumes are on it', async () => {
  const gate = rig.addCamera('Gate');
  rig.record(gate.main, { minutes: 1440, bytes: perMinute });
  const forecasts = openForecasts();
  const allOf = async (...devices: string[]) => {
    forecasts.places(devices.map((device, i) => ({ volume: i + 1, device })));
    forecasts.disk(100 * gb, 10 * gb);
    return (await forecasts.forecast()).all;
  };
  const one = await allOf('8:1');
  expect(one).toMatchObject({ totalBytes: 1000 * gb, freeBytes: 100 * gb, targetBytes: 10 * gb });
  expect(await allOf('8:1', '8:1')).toEqual(one);
  const two = await allOf('8:1', '8:2');
  expect(two).toMatchObject({ totalBytes: 2000 * gb, freeBytes: 200 * gb, targetBytes: 20 * gb });
  expect(((two.fullAtMs ?? 0) - nowMs) / ((one.fullAtMs ?? 0) - nowMs)).toBeCloseTo(2, 3);
  // Of which nothing is known is a file system of its own.
  expect(await allOf('', '')).toEqual(two);
});

it('forecasts two volumes of one file system as one, each with what it is written', async () => {
  const gate = rig.addCamera('Gate');
  const yard = rig.addCamera('Yard');
  for (const { main } of [gate, yard]) rig.record(main, { minutes: 1440, bytes: perMinute });
  const forecasts = openForecasts();
  forecasts.place(yard.main, 2);
  const daysOf = async (...devices: string[]) => {
    forecasts.places(devices.map((device, i) => ({ volume: i + 1, device })));
    forecasts.disk(100 * gb);
    const { volumes, all } = await forecasts.forecast();
    const days = (atMs: number | null): number => ((atMs ?? Infinity) - nowMs) / dayMs;
    expect(volumes.map((v) => Math.round(v.bytesPerDay / 1e6))).toEqual([perDay / 1e6, perDay / 1e6]);
    return [...volumes.map((v) => days(v.fullAtMs)), days(all.fullAtMs)];
  };
  const apart = await daysOf('8:1', '8:2');
  const together = await daysOf('8:1', '8:1');
  for (const days of apart) expect(days).toBeCloseTo((100 * gb) / perDay, 1);
  for (const days of together) expect(days).toBeCloseTo((100 * gb) / perDay / 2, 1);
});

it('counts footage on the disk until it moves to an archive, and says how long it is kept in all', async () => {
  const gate = rig.addCamera('Gate');
  rig.record(gate.main, { minutes: 1440, bytes: perMinute });
  const forecasts = openForecasts();
  const mainOf = async (rule: TierRule | null) => {
    forecasts.tier(rule);
    const { streams, volumes } = await forecasts.forecast();
    return { ...streams[0], fullAtMs: volumes[0]?.fullAtMs };
  };
  forecasts.disk(100 * gb);
  const here = await mainOf(null);
  expect(here).toMatchObject({ limit: 'room', diskMs: here.holdsMs });
  const rule: TierRule = { archive: ArchiveNumber.parse(10_001), mode: 'move', afterDays: 3, keepDays: 90 };
  expect(await mainOf(rule)).toMatchObject({
    ...{ limit: 'archive', diskMs: 3 * dayMs, holdsMs: 90 * dayMs, fullAtMs: null },
  });
  expect(await mainOf({ ...rule, mode: 'copy' })).toMatchObject({
    ...{ limit: 'archive', diskMs: here.diskMs, holdsMs: 90 * dayMs, fullAtMs: here.fullAtMs },
  });
});

it('takes lost time out, what is held out of the room, and the live rate where little is known', async () => {
  const gate = rig.addCamera('Gate');
  rig.record(gate.main, { minutes: 720, endMs: nowMs - 720 * minute, bytes: perMinute });
  rig.store.gap.add({ streamId: gate.main, fromMs: nowMs - 720 * minute, toMs: nowMs, cause: 'camera-lost' });
  const yard = rig.addCamera('Yard');
  const forecasts = openForecasts();
  forecasts.statuses.set(yard.main, {
    ...forecasts.statuses.get(yard.main, 'main'),
    state: 'live',
    recording: true,
    bitsPerSecond: 8e6,
  });
  forecasts.disk(100 * gb);
  const before = await forecasts.forecast();
  const of = (name: string, kind: string) => before.streams.find((s) => s.name === name && s.stream === kind);
  expect(of('Gate', 'main')).toMatchObject({ basis: 'recorded', bytesPerDay: perDay });
  expect(of('Yard', 'main')).toMatchObject({ basis: 'live', bytesPerDay: 86.4 * gb, bitsPerSecond: 8e6 });
  expect(of('Yard', 'sub')).toMatchObject({ basis: 'unknown', bytesPerDay: 0 });

  rig.holds.place(
    {
      cameraIds: [gate.id],
      fromMs: nowMs - 2 * dayMs,
      toMs: nowMs,
      reason: 'theft',
      owner: 'ana',
      untilMs: null,
    },
    ana,
  );
  const after = await forecasts.forecast();
  expect(after.volumes[0]?.heldBytes).toBe(perDay / 2);
  expect(after.streams[0]?.holdsMs ?? 0).toBeLessThan(before.streams[0]?.holdsMs ?? 0);
});

it('says a week ahead that guaranteed footage will have to go, once, and takes it back', async () => {
  const gate = rig.addCamera('Gate');
  rig.record(gate.main, { minutes: 1440, bytes: perMinute });
  rig.retention.setStation(
    { ...rig.retention.rules.station(), main: { maxDays: null, minDays: 14, maxBytes: null, eventDays: null } },
    ana,
  );
  const forecasts = openForecasts();
  forecasts.disk(20 * perDay);
  const roomy = await forecasts.forecast();
  expect(roomy.volumes[0]).toMatchObject({ shortAtMs: null, short: null });
  expect(forecasts.said).toEqual([]);

  forecasts.disk(5 * perDay);
  const { volumes, streams, all } = await forecasts.forecast();
  expect(all).toMatchObject({ shortAtMs: volumes[0]?.shortAtMs, short: { name: 'Gate', volume: 1 }, fits: false });
  expect(volumes[0]?.short).toMatchObject({ name: 'Gate', stream: 'main', minMs: 14 * dayMs });
  expect(((volumes[0]?.shortAtMs ?? 0) - nowMs) / dayMs).toBeCloseTo(5, 3);
  expect(streams[0]?.shortAtMs).toBe(volumes[0]?.shortAtMs);
  expect(forecasts.said).toMatchObject([
    { kind: 'minimum-ahead', severity: 'warning', data: { camera: 'Gate', days: 14, volume: 1 } },
  ]);
  expect(forecasts.short()).toHaveLength(1);

  forecasts.disk(4 * perDay);
  await forecasts.forecast();
  expect(forecasts.said).toHaveLength(1);

  // A station that starts anew does not say it again.
  const again = openForecasts();
  again.start();
  again.disk(4 * perDay);
  await again.forecast();
  expect(again.said).toEqual([]);
  expect(again.short()).toHaveLength(1);

  forecasts.disk(0.9 * perDay);
  await forecasts.forecast();
  expect(forecasts.said.map((e) => e.severity)).toEqual(['warning', 'alarm']);
  expect(forecasts.ended).toHaveLength(1);

  forecasts.disk(30 * perDay);
  await forecasts.forecast();
  expect(forecasts.ended).toHaveLength(2);
  expect(forecasts.short()).toEqual([]);
});

it('sums each hour of a stream from segments and gaps', () => {
  const { main } = rig.addCamera('Gate');
  const hour = nowMs - (nowMs % hourMs) - 3 * hourMs;
  rig.record(main, { minutes: 30, endMs: hour + 45 * minute, bytes: 100 });
  rig.record(main, { minutes: 10, endMs: hour + 2 * hourMs, bytes: 7 });
  rig.store.gap.add({
    streamId: main,
    fromMs: hour + 45 * minute,
    toMs: hour + hourMs + 50 * minute,
    cause: 'camera-lost',
  });
  rig.store.gap.open(main, hour + 2 * hourMs, 'disk-slow');
  const at = (streamId: StreamId, fromMs: number, toMs: number) => queries.recordedHours({ streamId, fromMs, toMs });
  expect(at(main, 0, hour + 2 * hourMs + 20 * minute)).toEqual({
    firstMs: hour + 15 * minute,
    hours: [
      { hourMs: hour, bytes: 3000, coveredMs: 30 * minute, lostMs: 15 * minute },
      { hourMs: hour + hourMs, bytes: 70, coveredMs: 10 * minute, lostMs: 50 * minute },
      { hourMs: hour + 2 * hourMs, bytes: 0, coveredMs: 0, lostMs: 20 * minute },
    ],
  });
  expect(at(main, hour + hourMs, hour + 2 * hourMs).hours).toEqual([
    { hourMs: hour + hourMs, bytes: 70, coveredMs: 10 * minute, lostMs: 50 * minute },
  ]);
});
