/** The models that the program knows: what comes with it, and its catalogue. */
import { join } from 'node:path';
import type { ModelManifest } from '#domain/model.ts';
import { readManifests } from '../adapters/models/index.ts';
import type { ReadyModel } from '../engine/model-rooms.ts';
import type { Places } from './config.ts';

export async function findModels(
  places: Pick<Places, 'modelsDir' | 'builtInModels'>,
): Promise<{ builtIn: ReadyModel[]; catalogue: ModelManifest[] }> {
  const [builtIn, catalogue] = await Promise.all([
    readManifests(join(places.modelsDir, 'built-in')),
    readManifests(join(places.modelsDir, 'catalogue')),
  ]);
  return {
    builtIn: builtIn.map((manifest) => ({ manifest, folder: join(places.builtInModels, manifest.id) })),
    catalogue,
  };
}
