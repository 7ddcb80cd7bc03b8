/** ONNX Runtime, behind as little as is used of it. */
import { createRequire } from 'node:module';
import type * as Ort from 'onnxruntime-node';
import type { Provider } from '../../../workers/inference/port.ts';

export type Tensor = Ort.Tensor;
export type Session = Ort.InferenceSession;

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

/**
 * Loads the library, 45 MB. A thread that loads it as the first of the process must not end before the process does: the station
 * loads it on its own thread before it starts a worker.
 */
export function loadRuntime(): Runtime {
  const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof Ort;
  ort.env.logLevel = 'error';
  return {
    known() {
      const names = new Set(ort.listSupportedBackends().map((b) => b.name));
      return providers.filter((p) => p === 'cpu' || names.has(p));
    },
    open: (model, provider, threads) =>
      ort.InferenceSession.create(model, {
        executionProviders: [provider],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        graphOptimizationLevel: 'all',
        // Inputs of many sizes would each leave their pattern of memory.
        enableMemPattern: false,
        logSeverityLevel: 4,
      }),
    floats: (data, dims) => new ort.Tensor('float32', data, dims),
    bytes: (data, dims) => new ort.Tensor('uint8', data, dims),
    longs: (data, dims) => new ort.Tensor('int64', data, dims),
  };
}
