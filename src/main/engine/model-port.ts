/** What the engine needs of the files of models (adapters/models), in its own words. Types only. */
import type { FoundModel, ModelFault, ModelId, ModelManifest } from '#domain/model.ts';

/** What is known already: catalogue models are recognised by their sums; no model of one's own may have one of the ids. */
export type KnownModels = { catalogue: readonly ModelManifest[]; taken: ReadonlySet<ModelId> };

/** Files of models that were downloaded or added. Everything rejects with `ModelError`. */
export type ModelStore = {
  /** Absolute path of a model's folder, whether it is there or not. */
  folder(id: ModelId): string;
  /** How many bytes of its files are here; whole: each has its name and size. Looks at sizes alone. */
  glance(manifest: ModelManifest, folder: string): Promise<{ whole: boolean; haveBytes: number }>;
  /** Reads all files of a model and compares them with its manifest: sizes, sums, and what the ONNX file says of itself. */
  verify(manifest: ModelManifest, folder: string): Promise<void>;
  /**
   * Gets what is not here yet, from the mirror first (null: none), and goes on where an earlier try ended. A file has its name only once
   * it was verified. Rejects with the signal's reason when that is aborted; what has come stays.
   */
  download(
    manifest: ModelManifest,
    o: { mirror: string | null; signal: AbortSignal; progress: (bytes: number) => void },
  ): Promise<void>;
  /** All files of a model, of a half download too. */
  remove(id: ModelId): Promise<void>;
  /** Models that a person added. Those that cannot be read are told by `fault`. */
  own(): Promise<{ manifests: ModelManifest[]; faults: { folder: string; fault: ModelFault }[] }>;
  /** The models in a folder, each verified. */
  look(folder: string, known: KnownModels): Promise<FoundModel[]>;
  /** Copies a model out of a folder and verifies the copy. */
  takeIn(found: FoundModel & { manifest: ModelManifest }, folder: string): Promise<void>;
};
