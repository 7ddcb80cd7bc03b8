/**
 * The whole public face of an inference worker: models that are loaded, and pictures and sound that they are asked about. A run
 * of a model holds the thread; it is asked to stop and never killed, because ending a thread in a run ends the process.
 */
import type { Detection } from '#domain/detection.ts';
import type { ModelId, ModelManifest } from '#domain/model.ts';
import type { ObjectClass } from '#domain/object-class.ts';
import type { Box } from '#domain/place.ts';
import type { PlateRead } from '#domain/plate.ts';
import type { LogFields } from '#lib/log.ts';
import type { I420 } from '#media/i420.ts';

/** What a model is run by. */
export type Provider = 'tensorrt' | 'cuda' | 'coreml' | 'dml' | 'openvino' | 'cpu';

/** Given once, as workerData. */
export type InferenceSetup = {
  /** Threads of one run, 1 … 16. One is best where several workers share the cores. */
  threads: number;
  /** In this order, as far as this computer has them; the CPU is always the last. null: the best that there is. */
  providers: Provider[] | null;
};

/** A model whose files lie in `folder` (absolute), under the names of its manifest, checked already. */
export type ModelToLoad = { manifest: ModelManifest; folder: string };

export type LoadedModel = {
  modelId: ModelId;
  /** That took it. */
  provider: Provider;
  /** Reading it and one run to warm it, ms. */
  loadMs: number;
  /** Pictures that one run takes; 1: each has its own. */
  mostAtOnce: number;
};

/** What it is asked, and what it answers. Places are parts of the whole picture, in questions and in answers. */
export type InferenceJobs = {
  /** Objects in a picture: at most `mostDetections`, the surest first. */
  detect: {
    ask: {
      modelId: ModelId;
      /** It may lie in a SharedArrayBuffer: then nothing is copied. */
      picture: I420;
      /** Where something moved: looked at more closely. Empty: the whole picture alone, which is looked at always. */
      regions: Box[];
      /** null: the model's own. */
      minScore: number | null;
      /** null: all. */
      classes: readonly ObjectClass[] | null;
    };
    answer: { detections: Detection[] };
  };
  /** Plates in parts of a picture (vehicles, fixed places; empty: all of it): finds text, and reads it. */
  plates: {
    ask: { textModelId: ModelId; plateModelId: ModelId; picture: I420; regions: Box[] };
    answer: { plates: PlateRead[] };
  };
  /** Whether somebody speaks: sound of 16 kHz, mono, −1 … 1. */
  speech: {
    ask: {
      modelId: ModelId;
      samples: Float32Array;
      /** What the answer about the sound just before brought; null: it begins. */
      state: SpeechState | null;
    };
    /** Chance of speech, one for each 32 ms; what is left of the samples is in `state`. */
    answer: { chances: number[]; state: SpeechState };
  };
  /** What is said: sound of 16 kHz, mono, −1 … 1, half a minute at most. */
  transcribe: {
    ask: { modelId: ModelId; samples: Float32Array };
    /** `sure`: mean chance of the letters that were taken, 0 … 1. */
    answer: { text: string; sure: number };
  };
};
export type InferenceJob = keyof InferenceJobs;

/** `memory`: of the model; `rest`: the 64 samples before its next window, and what there is of that. */
export type SpeechState = { memory: Float32Array; rest: Float32Array };

/** What an answer cost on the worker's thread, ms: pixels to input, the model's runs (so many), output to answer. */
export type InferenceCost = { prepareMs: number; runMs: number; readMs: number; runs: number };

/**
 * no-model: it is not loaded · missing: its file is not there · not-a-model: no ONNX file, or a truncated one · other-shape: an
 * ONNX file that is not what its manifest says · bad-ask: no whole picture, or another thing that cannot be answered · failed: a run
 * failed on the CPU too · stopping.
 */
export type InferenceTrouble =
  | 'no-model'
  | 'missing'
  | 'not-a-model'
  | 'other-shape'
  | 'bad-ask'
  | 'failed'
  | 'stopping';

/** Engine to worker. Questions are answered one after the other, in their order. */
export type InferenceCommand =
  /** Loads it, or loads it anew. Answered by `loaded` or `not-loaded`. */
  | { op: 'load'; model: ModelToLoad }
  /** Lets go of its memory after what was asked before. */
  | { op: 'unload'; modelId: ModelId }
  | { [J in InferenceJob]: { op: 'ask'; id: number; job: J; ask: InferenceJobs[J]['ask'] } }[InferenceJob]
  /** Ends what is running, refuses what waits, and ends the thread by itself. */
  | { op: 'stop' };

/** Worker to engine. */
export type InferenceReport =
  /** It runs, and these can run models here. */
  | { op: 'ready'; providers: Provider[] }
  | { op: 'loaded'; loaded: LoadedModel }
  | { op: 'not-loaded'; modelId: ModelId; trouble: InferenceTrouble; message: string }
  /** A provider failed in the middle; the model runs on by another one, and the question was asked of that. */
  | { op: 'fell-back'; modelId: ModelId; from: Provider; to: Provider; message: string }
  | { op: 'answer'; id: number; value: InferenceJobs[InferenceJob]['answer']; cost: InferenceCost }
  | { op: 'failed'; id: number; trouble: InferenceTrouble; message: string }
  | { op: 'log'; level: 'warn' | 'error'; text: string; fields?: LogFields };

/** A failure as the owner of a worker gets it. */
export type InferenceFailure = { trouble: InferenceTrouble | 'worker-ended'; message: string };

/** One worker as its owner sees it (client.ts). Its thread is started again when it ends, and what was loaded is loaded again. */
export type InferenceWorker = {
  /** Resolves when it is loaded; rejects with an `Error` that is an `InferenceFailure` too, and so does `ask`. */
  load(model: ModelToLoad): Promise<LoadedModel>;
  unload(modelId: ModelId): void;
  ask<J extends InferenceJob>(
    job: J,
    ask: InferenceJobs[J]['ask'],
  ): Promise<InferenceJobs[J]['answer'] & { cost: InferenceCost }>;
  /** Questions without an answer yet; more than 32 are refused. */
  waiting(): number;
  /** Empty until it runs. */
  providers(): Provider[];
  restarts(): number;
  /** Waits for the run that is going on. */
  stop(): Promise<void>;
};

/** Starts one. `on` is told what happens without being asked for. */
export type StartInferenceWorker = (
  setup: InferenceSetup,
  on: {
    /** The thread ended; what waited has failed. It comes back after `delayMs`. */
    down(why: string, delayMs: number): void;
    fellBack(modelId: ModelId, from: Provider, to: Provider, message: string): void;
    /** After a restart a model could not be loaded again. */
    lost(modelId: ModelId, failure: InferenceFailure): void;
  },
) => InferenceWorker;
