/** Searching recorded footage for people in a real browser: ask, see what is found come in, keep it, go to the moment. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { openBrowser } from '../support/browser.ts';
import { noFfmpeg } from '../support/grey.ts';
import { hasMedia } from '../support/media.ts';
import { makeOldFootage } from '../support/old-footage.ts';
import { shot } from '../support/shot.ts';
import { startStation, type RunningStation } from '../support/station.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import { makeVisitsClip, visits, visitsSeconds } from '../support/visits-clip.ts';

const startMs = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
const endMs = startMs + visitsSeconds * 1_000;

describe.skipIf(noFfmpeg || !hasMedia)('searching footage', () => {
  const home = tempFolder('vigie-footage-');
  let station: RunningStation;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    const data = join(home.path, 'data');
    mkdirSync(data);
    const clip = join(home.path, 'visits.mp4');
    makeVisitsClip(clip);
    await makeOldFootage(data, { name: 'Hall' }, [[startMs, visitsSeconds]], clip);
    station = await startStation({ data, args: ['--headless'] });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => faults.push(error.message));
    const made = await page.context().request.post(`${station.url}/api/setup`, {
      data: { name: 'owner', password: 'a long night with coffee' },
      headers: { origin: station.url },
    });
    expect(made.ok()).toBe(true);
  });
  afterAll(async () => {
    await browser.close();
    await station.stop();
    home.remove();
  });

  const accessible = async (): Promise<void> => {
    await page.mouse.move(1_400, 890); // no tooltip of what was pressed before
    await until('no tooltip', async () => (await page.getByRole('tooltip').count()) === 0);
    await expectAccessible(page);
  };
  const hits = () => page.getByRole('list', { name: 'What was found' }).locator('.footage-hit-go');

  it('is asked for on a page of its own, and goes on when that is left', async () => {
    await page.goto(`${station.url}/search/footage?from=${String(startMs)}&to=${String(endMs)}`);
    await page.getByRole('heading', { name: 'Search footage' }).waitFor();
    await page.getByRole('form', { name: 'What to search for' }).waitFor();
    // An area that holds all of the picture but its edge.
    await page.getByRole('button', { name: 'Draw an area' }).click();
    const picture = page.getByRole('application', { name: 'Zones and lines on the picture' });
    const box = await picture.boundingBox();
    if (box === null) throw new Error('the picture is not shown');
    for (const [x, y] of [
      [0.02, 0.02],
      [0.98, 0.02],
      [0.98, 0.98],
      [0.02, 0.98],
    ] as const)
      await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Whole picture' }).waitFor();
    await shot(page, 'footage-ask');
    await accessible();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('progressbar', { name: 'Progress of the search' }).waitFor();
    await hits().first().waitFor({ timeout: 60_000 });
    await shot(page, 'footage-running');
    // The rest is found after the page was left.
    expect(await hits().count()).toBeLessThan(visits.length);
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.getByRole('heading', { name: 'Events' }).waitFor();
    await page.goBack();
    await until('each visit is found', async () => (await hits().count()) >= visits.length, 240_000);
    await page.getByText(/^Done · .* real time$/).waitFor({ timeout: 60_000 });
    expect(await page.getByRole('progressbar').count()).toBe(0);
    expect(await hits().first().textContent()).toMatch(/Person.*%/);
    expect(faults).toEqual([]);
  }, 420_000);

  it('shows each with its picture by keyboard, keeps it as a bookmark, and leads to its moment', async () => {
    await hits().first().focus();
    await page.keyboard.press('ArrowDown');
    await until('the second is shown', () =>
      page
        .locator('.footage-hits li')
        .nth(1)
        .evaluate((e) => e instanceof HTMLElement && e.dataset['here'] === 'true'),
    );
    await until('its picture', () =>
      page.locator('.footage-figure img').evaluate((e) => e instanceof HTMLImageElement && e.naturalWidth > 0),
    );
    await shot(page, 'footage-found');
    await accessible();
    await page
      .getByRole('button', { name: /^Bookmark: Person/ })
      .first()
      .click();
    await page.getByRole('img', { name: 'There is a bookmark of it' }).waitFor();
    await hits().nth(1).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/\?at=\d+&camera=/);
    await page.goBack();
    await page.getByRole('button', { name: 'Another search' }).click();
    const recent = page.getByRole('region', { name: 'Searches' });
    await recent.getByText(/People/).waitFor();
    await shot(page, 'footage-recent');
    await accessible();
    await recent.getByRole('link').first().click();
    await page.getByRole('button', { name: 'Delete this search' }).click();
    await until('nothing is kept', async () => (await recent.count()) === 0);
    await page.getByRole('link', { name: 'Motion', exact: true }).click();
    await page.getByRole('heading', { name: 'Find motion' }).waitFor();
    expect(faults).toEqual([]);
  });
});
