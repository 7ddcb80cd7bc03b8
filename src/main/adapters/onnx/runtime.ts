/** ONNX Runtime, behind as little as is used of it. */
import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-node';
import type { Provider } from '../../../workers/inference/port.ts';

export type Tensor = Ort.Tensor;
/** What a model declares of an input or an output; dimensions that are free as names. */
export type Declared = { name: string; type: string; shape: readonly (number | string)[] };
export type Session = {
  inputs: Declared[];
  outputs: Declared[];
  run(feeds: Record<string, Tensor>, outputs?: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
};

export type Runtime = {
  /** What its binary can be asked to run on, the CPU included; whether this computer has it shows when it is tried. */
  known(): Provider[];
  open(model: Uint8Array, provider: Provider, threads: number): Promise<Session>;
  floats(data: Float32Array, dims: readonly number[]): Tensor;
  bytes(data: Uint8Array, dims: readonly number[]): Tensor;
  /** 64-bit numbers; no dimension: one alone. */
  longs(data: BigInt64Array, dims: readonly number[]): Tensor;
};

const providers: readonly Provider[] = ['tensorrt', 'cuda', 'coreml', 'dml', 'openvino', 'cpu'];

function declared(list: readonly Ort.InferenceSession.ValueMetadata[]): Declared[] {
  return list.map((v) => ({ name: v.name, type: v.isTensor ? v.type : '', shape: v.isTensor ? v.shape : [] }));
}

/**
 * Loads the library, 45 MB, told to be silent: since 1.29 its binaries send what models are run, and on what computer, to its
 * maker, unless this variable says no (onnxruntime, `docs/Privacy.md`); nothing leaves this computer that nobody asked for. A thread that loads it as the first of the process must not end before the process does: the station
 * loads it on its own thread before it starts a worker, and only that thread's environment is the process's.
 */
export function loadRuntime(): Runtime {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof Ort;
  // Trying a provider that is not there is no error of anybody's.
  ort.env.logLevel = 'fatal';
  return {
    known() {
      const names = new Set(ort.listSupportedBackends().map((b) => b.name));
      return providers.filter((p) => p === 'cpu' || names.has(p));
    },
    async open(model, provider, threads) {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [provider],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        // Inputs of many sizes would each leave their pattern of memory.
        enableMemPattern: false,
        logSeverityLevel: 4,
      });
      return {
        inputs: declared(session.inputMetadata),
        outputs: declared(session.outputMetadata),
        run: (feeds, outputs) => (outputs === undefined ? session.run(feeds) : session.run(feeds, outputs)),
        release: () => session.release(),
      };
    },
    floats: (data, dims) => new ort.Tensor('float32', data, dims),
    bytes: (data, dims) => new ort.Tensor('uint8', data, dims),
    longs: (data, dims) => new ort.Tensor('int64', data, dims),
  };
}
