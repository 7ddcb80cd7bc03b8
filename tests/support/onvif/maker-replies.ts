/** Replies of real makers' devices, from the test data of the npm package `onvif` 0.8.1 (devDependency `onvif-replies`). */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = join(dirname(createRequire(import.meta.url).resolve('onvif-replies/package.json')), 'test/serverMockup');

/** One reply; its template marks (`{{…}}`) become plain values. */
export function makerReply(name: string): Buffer {
  const text = readFileSync(join(folder, `${name}.xml`), 'utf8')
    .replace(/\{\{=new Date\(\)\.toISOString\(\)\}\}/g, '2026-01-01T00:00:00Z')
    .replace(/\{\{=[^}]*\}\}/g, '1')
    .replace(/\{\{[^}]*\}\}/g, '');
  return Buffer.from(text);
}

export const makerReplyNames = (): string[] =>
  readdirSync(folder)
    .filter((f) => f.endsWith('.xml'))
    .map((f) => f.slice(0, -4));
