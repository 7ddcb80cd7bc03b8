/** Files of models: got from the network or a folder, verified, kept. `docs/models.md` describes them. */
export { createModelStore, readManifests } from './model-store.ts';
export type { DownloadTiming } from './download.ts';
