/** A station that reads plates: from the camera's RTSP streams to an event with text, list and picture. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Caller } from '#contract/call.ts';
import { UserId } from '#domain/id.ts';
import { PlateEntryDraft, PlateListDraft } from '#domain/plate-list.ts';
import { ZoneDraft } from '#domain/watch-zone.ts';
import { WatchSettings } from '#domain/watching.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { jpegSize } from '#media/jpeg.ts';
import { createFfmpeg } from '../../src/main/adapters/ffmpeg/index.ts';
import { createDemoSite } from '../../src/main/demo/index.ts';
import { noDevices } from '../../src/main/engine/device-none.ts';
import { inferenceWorkers } from '../../src/main/station/inference-workers.ts';
import { noFfmpeg } from '../support/grey.ts';
import { builtIn, hasMedia } from '../support/media.ts';
import { drive } from '../support/plate-clips.ts';
import { draftOf, openEngine, tempFolder, until } from './engine-rig.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ana: Caller = {
  ...{ userId: UserId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA'), name: 'ana', role: 'administrator' },
  ...{ local: false, sessionId: 's' },
};
let folder: ReturnType<typeof tempFolder>;
let stops: (() => unknown)[];
beforeEach(() => {
  folder = tempFolder();
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  folder.remove();
});

it.skipIf(noFfmpeg || !hasMedia)(
  'reads the plate of what moves in a zone, in the main picture, tells it once with its list, and not what is allowed',
  async () => {
    const clips = tempFolder();
    stops.push(clips.remove);
    drive(clips.path);
    const site = createDemoSite({
      ...{ clock: systemClock, log: quietLog, dir: clips.path, portBase: 0, password: 'a secret word', faults: [] },
    });
    const cameras = await site.start();
    stops.push(() => site.stop());
    const given = process.env['FFMPEG_BIN'] ?? null;
    const ffmpeg = await createFfmpeg({ given, searchPath: process.env['PATH'] ?? '', log: quietLog });
    stops.push(() => ffmpeg.stop());
    const start = inferenceWorkers(
      { worker: (name) => join(root, 'src', 'workers', name, 'worker.ts') },
      systemClock,
      quietLog,
    );
    const models = { builtIn: [builtIn('ppocr-text'), builtIn('ppocr-read')], start };
    const { engine, close } = await openEngine(folder.path, () => false, noDevices, ffmpeg, undefined, models);
    stops.push(close);

    const deny = engine.plates.addList(PlateListDraft.parse({ name: 'Barred', kind: 'deny' }), ana);
    // As somebody wrote it down who took 6 for G.
    engine.plates.addEntry(deny.id, PlateEntryDraft.parse({ text: 'B 9G SXV', label: 'Blue van' }), ana);
    const { id } = await engine.cameras.add(draftOf(cameras.find((c) => c.name === 'Gate')!));
    engine.watchRules.set(id, WatchSettings.parse({ mode: 'motion', tellMotion: false }));
    const points = [
      { x: 0.1, y: 0.3 },
      { x: 0.9, y: 0.3 },
      { x: 0.9, y: 1 },
      { x: 0.1, y: 1 },
    ];
    const zone = engine.watchRules.addZone(id, ZoneDraft.parse({ kind: 'detect', name: 'Lane', points, plates: true }));
    const read = () => engine.events.list({ cameraId: [id], kind: ['plate'], limit: 20 });
    const event = await until(
      'a plate with its picture',
      async () => (await read()).events.find((e) => e.look?.hasPicture === true),
      90_000,
    );
    expect(event).toMatchObject({
      ...{ kind: 'plate', severity: 'alarm', toMs: null },
      data: { source: 'Lane', list: 'Barred', listKind: 'deny', label: 'Blue van' },
      look: { text: 'B96SXV', class: 'plate', zoneId: zone.id, hasPicture: true },
    });
    expect(event.look?.box?.width).toBeGreaterThan(0.1);
    expect(event.look?.score).toBeGreaterThan(0.5);
    // Of the main stream, although the small one is watched.
    expect(jpegSize(engine.eventPictures.picture(event.id)!)).toEqual({ width: 1280, height: 720 });
    const state = () => engine.looks.states().find((s) => s.cameraId === id)?.state.plates;
    expect(state()).toMatchObject({ told: 1, stream: 'main', trouble: null });
    // It passes again and again in one go, and is one event.
    const looked = state()?.looked ?? 0;
    await until('read on', () => (state()?.looked ?? 0) >= looked + 3, 60_000);
    expect((await read()).events).toHaveLength(1);
    // Found by a part of it, with letters that cameras take for its own.
    expect((await engine.events.list({ text: '9gsx', limit: 9 })).events.map((e) => e.id)).toEqual([event.id]);
    expect((await engine.events.list({ text: '9gsy', limit: 9 })).events).toEqual([]);

    // Allowed plates are kept to itself.
    engine.watchRules.set(id, WatchSettings.parse({ mode: 'off' }));
    await until('its end', async () => (await read()).events.every((e) => e.toMs !== null), 30_000);
    engine.plates.changeList(deny.id, PlateListDraft.parse({ name: 'Ours', kind: 'allow' }), ana);
    const before = state()?.looked ?? looked;
    engine.watchRules.set(id, WatchSettings.parse({ mode: 'motion', tellMotion: false, plateTells: 'unknown' }));
    await until('read again', () => (state()?.looked ?? 0) >= before + 4, 60_000);
    expect((await read()).events).toHaveLength(1);
  },
  240_000,
);
