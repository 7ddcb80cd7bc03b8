/** Small pictures of recorded video: made behind the recording's back, found by moment, gone with the video. */
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createRecordDisk } from '#workers/ingest/record/disk.ts';
import { createRecorder } from '#workers/ingest/record/recorder.ts';
import { createFfmpeg } from '../../src/main/adapters/ffmpeg/index.ts';
import { encode, hasFfmpeg, unitsOf } from '../support/encoded.ts';
import { openEngine, tempFolder, until } from './engine-rig.ts';
import { thumbnailSize } from '#domain/thumbnail.ts';
import { ZoneDraft } from '#domain/watch-zone.ts';
import { recordAlways } from '#domain/recording-plan.ts';

const minuteMs = 60_000;
const nowhere = 'rtsp://127.0.0.1:9/none';

describe.skipIf(!hasFfmpeg)('thumbnails (need ffmpeg)', () => {
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

  /** A station with one camera that has recorded two minutes, a hole of twenty, and one more, each minute another picture. */
  async function recorded(size = '320x180') {
    const ffmpeg = await createFfmpeg({ given: null, searchPath: process.env['PATH'] ?? '', log: quietLog });
    stops.push(() => {
      ffmpeg.stop();
    });
    const rig = await openEngine(folder.path, undefined, undefined, ffmpeg);
    stops.push(() => rig.close());
    const { id } = await rig.engine.cameras.add({
      name: 'Gate',
      enabled: false,
      main: { url: nowhere, transport: 'tcp', plan: recordAlways },
      sub: null,
      username: null,
      password: null,
    });
    const streamId = rig.engine.cameras.streamId(id, 'main')!;
    const cameraFolder = rig.engine.cameras.get(id)!.folder;
    const encoded = encode({ codec: 'h264', frames: 60 * 5, fps: 5, gop: 10, size });
    const t0 = Math.floor(Date.now() / 600_000) * 600_000 - 60 * minuteMs;
    const minutes = [0, 1, 22].map((n) => t0 + n * minuteMs);
    for (const startMs of minutes) {
      let monoMs = 0;
      const recorder = createRecorder({
        streamId,
        kind: 'main',
        target: { volume: 1, root: rig.files.root, folder: cameraFolder },
        notBeforeMs: 0,
        maxPendingBytes: 64 << 20,
        clock: { ...systemClock, monoMs: () => monoMs },
        disk: createRecordDisk(),
        report: () => undefined,
      });
      recorder.format(encoded.track, null);
      for (const unit of unitsOf(encoded, startMs * 1000)) {
        monoMs = unit.dtsUs / 1000;
        recorder.unit(unit, 0);
      }
      await recorder.stop();
      const content = await rig.files.inspect(rig.files.path(cameraFolder, 'main', startMs));
      if (content === null) throw new Error('nothing was recorded');
      const { endMs, bytes, format } = content;
      rig.store.segment.adopt({ streamId, startMs, endMs, bytes, format, state: 'sealed' });
    }
    return { ...rig, id, t0, minutes };
  }

  it('are made every ten seconds of what is there, and stand for the parts of a span', async () => {
    const { engine, id, t0 } = await recorded();
    const { thumbnails } = engine;
    // Further behind than a quarter of an hour, one in a minute is made; then one in ten seconds.
    await until('pictures', () => thumbnails.status().behindMs < 25_000 && thumbnails.status().count >= 5, 60_000);
    const cells = await thumbnails.grid(id, { fromMs: t0, toMs: t0 + 24 * minuteMs, count: 24 });
    expect(cells.length).toBe(24);
    expect(cells.map((c) => c.atMs !== null)).toEqual(cells.map((_, n) => n === 0 || n === 1 || n === 22));
    for (const [n, cell] of cells.entries()) {
      if (cell.atMs === null) continue;
      expect(cell.atMs).toBeGreaterThanOrEqual(t0 + n * minuteMs);
      expect(cell.atMs).toBeLessThan(t0 + (n + 1) * minuteMs);
      const found = await thumbnails.picture(id, cell.atMs, 10_000);
      expect([...(found?.jpeg.subarray(0, 2) ?? [])]).toEqual([0xff, 0xd8]);
    }
  });

  /** Levels of a JPEG's pixels, 0 … 255. */
  const greyOf = (jpeg: Uint8Array): Uint8Array => {
    const args = ['-v', 'error', '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
    return spawnSync('ffmpeg', args, { input: jpeg }).stdout;
  };
  const { width, height } = thumbnailSize;
  /** The brightest pixel of columns [from, to). */
  const brightest = (grey: Uint8Array, from: number, to: number): number => {
    let most = 0;
    for (const [at, level] of grey.entries()) if (at % width >= from && at % width < to) most = Math.max(most, level);
    return most;
  };

  it('are black where it is private now, whether they were made before or are made for who asks', async () => {
    // A picture that is not as wide as the small ones: it stands in the middle of them, 168 of 224 pixels wide.
    const { engine, id, t0 } = await recorded('240x180');
    const { thumbnails, watchRules } = engine;
    await until('pictures', () => thumbnails.status().count >= 1, 60_000);
    const kept = t0 + 500;
    const whole = greyOf((await thumbnails.picture(id, kept, 10_000))!.jpeg);
    expect(whole).toHaveLength(width * height);
    const [first, half, last] = [28, 112, 196];
    expect(brightest(whole, first, half)).toBeGreaterThan(150);
    const zone = watchRules.addZone(id, {
      ...ZoneDraft.parse({
        name: 'Window',
        kind: 'privacy',
        points: [
          [0, 0],
          [0.5, 0],
          [0.5, 1],
          [0, 1],
        ].map(([x, y]) => ({ x, y })),
      }),
    });
    for (const atMs of [kept, t0 + 22 * minuteMs + 31_000]) {
      const grey = greyOf((await thumbnails.picture(id, atMs, 10_000))!.jpeg);
      expect(grey).toHaveLength(width * height);
      expect(brightest(grey, 0, half - 2)).toBeLessThan(24);
      expect(brightest(grey, half + 8, last)).toBeGreaterThan(150);
    }
    watchRules.removeZone(id, zone.id);
    expect(Buffer.from(greyOf((await thumbnails.picture(id, kept, 10_000))!.jpeg)).equals(Buffer.from(whole))).toBe(
      true,
    );
  });

  it('stay black after the camera is taken out of the station', async () => {
    const { engine, id, t0 } = await recorded();
    engine.watchRules.addZone(
      id,
      ZoneDraft.parse({
        name: 'All',
        kind: 'privacy',
        points: [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ].map(([x, y]) => ({ x, y })),
      }),
    );
    await engine.cameras.remove(id);
    const found = await engine.thumbnails.picture(id, t0 + 500, 10_000);
    expect(brightest(greyOf(found!.jpeg), 0, width)).toBeLessThan(24);
    expect(engine.privacy.black(id, 'viewer')).toHaveLength(1);
  });

  it('are made for who asks, are not where nothing was recorded, and go with the video', async () => {
    const { engine, id, t0 } = await recorded();
    const { thumbnails } = engine;
    const at = t0 + 22 * minuteMs + 31_000;
    const made = await thumbnails.picture(id, at, 3_000);
    expect(Math.abs((made?.atMs ?? 0) - at)).toBeLessThanOrEqual(2_000);
    const again = await thumbnails.picture(id, at, 3_000);
    expect(Buffer.from(again?.jpeg ?? []).equals(Buffer.from(made?.jpeg ?? [1]))).toBe(true);
    expect(await thumbnails.picture(id, t0 + 10 * minuteMs, 10_000)).toBeNull();
    const { count } = thumbnails.status();
    thumbnails.forget(id, t0, t0 + 24 * minuteMs);
    expect(thumbnails.status().count).toBeLessThan(count);
    await engine.cameras.erase(id);
    await expect(thumbnails.picture(id, at, 3_000)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(thumbnails.status().count).toBe(0);
  });
});
