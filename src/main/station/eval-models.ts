/** Models for the evaluation: those that come with Vigie, and files of the catalogue's that lie in a folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelManifest, type ModelTask } from '#domain/model.ts';
import type { ModelToLoad } from '../../workers/inference/port.ts';
import { StationError } from './stop-with.ts';

/** Every model whose files are here. `folder`: where files of the catalogue's lie, under their own names. */
export function findModels(root: string, folder: string | null): ModelToLoad[] {
  const found: ModelToLoad[] = [];
  for (const origin of ['built-in', 'catalogue']) {
    const manifests = join(root, 'resources', 'models', origin);
    if (!existsSync(manifests)) continue;
    for (const name of readdirSync(manifests)
      .filter((n) => n.endsWith('.json'))
      .sort()) {
      const manifest = ModelManifest.parse(JSON.parse(readFileSync(join(manifests, name), 'utf8')));
      const places = [
        join(root, 'out', 'models', manifest.id),
        ...(folder === null ? [] : [folder, join(folder, manifest.id)]),
      ];
      const place = places.find((p) => manifest.files.every((f) => existsSync(join(p, f.name))));
      if (place !== undefined) found.push({ manifest, folder: place });
    }
  }
  return found;
}

/** The one of that name, or the first for the task. Throws `StationError` when it is not here. */
export function chooseModel(models: readonly ModelToLoad[], task: ModelTask, id: string | null): ModelToLoad {
  const fit = models.filter((m) => m.manifest.task === task);
  const chosen = id === null ? fit[0] : fit.find((m) => m.manifest.id === id);
  if (chosen !== undefined) return chosen;
  const here = fit.map((m) => m.manifest.id).join(', ');
  throw new StationError(
    id === null
      ? `No model for "${task}" is here. "npm run build" makes those that come with Vigie.`
      : `The model ${id} is not here; for "${task}" there is: ${here === '' ? 'none' : here}.`,
    2,
  );
}
