import type { Page } from 'playwright-core';

const folder = process.env['VIGIE_TEST_SHOTS'];

/** A picture of the page for a person to look at, where VIGIE_TEST_SHOTS names a folder for them; nothing otherwise. */
export async function shot(page: Page, name: string, fullPage = false): Promise<void> {
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage });
}
