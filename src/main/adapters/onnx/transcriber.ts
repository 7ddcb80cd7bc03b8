/**
 * What is said, by models that hear raw sound and answer a letter or part of a word for each step (`ctc-speech`): wav2vec 2.0 and its
 * kin (Baevski et al., 2020) as they are commonly exported, with the `vocab.json` that lies beside them.
 */
import type { ModelManifest } from '#domain/model.ts';
import type { Costing } from './cost.ts';
import { ModelError } from './model-error.ts';
import { readTokens, readVocabulary, type Vocabulary } from './read-tokens.ts';
import type { Runtime } from './runtime.ts';
import type { ModelSession } from './session.ts';

/** Half a minute of 16 kHz at once: these models' memory grows with the square of it. */
const mostSamples = 480_000;
const trialSamples = 16_000;

export type Transcriber = {
  session: ModelSession;
  /** Sound of 16 kHz, mono, −1 … 1, half a minute at most. `sure`: mean chance of what was taken, 0 … 1. */
  hear(samples: Float32Array, costing: Costing): Promise<{ text: string; sure: number }>;
};

/** Mean 0 and variance 1, as these models are trained (the feature extractor of wav2vec 2.0, `do_normalize`). */
function normalised(samples: Float32Array): Float32Array {
  let sum = 0;
  for (const v of samples) sum += v;
  const mean = samples.length === 0 ? 0 : sum / samples.length;
  let square = 0;
  for (const v of samples) square += (v - mean) ** 2;
  const scale = 1 / Math.sqrt((samples.length === 0 ? 0 : square / samples.length) + 1e-7);
  return samples.map((v) => (v - mean) * scale);
}

export async function openTranscriber(deps: {
  runtime: Runtime;
  manifest: ModelManifest;
  model: Uint8Array;
  /** Text of its second file. */
  vocabulary: string;
  open(model: Uint8Array): Promise<ModelSession>;
}): Promise<Transcriber> {
  const { runtime, manifest } = deps;
  const read = readVocabulary(deps.vocabulary);
  if (typeof read === 'string') throw new ModelError('other-shape', `${manifest.name}: ${read}`);
  const vocabulary: Vocabulary = read;
  const session = await deps.open(deps.model);
  const [input, output] = [session.inputs[0], session.outputs[0]];

  async function run(samples: Float32Array): Promise<{ data: Float32Array; steps: number; classes: number }> {
    if (input === undefined || output === undefined) throw new ModelError('other-shape', `${manifest.name}: no input.`);
    const outputs = await session.run({ [input.name]: runtime.floats(samples, [1, samples.length]) });
    const answer = outputs[output.name];
    const [, steps = 0, classes = 0] = answer?.dims ?? [];
    if (!(answer?.data instanceof Float32Array) || answer.dims.length !== 3 || classes < vocabulary.tokens.length)
      throw new ModelError(
        'other-shape',
        `${manifest.name}: it does not answer chances of its vocabulary, step by step.`,
      );
    return { data: answer.data, steps, classes };
  }
  try {
    if (session.inputs.length !== 1)
      throw new ModelError('other-shape', `${manifest.name}: it takes more than one input; sound alone is given.`);
    await run(new Float32Array(trialSamples));
  } catch (error) {
    await session.close();
    if (error instanceof ModelError && error.trouble === 'failed')
      throw new ModelError('other-shape', `${manifest.name}: ${error.message}`, error);
    throw error;
  }

  return {
    session,
    async hear(samples, costing) {
      if (samples.length > mostSamples) throw new ModelError('bad-ask', 'The sound is longer than half a minute.');
      // Shorter than the window of the model's first layers is nothing.
      if (samples.length < 800) return { text: '', sure: 0 };
      const given = costing.time('prepareMs', () => normalised(samples));
      const { data, steps, classes } = await costing.run(() => run(given));
      return costing.time('readMs', () => readTokens(data, steps, classes, vocabulary));
    },
  };
}
