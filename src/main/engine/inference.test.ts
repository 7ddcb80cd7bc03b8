import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AnalysisSettings } from '#domain/analysis.ts';
import type { Strategy } from '#domain/decide/choose-worker.ts';
import { growAfter, shrinkAfter } from '#domain/decide/pool-size.ts';
import { CameraId } from '#domain/id.ts';
import { ModelId, ModelManifest } from '#domain/model.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { createDrawnWorkers, WorkerFailure } from '../../../tests/support/inference-workers.ts';
import { mostLoaded } from './inference-worker-slot.ts';
import { createInferencePool, type InferencePool, type PoolAnswer, type PoolJob } from './inference.ts';

const newId = createUlids(() => 1_700_000_000_000);
const cameras = Array.from({ length: 20 }, () => CameraId.parse(newId()));
const camera = (n: number): CameraId => cameras[n] as CameraId;
const [yolox, plates] = [ModelId.parse('yolox'), ModelId.parse('plates')];
const manifest = (id: string): ModelManifest =>
  ModelManifest.parse({
    ...{ id, name: id, task: 'detect', reader: 'yolox', licence: 'MIT', sizes: [[416, 416]], classes: ['person'] },
    files: [{ name: 'a.onnx', bytes: 1, sha256: '0'.repeat(64) }],
  });
const picture = { width: 2, height: 2, data: new Uint8Array(6) };

type Rules = Parameters<typeof createDrawnWorkers>[0];
let pool: InferencePool | null = null;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  await pool?.stop();
  pool = null;
  vi.useRealTimers();
});

function open(rules: Rules, o: { cores?: number; strategy?: Strategy; strained?: () => boolean } = {}) {
  const drawn = createDrawnWorkers(rules);
  const faults: string[] = [];
  const made = createInferencePool({
    clock: { ...systemClock, nowMs: () => Date.now(), monoMs: () => performance.now() },
    log: quietLog,
    startWorker: drawn.start,
    model: (id) =>
      id === yolox || id === plates || id.startsWith('own-') ? { manifest: manifest(id), folder: '/models' } : null,
    modelFault: (id, trouble) => faults.push(`${id} ${trouble}`),
    strained: o.strained ?? (() => false),
    machine: () => ({ cores: o.cores ?? 2, freeBytes: 2 ** 40 }),
    settings: AnalysisSettings.parse({ strategy: o.strategy ?? 'least-connections' }),
  });
  pool = made;
  made.start();
  return { pool: made, workers: drawn.workers, faults };
}
const detect = (n: number, more: Partial<PoolJob<'detect'>> = {}, modelId = yolox): PoolJob<'detect'> => ({
  from: camera(n),
  lane: String(n),
  urgency: 'usual',
  waitMs: null,
  job: 'detect',
  ask: { modelId, picture, regions: [], minScore: null, classes: null },
  ...more,
});
const said = (answer: PoolAnswer<'detect'>): string => (answer.ok ? 'ok' : answer.why);
/** Asks for one picture each time, and says what became of them. */
async function ask(p: InferencePool, jobs: PoolJob<'detect'>[], ms: number): Promise<string[]> {
  const answers = jobs.map((job) => p.submit(job).then(said));
  await vi.advanceTimersByTimeAsync(ms);
  return Promise.all(answers);
}

describe('the pool', () => {
  it('answers, with what it cost and how long it took', async () => {
    const { pool: p, workers } = open({ answerMs: () => 20 });
    const answer = p.submit(detect(0));
    await vi.advanceTimersByTimeAsync(100);
    expect(await answer).toMatchObject({ ok: true, value: { detections: [] }, cost: { runMs: 20 } });
    expect(workers).toHaveLength(1);
    const now = p.now();
    expect(now.counts).toEqual({ asked: 1, done: 1, failed: 0, newer: 0, full: 0, late: 0 });
    expect(now.workers[0]).toMatchObject({ is: 'idle', models: ['yolox'], done: 1, answerMs: 20, health: 1 });
    expect(now.models[0]).toMatchObject({ modelId: 'yolox', provider: 'cpu', done: 1, answerMs: { p50: 20 } });
    expect(now.perMinute).toBe(1);
    expect(now.totalMs?.p50).toBeGreaterThanOrEqual(20);
  });

  it('of one camera keeps the newest picture, and counts what it drops', async () => {
    const { pool: p } = open({ answerMs: () => 50 });
    const first = [0, 1].map(() => p.submit(detect(1, { lane: null })).then(said)); // fill the worker
    const answers = Array.from({ length: 5 }, () => p.submit(detect(0)).then(said));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await Promise.all(first)).toEqual(['ok', 'ok']);
    expect(await Promise.all(answers)).toEqual(['newer', 'newer', 'newer', 'newer', 'ok']);
    const books = p.now().cameras.find((c) => c.cameraId === camera(0));
    expect(books?.counts).toEqual({ asked: 5, done: 1, failed: 0, newer: 4, full: 0, late: 0 });
    expect(books?.share).toBe(0.5);
    expect(p.share(camera(0))).toBe(0.5);
    expect(p.share(camera(1))).toBe(1);
  });

  it('gives urgent work first and drops what waited for too long', async () => {
    const order: number[] = [];
    const { pool: p } = open({ answerMs: () => 50 });
    const take = (n: number, more: Partial<PoolJob<'detect'>>) =>
      p.submit(detect(n, more)).then((answer) => {
        if (answer.ok) order.push(n);
        return said(answer);
      });
    const answers = [
      take(0, {}),
      take(1, {}),
      take(2, { urgency: 'idle' }),
      take(3, { waitMs: 40 }),
      take(4, {}),
      take(5, { urgency: 'urgent' }),
    ];
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await Promise.all(answers)).toEqual(['ok', 'ok', 'ok', 'late', 'ok', 'ok']);
    expect(order).toEqual([0, 1, 5, 4, 2]);
  });

  it('serves every camera alike when there is far too much to do, and says how much of each it manages', async () => {
    const { pool: p } = open({ answerMs: () => 100 });
    let due = true;
    for (let s = 0; s < 60; s += 1) {
      for (let n = 0; n < 20; n += 1) if (due || p.share(camera(n)) === 1) void p.submit(detect(n));
      due = !due;
      await vi.advanceTimersByTimeAsync(1_000);
    }
    const done = p.now().cameras.map((c) => c.counts.done);
    expect(Math.max(...done) - Math.min(...done)).toBeLessThanOrEqual(2);
    expect(p.now().cameras.every((c) => c.share < 1)).toBe(true);
    const { counts } = p.now();
    expect(
      counts.done + counts.newer + counts.full + counts.late + counts.failed + p.now().queue.waiting + 2,
    ).toBeGreaterThanOrEqual(counts.asked);
    expect(p.now().queue.waiting).toBeLessThanOrEqual(20);
  });

  it('never holds more than its bound', async () => {
    const { pool: p } = open({ answerMs: () => null });
    const answers = Array.from({ length: 400 }, (_, n) => p.submit(detect(n % 20, { lane: null })).then(said));
    expect(p.now().queue).toMatchObject({ waiting: 128, bound: 128 });
    await p.stop();
    const all = await Promise.all(answers);
    expect(all.filter((a) => a === 'full')).toHaveLength(400 - 128 - 2);
    expect(all.filter((a) => a === 'stopping')).toHaveLength(130);
    expect(await p.submit(detect(0)).then(said)).toBe('stopping');
  });

  it('grows under load as far as the PC bears, and shrinks when it is quiet', async () => {
    const { pool: p, workers } = open({ answerMs: () => 100 }, { cores: 4 });
    for (let s = 0; s < growAfter * 6; s += 1) {
      for (let n = 0; n < 20; n += 1) void p.submit(detect(n, { lane: null }));
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(p.now()).toMatchObject({ wantedWorkers: 3, mostWorkers: 3 });
    expect(p.now().workers).toHaveLength(3);
    expect(workers[2]?.asked.length).toBeGreaterThan(0);
    // New ones load what is used before it is asked of them.
    expect([...(workers[2]?.loaded ?? [])]).toEqual(['yolox']);
    p.need(true);
    await vi.advanceTimersByTimeAsync((60 + shrinkAfter * 3) * 1_000);
    expect(p.now().workers).toHaveLength(1);
    expect(workers.filter((w) => w.stopped)).toHaveLength(2);
    p.need(false);
    await vi.advanceTimersByTimeAsync(shrinkAfter * 2_000);
    expect(p.now().workers).toHaveLength(0);
    expect(await ask(p, [detect(0)], 500)).toEqual(['ok']);
  });

  it('gives way when recording has trouble', async () => {
    let strained = false;
    const { pool: p } = open({ answerMs: () => 100 }, { cores: 4, strained: () => strained });
    const load = async (seconds: number): Promise<void> => {
      for (let s = 0; s < seconds; s += 1) {
        for (let n = 0; n < 20; n += 1) void p.submit(detect(n, { lane: null }));
        await vi.advanceTimersByTimeAsync(1_000);
      }
    };
    await load(20);
    expect(p.now().workers).toHaveLength(3);
    strained = true;
    await load(3);
    expect(p.now()).toMatchObject({ givesWay: true, wantedWorkers: 1 });
    expect(p.now().workers).toHaveLength(1);
    strained = false;
    await load(30);
    expect(p.now().workers).toHaveLength(1);
  });

  it('spreads by the strategy that is set', async () => {
    const split = async (strategy: Strategy): Promise<number[]> => {
      const { pool: p, workers } = open({ answerMs: (_, id) => (id === 0 ? 30 : 90) }, { cores: 3, strategy });
      for (let s = 0; s < 10; s += 1) {
        for (let n = 0; n < 60; n += 1) void p.submit(detect(n % 20, { lane: null }));
        await vi.advanceTimersByTimeAsync(1_000);
      }
      expect(workers).toHaveLength(2);
      await vi.advanceTimersByTimeAsync(20_000);
      const before = workers.map((w) => w.asked.length);
      // One at a time: only the strategy decides.
      for (let n = 0; n < 20; n += 1) await ask(p, [detect(0)], 200);
      const after = workers.map((w, n) => w.asked.length - (before[n] ?? 0));
      await p.stop();
      return after;
    };
    expect(await split('round-robin')).toEqual([10, 10]);
    expect(await split('weighted-response')).toEqual([20, 0]);
  });
});

describe('when something breaks', () => {
  it('gives a job to another worker when its own ends, once', async () => {
    const { pool: p, workers } = open({ answerMs: () => 200 }, { cores: 2 });
    const answer = p.submit(detect(0)).then(said);
    await vi.advanceTimersByTimeAsync(50);
    workers[0]?.end();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(p.now().workers[0]?.is).toBe('down');
    workers[0]?.back();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await answer).toBe('ok');
    expect(p.now()).toMatchObject({ retried: 1, counts: { asked: 1, done: 1 } });
    expect(p.now().workers[0]).toMatchObject({ restarts: 1, is: 'idle' });
    expect(p.now().workers[0]?.health).toBeLessThan(1);
  });

  it('blames the model that ends two workers, and lets it rest after three such', async () => {
    const { pool: p, workers } = open({ answerMs: () => 100 });
    for (let n = 0; n < 3; n += 1) {
      const answer = p.submit(detect(0)).then(said);
      for (let end = 0; end < 2; end += 1) {
        // The worker's own breaker lets a try through after its wait.
        for (let wait = 0; wait < 2_000 && (workers[0]?.asked.length ?? 0) < n * 2 + end + 1; wait += 1)
          await vi.advanceTimersByTimeAsync(50);
        workers[0]?.end();
        workers[0]?.back();
      }
      expect(await answer).toBe('worker');
    }
    expect(await p.submit(detect(0)).then(said)).toBe('model-rests');
    expect(p.now().models[0]?.restsUntilMs).toBeGreaterThan(Date.now());
    // Another model is not concerned; the worker itself is tried again in its time.
    const other = p.submit(detect(0, {}, plates)).then(said);
    await vi.advanceTimersByTimeAsync(400_000);
    expect(await other).toBe('ok');
  });

  it('lets a model that fails rest, tries it again, and takes it back when it works', async () => {
    let broken = true;
    const fault = (what: object) =>
      broken && 'modelId' in what && what.modelId === yolox ? new WorkerFailure('failed', 'the run failed') : null;
    const { pool: p, workers } = open({ answerMs: () => 10, fault });
    expect(await ask(p, [detect(0)], 100)).toEqual(['model']);
    expect(await ask(p, [detect(0)], 100)).toEqual(['model']);
    expect(await ask(p, [detect(0)], 100)).toEqual(['model']);
    const askedThen = workers[0]?.asked.length;
    expect(await ask(p, [detect(0), detect(1)], 100)).toEqual(['model-rests', 'model-rests']);
    expect(workers[0]?.asked.length).toBe(askedThen);
    expect(p.now().models.find((m) => m.modelId === yolox)).toMatchObject({ failed: 3, fault: 'the run failed' });
    broken = false;
    await vi.advanceTimersByTimeAsync(11_000);
    expect(await ask(p, [detect(0)], 100)).toEqual(['ok']);
    expect(p.now().models.find((m) => m.modelId === yolox)).toMatchObject({ restsUntilMs: null, fault: null });
  });

  it('says that a model is not here, or not what it was taken for, and goes on with others', async () => {
    const fault = (what: object) =>
      'manifest' in what && (what.manifest as ModelManifest).id === plates
        ? new WorkerFailure('other-shape', 'it gives [1, 1000]')
        : null;
    const { pool: p, faults } = open({ answerMs: () => 10, fault });
    expect(await ask(p, [detect(0, {}, plates), detect(1), detect(2, {}, ModelId.parse('gone'))], 200)).toEqual([
      'model',
      'ok',
      'no-model',
    ]);
    expect(faults).toEqual(['plates other-shape']);
  });

  it('does not wait for a worker that hangs: what it has fails, another takes its place', async () => {
    const { pool: p, workers } = open({ answerMs: (_, id) => (id === 0 ? null : 10) });
    const answer = p.submit(detect(0)).then(said);
    await vi.advanceTimersByTimeAsync(33_000);
    expect(await answer).toBe('worker');
    expect(p.now().workers.map((w) => w.is)).toEqual(['hung', 'idle']);
    expect(await ask(p, [detect(0)], 500)).toEqual(['ok']);
    expect(workers).toHaveLength(2);
    expect(p.now().counts).toEqual({ asked: 2, done: 1, failed: 1, newer: 0, full: 0, late: 0 });
  });

  it('holds so many models at once and no more, and lets go of what was not used for longest', async () => {
    const { pool: p, workers } = open({ answerMs: () => 20 }, { cores: 1 });
    const ids = Array.from({ length: mostLoaded + 4 }, (_, n) => ModelId.parse(`own-${String(n)}`));
    // Every camera by a detector of its own, and the first again and again.
    for (const [n, modelId] of ids.entries()) {
      const jobs = [detect(n, {}, modelId), detect(19, {}, ids[0])];
      expect(await ask(p, jobs, 200)).toEqual(['ok', 'ok']);
      expect(workers[0]?.loaded.size).toBeLessThanOrEqual(mostLoaded);
    }
    expect([...(workers[0]?.loaded ?? [])].sort()).toEqual([ids[0], ...ids.slice(-(mostLoaded - 1))].sort());
    expect(p.now().workers[0]?.models).toHaveLength(mostLoaded);
    // One that was let go of is loaded again for who needs it.
    expect(await ask(p, [detect(1, {}, ids[1])], 200)).toEqual(['ok']);
    expect(workers[0]?.asked).toHaveLength(2 * ids.length + 1);
  });

  it('forgets a camera that is gone, and unloads a model whose files change', async () => {
    const { pool: p, workers } = open({ answerMs: () => 100 });
    const answers = Array.from({ length: 4 }, () => p.submit(detect(0, { lane: null })).then(said));
    await vi.advanceTimersByTimeAsync(10);
    p.forget(camera(0));
    await vi.advanceTimersByTimeAsync(500);
    expect(await Promise.all(answers)).toEqual(['ok', 'ok', 'stopping', 'stopping']);
    expect(p.now().cameras).toEqual([]);
    p.unload(yolox);
    expect([...(workers[0]?.loaded ?? [])]).toEqual([]);
    expect(await ask(p, [detect(1)], 300)).toEqual(['ok']);
    expect([...(workers[0]?.loaded ?? [])]).toEqual(['yolox']);
  });
});
