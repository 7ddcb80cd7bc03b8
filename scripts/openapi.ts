/** Writes docs/openapi.json from the contract; `--check` only says whether it is up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { openApiDocument } from '../src/main/adapters/http/openapi.ts';

const path = new URL('../docs/openapi.json', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const text = `${JSON.stringify(await openApiDocument(version), null, 2)}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== text) {
    console.error('docs/openapi.json is stale. Run: node scripts/openapi.ts');
    process.exitCode = 1;
  }
} else {
  writeFileSync(path, text);
  console.log('docs/openapi.json is written.');
}
