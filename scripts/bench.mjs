// `npm run bench -- NAME …`
import { fileURLToPath } from 'node:url';
import { runBench } from './prepare/bench.mjs';

const asksHelp = (args) => args.length === 0 || ['--help', '-h'].includes(args[0]);
// The index is measured from its sources; the others run the built station.
const needsBuild = (args) => !asksHelp(args) && args[0] !== 'timeline';

await runBench('bench', fileURLToPath(import.meta.url), 'index.ts', needsBuild);
