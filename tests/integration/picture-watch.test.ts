/** The watch over pictures on real ones: the clips of the demo site and, where they are there, labelled clips of cameras. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFfmpeg } from '../../src/main/adapters/ffmpeg/index.ts';
import { freshPictureWatch, pictureWatch, type PictureOutput } from '../../src/main/domain/decide/picture-watch.ts';
import type { EventKind } from '../../src/main/domain/event.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { greysOf, noFfmpeg } from '../support/grey.ts';
import { draftOf, openCameras, openEngine, root, tempFolder, until } from './engine-rig.ts';

const demo = ['gate-sub', 'yard-sub', 'street-sub', 'corridor-main', 'yard-left-sub'];
const demoClip = (name: string): string => join(root, 'resources', 'demo', `${name}.mp4`);
const labelled = process.env['VIGIE_TEST_CLIPS'] ?? join(root, '..', 'shared', 'media', 'clips');
const clips = existsSync(labelled) ? readdirSync(labelled).filter((f) => f.endsWith('.mp4')) : [];

/** Judges pictures as if one came every 4 s. */
function judge(pictures: Uint8Array[]): string[] {
  let state = freshPictureWatch;
  const said: PictureOutput[] = [];
  pictures.forEach((grey, i) => {
    const [next, outputs] = pictureWatch(state, { atMs: 1_000_000 + i * 4_000, grey, anew: false });
    state = next;
    said.push(...outputs);
  });
  return said.map((s) => `${s.matter} ${s.is}`);
}
/** Encoded anew each time, as a camera does: the same picture never comes out quite the same. */
const noisy = (grey: Uint8Array, seed: number): Uint8Array => {
  let state = seed + 1;
  return grey.map((v) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return Math.max(0, Math.min(255, v + (state >>> 30) - 1));
  });
};

describe.skipIf(noFfmpeg)('real pictures', () => {
  it.each(demo)('of %s raise nothing as they are; frozen, dark, covered and moved are raised', (name) => {
    const pictures = greysOf(demoClip(name));
    expect(pictures.length).toBeGreaterThan(20);
    expect(judge([...pictures, ...pictures])).toEqual([]);
    const good = pictures.slice(0, 8);
    const [still] = good;
    expect(judge([...good, ...Array<Uint8Array>(8).fill(still!)])).toEqual(['picture-frozen begin']);
    const dark = greysOf(demoClip(name), 'lutyuv=y=val*0.1').slice(0, 6);
    expect(judge([...good, ...dark])).toEqual(['picture-dark begin']);
    const hand = good.map((_, i) => noisy(new Uint8Array(320 * 180).fill(70), i));
    expect(judge([...good, ...hand])).toEqual(['picture-covered begin']);
    const defocused = greysOf(demoClip(name), 'gblur=sigma=40').slice(0, 6);
    expect(judge([...good, ...defocused])).toEqual(['picture-covered begin']);
    for (const other of demo.filter((d) => d !== name)) {
      const turned = greysOf(demoClip(other)).slice(0, 6);
      expect([other, judge([...good, ...turned])]).toEqual([other, ['picture-moved begin']]);
    }
  });

  it.skipIf(clips.length === 0)('of cameras in the world raise nothing', () => {
    const said = clips.map((file) => [file, judge(greysOf(join(labelled, file)))]);
    expect(said).toEqual(clips.map((file) => [file, []]));
  });
});

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

  it('judges key frames of all cameras through one decoder, leaves out who is in maintenance, and says so', async () => {
    const { site, cameras } = await openCameras();
    stops.push(() => site.stop());
    const ffmpeg = await createFfmpeg({
      given: process.env['FFMPEG_BIN'] ?? null,
      searchPath: process.env['PATH'] ?? '',
      log: quietLog,
    });
    stops.push(() => ffmpeg.stop());
    const { engine, close } = await openEngine(folder.path, () => false, undefined, ffmpeg);
    stops.push(close);
    const made = await Promise.all(cameras.slice(0, 3).map((c) => engine.cameras.add(draftOf(c))));
    await until(
      'all are judged',
      () => engine.cameraHealth.list().every((h) => h.picture.state === 'watching' && h.picture.everyMs !== null),
      40_000,
    );
    const [gate, , corridor] = engine.cameraHealth.list();
    expect(gate?.picture.stream).toBe('sub');
    expect(corridor?.picture.stream).toBe('main');
    expect(gate).toMatchObject({ state: 'live', alarms: [], maintenance: null });

    const id = made[0]!.id;
    const untilMs = Date.now() + 60_000;
    engine.cameraHealth.beginMaintenance(id, { reason: 'The lens is cleaned', by: 'ana', untilMs });
    expect(engine.cameraHealth.get(id)).toMatchObject({ state: 'maintenance', picture: { state: 'maintenance' } });
    expect(engine.cameras.get(id)?.maintenance).toMatchObject({ by: 'ana', untilMs });
    const events = async (kind: EventKind) =>
      (await engine.events.list({ cameraId: [id], kind: [kind], limit: 10 })).events;
    // Lost meanwhile: nobody is told. It goes on recording as before and after.
    await site.cut('Gate');
    await until('the loss', () => engine.cameras.get(id)?.streams[0]?.state === 'lost', 30_000);
    await site.restore('Gate');
    await until('its return', () => engine.cameras.get(id)?.streams[0]?.recording === true, 60_000);
    expect(await events('camera-lost')).toEqual([]);
    engine.cameraHealth.endMaintenance(id);
    expect((await events('maintenance'))[0]).toMatchObject({ data: { text: 'The lens is cleaned', by: 'ana' } });
    expect((await events('maintenance'))[0]?.toMs).not.toBeNull();
    expect(engine.cameraHealth.get(id).state).not.toBe('maintenance');

    // One that a person set to end soon ends by itself.
    engine.cameraHealth.beginMaintenance(id, { reason: 'Short', by: 'ana', untilMs: Date.now() + 1_500 });
    await until('its own end', () => engine.cameraHealth.get(id).maintenance === null);
    expect(() => engine.cameraHealth.beginMaintenance(id, { reason: 'x', by: 'ana', untilMs: 5 })).toThrow();

    engine.cameraHealth.watchPicture(id, false);
    expect(engine.cameraHealth.get(id).picture).toMatchObject({ on: false, state: 'off' });
  }, 180_000);
});
