/** A closer look after an event: recorded pictures, read, decoded, looked at by a model, measured, kept, and found by a search. */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Event } from '#domain/event.ts';
import type { ObjectWhy } from '#domain/event-why.ts';
import { ZoneDraft } from '#domain/watch-zone.ts';
import { jpegSize } from '#media/jpeg.ts';
import { ffmpegBin, noFfmpeg } from '../support/grey.ts';
import { writeRedModel } from '../support/red-model.ts';
import { until } from '../support/until.ts';
import { oldFootageRig } from './old-footage-rig.ts';

const seconds = 12;
/** The car of the clip, in parts of the picture. */
const car = { x: 0.35, y: 0.45, width: 0.25, height: 0.25 };

/** A yard of many greys and some green, in which a red car with dark windows stands. */
function makeYard(path: string): void {
  const [w, h] = [1280, 720];
  const box = (x: number, y: number, width: number, height: number, colour: string): string =>
    `drawbox=x=${x * w}:y=${y * h}:w=${width * w}:h=${height * h}:color=${colour}:t=fill`;
  const draw = [
    box(0, 0, 1, 0.4, '0xa8b4bc'),
    box(0.7, 0.3, 0.3, 0.2, '0x4a7a3c'),
    box(car.x, car.y, car.width, car.height, '0xb01c1c'),
    box(0.4, 0.47, 0.15, 0.05, '0x2a2e33'),
    'noise=alls=4:allf=t',
  ];
  const { status, stderr } = spawnSync(ffmpegBin, [
    ...['-v', 'error', '-f', 'lavfi', '-i', `color=c=0x76786f:s=${w}x${h}:r=10:d=${seconds}`, '-vf', draw.join(',')],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-g', '20', '-sc_threshold', '0', '-pix_fmt', 'yuv420p'],
    path,
  ]);
  if (status !== 0) throw new Error(`ffmpeg could not make the clip: ${String(stderr)}`);
}

describe.skipIf(noFfmpeg)('a closer look', () => {
  const rig = oldFootageRig({ camera: 'Yard', makeClip: makeYard, model: writeRedModel });
  async function footage() {
    const { startMs, id, ...station } = await rig.footage(seconds);
    /** An event as watching tells it, `s` seconds into what was recorded, and the work that its end makes. */
    const told = (s: number, cls: 'car' | 'person' = 'car'): Event => {
      const atMs = startMs + s * 1_000;
      const why: ObjectWhy = {
        ...{ is: 'object', found: 3, confirmed: null, state: 'moving', modelScore: 0.5, crowd: null, stood: null },
        looks: [],
        place: { zone: null, line: null, classes: [cls], minScore: null, minHeight: 0, maxHeight: 1 },
        time: { neededMs: null, reachedMs: 0 },
        best: [atMs, atMs + 2_000].map((ms) => ({ atMs: ms, box: { ...car, x: car.x + 0.02 }, score: 0.8 })),
      };
      const event = station.engine.events.add({
        ...{ kind: 'object', severity: 'info', cameraId: id, fromMs: atMs, toMs: atMs + 3_000, data: {} },
        look: {
          ...{ class: cls, score: 0.8, box: car, zoneId: null, lineId: null, trackId: 1, text: null },
          hasPicture: false,
        },
        why,
      });
      station.store.work.add({ kind: 'enrichment', eventId: event.id, cameraId: id, madeMs: atMs, dueMs: 1, tries: 0 });
      return event;
    };
    return { ...station, startMs, id, told };
  }
  type Engine = Awaited<ReturnType<typeof rig.open>>['engine'];
  const queueOf = (engine: Engine) => engine.work.queues().find((q) => q.kind === 'enrichment');
  const looked = (engine: Engine, { id }: Event) =>
    until(
      'the closer look',
      async () => {
        const { events } = await engine.events.list({ kind: ['object'], limit: 50 });
        return events.find((e) => e.id === id)?.closer;
      },
      60_000,
    );

  it('takes the full-size picture, says what colour the vehicle is, and is found by it', async () => {
    const { engine, startMs, told } = await footage();
    const event = told(3);
    const closer = await looked(engine, event);
    expect(closer).toMatchObject({
      ...{ without: null, size: { width: 1280, height: 720 }, vehicle: 'red', upper: null, lower: null, plate: null },
    });
    expect(Math.abs((closer.atMs ?? 0) - startMs - 3_000)).toBeLessThanOrEqual(1_000);
    for (const text of ['red car', 'voiture rouge', 'Carro Verm'])
      expect((await engine.events.list({ text, limit: 5 })).events.map((e) => e.id)).toEqual([event.id]);
    expect((await engine.events.list({ text: 'blue car', limit: 5 })).events).toEqual([]);
    expect((await engine.events.list({ colour: ['red'], limit: 5 })).events.map((e) => e.id)).toEqual([event.id]);
    expect((await engine.events.list({ colour: ['blue', 'unsure' as 'blue'], limit: 5 })).events).toEqual([]);
    const jpeg = engine.eventPictures.picture(event.id);
    expect(jpegSize(jpeg as Uint8Array)).toEqual({ width: 1280, height: 720 });
    const { look } = (await engine.events.list({ limit: 50, kind: ['object'] })).events[0] ?? {};
    expect(look?.hasPicture).toBe(true);
    for (const [name, part] of Object.entries(car)) expect(look?.box?.[name as 'x']).toBeCloseTo(part, 1);
    expect(queueOf(engine)).toMatchObject({ waiting: 0, done: 1, failed: 0, hold: null, fault: null });
  });

  it('shows nothing where nobody is to look, and says why where there is nothing to look at', async () => {
    const { engine, id, told, files } = await footage();
    const hidden = ZoneDraft.parse({
      ...{ kind: 'privacy', name: 'Neighbours' },
      points: [
        { x: 0.3, y: 0.4 },
        { x: 0.7, y: 0.4 },
        { x: 0.7, y: 0.8 },
        { x: 0.3, y: 0.8 },
      ],
    });
    const zone = engine.watchRules.addZone(id, hidden);
    const black = told(3);
    expect(await looked(engine, black)).toMatchObject({ without: 'not-found', atMs: null, vehicle: null });
    expect(engine.eventPictures.picture(black.id)).toBeNull();
    engine.watchRules.removeZone(id, zone.id);
    expect(await looked(engine, told(-100))).toMatchObject({ without: 'not-recorded' });
    // Another thing than a car is not taken for one.
    expect(await looked(engine, told(4, 'person'))).toMatchObject({ without: 'not-found' });
    for (const name of readdirSync(join(files.root, 'yard'), { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.mp4')) rmSync(join(files.root, 'yard', name));
    expect(await looked(engine, told(5))).toMatchObject({ without: 'unreadable' });
    expect(queueOf(engine)).toMatchObject({ waiting: 0, done: 0, failed: 4 });
  });

  it('goes on after a restart, and does nothing where it is not wanted', async () => {
    const first = await footage();
    const { id } = first;
    const settings = first.engine.watchRules.of(id).settings;
    first.engine.watchRules.set(id, { ...settings, closerLook: false });
    const unwanted = first.told(3);
    await until('it is left', () => queueOf(first.engine)?.failed === 1, 20_000);
    first.engine.watchRules.set(id, settings);
    const event = first.told(5);
    await first.close();
    const again = await rig.open(first.folder.path);
    expect(await looked(again.engine, event)).toMatchObject({ vehicle: 'red' });
    const { events } = await again.engine.events.list({ kind: ['object'], limit: 9 });
    expect(events.find((e) => e.id === unwanted.id)?.closer).toBeUndefined();
  });
});
