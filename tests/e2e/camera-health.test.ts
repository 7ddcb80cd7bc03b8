/** The health of cameras as a person sees it: the table, one camera in full, maintenance, what a tile says of it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from '../support/accessible.ts';
import { shot } from '../support/shot.ts';
import { until } from '../support/until.ts';
import { openRigWith, type SiteRig, tile } from './wall-rig.ts';

let rig: SiteRig;

beforeAll(async () => {
  rig = await openRigWith(['Gate', 'Yard'], { watched: ['Gate'] });
});
afterAll(() => rig.close());

test('a person sees how cameras do, silences one, and finds the one that is lost', async () => {
  const { page } = rig;
  await page.getByRole('link', { name: 'Health' }).click();
  await page.getByRole('link', { name: 'Health of all cameras' }).click();
  await page.getByRole('heading', { name: 'Health of cameras' }).waitFor();
  // A reload loses nothing, here as everywhere.
  await page.reload();
  await page.getByRole('heading', { name: 'Health of cameras' }).waitFor();
  const row = (name: string) => page.locator('tbody tr', { hasText: name });
  await row('Gate').and(page.locator('[data-state="live"]')).waitFor();
  await row('Yard').and(page.locator('[data-state="live"]')).waitFor();

  // Sorted by the keyboard, both ways.
  const byName = page.getByRole('button', { name: 'Name' });
  const names = async (): Promise<string[]> => page.locator('tbody button.link').allTextContents();
  await byName.focus();
  await page.keyboard.press('Enter');
  expect(await names()).toEqual(['Gate', 'Yard']);
  await page.keyboard.press('Enter');
  expect(await names()).toEqual(['Yard', 'Gate']);
  expect(await page.locator('th[aria-sort="descending"]').textContent()).toContain('Name');

  await page.getByRole('button', { name: 'Gate' }).focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Health of Gate' });
  await panel.getByText('Not measured: TCP hides it').first().waitFor();
  await panel.getByText(/^Watched|Waiting for the first picture|No ffmpeg/).waitFor();
  await expectAccessible(page);
  await shot(page, 'camera-health', true);

  await panel.getByRole('button', { name: 'Maintenance…' }).click();
  await page.getByLabel('Why').fill('The lens is cleaned');
  await page.keyboard.press('Enter');
  await row('Gate').and(page.locator('[data-state="maintenance"]')).waitFor();
  await row('Gate').getByText('The lens is cleaned').waitFor();

  // Both lose their cable: only the one that is not worked at is in trouble.
  await rig.demo.cut('Gate');
  await rig.demo.cut('Yard');
  await row('Yard').and(page.locator('[data-state="lost"]')).waitFor({ timeout: 30_000 });
  await page.getByRole('switch', { name: 'Only those in trouble' }).focus();
  await page.keyboard.press('Space');
  await until('one row', async () => (await names()).join() === 'Yard', 5_000);
  await row('Yard')
    .getByText(/Camera lost/)
    .waitFor({ timeout: 30_000 });
  await rig.demo.restore('Gate');
  await rig.demo.restore('Yard');
  await page.getByText('No camera is in trouble.').waitFor({ timeout: 60_000 });

  await page.getByRole('link', { name: 'Wall', exact: true }).click();
  await tile(page, 'Gate').getByText('Maintenance').waitFor();
  await shot(page, 'maintenance');
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByText('The lens is cleaned').first().waitFor();
  const lost = page.locator('tbody tr', { hasText: 'Camera lost' });
  await until('one loss', async () => (await lost.count()) === 1, 10_000);
  expect(await lost.textContent()).toContain('Yard');
  expect(rig.faults).toEqual([]);
}, 180_000);
