/** Real threads that run the models that come with Vigie: alone, in the pool, ended, and given what is no model. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalysisSettings } from '#domain/analysis.ts';
import type { ModelId } from '#domain/model.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import type { I420 } from '#media/i420.ts';
import { createInferenceWorkers } from '#workers/inference/client.ts';
import type {
  InferenceCommand,
  InferenceFailure,
  InferenceReport,
  InferenceWorker,
  ModelToLoad,
  StartInferenceWorker,
} from '#workers/inference/port.ts';
import { startThread } from '#workers/lib/thread.ts';
import { loadRuntime } from '../../src/main/adapters/onnx/index.ts';
import { createInferencePool, type InferencePool } from '../../src/main/engine/inference.ts';
import { noFfmpeg } from '../support/grey.ts';
import { blank, builtIn, hasMedia, mediaDir, pictures } from '../support/media.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

const file = fileURLToPath(new URL('../../src/workers/inference/worker.ts', import.meta.url));
const ssd = builtIn('ssd-mobilenet-v2');
const ssdId = ssd.manifest.id;
// As the station does: the first thread that has the library must live as long as the process.
loadRuntime();

let threads: WorkerPort<InferenceCommand, InferenceReport>[] = [];
let workers: InferenceWorker[] = [];
let pools: InferencePool[] = [];
const lost: InferenceFailure[] = [];
const starter = (): StartInferenceWorker =>
  createInferenceWorkers({
    clock: systemClock,
    log: quietLog,
    start(setup) {
      const thread = startThread<InferenceCommand, InferenceReport>(file, 'inference', setup);
      threads.push(thread);
      return thread;
    },
  });
function startWorker(): InferenceWorker {
  const worker = starter()(
    { threads: 1, providers: null },
    { down: () => undefined, fellBack: () => undefined, lost: (_, failure) => lost.push(failure) },
  );
  workers.push(worker);
  return worker;
}
afterEach(async () => {
  await Promise.all([...workers.map((w) => w.stop()), ...pools.map((p) => p.stop())]);
  [threads, workers, pools] = [[], [], []];
  lost.splice(0);
});

/** Passes between threads without a copy, as the watch worker's pictures do. */
function sharedPicture({ width, height, data }: I420): I420 {
  const copy = new Uint8Array(new SharedArrayBuffer(data.length));
  copy.set(data);
  return { width, height, data: copy };
}
const askOf = (picture: I420, modelId: ModelId = ssdId) => ({
  ...{ modelId, picture, regions: [], minScore: null, classes: null },
});
const troubleOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as InferenceFailure).trouble,
  );

describe('a worker', () => {
  it('loads a model, answers in order, and ends when it is asked to', async () => {
    const worker = startWorker();
    expect(await worker.load(ssd)).toMatchObject({ modelId: ssdId, provider: 'cpu' });
    expect(worker.providers().at(-1)).toBe('cpu');
    const order: number[] = [];
    const asked = [blank(640, 360), sharedPicture(blank(320, 240)), blank(1920, 1080)].map(async (picture, n) => {
      const { detections, cost } = await worker.ask('detect', askOf(picture));
      order.push(n);
      expect(detections).toEqual([]);
      expect(cost.runs).toBe(1);
      expect(Math.min(cost.prepareMs, cost.runMs, cost.readMs)).toBeGreaterThan(0);
    });
    expect(worker.waiting()).toBe(3);
    await Promise.all(asked);
    expect(order).toEqual([0, 1, 2]);
    const last = worker.ask('detect', askOf(blank(640, 360)));
    const ended = worker.stop();
    // What ran is answered, or refused; it is never left without a word.
    expect(['none', 'stopping']).toContain(await troubleOf(last));
    await ended;
    expect(await troubleOf(worker.ask('detect', askOf(blank(640, 360))))).toBe('stopping');
    expect(await troubleOf(worker.load(ssd))).toBe('stopping');
  });

  it('says what is wrong with a model and with a question, and goes on', async () => {
    const temp = tempFolder();
    try {
      const worker = startWorker();
      const [one] = ssd.manifest.files;
      const whole = readFileSync(join(ssd.folder, one?.name ?? ''));
      const bad = (id: string, bytes: Uint8Array): ModelToLoad => {
        writeFileSync(join(temp.path, `${id}.onnx`), bytes);
        return {
          folder: temp.path,
          manifest: { ...ssd.manifest, id: id as ModelId, files: [{ ...one!, name: `${id}.onnx` }] },
        };
      };
      expect(await troubleOf(worker.load({ ...ssd, folder: temp.path }))).toBe('missing');
      expect(await troubleOf(worker.load(bad('text', Buffer.from('<html>not found</html>'))))).toBe('not-a-model');
      expect(await troubleOf(worker.load(bad('half', whole.subarray(0, whole.length >> 1))))).toBe('not-a-model');
      expect(await troubleOf(worker.ask('detect', askOf(blank(64, 64))))).toBe('no-model');
      await worker.load(ssd);
      expect(await troubleOf(worker.ask('detect', askOf({ ...blank(64, 64), height: 66 })))).toBe('bad-ask');
      expect((await worker.ask('detect', askOf(blank(64, 64)))).detections).toEqual([]);
      expect(worker.restarts()).toBe(0);
    } finally {
      temp.remove();
    }
  });

  it('comes back with its models when its thread ends, and says to who waited that it did', async () => {
    const worker = startWorker();
    await worker.load(ssd);
    // Between runs a thread can be ended: in one that would end the process.
    await threads[0]?.kill();
    await until('the thread to be started again', () => worker.restarts() === 1 && threads.length === 2);
    await until('an answer of the new one', () =>
      worker.ask('detect', askOf(blank(640, 360))).then(
        () => true,
        () => false,
      ),
    );
    expect(lost).toEqual([]);
  });

  it('refuses what is too much at once', async () => {
    const worker = startWorker();
    await worker.load(ssd);
    const asked = Array.from({ length: 40 }, () => troubleOf(worker.ask('detect', askOf(blank(64, 64)))));
    const said = await Promise.all(asked);
    expect(said.filter((t) => t === 'none')).toHaveLength(32);
    expect(said.slice(32)).toEqual(Array(8).fill('failed'));
  });
});

function openPool(model: ModelToLoad | null): { pool: InferencePool; faults: string[] } {
  const faults: string[] = [];
  const pool = createInferencePool({
    clock: systemClock,
    log: quietLog,
    startWorker: starter(),
    model: (id) => (id === model?.manifest.id ? model : null),
    modelFault: (_, trouble) => faults.push(trouble),
    strained: () => false,
    machine: () => ({ cores: 2, freeBytes: 2 ** 32 }),
    settings: AnalysisSettings.parse({ mostWorkers: 1 }),
  });
  pools.push(pool);
  pool.start();
  return { pool, faults };
}
const submit = (pool: InferencePool, picture: I420) =>
  pool.submit({ from: null, lane: null, urgency: 'usual', waitMs: null, job: 'detect', ask: askOf(picture) });

describe('the pool over real workers', () => {
  it('starts one when somebody asks, and says what the answer cost', async () => {
    const { pool, faults } = openPool(ssd);
    expect(threads).toHaveLength(0);
    const answer = await submit(pool, sharedPicture(blank(640, 360)));
    expect(answer).toMatchObject({ ok: true, value: { detections: [] }, cost: { runs: 1 } });
    expect(pool.now().models).toMatchObject([{ provider: 'cpu', done: 1, failed: 0 }]);
    expect(faults).toEqual([]);
    await pool.stop();
    expect(await submit(pool, blank(64, 64))).toMatchObject({ ok: false, why: 'stopping' });
  });

  it('tells who keeps the models of one that is not what it was taken for', async () => {
    const temp = tempFolder();
    try {
      const { pool, faults } = openPool({ ...ssd, folder: temp.path });
      expect(await submit(pool, blank(64, 64))).toMatchObject({ ok: false, why: 'model' });
      expect(faults).toEqual(['missing']);
    } finally {
      temp.remove();
    }
  });

  // Needs the pictures beside the project, which are not ours to ship.
  it.skipIf(!hasMedia || noFfmpeg)(
    'finds the person in a photograph where the person is, and in a clip only while somebody is there',
    async () => {
      const { pool } = openPool(ssd);
      const personsIn = async (picture: I420) => {
        const answer = await submit(pool, sharedPicture(picture));
        if (!answer.ok) throw new Error(`${answer.why}: ${answer.detail}`);
        return answer.value.detections.filter((d) => d.class === 'person');
      };
      const photograph = pictures(join(mediaDir, 'coco', 'images', '000000357888.jpg'), 640, 480)[0]!;
      const [person, ...others] = await personsIn(photograph);
      expect(others).toEqual([]);
      // As its annotation has it.
      const truth = { x: 302 / 640, y: 159 / 480, width: 260 / 640, height: 309 / 480 };
      const overlap =
        (Math.min(person!.box.x + person!.box.width, truth.x + truth.width) - Math.max(person!.box.x, truth.x)) *
        (Math.min(person!.box.y + person!.box.height, truth.y + truth.height) - Math.max(person!.box.y, truth.y));
      const areas = person!.box.width * person!.box.height + truth.width * truth.height;
      expect(overlap / (areas - overlap)).toBeGreaterThan(0.7);
      expect(person!.score).toBeGreaterThan(0.6);

      const clip = join(mediaDir, 'clips', 'person_visits_a.mp4');
      const at = (seconds: number): I420 => pictures(clip, 768, 432, ['-ss', String(seconds), '-frames:v', '1'])[0]!;
      for (const seconds of [10, 30, 60, 80])
        expect([seconds, (await personsIn(at(seconds))).length]).toEqual([seconds, 1]);
      for (const seconds of [3, 21, 47, 72]) expect([seconds, await personsIn(at(seconds))]).toEqual([seconds, []]);
    },
  );
});
