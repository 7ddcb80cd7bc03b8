/** The pool over real threads and real models: what the station runs. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AnalysisSettings } from '#domain/analysis.ts';
import { CameraId } from '#domain/id.ts';
import { ModelId } from '#domain/model.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { inferenceWorkers } from '../../src/main/station/inference-workers.ts';
import { createInferencePool, type InferencePool, type PoolJob } from '../../src/main/engine/inference.ts';
import type { ModelToLoad } from '../../src/workers/inference/port.ts';
import { blank, builtIn } from '../support/media.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import { writeFileSync } from 'node:fs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const camera = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA');
const ssd = ModelId.parse('ssd-mobilenet-v2');
const bad = ModelId.parse('bad');
const faults: string[] = [];
let pool: InferencePool;
let remove: () => void;

beforeAll(() => {
  const folder = tempFolder();
  ({ remove } = folder);
  const good = builtIn(ssd);
  const [file] = good.manifest.files;
  writeFileSync(join(folder.path, file?.name ?? ''), 'this is no model');
  const models = new Map<ModelId, ModelToLoad>([
    [ssd, good],
    [bad, { manifest: { ...good.manifest, id: bad }, folder: folder.path }],
  ]);
  pool = createInferencePool({
    clock: systemClock,
    log: quietLog,
    startWorker: inferenceWorkers(
      { worker: (name) => join(root, 'src', 'workers', name, 'worker.ts') },
      systemClock,
      quietLog,
    ),
    model: (id) => models.get(id) ?? null,
    modelFault: (id, trouble) => faults.push(`${id} ${trouble}`),
    strained: () => false,
    machine: () => ({ cores: 3, freeBytes: 2 ** 33 }),
    settings: AnalysisSettings.parse({}),
  });
  pool.start();
});
afterAll(async () => {
  await pool.stop();
  remove();
});

const job = (modelId: ModelId, lane: string | null, width = 640, height = 360): PoolJob<'detect'> => ({
  ...{ from: camera, lane, urgency: 'usual', waitMs: null, job: 'detect' },
  ask: { modelId, picture: blank(width, height), regions: [], minScore: null, classes: null },
});

it('runs what comes with the product, and says what it cost', async () => {
  const answer = await pool.submit(job(ssd, null));
  expect(answer).toMatchObject({ ok: true, value: { detections: [] } });
  if (answer.ok) expect(answer.cost.runMs).toBeGreaterThan(0);
  const now = pool.now();
  expect(now.workers[0]).toMatchObject({ is: 'idle', models: [ssd], done: 1, health: 1 });
  expect(now.workers[0]?.providers.at(-1)).toBe('cpu');
  expect(now.models[0]).toMatchObject({ modelId: ssd, done: 1, fault: null });
});

it('refuses a file that is no model and a picture that is none, and goes on', async () => {
  expect(await pool.submit(job(bad, null))).toMatchObject({ ok: false, why: 'model' });
  expect(faults).toEqual(['bad not-a-model']);
  const cut = job(ssd, null);
  const half = { ...cut, ask: { ...cut.ask, picture: { ...cut.ask.picture, data: new Uint8Array(10) } } };
  expect(await pool.submit(half)).toMatchObject({ ok: false, why: 'bad-ask' });
  expect(await pool.submit(job(ssd, null))).toMatchObject({ ok: true });
});

it('under more than it can do keeps to its bound, grows, and answers all it took', async () => {
  const asked: Promise<string>[] = [];
  const ask = (): void => {
    for (let n = 0; n < 40; n += 1)
      asked.push(pool.submit(job(ssd, String(n % 20))).then((a) => (a.ok ? 'ok' : a.why)));
  };
  await until(
    'a second worker has done something',
    () => {
      ask();
      expect(pool.now().queue.waiting).toBeLessThanOrEqual(20);
      return (pool.now().workers[1]?.done ?? 0) > 0;
    },
    25_000,
  );
  const all = await Promise.all(asked);
  const count = (what: string): number => all.filter((a) => a === what).length;
  expect(count('ok')).toBeGreaterThan(10);
  expect(count('ok') + count('newer')).toBe(all.length);
  const { counts, totalMs } = pool.now();
  expect(counts.asked).toBe(counts.done + counts.failed + counts.newer + counts.full + counts.late);
  expect(totalMs?.p50).toBeLessThanOrEqual(totalMs?.p99 ?? 0);
  expect(pool.share(camera)).toBeLessThan(1);
});

it('lets runs that go on end when it is stopped', async () => {
  const asked = Array.from({ length: 8 }, () => pool.submit(job(ssd, null)).then((a) => (a.ok ? 'ok' : a.why)));
  await pool.stop();
  for (const what of await Promise.all(asked)) expect(['ok', 'stopping']).toContain(what);
});
