// `npm run faults [-- NAME …]`
import { fileURLToPath } from 'node:url';
import { runBench } from './prepare/bench.mjs';

const needsBuild = (args) => !args.includes('--help') && !args.includes('-h');

await runBench('faults', fileURLToPath(import.meta.url), 'faults/index.ts', needsBuild);
