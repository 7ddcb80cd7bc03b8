/** Models of the analysis: which there are, getting them, and which does what. */
import { z } from 'zod';
import { FoundModel, ModelId, ModelSettings, ModelUse, ModelView } from '../domain/model.ts';
import { administrator, none, viewer } from './base.ts';

const one = z.object({ id: ModelId });
/** The whole path of a folder on the PC of the station. */
const path = z.string().min(1).max(4096);

export const models = {
  list: viewer
    .route({ method: 'GET', path: '/models', summary: 'Models of the analysis, and which of them are here' })
    .input(none)
    .output(z.array(ModelView)),
  /** Cameras may have a detector of their own beside it. */
  uses: viewer
    .route({ method: 'GET', path: '/models/uses', summary: 'Which model does each task of the station, and why' })
    .input(none)
    .output(z.array(ModelUse)),
  /** Answers at once; `list` says how far it is. One that was broken off is gone on with. */
  download: administrator
    .route({ method: 'POST', path: '/models/{id}/download', summary: 'Download a model of the catalogue' })
    .input(one)
    .output(ModelView),
  /** What has come is kept, to be gone on with. */
  cancel: administrator
    .route({ method: 'DELETE', path: '/models/{id}/download', summary: 'Break a download off' })
    .input(one)
    .output(ModelView),
  /** Deletes its files; one of a person's own is forgotten. */
  remove: administrator
    .route({ method: 'DELETE', path: '/models/{id}', summary: 'Delete a model from the station' })
    .input(one)
    .output(none),
  look: administrator
    .route({ method: 'POST', path: '/models/look', summary: 'Say which models are in a folder' })
    .input(z.object({ path }))
    .output(z.array(FoundModel)),
  /** Copies these out of a folder, verified. */
  takeIn: administrator
    .route({ method: 'POST', path: '/models/folder', summary: 'Take models in from a folder' })
    .input(z.object({ path, id: z.array(ModelId).min(1).max(64) }))
    .output(z.array(ModelView)),
  settings: administrator
    .route({ method: 'GET', path: '/models/settings', summary: 'Mirror and choice of models' })
    .input(none)
    .output(ModelSettings),
  set: administrator
    .route({ method: 'PUT', path: '/models/settings', summary: 'Say where models are got from, and which are used' })
    .input(ModelSettings)
    .output(none),
};
