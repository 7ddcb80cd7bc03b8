/** The models of the station's analysis. */
import { create } from 'zustand';
import type { FoundModel, ModelId, ModelSettings, ModelUse, ModelView } from '#domain/model.ts';
import { station } from './line.ts';
import { mayNow } from './session.ts';

type Known = {
  list: ModelView[] | null;
  /** Which does what for the station; empty until it was read. */
  uses: ModelUse[];
  settings: ModelSettings | null;
};
export const useModels = create<Known>(() => ({ list: null, uses: [], settings: null }));

/** What is said of them is told to administrators alone. */
export async function readModels(signal?: AbortSignal): Promise<void> {
  const o = signal === undefined ? {} : { signal };
  const [list, uses, settings] = await Promise.all([
    station().models.list({}, o),
    station().models.uses({}, o),
    mayNow('administrator') ? station().models.settings({}, o) : null,
  ]);
  useModels.setState({ list, uses, settings });
}
export async function downloadModel(id: ModelId): Promise<void> {
  await station().models.download({ id });
  await readModels();
}
export async function cancelDownload(id: ModelId): Promise<void> {
  await station().models.cancel({ id });
  await readModels();
}
export async function removeModel(id: ModelId): Promise<void> {
  await station().models.remove({ id });
  await readModels();
}
export const lookForModels = (path: string): Promise<FoundModel[]> => station().models.look({ path });
/** How many were taken in. */
export async function takeModels(path: string, id: ModelId[]): Promise<number> {
  const taken = await station().models.takeIn({ path, id });
  await readModels();
  return taken.length;
}
export async function setModels(settings: ModelSettings): Promise<void> {
  await station().models.set(settings);
  await readModels();
}
