import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** axe finds nothing on the page as it stands; `where` names it in the failure. */
export async function expectAccessible(page: Page, where?: string): Promise<void> {
  await page.evaluate(axe);
  const found = await page.evaluate(
    'axe.run().then((r) => r.violations.map((v) => v.id + " " + v.nodes.map((n) => n.target).join(" ")))',
  );
  expect(found, where).toEqual([]);
}
