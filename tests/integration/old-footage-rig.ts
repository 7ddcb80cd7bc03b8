/** Stations with footage of an hour ago and models that really run, for what is done to recorded pictures. Everything ends with its test. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { CameraId } from '#domain/id.ts';
import { recordNever } from '#domain/recording-plan.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { ModelToLoad } from '#workers/inference/port.ts';
import { createFfmpeg } from '../../src/main/adapters/ffmpeg/index.ts';
import { inferenceWorkers } from '../../src/main/station/inference-workers.ts';
import { makeOldFootage } from '../support/old-footage.ts';
import { tempFolder } from '../support/temp.ts';
import { openEngine, root } from './engine-rig.ts';

const agoMs = 3_600_000;

/**
 * To be called where tests are described. `makeClip`: writes what the camera saw, once for all of them · `model`: what looks at it; it may be
 * made in a folder that is given.
 */
export function oldFootageRig(of: {
  camera: string;
  makeClip: (path: string) => void;
  model: (folder: string) => ModelToLoad;
}) {
  const made = tempFolder();
  const clip = join(made.path, 'clip.mp4');
  const closing: (() => unknown)[] = [];
  beforeAll(() => {
    of.makeClip(clip);
  });
  afterAll(() => made.remove());
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  /** The station of a data folder; `close` is for one that is to end before its test. */
  async function open(data: string) {
    const ffmpeg = await createFfmpeg({
      ...{ given: process.env['FFMPEG_BIN'] ?? null, searchPath: process.env['PATH'] ?? '', log: quietLog },
    });
    closing.push(() => ffmpeg.stop());
    const places = { worker: (name: string) => join(root, 'src', 'workers', name, 'worker.ts') };
    const models = {
      builtIn: [of.model(join(made.path, 'model'))],
      start: inferenceWorkers(places, systemClock, quietLog),
    };
    const rig = await openEngine(data, () => false, undefined, ffmpeg, undefined, models);
    let closed = false;
    const close = async (): Promise<void> => {
      if (!closed) await rig.close();
      closed = true;
    };
    closing.push(close);
    return { ...rig, close };
  }

  /** A folder of its own that goes with the test. */
  const folder = () => {
    const made = tempFolder();
    closing.push(made.remove);
    return made;
  };

  return {
    open,
    folder,
    /** Ends with the test, before what was there already. */
    ends: (close: () => unknown) => void closing.push(close),
    /** A station that has so many seconds of the clip, from `startMs` (UTC) on. */
    async footage(seconds: number) {
      const at = folder();
      const startMs = Math.floor(Date.now() / 1_000) * 1_000 - agoMs;
      const nowhere = { url: 'rtsp://127.0.0.1:1/', transport: 'tcp' as const, plan: recordNever };
      const camera = { name: of.camera, folder: of.camera.toLowerCase(), main: nowhere };
      await makeOldFootage(at.path, camera, [[startMs, seconds]], clip);
      const rig = await open(at.path);
      return { ...rig, folder: at, startMs, id: rig.engine.cameras.list()[0]?.id as CameraId };
    },
  };
}
