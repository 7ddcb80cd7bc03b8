/** A model that runs: on the best provider that takes it, and on the next one when that fails. */
import type { Provider } from '../../../workers/inference/port.ts';
import { ModelError, saidBy } from './model-error.ts';
import type { Declared, Runtime, Session, Tensor } from './runtime.ts';

export type FellBack = (from: Provider, to: Provider, message: string) => void;

export type ModelSession = {
  provider(): Provider;
  inputs: Declared[];
  outputs: Declared[];
  /** Throws `ModelError` where it fails on the CPU too. */
  run(feeds: Record<string, Tensor>, outputs?: readonly string[]): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
};

/**
 * Opens a model on the first of `providers` that takes it. Throws `ModelError` 'not-a-model' where none does, the CPU (always the
 * last) included.
 */
export async function openSession(deps: {
  runtime: Runtime;
  model: Uint8Array;
  providers: readonly Provider[];
  threads: number;
  onFellBack: FellBack;
}): Promise<ModelSession> {
  const { runtime, threads, onFellBack } = deps;
  const waiting = [...new Set([...deps.providers.filter((p) => p !== 'cpu'), 'cpu' as const])];
  // Kept while there is something to fall back to.
  let model: Uint8Array | null = deps.model;
  let provider: Provider = 'cpu';
  let session: Session;

  const next = async (): Promise<Session> => {
    for (;;) {
      const tried = waiting.shift();
      if (tried === undefined || model === null) throw new ModelError('failed', 'No provider is left.');
      try {
        const opened = await runtime.open(model, tried, threads);
        provider = tried;
        if (waiting.length === 0) model = null;
        return opened;
      } catch (error) {
        if (waiting.length === 0) throw new ModelError('not-a-model', `It cannot be loaded: ${saidBy(error)}`, error);
      }
    }
  };
  session = await next();

  return {
    provider: () => provider,
    inputs: session.inputs,
    outputs: session.outputs,
    async run(feeds, outputs) {
      for (;;) {
        try {
          return await session.run(feeds, outputs);
        } catch (error) {
          const said = saidBy(error);
          if (provider === 'cpu') throw new ModelError('failed', `The model did not run: ${said}`, error);
          const from = provider;
          const failed = session;
          session = await next();
          await failed.release().catch(() => undefined);
          onFellBack(from, provider, said);
        }
      }
    },
    close: () => session.release(),
  };
}
