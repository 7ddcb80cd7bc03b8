import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppError } from '#contract/error.ts';
import type { CameraId } from '#domain/id.ts';
import { ScheduleId } from '#domain/recording-plan.ts';
import { LineDraft, mostZones, ZoneDraft } from '#domain/watch-zone.ts';
import { WatchSettings } from '#domain/watching.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow } from '../../../tests/support/camera-row.ts';
import { openWriteStore } from '../adapters/sqlite/index.ts';
import { createWatchRules } from './watch-rules.ts';

const newId = createUlids(() => systemClock.nowMs());
const triangle = [
  { x: 0.1, y: 0.1 },
  { x: 0.9, y: 0.1 },
  { x: 0.5, y: 0.9 },
];
const zone = (over: object = {}): ZoneDraft =>
  ZoneDraft.parse({ kind: 'detect', name: 'Yard', points: triangle, ...over });
const line = (over: object = {}): LineDraft =>
  LineDraft.parse({ name: 'Door', a: { x: 0.1, y: 0.5 }, b: { x: 0.9, y: 0.5 }, ...over });

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-rules-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = () => {
  const store = openWriteStore(join(dir, 'vigie.db'), {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  const changed: CameraId[] = [];
  const rules = createWatchRules({
    store: store.watch,
    newId,
    cameraExists: (id) => store.cameras().some((c) => c.id === id),
    scheduleExists: () => false,
    isDetector: (id) => id === 'nano',
    changed: (id) => changed.push(id),
  });
  return { store, rules, changed };
};
const addCamera = (store: ReturnType<typeof open>['store']): CameraId => {
  const row = cameraRow();
  store.camera.add(row);
  return row.id;
};
const refusal = (work: () => unknown): unknown => {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof AppError ? (error.data === undefined ? error.code : error.data) : error;
  }
};

it('takes a detector that the station knows for one camera, and holds up nothing where it forgot one', () => {
  const { store, rules } = open();
  const id = addCamera(store);
  const asked = (modelId: string): WatchSettings => WatchSettings.parse({ modelId });
  expect(rules.set(id, asked('nano')).settings.modelId).toBe('nano');
  expect(refusal(() => rules.set(id, asked('plates')))).toMatchObject({ issues: [{ path: 'settings.modelId' }] });
  expect(rules.settings(id).modelId).toBe('nano');
  // As an index that was made anew from beside the video may say.
  store.watch.setSettings(id, asked('gone'));
  store.close();
  const again = open();
  expect(again.rules.set(id, { ...asked('gone'), sensitivity: 0.9 }).settings).toMatchObject({ sensitivity: 0.9 });
  again.store.close();
});

it('keeps what was said over a reopening, in the order in which it was drawn', () => {
  const { store, rules, changed } = open();
  const id = addCamera(store);
  expect(rules.of(id)).toEqual({ cameraId: id, settings: WatchSettings.parse({}), zones: [], lines: [] });
  rules.set(id, WatchSettings.parse({ mode: 'motion', sensitivity: 0.8 }));
  const first = rules.addZone(id, zone());
  const second = rules.addZone(id, zone({ kind: 'privacy', name: 'Window' }));
  const crossed = rules.addLine(id, line());
  rules.changeZone(id, first.id, first.version, zone({ name: 'Far yard', urgent: true }));
  expect(changed).toHaveLength(5);
  store.close();
  const again = open();
  const kept = again.rules.of(id);
  expect(kept.settings).toMatchObject({ mode: 'motion', sensitivity: 0.8 });
  expect(kept.zones.map((z) => [z.id, z.name, z.version])).toEqual([
    [first.id, 'Far yard', 2],
    [second.id, 'Window', 1],
  ]);
  expect(kept.lines).toEqual([crossed]);
  expect(again.rules.privacy(id)).toEqual([triangle]);
  again.store.close();
});

it('refuses heights between which nothing is', () => {
  const { store, rules } = open();
  const id = addCamera(store);
  const upsideDown = { minHeight: 0.5, maxHeight: 0.4 };
  const zoneIssues = { issues: [{ path: 'zone.maxHeight' }] };
  const lineIssues = { issues: [{ path: 'line.maxHeight' }] };
  expect(refusal(() => rules.addZone(id, zone(upsideDown)))).toMatchObject(zoneIssues);
  expect(refusal(() => rules.addLine(id, line(upsideDown)))).toMatchObject(lineIssues);
  const [one, other] = [rules.addZone(id, zone({ minHeight: 0.4, maxHeight: 0.4 })), rules.addLine(id, line())];
  expect(refusal(() => rules.changeZone(id, one.id, 1, zone(upsideDown)))).toMatchObject(zoneIssues);
  expect(refusal(() => rules.changeLine(id, other.id, 1, line(upsideDown)))).toMatchObject(lineIssues);
  store.close();
});

it('refuses what somebody else has changed, what is too many, and what is not there', () => {
  const { store, rules } = open();
  const id = addCamera(store);
  const one = rules.addZone(id, zone());
  rules.changeZone(id, one.id, 1, zone({ name: 'A' }));
  expect(refusal(() => rules.changeZone(id, one.id, 1, zone({ name: 'B' })))).toEqual({ what: 'version' });
  expect(rules.of(id).zones[0]?.name).toBe('A');
  for (let n = 1; n < mostZones; n += 1) rules.addZone(id, zone());
  expect(refusal(() => rules.addZone(id, zone()))).toEqual({ what: 'count', number: mostZones });
  rules.removeZone(id, one.id);
  expect(refusal(() => rules.removeZone(id, one.id))).toBe('NOT_FOUND');
  expect(refusal(() => rules.addZone(newId() as CameraId, zone()))).toBe('NOT_FOUND');
  expect(refusal(() => rules.addLine(id, line({ scheduleId: ScheduleId.parse(newId()) })))).toEqual({
    what: 'schedule-gone',
  });
  store.close();
});

it('measures speed to another line of the camera, and to none once that is gone', () => {
  const { store, rules } = open();
  const id = addCamera(store);
  const far = rules.addLine(id, line({ name: 'Far' }));
  const speed = { toLineId: far.id, metres: 12, limitKmh: 30 };
  const near = rules.addLine(id, line({ name: 'Near', speed }));
  expect(near.speed).toEqual(speed);
  expect(refusal(() => rules.changeLine(id, far.id, 1, line({ speed })))).toMatchObject({
    issues: [{ path: 'line.speed.toLineId' }],
  });
  rules.removeLine(id, far.id);
  expect(rules.of(id).lines).toEqual([{ ...near, speed: null, version: 2 }]);
  store.close();
  expect(
    open()
      .rules.of(id)
      .lines.map((l) => l.speed),
  ).toEqual([null]);
});
