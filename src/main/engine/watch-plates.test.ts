import { expect, it } from 'vitest';
import type { Event, EventLook } from '#domain/event.ts';
import { ZoneId, type CameraId, type EventId } from '#domain/id.ts';
import type { ModelId } from '#domain/model.ts';
import type { PlateFound } from '#domain/plate-list.ts';
import type { PlateRead } from '#domain/plate.ts';
import { TrackId, type Track } from '#domain/track.ts';
import { ZoneDraft, type WatchZone } from '#domain/watch-zone.ts';
import { WatchSettings } from '#domain/watching.ts';
import { systemClock } from '#lib/clock.ts';
import { createUlids } from '#lib/ulid.ts';
import type { PoolJob } from './inference.ts';
import type { CameraRecord } from './index-port.ts';
import type { NewEvent } from './rooms.ts';
import { createWatchPlates } from './watch-plates.ts';
import type { Framed } from './watching.ts';

const newId = createUlids(() => systemClock.nowMs());
const id = newId() as CameraId;
const camera = { id, name: 'Gate' } as CameraRecord;
const t0 = 1_800_000_000_000;
const small = { width: 640, height: 360, data: new Uint8Array(0) };
const main = { width: 1_920, height: 1_080, data: new Uint8Array(0) };
const car = (s: number, width = 0.2): Track => ({
  ...{ id: TrackId.parse(1), class: 'car', score: 0.9, state: 'moving', sinceMs: t0 },
  ...{ box: { x: 0.4, y: 0.4, width, height: 0.3 }, lastMs: t0 + s * 1_000 },
});
const read = (text: string, score = 0.7): PlateRead => ({
  ...{ text, score, chances: [score] },
  box: { x: 0.45, y: 0.6, width: 0.06, height: 0.03 },
});

/** What the reader answers, and what is on lists, is written down by the test; everything else is real. */
function rig(
  over: { settings?: object; zones?: WatchZone[]; main?: boolean; left?: boolean; known?: Record<string, string> } = {},
) {
  const asked: PoolJob<'plates'>['ask'][] = [];
  const urgencies: string[] = [];
  type Told = NewEvent & { id: EventId; looks: EventLook[]; ended: number | null; more: Event['data'] };
  const told: Told[] = [];
  const beside: { id: EventId; atMs: number }[] = [];
  const encoded: { width: number; height: number }[] = [];
  const kept: EventId[] = [];
  let answer: PlateRead[] = [];
  /** Why nothing is answered, and which model is used; null: there is none. */
  const models: { why: string | null; plate: string | null } = { why: null, plate: 'plate' };
  let second = 0;
  const plates = createWatchPlates({
    pool: () => ({
      submit: (job) => {
        asked.push(job.ask as PoolJob<'plates'>['ask']);
        urgencies.push(job.urgency);
        const cost = { prepareMs: 1, runMs: 1, readMs: 1, runs: 1 };
        if (models.why !== null) return Promise.resolve({ ok: false, why: models.why, detail: '' } as never);
        return Promise.resolve({ ok: true, value: { plates: answer }, cost, waitMs: 0, answerMs: 0 } as never);
      },
    }),
    models: () => ({ choose: (task) => (task === 'plate' ? models.plate : task) as ModelId | null }),
    rules: {
      settings: () => WatchSettings.parse({ plates: true, ...over.settings }),
      zones: () => over.zones ?? [],
    },
    lists: {
      find: (text) => {
        const kind = over.known?.[text];
        const list = { name: 'List', kind };
        return kind === undefined ? [] : [{ list, entry: { text, label: 'Ada' }, match: 'exact' } as PlateFound];
      },
    },
    events: {
      note(event) {
        const made = { ...event, id: newId() as EventId, looks: [], ended: null, more: {} };
        told.push(made);
        return made as unknown as Event;
      },
      finish(event, atMs, more = {}) {
        const found = told.find((t) => t.id === event);
        if (found !== undefined) [found.ended, found.more] = [atMs, more];
      },
      look(event, look, more) {
        const found = told.find((t) => t.id === event);
        found?.looks.push(look);
        if (found !== undefined && more !== undefined) found.severity = more.severity;
      },
      reasoned(event, why) {
        const found = told.find((t) => t.id === event);
        if (found !== undefined) found.why = why;
      },
    },
    watching: () => ({
      encode: ({ width, height }) => {
        encoded.push({ width, height });
        return Promise.resolve({ data: new Uint8Array(1), atMs: 0 });
      },
      detail: () => Promise.resolve(over.main === false ? null : { picture: main, atMs: t0 + second * 1_000 }),
    }),
    scheduleOn: () => false,
    hasLeft: () => over.left !== false,
    keep: (event) => {
      kept.push(event);
      return true;
    },
    keepLook: (event, _, { atMs }) => beside.push({ id: event, atMs }),
  });
  const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
  const see = async (s: number, tracks: Track[], reads: PlateRead[]): Promise<void> => {
    [second, answer] = [s, reads];
    const atMs = t0 + s * 1_000;
    const regions = [{ x: 0.4, y: 0.4, width: 0.2, height: 0.2 }];
    plates.frame(camera, { op: 'frame', atMs, arrivedMs: atMs, regions, picture: small } as unknown as Framed);
    plates.followed(camera, tracks, atMs);
    for (let i = 0; i < 4; i += 1) await turn();
  };
  return { plates, asked, models, urgencies, told, kept, beside, encoded, see };
}

it('reads a vehicle that is followed in the main picture, when nothing more urgent waits, until its plate is known', async () => {
  const r = rig({ known: { B101GSB: 'deny' } });
  for (let s = 0; s < 6; s += 1) await r.see(s, [car(s)], [read('B101GSB')]);
  expect(r.asked).toHaveLength(3);
  expect(r.asked[0]).toMatchObject({ textModelId: 'text', plateModelId: 'plate', picture: { width: 1_920 } });
  // A large picture is looked at around the vehicle.
  expect(r.asked[0]?.regions).toHaveLength(1);
  expect(new Set(r.urgencies)).toEqual(new Set(['idle']));
  expect(r.told).toHaveLength(1);
  expect(r.told[0]).toMatchObject({
    ...{ kind: 'plate', severity: 'alarm', fromMs: t0, data: { list: 'List', listKind: 'deny', label: 'Ada' } },
    look: { text: 'B101GSB', class: 'car', trackId: 1, hasPicture: false },
  });
  expect(r.told[0]?.looks.at(-1)).toMatchObject({ hasPicture: true });
  expect(r.kept.length).toBeGreaterThan(0);
  expect(r.plates.state(id)).toEqual({ looked: 3, told: 1, stream: 'main', trouble: null });
  r.plates.followed(camera, [], t0 + 40_000);
  expect(r.told[0]).toMatchObject({ ended: t0 + 5_000, more: {} });
});

it('weighs it anew when it thinks better of the text, and ends it when nobody watches any more', async () => {
  const r = rig({ known: { B101GSC: 'watch' } });
  const texts = ['B101GSB', 'B101GSB', 'B101GSC', 'B101GSC', 'B101GSC', 'B101GSC'];
  for (const [s, text] of texts.entries()) await r.see(s, [car(s)], [read(text, s < 2 ? 0.5 : 0.85)]);
  expect(r.told).toHaveLength(1);
  expect(r.told[0]?.look).toMatchObject({ text: 'B101GSB' });
  expect(r.told[0]?.looks.at(-1)).toMatchObject({ text: 'B101GSC' });
  expect(r.told[0]?.severity).toBe('warning');
  r.plates.unwatched(id, 'unwatched');
  expect(r.told[0]?.more).toEqual({ ended: 'unwatched' });
});

it('ends it at once where none are to be read any more', async () => {
  const settings = { plates: true };
  const r = rig({ settings });
  for (let s = 0; s < 6; s += 1) await r.see(s, [car(s)], [read('B101GSB')]);
  r.plates.settle(id);
  expect(r.told.map((t) => t.ended)).toEqual([null]);
  settings.plates = false;
  r.plates.settle(id);
  expect(r.told[0]).toMatchObject({ ended: t0 + 5_000, more: { ended: 'unwatched' } });
});

it('says why: the readings, what made the text sure, the list, and small pictures of what was read', async () => {
  const r = rig({ known: { B101GSB: 'watch' } });
  const texts = ['B1O1GSB', 'B101GSB', 'B101GSB', 'B101GSB'];
  for (const [s, text] of texts.entries()) await r.see(s, [car(s)], [read(text, 0.6 + s / 50)]);
  const [event] = r.told;
  expect(event?.why).toMatchObject({ is: 'plate', text: 'B101GSB', by: 'agreed', agree: 2, found: 3 });
  expect(event?.why).toMatchObject({
    reads: [
      { atMs: t0, text: 'B1O1GSB', score: 0.6, goes: 'alike' },
      { atMs: t0 + 1_000, text: 'B101GSB', goes: 'same', box: { x: 0.45 } },
      { atMs: t0 + 2_000, text: 'B101GSB', goes: 'same' },
    ],
    ...{ vehicle: 'car', zone: null, stream: 'main' },
    list: { name: 'List', kind: 'watch', entry: 'B101GSB', match: 'exact' },
  });
  // The whole picture, and beside it each reading's plate with some of its vehicle: of 1,920 pixels three times 0.06.
  expect(r.beside).toEqual([0, 1, 2, 3].map((s) => ({ id: event?.id, atMs: t0 + s * 1_000 })));
  expect(r.encoded).toContainEqual({ width: 1_920, height: 1_080 });
  expect(r.encoded).toContainEqual({ width: 348, height: 176 });
  // All of them are known when it has passed.
  r.plates.followed(camera, [], t0 + 40_000);
  expect(event?.why).toMatchObject({ found: 4, agree: 3, list: { kind: 'watch' } });
});

it('keeps the pictures of a plate that was read once, and told when it had passed', async () => {
  const r = rig();
  await r.see(0, [car(0)], [read('B101GSB', 0.6)]);
  expect(r.told).toEqual([]);
  r.plates.followed(camera, [], t0 + 40_000);
  await new Promise((done) => setImmediate(done));
  const [event] = r.told;
  expect(event?.why).toMatchObject({ by: 'alone', agree: 1, found: 1, list: null });
  expect(r.beside).toEqual([{ id: event?.id, atMs: t0 }]);
});

it('keeps allowed plates to itself where that is said, and reads nothing where nothing is to be read', async () => {
  const quiet = rig({ settings: { plateTells: 'unknown' }, known: { B101GSB: 'allow' } });
  for (let s = 0; s < 3; s += 1) await quiet.see(s, [car(s)], [read('B101GSB')]);
  expect(quiet.told).toEqual([]);
  const off = rig({ settings: { plates: false } });
  await off.see(0, [car(0)], [read('B101GSB')]);
  expect([off.asked, off.plates.state(id), off.plates.reads(id)]).toEqual([[], null, false]);
  // Nor where somebody does not want to look.
  const points = [
    { x: 0.3, y: 0.3 },
    { x: 0.7, y: 0.3 },
    { x: 0.7, y: 0.9 },
    { x: 0.3, y: 0.9 },
  ];
  const draft = ZoneDraft.parse({ kind: 'ignore', name: 'Road', points });
  const ignored = rig({ zones: [{ ...draft, id: ZoneId.parse(newId()), cameraId: id, version: 1 }] });
  for (let s = 0; s < 3; s += 1) await ignored.see(s, [car(s)], [read('B101GSB')]);
  expect(ignored.told).toEqual([]);
  // Where what stands is ignored, a parked car keeps its plate to itself, and one that drives through does not.
  const standing = ZoneDraft.parse({ kind: 'ignore', ignores: 'standing', name: 'Bay', points });
  const told = async (left: boolean): Promise<number> => {
    const bay = rig({ left, zones: [{ ...standing, id: ZoneId.parse(newId()), cameraId: id, version: 1 }] });
    for (let s = 0; s < 3; s += 1) await bay.see(s, [car(s)], [read('B101GSB')]);
    return bay.told.length;
  };
  expect([await told(false), await told(true)]).toEqual([0, 1]);
});

it('says when vehicles are too small for letters, and does not try', async () => {
  const r = rig({ main: false });
  for (let s = 0; s < 5; s += 1) await r.see(s, [car(s, 0.1)], [read('B101GSB')]);
  expect(r.asked).toEqual([]);
  expect(r.plates.state(id)?.trouble).toBe('too-small');
  await r.see(6, [car(6, 0.4)], [read('B101GSB')]);
  expect(r.plates.state(id)).toMatchObject({ looked: 1, stream: null, trouble: null });
});

it('says that a model fails when it has failed some times, until it reads again or another one is used', async () => {
  const r = rig();
  const troubles = async (from: number, seconds: number) => {
    const said: unknown[] = [];
    for (let s = from; s < from + seconds; s += 1) {
      await r.see(s, [car(s)], []);
      said.push(r.plates.state(id)?.trouble);
    }
    return said;
  };
  r.models.why = 'model';
  expect(await troubles(0, 4)).toEqual([null, null, 'model-failed', 'model-failed']);
  r.models.why = 'late';
  expect(await troubles(4, 1)).toEqual(['busy']);
  r.models.why = null;
  expect(await troubles(5, 1)).toEqual([null]);

  r.models.why = 'model-rests';
  expect((await troubles(6, 3)).at(-1)).toBe('model-failed');
  // Of another one nothing is known yet, without a vehicle that passes.
  r.models.plate = 'other';
  expect(r.plates.state(id)?.trouble).toBe(null);
  r.models.plate = null;
  expect(r.plates.state(id)?.trouble).toBe('no-model');
  r.models.plate = 'plate';
  expect(r.plates.state(id)?.trouble).toBe('model-failed');
});
