// Puts the models that come with Vigie into out/models. `npm run build`, `npm start` and `npm test` do it too.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureModels } from './prepare/models.mjs';

ensureModels(join(dirname(fileURLToPath(import.meta.url)), '..'), (text) => console.error(`vigie: ${text}`));
