import { expect, it } from 'vitest';
import type { Detection } from '#domain/detection.ts';
import type { Event, EventLook } from '#domain/event.ts';
import { EventWhy } from '#domain/event-why.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import { LineId, ZoneId } from '#domain/id.ts';
import type { ModelId } from '#domain/model.ts';
import { LineDraft, ZoneDraft, type WatchLine, type WatchZone } from '#domain/watch-zone.ts';
import { WatchSettings } from '#domain/watching.ts';
import { systemClock } from '#lib/clock.ts';
import { createUlids } from '#lib/ulid.ts';
import type { CameraRecord } from './index-port.ts';
import type { NewEvent } from './rooms.ts';
import { TrackId } from '#domain/track.ts';
import { createWatchDetect } from './watch-detect.ts';
import type { Framed, Looked } from './watching.ts';
import { createWatchWhy } from './watch-why.ts';

const newId = createUlids(() => systemClock.nowMs());
const id = newId() as CameraId;
const camera = { id, name: 'Gate' } as CameraRecord;
const t0 = 1_800_000_000_000;
const picture = { width: 640, height: 360, data: new Uint8Array(0) };
const person = (x: number, score = 0.9): Detection => ({
  ...{ class: 'person', score, box: { x, y: 0.4, width: 0.1, height: 0.4 } },
});

/** What the detector answers is written down by the test; everything else is real. */
function rig(over: { zones?: WatchZone[]; lines?: WatchLine[]; model?: boolean } = {}) {
  let model = over.model !== false;
  let settings = WatchSettings.parse({});
  let answers: ((found: Detection[]) => void)[] = [];
  const told: (NewEvent & {
    id: EventId;
    looks: EventLook[];
    stays: boolean[];
    ended: number | null;
    more: Event['data'];
  })[] = [];
  const eager: boolean[] = [];
  const askedOf: ModelId[] = [];
  const needs: boolean[] = [];
  const ended: EventId[] = [];
  const keptLooks: [EventId, number][] = [];
  /** Of which time the picture of an event is, seconds; the newest counts. */
  const pictured = new Map<EventId, number>();
  /** When something of what is followed was known anew, seconds. */
  const steps: number[] = [];
  /** Who was counted at which line, when, and for how long lines were looked at, seconds. */
  const crossed: [string, string, number][] = [];
  let lookedS = 0;
  const detect = createWatchDetect({
    clock: systemClock,
    pool: () => ({
      submit: ({ ask }) =>
        new Promise((done) => {
          if ('modelId' in ask) askedOf.push(ask.modelId);
          answers.push((detections) => {
            const cost = { prepareMs: 1, runMs: 1, readMs: 1, runs: 1 };
            done({ ok: true, value: { detections }, cost, waitMs: 0, answerMs: 0 });
          });
        }),
      need: (needed) => void needs.push(needed),
    }),
    models: () => ({ choose: (_, chosen) => (model ? (chosen ?? ('m' as ModelId)) : null), ready: () => null }),
    rules: { settings: () => settings, zones: () => over.zones ?? [], lines: () => over.lines ?? [] },
    events: {
      note(event) {
        const made = { ...event, id: newId() as EventId, looks: [], stays: [], ended: null, more: {} };
        told.push(made);
        return made as unknown as Event;
      },
      finish(event, atMs, more = {}) {
        const found = told.find((t) => t.id === event);
        if (found !== undefined) [found.ended, found.more] = [atMs, more];
      },
      stayed: (event, stays) => void told.find((t) => t.id === event)?.stays.push(stays),
      look: (event, look) => void told.find((t) => t.id === event)?.looks.push(look),
      reasoned: (event, why) => void Object.assign(told.find((t) => t.id === event) ?? {}, { why }),
    },
    watching: () => ({
      eager: (_, on) => void eager.push(on),
      encode: () => Promise.resolve({ data: new Uint8Array(1), atMs: 0 }),
    }),
    over: ({ id: event }) => void ended.push(event),
    scheduleOn: () => false,
    keep(event, _, { atMs }) {
      pictured.set(event, (atMs - t0) / 1_000);
      return true;
    },
    reasons: createWatchWhy({
      watching: () => ({ encode: (shown) => Promise.resolve({ data: new Uint8Array(shown.data.length), atMs: 0 }) }),
      keepLook: (event, _, { atMs }) => void keptLooks.push([event, atMs]),
    }),
    lines: {
      looked: (lines, beforeMs, atMs) => void (lookedS += lines.length === 0 ? 0 : (atMs - beforeMs) / 1_000),
      counted: (line, way, atMs) => void crossed.push([line, way, (atMs - t0) / 1_000]),
    },
    changed: (_, __, atMs) => void steps.push((atMs - t0) / 1_000),
  });
  const looked = (s: number, is: 'motion' | 'still', second = false): void => {
    const atMs = t0 + s * 1_000;
    const regions = is === 'motion' ? [{ x: 0, y: 0, width: 1, height: 1 }] : [];
    const motion = { atMs, is, cells: '', regions };
    const asks = is === 'motion' && !second;
    detect.looked(camera, { ...({ op: 'looked', atMs, arrivedMs: atMs } as Looked), motion, events: [], second, asks });
  };
  const frame = (s: number): void => {
    const atMs = t0 + s * 1_000;
    const regions = [{ x: 0, y: 0, width: 1, height: 1 }];
    detect.frame(camera, { op: 'frame', atMs, arrivedMs: atMs, regions, picture } as unknown as Framed);
  };
  const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
  const see = async (s: number, found: Detection[]): Promise<void> => {
    looked(s, 'motion');
    frame(s);
    for (const answer of answers.splice(0)) answer(found);
    await turn();
  };
  return {
    ...{ detect, told, ended, keptLooks, pictured, steps, eager, needs, looked, frame, see, turn },
    ...{ askedOf, crossed },
    lookedS: () => lookedS,
    choose: (modelId: string | null) => {
      settings = WatchSettings.parse({ modelId });
    },
    waiting: () => answers,
    lose: () => {
      model = false;
      detect.modelsChanged();
    },
    off: () => {
      settings = WatchSettings.parse({ mode: 'off' });
      answers = [];
    },
  };
}

it('tells who comes and goes as one event, with a picture, and keeps looking meanwhile', async () => {
  const { detect, told, ended, eager, see } = rig();
  for (let s = 0; s < 8; s += 1) await see(s, [person(0.1 + s * 0.08)]);
  expect(told.map((t) => [t.kind, t.cameraId, t.look?.class])).toEqual([['object', id, 'person']]);
  expect(told[0]?.looks.at(-1)).toMatchObject({ hasPicture: true, class: 'person' });
  expect([detect.tracks(id).length, detect.detected(id), eager]).toEqual([1, 8, [true]]);
  for (let s = 8; s < 60; s += 1) await see(s, []);
  expect(told).toHaveLength(1);
  expect(told[0]?.ended).toBeGreaterThanOrEqual(t0 + 7_000);
  // What showed it best is known when it is over, the best first: in the middle of the picture, and two more.
  expect(ended).toEqual([told[0]?.id]);
  const why = told[0]?.why;
  expect(why?.is === 'object' ? why.best.map((b) => Math.round(b.score * 10) / 10) : []).toEqual([0.9, 0.9, 0.9]);
  expect([detect.tracks(id), eager.at(-1)]).toEqual([[], false]);
});

it('follows in the step of its own looks: what came on top was for the gate', async () => {
  const { looked, see, steps } = rig();
  looked(0, 'still');
  await see(1, [person(0.1)]);
  looked(1.5, 'motion', true);
  await see(2, [person(0.2)]);
  expect(steps).toEqual([0, 1, 2]);
});

it('takes nobody for waiting while no answer comes of the detector: it ends with the last look, and begins anew', async () => {
  const zone: WatchZone = {
    ...ZoneDraft.parse({
      ...{ kind: 'detect', name: 'Yard', triggers: { present: true, loitersS: 30 } },
      points: [
        { x: 0, y: 0 },
        { x: 1, y: 0 },
        { x: 1, y: 1 },
        { x: 0, y: 1 },
      ],
    }),
    ...{ id: ZoneId.parse(newId()), cameraId: id, version: 1 },
  };
  const { detect, told, looked, see } = rig({ zones: [zone] });
  for (let s = 0; s < 5; s += 1) await see(s, [person(0.4)]);
  // Something moves, each picture is to be looked at, and none is: the PC has other things to do.
  for (let s = 5; s < 200; s += 1) looked(s, 'motion');
  expect([told.map((t) => t.kind), told[0]?.ended, detect.tracks(id)]).toEqual([['object'], t0 + 4_000, []]);
  for (let s = 200; s < 220; s += 1) await see(s, [person(0.4)]);
  expect(told.map((t) => t.kind)).toEqual(['object', 'object']);
  for (let s = 220; s < 232; s += 1) await see(s, [person(0.4)]);
  expect(told.map((t) => [t.kind, t.fromMs])).toEqual([
    ['object', t0],
    ['object', t0 + 200_000],
    ['loitering', t0 + 200_000],
  ]);
  // Its stream breaks off: of the time since the last look nothing is known.
  detect.unwatched(id, 'unwatched');
  expect(told.slice(1).map((t) => t.ended)).toEqual([t0 + 231_000, t0 + 231_000]);
});

it('asks the detector that was chosen for the camera, else the station’s', async () => {
  const { askedOf, choose, see } = rig();
  await see(0, []);
  choose('yolox-nano');
  await see(1, []);
  choose(null);
  await see(2, []);
  expect(askedOf).toEqual(['m', 'yolox-nano', 'm']);
});

it('goes by zones and lines, and by their schedules', async () => {
  const points = [
    { x: 0.5, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0.5, y: 1 },
  ];
  const own = { cameraId: id, version: 1 };
  const triggers = { present: false, enters: true };
  const zone = {
    ...ZoneDraft.parse({ kind: 'detect', name: 'Right', points, triggers }),
    id: ZoneId.parse(newId()),
    ...own,
  };
  const line = {
    ...LineDraft.parse({ name: 'Door', a: { x: 0.4, y: 1 }, b: { x: 0.4, y: 0 } }),
    id: LineId.parse(newId()),
    ...own,
  };
  const walk = async (over: Parameters<typeof rig>[0]) => {
    const made = rig(over);
    for (let s = 0; s < 10; s += 1) await made.see(s, [person(0.05 + s * 0.08)]);
    return made.told.map((t) => [t.kind, t.data?.['source'], t.look?.zoneId ?? t.look?.lineId]);
  };
  const both = await walk({ zones: [zone], lines: [line] });
  expect(both).toContainEqual(['zone-entered', 'Right', zone.id]);
  expect(both).toContainEqual(['line-crossed', 'Door', line.id]);
  const never = { ...line, scheduleId: newId() as never };
  expect((await walk({ lines: [never] })).map(([kind]) => kind)).toEqual(['object']);
});

it('shows who went over the edge as it was seen last, not the empty place', async () => {
  const points = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ];
  const triggers = { present: false, leaves: true };
  const zone: WatchZone = {
    ...ZoneDraft.parse({ kind: 'detect', name: 'Yard', points, triggers }),
    ...{ id: ZoneId.parse(newId()), cameraId: id, version: 1 },
  };
  const { told, pictured, see } = rig({ zones: [zone] });
  for (let s = 0; s < 6; s += 1) await see(s, [person(0.35 + s * 0.11)]);
  for (let s = 6; s < 12; s += 1) await see(s, []);
  expect(told.map((t) => [t.kind, t.look?.box?.x])).toEqual([['zone-left', expect.closeTo(0.9)]]);
  expect(told.map((t) => pictured.get(t.id))).toEqual([5]);
});

it('counts who went which way over a line, also when nobody is told, until the line is gone', async () => {
  const line: WatchLine = {
    ...LineDraft.parse({ name: 'Door', a: { x: 0.4, y: 1 }, b: { x: 0.4, y: 0 }, tells: 'none', countsIn: 'to-right' }),
    ...{ id: LineId.parse(newId()), cameraId: id, version: 1 },
  };
  const lines = [line];
  const { detect, see, crossed, lookedS } = rig({ lines });
  for (let s = 0; s < 8; s += 1) await see(s, [person(0.05 + s * 0.1)]);
  for (let s = 8; s < 60; s += 1) await see(s, []);
  for (let s = 60; s < 68; s += 1) await see(s, [person(0.75 - (s - 60) * 0.1)]);
  const counted = [{ lineId: line.id, in: 1, out: 1 }];
  expect(detect.lines(id)).toEqual(counted);
  // Its stream broke off; it is followed anew.
  detect.unwatched(id, 'unwatched');
  expect(detect.lines(id)).toEqual(counted);
  for (let s = 100; s < 108; s += 1) await see(s, [person(0.05 + (s - 100) * 0.1)]);
  expect(detect.lines(id)).toEqual([{ lineId: line.id, in: 2, out: 1 }]);
  // Each is written down at its time, and how long somebody looked: not the time in which nothing came.
  expect(crossed.map(([, way, s]) => [way, Math.floor(s)])).toEqual([
    ['in', 3],
    ['out', 64],
    ['in', 103],
  ]);
  expect(lookedS()).toBe(67 + 7);
  lines.length = 0;
  expect(detect.lines(id)).toEqual([]);
});

it('says of each event whether its object stays in its place, as soon as that is known', async () => {
  const walker = rig();
  for (let s = 0; s < 8; s += 1) await walker.see(s, [person(0.1 + s * 0.1)]);
  expect(walker.told.map((t) => t.stays)).toEqual([[false]]);
  expect(walker.detect.hasLeft(id, TrackId.parse(1))).toBe(true);
  const statue = rig();
  for (let s = 0; s < 12; s += 1) await statue.see(s, [person(0.4 + (s % 2) * 0.01)]);
  expect(statue.told.map((t) => [t.ended, t.stays])).toEqual([[null, [true]]]);
  // It was no statue.
  for (let s = 12; s < 16; s += 1) await statue.see(s, [person(0.4 + (s - 11) * 0.1)]);
  expect(statue.told.map((t) => t.stays)).toEqual([[true, false]]);
  // Seen for a moment only: it has not left its place when it is over.
  const short = rig();
  for (let s = 0; s < 3; s += 1) await short.see(s, [person(0.4)]);
  for (let s = 3; s < 60; s += 1) await short.see(s, []);
  expect(short.told.map((t) => [t.ended !== null, t.stays])).toEqual([[true, [true]]]);
});

it('leaves out answers that come out of order', async () => {
  const { detect, frame, looked, waiting, turn } = rig();
  looked(0, 'motion');
  for (const s of [1, 2]) frame(s);
  const [first, second] = waiting();
  second?.([person(0.5)]);
  await turn();
  first?.([person(0.1)]);
  await turn();
  expect(detect.tracks(id).map((t) => t.box.x)).toEqual([0.5]);
});

it('waits for a picture that is still being decoded when the next look comes', async () => {
  const { detect, frame, looked, waiting, turn } = rig();
  looked(0, 'motion');
  // The PC manages a share of the pictures: of this one no detector is asked.
  looked(0.5, 'still');
  frame(0);
  waiting()[0]?.([person(0.5)]);
  await turn();
  expect(detect.tracks(id).map((t) => t.box.x)).toEqual([0.5]);
});

it('keeps no worker ready where the last model is gone', async () => {
  const { detect, needs, see, lose } = rig();
  await see(0, []);
  expect(needs).toEqual([true]);
  lose();
  expect(needs).toEqual([true, false]);
  await see(1, []);
  expect([detect.trouble(id), needs]).toEqual(['no-model', [true, false]]);
});

it('says that there is no model, and ends what goes on when it is not to look any more', async () => {
  const without = rig({ model: false });
  without.frame(0);
  expect([without.detect.trouble(id), without.needs]).toEqual(['no-model', []]);
  const { detect, told, needs, eager, looked, see, off } = rig();
  for (let s = 0; s < 4; s += 1) await see(s, [person(0.2 + s * 0.1)]);
  detect.settle(id);
  expect([told[0]?.ended, eager]).toEqual([null, [true]]);
  // At once: the next look may be long in coming. One that was on its way begins nothing.
  off();
  detect.settle(id);
  expect(eager).toEqual([true, false]);
  looked(5, 'motion');
  expect([told[0]?.ended === null, told[0]?.more, needs]).toEqual([false, { ended: 'unwatched' }, [true, false]]);
  expect(detect.tracks(id)).toEqual([]);
});

it('keeps with an event why it was told: its pictures, what was decided on each, and the rule as it was set then', async () => {
  const yard: WatchZone = {
    ...ZoneDraft.parse({
      ...{ kind: 'detect', name: 'Yard', minScore: 0.5, triggers: { present: false, loitersS: 4 } },
      points: [
        { x: 0.3, y: 0.3 },
        { x: 1, y: 0.3 },
        { x: 1, y: 1 },
        { x: 0.3, y: 1 },
      ],
    }),
    ...{ id: ZoneId.parse(newId()), cameraId: id, version: 1 },
  };
  const { told, keptLooks, see } = rig({ zones: [yard] });
  for (let s = 0; s < 10; s += 1) await see(s, [person(Math.min(0.4, 0.1 + s * 0.1))]);
  const [event] = told;
  expect(told.map((t) => t.kind)).toEqual(['loitering']);
  const why = event?.why;
  if (why?.is !== 'object') throw new Error('it does not say why');
  expect(EventWhy.parse(why)).toEqual(why);
  expect(why).toMatchObject({
    ...{ confirmed: { atMs: t0, by: 'sure', looks: 1, score: 0.9 }, state: 'moving', stood: null, crowd: null },
    place: { zone: 'Yard', line: null, minScore: 0.5, minHeight: 0, maxHeight: 1 },
    time: { neededMs: 4_000, reachedMs: 4_000 },
  });
  // It came from outside of the zone: its feet say when it counted.
  expect(why.looks.map((l) => [(l.atMs - t0) / 1_000, l.not])).toEqual([
    ...[0, 1].map((s) => [s, ['outside']]),
    ...[2, 3, 4, 5, 6].map((s) => [s, []]),
  ]);
  expect([why.found, why.looks[0]?.moved]).toEqual([7, { cells: 0, of: 48 }]);
  // Of its pictures the first and the last ones are kept.
  expect(keptLooks.map(([of, atMs]) => [of, (atMs - t0) / 1_000])).toEqual([0, 1, 5, 6].map((s) => [event?.id, s]));
});
