/** Models that are run on this computer by ONNX Runtime. One room belongs to one thread; its runs hold that thread. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { joinKin } from '#domain/decide/suppress.ts';
import type { Detection } from '#domain/detection.ts';
import type { ModelId, ModelManifest } from '#domain/model.ts';
import type { ObjectClass } from '#domain/object-class.ts';
import { type I420, isI420 } from '#media/i420.ts';
import type {
  InferenceCost,
  InferenceJob,
  InferenceJobs,
  LoadedModel,
  ModelToLoad,
  Provider,
} from '../../../workers/inference/port.ts';
import { createCost } from './cost.ts';
import { type Detector, openDetector } from './detector.ts';
import { ModelError } from './model-error.ts';
import { openPlateReader, type PlateReader } from './plate-reader.ts';
import { readPlates } from './plates.ts';
import { probeProviders } from './providers.ts';
import type { Runtime } from './runtime.ts';
import { openSession } from './session.ts';
import { openSpeech, type SpeechDetector } from './speech.ts';
import { openTranscriber, type Transcriber } from './transcriber.ts';
import { openTextFinder, type TextFinder } from './text-finder.ts';

export { ModelError } from './model-error.ts';
export { loadRuntime, type Runtime } from './runtime.ts';

type Loaded = { manifest: ModelManifest; close(): Promise<void>; provider(): Provider } & (
  | { task: 'detect'; detector: Detector }
  | { task: 'text'; finder: TextFinder }
  | { task: 'plate'; reader: PlateReader }
  | { task: 'speech'; speech: SpeechDetector }
  | { task: 'transcribe'; transcriber: Transcriber }
);

export type Answered<J extends InferenceJob> = { value: InferenceJobs[J]['answer']; cost: InferenceCost };

export type OnnxRoom = {
  /** What can run models here, the best first. */
  providers(): Promise<Provider[]>;
  /** Loads a model, or loads it anew. Throws `ModelError`. */
  load(model: ModelToLoad): Promise<LoadedModel>;
  unload(id: ModelId): Promise<void>;
  /** Throws `ModelError`. One after the other: who asks waits for the answer. */
  ask<J extends InferenceJob>(job: J, ask: InferenceJobs[J]['ask']): Promise<Answered<J>>;
  close(): Promise<void>;
};

export function createOnnx(deps: {
  runtime: Runtime;
  /** Threads of one run, 1 … 16. */
  threads: number;
  /** null: the best that there is. */
  providers: Provider[] | null;
  /** A steady clock, ms. */
  nowMs: () => number;
  onFellBack(id: ModelId, from: Provider, to: Provider, message: string): void;
}): OnnxRoom {
  const { runtime, threads, nowMs } = deps;
  const models = new Map<ModelId, Loaded>();
  let probing: Promise<Provider[]> | null = null;
  const providers = (): Promise<Provider[]> => (probing ??= probeProviders(runtime, deps.providers));

  async function open({ manifest, folder }: ModelToLoad): Promise<Loaded> {
    const file = async (n: number): Promise<Uint8Array> => {
      const name = manifest.files[n]?.name;
      if (name === undefined) throw new ModelError('missing', `${manifest.name}: a file is not in its manifest.`);
      return readFile(join(folder, name)).catch((error: unknown) => {
        throw new ModelError('missing', `${manifest.name}: its file ${name} cannot be read.`, error);
      });
    };
    const working = await providers();
    const given = {
      runtime,
      manifest,
      model: await file(0),
      open: (model: Uint8Array) =>
        openSession({
          runtime,
          model,
          providers: working,
          threads,
          onFellBack: (from, to, message) => deps.onFellBack(manifest.id, from, to, message),
        }),
    };
    switch (manifest.reader) {
      case 'yolox':
      case 'yolo':
      case 'ssd': {
        const detector = await openDetector(given);
        return { manifest, task: 'detect', detector, close: detector.close, provider: detector.provider };
      }
      case 'ppocr-text': {
        const finder = await openTextFinder(given);
        return { manifest, task: 'text', finder, close: finder.session.close, provider: finder.session.provider };
      }
      case 'ppocr-read':
      case 'plate-slots': {
        const letters = manifest.reader === 'ppocr-read' ? new TextDecoder().decode(await file(1)) : null;
        const reader = await openPlateReader({ ...given, letters });
        return { manifest, task: 'plate', reader, close: reader.session.close, provider: reader.session.provider };
      }
      case 'silero-vad': {
        const speech = await openSpeech(given);
        return { manifest, task: 'speech', speech, close: speech.session.close, provider: speech.session.provider };
      }
      case 'ctc-speech': {
        const vocabulary = new TextDecoder().decode(await file(1));
        const transcriber = await openTranscriber({ ...given, vocabulary });
        const { close, provider } = transcriber.session;
        return { manifest, task: 'transcribe', transcriber, close, provider };
      }
    }
  }

  function modelOf<T extends Loaded['task']>(id: ModelId, task: T): Extract<Loaded, { task: T }> {
    const model = models.get(id);
    if (model === undefined) throw new ModelError('no-model', `The model ${id} is not loaded.`);
    if (model.task !== task) throw new ModelError('bad-ask', `${model.manifest.name} does not do this.`);
    return model as Extract<Loaded, { task: T }>;
  }
  const whole = (picture: I420): I420 => {
    if (!isI420(picture)) throw new ModelError('bad-ask', 'The picture is not whole.');
    return picture;
  };

  const jobs: {
    [J in InferenceJob]: (ask: InferenceJobs[J]['ask']) => Promise<Answered<J>>;
  } = {
    async detect({ modelId, picture, regions, minScore, classes }) {
      const { manifest, detector } = modelOf(modelId, 'detect');
      const costing = createCost(nowMs);
      const candidates = await detector.find({
        picture: whole(picture),
        regions,
        minScore: minScore ?? manifest.minScore,
        classes: numbersOf(manifest.classes, classes),
        costing,
      });
      return {
        value: { detections: joinKin(detectionsOf(candidates, manifest.classes, picture)) },
        cost: costing.cost,
      };
    },
    async plates({ textModelId, plateModelId, picture, regions }) {
      const { finder } = modelOf(textModelId, 'text');
      const { reader } = modelOf(plateModelId, 'plate');
      const costing = createCost(nowMs);
      const plates = await readPlates(finder, reader, whole(picture), regions, costing);
      return { value: { plates }, cost: costing.cost };
    },
    async speech({ modelId, samples, state }) {
      const { speech } = modelOf(modelId, 'speech');
      const costing = createCost(nowMs);
      const value = await speech.listen(samples, state, costing);
      return { value, cost: costing.cost };
    },
    async transcribe({ modelId, samples }) {
      const { transcriber } = modelOf(modelId, 'transcribe');
      const costing = createCost(nowMs);
      const value = await transcriber.hear(samples, costing);
      return { value, cost: costing.cost };
    },
  };

  const unload = async (id: ModelId): Promise<void> => {
    const model = models.get(id);
    models.delete(id);
    await model?.close();
  };
  return {
    providers,
    async load(model) {
      const fromMs = nowMs();
      const loaded = await open(model);
      await unload(model.manifest.id);
      models.set(model.manifest.id, loaded);
      return {
        modelId: model.manifest.id,
        provider: loaded.provider(),
        loadMs: nowMs() - fromMs,
        mostAtOnce: loaded.task === 'detect' ? loaded.detector.mostAtOnce : 1,
      };
    },
    unload,
    ask: (job, ask) => jobs[job](ask),
    async close() {
      for (const id of [...models.keys()]) await unload(id);
    },
  };
}

/** The model's numbers of classes that Vigie knows, and that are asked for. */
function numbersOf(known: readonly (ObjectClass | null)[], asked: readonly ObjectClass[] | null): number[] {
  return known.flatMap((cls, n) => (cls !== null && (asked === null || asked.includes(cls)) ? [n] : []));
}

type Found = { class: number; score: number; left: number; top: number; right: number; bottom: number };

function detectionsOf(
  found: readonly Found[],
  classes: readonly (ObjectClass | null)[],
  { width, height }: I420,
): Detection[] {
  return found.flatMap((c) => {
    const cls = classes[c.class];
    const [x, y] = [c.left / width, c.top / height];
    const box = {
      x,
      y,
      width: Math.min(1 - x, (c.right - c.left) / width),
      height: Math.min(1 - y, (c.bottom - c.top) / height),
    };
    // What lies outside of the picture, or has no size, is nothing.
    if (cls == null || !(box.width > 0) || !(box.height > 0)) return [];
    return [{ class: cls, score: Math.min(1, c.score), box }];
  });
}
