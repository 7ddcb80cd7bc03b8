/** `bench infer`: pictures through the product's pool and its built worker, and bare runs of the same model in between. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, freemem } from 'node:os';
import { join } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { AnalysisSettings } from '#domain/analysis.ts';
import { ModelManifest } from '#domain/model.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { bytesOfI420, type I420 } from '#media/i420.ts';
import { createInferenceWorkers } from '#workers/inference/client.ts';
import type { InferenceCommand, InferenceReport, ModelToLoad } from '#workers/inference/port.ts';
import { startThread } from '#workers/lib/thread.ts';
import { createInferencePool, type InferencePool } from '../src/main/engine/inference.ts';
import type { Outcome } from './outcome.ts';
import { median, rounded } from './outcome.ts';

type Options = { rounds: number; root: string; say: (text: string) => void };

/** Of each in a round, one kind after the other: whatever else the machine does meets both. */
const runsInRound = 10;
/** As a sub stream has it, which the detector is shown as two squares in one run; and as a main stream has it. */
const sub = { width: 640, height: 360 };
const main = { width: 1920, height: 1080 };
const tiles = 2;

/** Shades, edges, grain and pale colours: what a camera shows, as far as anything's time depends on it. */
function drawn({ width, height }: { width: number; height: number }): I420 {
  const data = new Uint8Array(new SharedArrayBuffer(bytesOfI420(width, height)));
  let seed = 1;
  const grain = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed >>> 28;
  };
  for (let i = 0; i < width * height; i += 1) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const block = ((x >> 5) + (y >> 5)) % 3 === 0;
    data[i] = (block ? 40 : 90 + (x * 100) / width) + grain();
  }
  for (let i = width * height; i < data.length; i += 1) data[i] = 120 + grain();
  return { width, height, data };
}

function builtIn(root: string, id: string): ModelToLoad {
  const manifest = join(root, 'resources', 'models', 'built-in', `${id}.json`);
  return {
    manifest: ModelManifest.parse(JSON.parse(readFileSync(manifest, 'utf8'))),
    folder: join(root, 'out', 'models', id),
  };
}

/** Exactly one worker, whose runs have so many threads. */
function openPool(root: string, model: ModelToLoad, threads: number): InferencePool {
  const start = createInferenceWorkers({
    clock: systemClock,
    log: quietLog,
    start: (setup) =>
      startThread<InferenceCommand, InferenceReport>(
        join(root, 'out', 'main', 'workers', 'inference.cjs'),
        'inference',
        setup,
      ),
  });
  const pool = createInferencePool({
    clock: systemClock,
    log: quietLog,
    startWorker: (setup, on) => start({ ...setup, threads, providers: ['cpu'] }, on),
    model: (id) => (id === model.manifest.id ? model : null),
    modelFault(id, trouble, detail) {
      throw new Error(`${id}: ${trouble}, ${detail}`);
    },
    strained: () => false,
    machine: () => ({ cores: cpus().length, freeBytes: freemem() }),
    settings: AnalysisSettings.parse({ mostWorkers: 1 }),
  });
  pool.start();
  return pool;
}

type Measured = { productMs: number; bareMs: number; ratio: number; ownMs: number; mainRatio: number; mainMs: number };

async function measure(o: Options, ort: typeof Ort, threads: number): Promise<Measured> {
  const model = builtIn(o.root, 'ssd-mobilenet-v2');
  const size = model.manifest.sizes[0]?.[0] ?? 0;
  const file = join(model.folder, model.manifest.files[0]?.name ?? '');
  const bare = await ort.InferenceSession.create(file, { intraOpNumThreads: threads, interOpNumThreads: 1 });
  const pool = openPool(o.root, model, threads);
  try {
    const input = Float32Array.from({ length: tiles * 3 * size * size }, (_, i) => ((i * 7919) % 255) / 127.5 - 1);
    const feeds = { [bare.inputNames[0] ?? '']: new ort.Tensor('float32', input, [tiles, 3, size, size]) };
    const runBare = async (): Promise<number> => {
      const began = performance.now();
      await bare.run(feeds, ['boxes', 'scores']);
      return performance.now() - began;
    };
    const own: number[] = [];
    const ask = async (picture: I420): Promise<number> => {
      const began = performance.now();
      const answer = await pool.submit({
        ...{ from: null, lane: null, urgency: 'usual', waitMs: null, job: 'detect' },
        ask: { modelId: model.manifest.id, picture, regions: [], minScore: null, classes: null },
      });
      const tookMs = performance.now() - began;
      if (!answer.ok) throw new Error(`the pool did not answer: ${answer.why}, ${answer.detail}`);
      if (answer.cost.runs !== 1) throw new Error(`${answer.cost.runs} runs for a picture: they are not compared here`);
      if (picture.width === sub.width) own.push(answer.cost.prepareMs + answer.cost.readMs);
      return tookMs;
    };
    const [small, large] = [drawn(sub), drawn(main)];
    const many = async (run: () => Promise<number>): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < runsInRound; i += 1) times.push(await run());
      return median(times);
    };
    // What a runtime compiles and what a library sets up at first is not what it costs.
    for (const run of [runBare, () => ask(small), () => ask(large)]) await many(run);
    own.splice(0);
    const rounds: { bareMs: number; productMs: number; mainMs: number }[] = [];
    for (let i = 0; i < o.rounds; i += 1)
      rounds.push({
        bareMs: await many(runBare),
        productMs: await many(() => ask(small)),
        mainMs: await many(() => ask(large)),
      });
    return {
      bareMs: median(rounds.map((r) => r.bareMs)),
      productMs: median(rounds.map((r) => r.productMs)),
      ratio: median(rounds.map((r) => r.productMs / r.bareMs)),
      ownMs: median(own),
      mainMs: median(rounds.map((r) => r.mainMs)),
      mainRatio: median(rounds.map((r) => r.mainMs / r.bareMs)),
    };
  } finally {
    await pool.stop();
    await bare.release();
  }
}

export async function benchInfer(o: Options): Promise<Outcome> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1'; // as the product has it
  const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof Ort;
  o.say('one thread a run');
  const one = await measure(o, ort, 1);
  o.say('two threads a run');
  const two = await measure(o, ort, 2);
  return {
    name: 'infer',
    figures: {
      overheadRatio: rounded(Math.max(one.ratio, two.ratio)),
      msPerInference: rounded(one.productMs),
      bareMs: rounded(one.bareMs),
      overheadRatio1: rounded(one.ratio),
      msPerInference2: rounded(two.productMs),
      bareMs2: rounded(two.bareMs),
      overheadRatio2: rounded(two.ratio),
      ownMs: rounded(one.ownMs),
      msPerInference1080p: rounded(one.mainMs),
      overheadRatio1080p: rounded(Math.max(one.mainRatio, two.mainRatio)),
      rounds: o.rounds,
    },
    goals: { overheadRatio: '<= 1.25' },
  };
}
