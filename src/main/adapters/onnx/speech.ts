/** Whether somebody speaks (Silero VAD, 16 kHz): windows of 512 samples, each with the 64 before it. */
import type { ModelManifest } from '#domain/model.ts';
import type { SpeechState } from '../../../workers/inference/port.ts';
import type { Costing } from './cost.ts';
import { ModelError } from './model-error.ts';
import type { Runtime } from './runtime.ts';
import type { ModelSession } from './session.ts';

const [windowSamples, contextSamples] = [512, 64];
const memoryDims = [2, 1, 128] as const;
const memorySize = 256;

export type SpeechDetector = {
  session: ModelSession;
  listen(
    samples: Float32Array,
    state: SpeechState | null,
    costing: Costing,
  ): Promise<{ chances: number[]; state: SpeechState }>;
};

export async function openSpeech(deps: {
  runtime: Runtime;
  manifest: ModelManifest;
  model: Uint8Array;
  open(model: Uint8Array): Promise<ModelSession>;
}): Promise<SpeechDetector> {
  const { runtime, manifest } = deps;
  const session = await deps.open(deps.model);
  const rate = runtime.longs(BigInt64Array.of(16_000n), []);

  async function run(window: Float32Array, memory: Float32Array): Promise<{ chance: number; memory: Float32Array }> {
    const { output, stateN } = await session.run({
      input: runtime.floats(window, [1, windowSamples + contextSamples]),
      state: runtime.floats(memory, memoryDims),
      sr: rate,
    });
    if (!(output?.data instanceof Float32Array) || !(stateN?.data instanceof Float32Array))
      throw new ModelError('other-shape', `${manifest.name}: it does not answer a chance and its state.`);
    return { chance: Math.min(1, Math.max(0, output.data[0] ?? 0)), memory: Float32Array.from(stateN.data) };
  }
  try {
    await run(new Float32Array(windowSamples + contextSamples), new Float32Array(memorySize));
  } catch (error) {
    await session.close();
    if (error instanceof ModelError && error.trouble === 'failed')
      throw new ModelError('other-shape', `${manifest.name}: ${error.message}`, error);
    throw error;
  }

  return {
    session,
    async listen(samples, state, costing) {
      let memory = state?.memory ?? new Float32Array(memorySize);
      const before = state?.rest ?? new Float32Array(contextSamples);
      if (memory.length !== memorySize || before.length < contextSamples)
        throw new ModelError('bad-ask', 'The state is not one that an answer brought.');
      const all = new Float32Array(before.length + samples.length);
      all.set(before);
      all.set(samples, before.length);
      const chances: number[] = [];
      let at = 0;
      for (; at + contextSamples + windowSamples <= all.length; at += windowSamples) {
        const window = all.slice(at, at + contextSamples + windowSamples);
        const from = memory;
        const answer = await costing.run(() => run(window, from));
        chances.push(answer.chance);
        memory = answer.memory;
      }
      return { chances, state: { memory, rest: all.slice(at) } };
    },
  };
}
