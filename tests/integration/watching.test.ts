/** A station that watches: key pictures from ingest workers to the watch worker, its gate, looks, and events with pictures. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFfmpeg } from '../../src/main/adapters/ffmpeg/index.ts';
import { readKept } from '../../src/main/domain/kept.ts';
import { ZoneDraft } from '../../src/main/domain/watch-zone.ts';
import { WatchSettings, type WatchLook } from '../../src/main/domain/watching.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { jpegSize } from '../../src/main/media/jpeg.ts';
import { noFfmpeg } from '../support/grey.ts';
import { draftOf, openCameras, openEngine, tempFolder, until } from './engine-rig.ts';

describe.skipIf(noFfmpeg)('a station', () => {
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
  const open = async () => {
    const { site, cameras } = await openCameras();
    stops.push(() => site.stop());
    const given = process.env['FFMPEG_BIN'] ?? null;
    const ffmpeg = await createFfmpeg({ given, searchPath: process.env['PATH'] ?? '', log: quietLog });
    stops.push(() => ffmpeg.stop());
    const { engine, close } = await openEngine(folder.path, () => false, undefined, ffmpeg);
    stops.push(close);
    return { engine, cameras };
  };

  it('tells motion that it sees by itself, with a picture, and pushes each look', async () => {
    const { engine, cameras } = await open();
    const { id } = await engine.cameras.add(draftOf(cameras[1]!));
    const looks: WatchLook[] = [];
    const ending = new AbortController();
    const following = (async () => {
      for await (const { value } of engine.looks.watch(id, ending.signal)) looks.push(value);
    })();
    const own = async () =>
      (await engine.events.list({ cameraId: [id], kind: ['motion'], limit: 20 })).events.find(
        (e) => e.look !== undefined,
      );
    const event = await until(
      'motion with a picture',
      async () => {
        const found = await own();
        return found?.look?.hasPicture === true ? found : null;
      },
      60_000,
    );
    const jpeg = engine.eventPictures.picture(event.id);
    expect(jpegSize(jpeg!)).toEqual({ width: 640, height: 360 });
    expect(event.look?.box?.width).toBeGreaterThan(0);
    const moved = await until('a look with motion', () => looks.find((l) => l.motion.is === 'motion'));
    expect(moved.motion.regions.length).toBeGreaterThan(0);
    expect(looks.length).toBeGreaterThan(2);
    const [state] = engine.looks.states();
    expect(state).toMatchObject({
      cameraId: id,
      mode: 'objects',
      state: { watching: true, stream: 'sub', dropped: 0 },
    });
    ending.abort();
    await following;
    // And found again in the index, in the place where it was.
    const now = Date.now();
    const ask = { id, fromMs: now - 600_000, toMs: now + 60_000, minPart: 0, bridgeMs: 5_000 };
    const whole = await engine.motionSearch.search(ask);
    expect(whole.hits.length).toBeGreaterThan(0);
    expect(whole.hits[0]?.fromMs).toBeGreaterThanOrEqual(event.fromMs - 20_000);
    expect(whole.watched.length).toBeGreaterThan(0);
    const corner = [
      { x: 0, y: 0 },
      { x: 0.05, y: 0 },
      { x: 0, y: 0.05 },
    ];
    expect((await engine.motionSearch.search({ ...ask, area: corner })).hits).toEqual([]);
    await expect(engine.motionSearch.search({ ...ask, toMs: ask.fromMs })).rejects.toThrow('31 days');
    // Off: nothing is looked at but to judge the picture, and what goes on is over.
    engine.watchRules.set(id, WatchSettings.parse({ mode: 'off' }));
    await until('its end', async () =>
      (await engine.events.list({ cameraId: [id], kind: ['motion'], limit: 20 })).events.every((e) => e.toMs !== null),
    );
    expect(engine.looks.states()[0]?.state).toMatchObject({ watching: false, wantedPerSecond: 0 });
  });

  it('sees nothing where nobody is to look: a privacy zone over all of the picture is black in what is kept, and still', async () => {
    const { engine, cameras } = await open();
    const { id } = await engine.cameras.add(draftOf(cameras[1]!));
    const points = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ];
    engine.watchRules.addZone(id, ZoneDraft.parse({ kind: 'privacy', name: 'All', points }));
    expect(engine.cameras.get(id)?.privacy).toEqual([points]);
    const beside = join(folder.path, 'video', engine.cameras.get(id)?.folder ?? '', 'kept.json');
    await until(
      'it is kept beside the video too',
      () => existsSync(beside) && readKept(readFileSync(beside, 'utf8'))?.watching?.zones[0]?.name === 'All',
    );
    const looks: WatchLook[] = [];
    const ending = new AbortController();
    const following = (async () => {
      for await (const { value } of engine.looks.watch(id, ending.signal)) looks.push(value);
    })();
    await until('ten looks', () => looks.length >= 10, 100_000);
    ending.abort();
    await following;
    expect(new Set(looks.map((l) => l.motion.is)).has('motion')).toBe(false);
    const { events } = await engine.events.list({ cameraId: [id], kind: ['motion'], limit: 20 });
    expect(events.filter((e) => e.look !== undefined)).toEqual([]);
  });
});
