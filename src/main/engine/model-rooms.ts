/** What the engine offers of models and their analysis, to `engine/api` and other rooms. Types only. */
import type { AnalysisNow, AnalysisSettings } from '#domain/analysis.ts';
import type {
  FoundModel,
  ModelFault,
  ModelId,
  ModelManifest,
  ModelSettings,
  ModelTask,
  ModelUse,
  ModelView,
} from '#domain/model.ts';
import type { Caller } from '#contract/call.ts';

/** Its files lie in `folder` (absolute) under the names of its manifest. */
export type ReadyModel = { manifest: ModelManifest; folder: string };

export type Models = {
  /** Built-in ones first, then the catalogue's, then a person's own. */
  list(): ModelView[];
  settings(): ModelSettings;
  /** Throws NOT_FOUND for a choice that is not known, INVALID for one of another task. */
  set(settings: ModelSettings, caller: Caller): void;
  /** Begins, or goes on with, a download; others that run are waited for. Throws NOT_FOUND, CONFLICT (built in, or no address). */
  download(id: ModelId, caller: Caller): ModelView;
  /** What has come stays. Throws NOT_FOUND. */
  cancel(id: ModelId): ModelView;
  /** Its files go. Throws NOT_FOUND, CONFLICT (built in). */
  remove(id: ModelId, caller: Caller): Promise<void>;
  /** The models in a folder of this PC. Throws INVALID. */
  look(path: string): Promise<FoundModel[]>;
  /** Takes these in. Throws INVALID (in words), NOT_FOUND (none of them is there). */
  takeIn(path: string, ids: readonly ModelId[], caller: Caller): Promise<ModelView[]>;
  /** To be given to a worker; null: it is not here. */
  ready(id: ModelId): ReadyModel | null;
  /** The model that does a task (`decide/choose-model.ts`); `asked` null: the station's. One that rests only where no other is here. */
  choose(task: ModelTask, asked: ModelId | null): ModelId | null;
  /** Of each task: what does it where a camera says nothing else, and why. One that rests is not told apart. */
  uses(): ModelUse[];
  /** A worker could not use it. */
  fault(id: ModelId, fault: ModelFault): void;
  /** Told when a model comes or goes, or another is chosen. Returns the stop. */
  onChange(listener: (id: ModelId | null) => void): () => void;
};

/** How the analysis does; what the contract's `analysis` says. */
export type Analysis = {
  now(): AnalysisNow;
  configure(settings: AnalysisSettings, caller: Caller): void;
};
